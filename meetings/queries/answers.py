"""What was answered to a questionnaire: counted for a screen, or as rows of a file. Never in the order of answering."""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import AnonymousReply, Reply, Survey, SurveyQuestion
from portal.web.forms import Answer

# Fewer anonymous answers than this would let one guess whose they are.
FEWEST = 5


@dataclass(frozen=True)
class Answered:
    """One question with all that was said to it."""

    question: SurveyQuestion
    points: Sequence[tuple[str, int]]
    texts: Sequence[str]
    count: int
    # Of a scale, when anybody chose.
    average: float | None


@dataclass(frozen=True)
class Results:
    asked: int
    answered: int
    questions: Sequence[Answered]
    # Why nothing is shown, or nothing yet.
    why_hidden: str = ""
    # Organisations that were asked, and ended before the deadline.
    left: int = 0

    @property
    def rate(self) -> float | None:
        """Of a hundred."""
        return self.answered / self.asked * 100 if self.asked else None


def why_hidden(survey: Survey, answered: int, now: datetime) -> str:
    """While an anonymous survey is open, each new number would say what the latest person answered."""
    if not survey.is_anonymous:
        return ""
    if not survey.is_over_at(now):
        return _("無記名のため、結果は終了したあとに見られます。")
    if answered < FEWEST:
        return _("無記名の回答が%d件に満たないため、結果を示しません。") % FEWEST
    return ""


def hidden_replies() -> Sequence[UUID]:
    """The anonymous replies that nobody may see now, in the full export neither: two of them would tell them apart."""
    now, answered = timezone.now(), Count("tickets", filter=Q(tickets__has_answered=True))
    surveys = Survey.objects.filter(is_anonymous=True).annotate(answered=answered)
    hidden = [survey.pk for survey in surveys if why_hidden(survey, survey.answered, now)]
    return list(AnonymousReply.objects.filter(survey__in=hidden).values_list("pk", flat=True))


def results_of(survey: Survey, now: datetime) -> Results:
    """Three queries, however many answers; one more for organisations."""
    tickets = survey.tickets.counted().values_list("has_answered", flat=True)
    asked, answered = len(tickets), sum(tickets)
    left = survey.tickets.count() - asked if survey.asks_partners else 0
    hidden = why_hidden(survey, answered, now)
    if hidden:
        return Results(asked, answered, [], hidden)
    said = [answers for _ticket, answers in _said(survey)]
    return Results(asked, answered, [_answered(question, said) for question in survey.questions.all()], left=left)


def _answered(question: SurveyQuestion, said: Sequence[dict[str, Any]]) -> Answered:
    given = [answer for answers in said if (answer := answers.get(str(question.pk)))]
    if question.kind == SurveyQuestion.Kind.TEXT:
        return Answered(question, [], given, len(given), None)
    counts = Counter(value for answer in given for value in (answer if isinstance(answer, list) else [answer]))
    points = [(label, counts[value]) for value, label in question.options]
    is_scale = question.kind == SurveyQuestion.Kind.SCALE and given
    average = sum(int(answer) for answer in given) / len(given) if is_scale else None
    return Answered(question, points, [], len(given), average)


def header_of(survey: Survey, questions: Sequence[SurveyQuestion]) -> list[str]:
    return [*_who(survey, _("団体"), _("氏名")), *(question.text for question in questions)]


def _who(survey: Survey, partner: str, name: str) -> list[str]:
    if survey.is_anonymous:
        return []
    return [partner] if survey.asks_partners else [partner, name]


def rows_of(survey: Survey, questions: Sequence[SurveyQuestion]) -> list[list[str]]:
    """One row a reply, shuffled."""
    rows = []
    for ticket, answers in _said(survey):
        who = _who(survey, str(ticket.partner), ticket.name) if ticket else []
        rows.append([*who, *(_cell(answers.get(str(question.pk))) for question in questions)])
    return rows


def said_in(reply: Reply, questions: Sequence[SurveyQuestion]) -> list[Answer]:
    """For those who gave it, in the words that they chose from."""
    said = [(question, _cell(reply.answers.get(str(question.pk)))) for question in questions]
    return [Answer(question.text, dict(question.options).get(words, words), "") for question, words in said]


def _cell(answer: Any) -> str:
    return "、".join(answer) if isinstance(answer, list) else str(answer or "")


def _said(survey: Survey) -> list[tuple[Any, dict[str, Any]]]:
    if survey.is_anonymous:
        said: list[tuple[Any, dict[str, Any]]] = [
            (None, answers) for answers in survey.anonymous_replies.values_list("answers", flat=True)
        ]
    else:
        replies = Reply.objects.filter(ticket__in=survey.tickets.counted()).select_related("ticket__partner")
        said = [(reply.ticket, reply.answers) for reply in replies]
    secrets.SystemRandom().shuffle(said)
    return said
