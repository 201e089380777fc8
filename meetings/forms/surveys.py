"""The questionnaire as a form: a field for each question."""

from collections.abc import Sequence
from typing import Any

from django import forms

from meetings.forms.seen import SeenForm
from meetings.models import Reply, SurveyQuestion
from portal.web.templatetags.portal_ui import as_written

LONGEST_ANSWER = 2000


def field_of(question: SurveyQuestion) -> forms.Field:
    kinds = SurveyQuestion.Kind
    shared: dict[str, Any] = {"label": as_written(question.text), "required": question.is_required}
    choices = [(value, as_written(label)) for value, label in question.options]
    match question.kind:
        case kinds.ONE | kinds.SCALE:
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **shared)
        case kinds.SEVERAL:
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **shared)
        case _:
            return forms.CharField(max_length=LONGEST_ANSWER, widget=forms.Textarea({"rows": 4}), **shared)


class SurveyForm(forms.Form):
    def __init__(self, *args: Any, questions: Sequence[SurveyQuestion], **options: Any) -> None:
        super().__init__(*args, **options)
        self.questions = questions
        for question in questions:
            self.fields[f"question-{question.pk}"] = field_of(question)

    @property
    def answers(self) -> dict[str, Any]:
        return {str(question.pk): self.cleaned_data[f"question-{question.pk}"] for question in self.questions}


class PartnerSurveyForm(SurveyForm, SeenForm):
    """The one answer of an organisation, as it stands."""

    def __init__(self, *args: Any, reply: Reply | None, **options: Any) -> None:
        if reply:
            given = {f"question-{key}": value for key, value in reply.answers.items()}
            options["initial"] = {"seen": reply.revision, **given}
        super().__init__(*args, **options)
