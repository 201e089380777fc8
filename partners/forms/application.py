"""The forms of an application's pages, and what was typed into them in people's words."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from partners.fields import FIELDS
from partners.forms.profile import ProfileForm, TypedDayField
from partners.models import RegistrationSettings
from partners.queries.registration import (
    REQUIREMENTS,
    TICKED,
    Step,
    Typed,
    page_stamp,
    requirement_choices,
    sections_of,
    steps_of,
)
from partners.values import column_of
from portal.accounts.forms import AddressField
from portal.notices.forms import PreferencesForm
from portal.notices.queries import offered_genres
from portal.web.forms import Answer, answers, page_form
from portal.web.staff.forms import OnBehalfForm
from portal.web.staff.record import Change


class StartForm(forms.Form):
    address = AddressField(
        label=_("ご担当者のメールアドレス"),
        help_text=_("このアドレスへ、申請のページを開くリンクをお送りします。登録のあとは、ログインにも使います。"),
        error_messages={"required": _("メールアドレスを入力してください。")},
    )


class RequirementsForm(forms.Form):
    requirements = forms.MultipleChoiceField(
        label=_("登録の要件"),
        help_text=_("団体に当てはまることを確かめて、すべてに印を付けてください。"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, settings: RegistrationSettings, **options: Any) -> None:
        super().__init__(*args, **options)
        self.choices = requirement_choices(settings)
        self.fields[REQUIREMENTS].choices = self.choices  # type: ignore[attr-defined]

    def clean_requirements(self) -> list[str]:
        confirmed: list[str] = self.cleaned_data[REQUIREMENTS]
        if len(confirmed) < len(self.choices):
            raise forms.ValidationError(
                _("すべての要件に当てはまる団体が申請できます。迷うときは、事務局へお尋ねください。")
            )
        return confirmed


class WishesField(forms.MultipleChoiceField):
    """What is no longer offered is left out, so that it holds nobody up."""

    def to_python(self, value: Any) -> list[str]:
        return [key for key in super().to_python(value) if self.valid_value(key)]


class WishesForm(PreferencesForm):
    field = WishesField


class PaperForm(OnBehalfForm):
    """Beside what the paper says: who is told, when and how it came in, and why staff enter it."""

    email = AddressField(
        label=_("ご担当者のメールアドレス"),
        help_text=_("受付と結果のお知らせの宛先です。登録のあとは、ログインにも使います。"),
        error_messages={"required": _("メールアドレスを入力してください。")},
    )
    received_on = TypedDayField(label=_("受け付けた日"))
    field_order = ("received_on", "email")


@dataclass(frozen=True)
class Page:
    """One step of one application: its form, empty, as kept, or as posted."""

    step: Step
    settings: RegistrationSettings
    typed: Typed

    @property
    def has_ticks(self) -> bool:
        return self.step in (Step.REQUIREMENTS, Step.SUBSCRIPTIONS)

    def form(self, request: HttpRequest) -> forms.Form:
        kind, options = self._kind()
        return page_form(kind, request, initial=as_initial(self.typed), **options)

    def kept(self) -> forms.Form:
        """Bound to what is kept."""
        kind, options = self._kind()
        return kind(MultiValueDict({name: list(texts) for name, texts in self.typed.items()}), **options)

    @property
    def stamp(self) -> str:
        """Of what is kept, which is what the page shows."""
        return page_stamp(self.typed, self.kept().fields)

    def said_in(self, names: Collection[str]) -> list[Change]:
        """What stands in these fields, in people's words; as it was typed where it cannot be read."""
        form = self.kept()
        form.is_valid()
        words = {answer.name: answer.value for answer in answers(form)}
        return [
            Change(str(form.fields[name].label), "", words.get(name, "、".join(self.typed.get(name, ()))))
            for name in names
        ]

    def _kind(self) -> tuple[type[forms.Form], dict[str, Any]]:
        if self.step is Step.REQUIREMENTS:
            return RequirementsForm, {"settings": self.settings}
        if self.step is Step.SUBSCRIPTIONS:
            return WishesForm, {"genres": offered_genres()}
        return ProfileForm, {"sections": sections_of(self.step, self.settings)}


def pages_of(typed: Typed, settings: RegistrationSettings) -> list[Page]:
    return [Page(step, settings, typed) for step in steps_of(settings)]


def typed_in(form: forms.Form, request: HttpRequest) -> dict[str, list[str]]:
    return {name: request.POST.getlist(name) for name in form.fields}


def as_initial(typed: Typed) -> dict[str, Any]:
    return {
        name: list(texts) if _is_several(name) else "".join(texts)
        for name, texts in typed.items()
        if name in FIELDS or name in TICKED
    }


def in_words(typed: Typed, settings: RegistrationSettings) -> Iterator[tuple[Page, list[Answer]]]:
    """By step, what was typed, as people read it. What cannot be read is left out."""
    for page in pages_of(typed, settings):
        form = page.kept()
        form.is_valid()
        yield page, answers(form)


def differences(before: Typed, after: Typed, settings: RegistrationSettings) -> list[tuple[str, str, str]]:
    """Label, before and after, of every answer that is not the same."""
    old, new = (_by_name(typed, settings) for typed in (before, after))
    return [
        (answer.label, old[name].value if name in old else "", answer.value)
        for name, answer in new.items()
        if name not in old or old[name].value != answer.value
    ]


def _by_name(typed: Typed, settings: RegistrationSettings) -> Mapping[str, Answer]:
    return {answer.name: answer for _page, found in in_words(typed, settings) for answer in found}


def _is_several(name: str) -> bool:
    return name in TICKED or (name != "links" and isinstance(column_of(name), ArrayField))
