"""Forms of the staff screens that stand below the apps, and the base of every form of a tenant's row."""

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.tenancy.models import WORDS, Feature, Language, Programme
from portal.tenancy.palettes import PALETTE_NAMES, PALETTES, TONES
from portal.web.logos import prepare_logo
from portal.web.models import Channel, OnBehalf, Page
from portal.web.registry import approvals
from portal.web.services.programmes import OPERATORS_ALONE, SETTINGS

LONGEST_WORD = 40
INTRODUCTIONS = ("introduction", "introduction_en", "introduction_easy")


class StaffForm(forms.ModelForm):
    """Checks what is "only one" within the programme too, and shows what a service refused.

    The page says which state of the row it shows (SEEN, templates/admin/change_form.html): what a colleague has changed
    since then is shown before it is overwritten.
    """

    SEEN = "_seen"
    # What the service said when this form was valid and sent a first time; StaffAdmin sets it.
    refusal: ClassVar[ValidationError | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        stored = model_to_dict(self.instance, fields=self._meta.fields, exclude=self._meta.exclude)
        self.stored = {name: str(value) for name, value in stored.items() if name in self.fields}

    @property
    def seen(self) -> str:
        """One line for each field, so that it can be told later which of them have changed."""
        signs = {name: hashlib.sha256(value.encode()).hexdigest()[:12] for name, value in sorted(self.stored.items())}
        return " ".join(f"{name}:{sign}" for name, sign in signs.items())

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        # Each row of an inline has its own.
        seen = self.data.get(self.add_prefix(self.SEEN), "")
        if self.instance.pk and seen and seen != self.seen:
            changed = dict(part.partition(":")[::2] for part in set(self.seen.split()) - set(seen.split()))
            # Whoever presses twice, or typed the same, overwrites nothing.
            for name in changed.keys() & set(self.changed_data):
                self.add_error(name, self._meanwhile(name))
        return cleaned

    def _meanwhile(self, name: str) -> str:
        shown = getattr(self.instance, f"get_{name}_display", None)
        value = shown() if shown else getattr(self.instance, name)
        now = "、".join(map(str, value)) if isinstance(value, list) else str(value or "")
        return (
            _("表示したあとに変更され、今は「%s」です。もう一度保存すると、いま表示している内容にします。") % now[:200]
        )

    def _get_validation_exclusions(self) -> set[str]:
        """No form shows the programme, and for that Django would skip every rule that it is part of."""
        return super()._get_validation_exclusions() - {"programme"}  # type: ignore[misc, no-any-return]

    def _update_errors(self, errors: ValidationError) -> None:
        """What the row says of a field that this form does not show belongs to the whole form."""
        told = errors.update_error_dict({})
        hidden = [reason for name, reasons in told.items() if name not in self.fields for reason in reasons]
        shown = {name: reasons for name, reasons in told.items() if name in self.fields}
        super()._update_errors(ValidationError(shown | ({NON_FIELD_ERRORS: hidden} if hidden else {})))  # type: ignore[misc]

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.refusal and not self.errors:
            for name, reasons in self.refusal.update_error_dict({}).items():
                self.add_error(name if name in self.fields else None, reasons)


class PaletteChoice(forms.RadioSelect):
    """Each palette beside a small picture of how it will look."""

    template_name = "admin/widgets/palette.html"

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        tones = {f"tone_{tone}": colour for tone, colour in zip(TONES, PALETTES[str(value)], strict=True)}
        return super().create_option(name, value, *args, **kwargs) | tones


class WordingInput(forms.Widget):
    """A table of the words that may be called otherwise: one line a word, one column a language."""

    template_name = "admin/widgets/wording.html"
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        value = value if isinstance(value, dict) else {}
        rows = [
            {
                "word": word,
                "cells": [
                    {"name": f"{name}-{key}-{code}", "label": label, "value": value.get(key, {}).get(code, "")}
                    for code, label in Language.choices
                ],
            }
            for key, word in WORDS.items()
        ]
        return super().get_context(name, value, attrs) | {
            "rows": rows,
            "languages": Language.choices,
            "most": LONGEST_WORD,
        }

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, dict[str, str]]:
        typed = {
            key: {code: text for code in Language.values if (text := data.get(f"{name}-{key}-{code}", "").strip())}
            for key in WORDS
        }
        return {key: words for key, words in typed.items() if words}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str) -> str:
        return ""


