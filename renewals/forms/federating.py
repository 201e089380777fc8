"""To which other programme a report goes as well."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from renewals.queries.federating import other_programmes


class SendAlsoForm(forms.Form):
    programme: Any = forms.ModelChoiceField(
        label=_("送り先の事業"), queryset=None, empty_label=_("選んでください"),
        help_text=_("あなたが代表として登録されている事業を選んでください。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        # Also those that it was sent to: the person may have become an owner there since.
        self.fields["programme"].queryset = other_programmes()  # type: ignore[attr-defined]
