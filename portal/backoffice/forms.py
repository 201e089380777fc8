from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.backoffice.queries import Held

LONGEST_NOTE = 1000


class LeaverForm(forms.Form):
    """Whose work: an officer's own, or for approvers anybody's."""

    leaver = forms.ChoiceField(label=_("前任（離れる方）"))

    def __init__(self, *args: Any, people: Sequence[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.people = {str(person.pk): person for person in people}
        self.fields["leaver"].choices = [(key, str(person)) for key, person in self.people.items()]  # type: ignore[attr-defined]

    def clean_leaver(self) -> Any:
        return self.people[self.cleaned_data["leaver"]]


class HandoverForm(forms.Form):
    """To whom, with words for everything and for each thing."""

    successor = forms.ChoiceField(label=_("後任"))
    note = forms.CharField(
        label=_("後任への申し送り"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("全体の状況、連絡先、来年度の予定など。"),
    )  # fmt: skip

    def __init__(self, *args: Any, people: Sequence[Any], items: Sequence[Held], **options: Any) -> None:
        super().__init__(*args, **options)
        self.people = {str(person.pk): person for person in people}
        named = [(key, str(person)) for key, person in self.people.items()]
        self.fields["successor"].choices = [("", _("選んでください")), *named]  # type: ignore[attr-defined]
        self.items = items
        for item in items:
            self.fields[_field_of(item)] = forms.CharField(
                label=item.title, required=False, max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 2})
            )

    @property
    def rows(self) -> list[tuple[Held, Any]]:
        return [(item, self[_field_of(item)]) for item in self.items]

    def clean_successor(self) -> Any:
        return self.people[self.cleaned_data["successor"]]

    @property
    def notes(self) -> dict[str, str]:
        return {item.key: self.cleaned_data[_field_of(item)] for item in self.items}


def _field_of(item: Held) -> str:
    """By what it is about: the list may be another one when the form comes back."""
    return f"note_{item.key}"