class WordingField(forms.Field):
    widget = WordingInput

    def clean(self, value: Any) -> Any:
        for words in value.values():
            if too_long := [word for word in words.values() if len(word) > LONGEST_WORD]:
                raise ValidationError(
                    _("%(most)d文字までで入力してください：%(word)s") % {"most": LONGEST_WORD, "word": too_long[0]}
                )
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or {}) != (data or {})


def ticks(label: Any, choices: Any, help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text
    )


class ProgrammeForm(StaffForm):
    palette = forms.ChoiceField(label=gettext_lazy("配色"), choices=PALETTE_NAMES, widget=PaletteChoice)
    languages = ticks(gettext_lazy("言語"), Language.choices, gettext_lazy("日本語は外せません。"))
    features = ticks(
        gettext_lazy("機能"), Feature.choices, gettext_lazy("外した機能は、ページもメニューもメールも出ません。")
    )
    second_approval = ticks(
        gettext_lazy("二人目の承認が必要な操作"), (), gettext_lazy("あとで外すには、ほかの承認者の承認が必要です。")
    )
    staff_networks = SimpleArrayField(
        forms.CharField(), label=gettext_lazy("職員がログインできるネットワーク"), required=False,
        help_text=gettext_lazy("例：192.0.2.0/24。コンマで区切って並べます。空のときは、どこからでもログインできます。"),
    )  # fmt: skip
    wording = WordingField(
        label=gettext_lazy("言葉の言い換え"),
        required=False,
        help_text=gettext_lazy("空の欄は、ふつうの言葉になります。"),
    )
    new_logo = forms.FileField(
        label=gettext_lazy("ロゴ"), required=False,
        help_text=gettext_lazy("PNG、WebP、JPEG。2MBまで。横640×縦160画素に収まるように縮めます。"),
    )  # fmt: skip
    remove_logo = forms.BooleanField(label=gettext_lazy("今のロゴを外す"), required=False)

    class Meta:
        model = Programme
        fields = (*OPERATORS_ALONE, *SETTINGS)
        widgets = {name: forms.Textarea(attrs={"rows": 3}) for name in INTRODUCTIONS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("second_approval"):
            deeds = [(name, approvals[name]) for name in approvals.names()]
            field.choices = [(name, deed.label) for name, deed in deeds if deed.is_chosen]  # type: ignore[attr-defined]

    def clean_new_logo(self) -> tuple[bytes, str] | None:
        upload = self.cleaned_data["new_logo"]
        return prepare_logo(upload.read()) if upload else None

    @property
    def logo(self) -> tuple[bytes, str] | None:
        """The picture to set, an empty one to remove it, None to leave it."""
        if new := self.cleaned_data.get("new_logo"):
            return new  # type: ignore[no-any-return]
        return (b"", "") if self.cleaned_data.get("remove_logo") else None


class OnBehalfForm(forms.Form):
    """代理入力: beside the fields of what is entered, how it came in and why. `on_behalf` goes to the app's service."""

    entered_through = forms.ChoiceField(
        label=gettext_lazy("受付方法"), choices=Channel.choices, widget=forms.RadioSelect
    )
    entered_because = forms.CharField(
        label=gettext_lazy("代理入力の理由"),
        max_length=200,
        help_text=gettext_lazy("パートナーにも、代理入力として示されます。"),
    )

    @property
    def on_behalf(self) -> OnBehalf:
        return OnBehalf.typed(self.cleaned_data)


class PageForm(StaffForm):
    class Meta:
        model = Page
        fields = ("slug", "language", "title", "body")
        widgets = {"body": forms.Textarea(attrs={"rows": 24})}
