"""The form by which an organisation signs up: a block for each person, the organiser's questions, a note."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.forms.seen import SeenForm
from meetings.models import Meeting, Question, Seat
from meetings.services.seats import Person, refuse_bad_people
from portal.tenancy.models import Programme
from portal.web.forms import Answer, answers
from portal.web.templatetags.portal_ui import as_written

PERSON = ("name", "email", "title", "mode")


def person_fields(meeting: Meeting) -> dict[str, forms.Field]:
    modes = [(mode.value, mode.label) for mode in meeting.modes]
    return {
        "seat": forms.IntegerField(required=False, widget=forms.HiddenInput),
        "name": forms.CharField(label=gettext_lazy("氏名"), max_length=80),
        "email": forms.EmailField(
            label=gettext_lazy("メールアドレス"),
            help_text=gettext_lazy("確定や前日のお知らせを、この方にお送りします。"),
        ),
        "title": forms.CharField(label=gettext_lazy("部署・役職"), max_length=120, required=False),
        "mode": forms.ChoiceField(
            label=gettext_lazy("参加方法"),
            choices=modes,
            widget=forms.RadioSelect if len(modes) > 1 else forms.HiddenInput,
            initial=modes[0][0],
        ),
    }


def question_field(question: Question) -> forms.Field:
    kinds = Question.Kind
    shared: dict[str, Any] = {"label": as_written(question.text), "required": question.is_required}
    choices = [(choice, as_written(choice)) for choice in question.choices]
    match question.kind:
        case kinds.ONE:
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **shared)
        case kinds.SEVERAL:
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **shared)
        case kinds.LONG:
            return forms.CharField(max_length=1000, widget=forms.Textarea({"rows": 4}), **shared)
        case _:
            return forms.CharField(max_length=200, **shared)


class SignUpForm(SeenForm):
    """`seats` are the places that the organisation has: their people stand in the first blocks."""

    # The revision of the sign-up that was on the page.

    def __init__(
        self, *args: Any, meeting: Meeting, questions: Sequence[Question], seats: Sequence[Seat] = (),
        host: Programme | None = None, **options: Any,
    ) -> None:  # fmt: skip
        options["initial"] = _initial_of(seats) | options.get("initial", {})
        super().__init__(*args, **options)
        self.meeting, self.questions = meeting, questions
        self.blocks = range(max(meeting.most_people, len(seats)))
        layout: list[Any] = ["seen"]
        for number in self.blocks:
            names = []
            for name, field in person_fields(meeting).items():
                # Only the first block must be filled in; of the others, what was begun.
                field.required = field.required and number == 0
                self.fields[f"{name}-{number}"] = field
                names.append(f"{name}-{number}")
            layout.append(Fieldset(_("%d人目") % (number + 1), *names))
        asked = []
        for question in questions:
            self.fields[f"question-{question.pk}"] = question_field(question)
            asked.append(f"question-{question.pk}")
        self.fields["note"] = forms.CharField(
            label=gettext_lazy("事務局への連絡"), max_length=300, required=False, widget=forms.Textarea({"rows": 3})
        )
        layout.append(Fieldset(_("質問と連絡"), *asked, "note"))
        if host:
            self.fields["shares_names"] = forms.BooleanField(
                required=False,
                label=_("参加する方の団体名、氏名、部署・役職を、主催者に知らせることに同意します"),
                help_text=_("主催は「%s」です。参加する方の了解を得てください。同意がないときは、人数だけを知らせます。メールアドレスは知らせません。") % host,
            )  # fmt: skip
            layout.append(Fieldset(_("主催者への情報の提供"), "shares_names"))
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(*layout)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for number in self.blocks:
            if self._is_begun(number):
                for name in ("name", "email", "mode"):
                    key = f"{name}-{number}"
                    if not values.get(key) and key not in self.errors:
                        self.add_error(key, self.fields[key].error_messages["required"])
        if not self.errors:
            refuse_bad_people(self.meeting, self.people)
        return values

    def _is_begun(self, number: int) -> bool:
        return any(self.cleaned_data.get(f"{name}-{number}") for name in ("name", "email", "title"))

    @property
    def people(self) -> list[Person]:
        return list(self._people())

    def _people(self) -> Iterator[Person]:
        typed = self.cleaned_data
        for number in self.blocks:
            if self._is_begun(number):
                yield Person(
                    name=typed[f"name-{number}"],
                    email=typed[f"email-{number}"],
                    mode=typed[f"mode-{number}"],
                    title=typed[f"title-{number}"],
                    seat=typed[f"seat-{number}"],
                )

    @property
    def rows(self) -> list[Answer]:
        """What was answered beside the people, for the confirm page."""
        return [
            row for row in answers(self) if row.name in ("note", "shares_names") or row.name.startswith("question-")
        ]

    @property
    def answers(self) -> dict[str, Any]:
        return {str(question.pk): self.cleaned_data[f"question-{question.pk}"] for question in self.questions}


def kept_words(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Of a draft: who has which place is never taken from it, and its revision only if it has one."""
    return {name: value for name, value in kept.items() if not name.startswith("seat-") and (name != "seen" or value)}


def _initial_of(seats: Sequence[Seat]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for number, seat in enumerate(seats):
        values |= {f"seat-{number}": seat.pk} | {f"{name}-{number}": getattr(seat, name) for name in PERSON}
    if seats:
        values["note"] = seats[0].sign_up.note
        values |= {f"question-{key}": value for key, value in seats[0].sign_up.answers.items()}
    return values
