"""The way from posting to logo in numbers: by calendar year for the office's page, by fiscal year and day for statistics.

Each step is counted by a moment that is written once, so that a past day keeps its number.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from matching.models import Application, Collaboration, LogoLicence, Posting
from matching.vocabulary import Logo

DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Year:
    year: int
    postings: int
    applications: int
    talks: int
    agreed: int
    reports: int
    logos: int
    # Days from an application to its first answer, as half of them were answered; None without an answer.
    days_to_answer: float | None

    @property
    def steps(self) -> list[tuple[str, int]]:
        """For a chart, in the order of the way."""
        return [(label, getattr(self, name)) for name, label in step_names().items()]


def step_names() -> dict[str, str]:
    return {
        "postings": _("募集"),
        "applications": _("応募"),
        "talks": _("相談"),
        "agreed": _("連携の決定"),
        "reports": _("成果の報告"),
        "logos": _("連携ロゴ"),
    }


def steps() -> Mapping[str, tuple["QuerySet[Any]", str]]:
    """By name, the rows that are counted, and the column with their moment."""
    return {
        "postings": (Posting.objects.all(), "first_listed_at"),
        "applications": (Application.objects.all(), "sent_at"),
        "talks": (Application.objects.all(), "talks_at"),
        "agreed": (Application.objects.all(), "accepted_at"),
        "reports": (Collaboration.objects.all(), "first_reported_at"),
        "logos": (LogoLicence.objects.filter(logo=Logo.COLLABORATION), "accepted_at"),
    }


def by_year() -> list[Year]:
    """Each step is counted in the year in which it was taken, the latest year first."""
    counts = {
        name: Counter(
            timezone.localtime(moment).year for moment in rows.exclude(**{column: None}).values_list(column, flat=True)
        )
        for name, (rows, column) in steps().items()
    }
    waits: dict[int, list[float]] = {}
    answers: Any = Application.objects.exclude(answered_at=None).values_list("sent_at", "answered_at")
    for sent_at, answered_at in answers:
        waits.setdefault(timezone.localtime(sent_at).year, []).append(_days(sent_at, answered_at))
    years = sorted({year for counted in counts.values() for year in counted}, reverse=True)
    return [
        Year(
            year=year,
            days_to_answer=round(median(waits[year]), 1) if year in waits else None,
            **{name: counted[year] for name, counted in counts.items()},
        )
        for year in years
    ]


def count_between(first: date, last: date) -> dict[str, int]:
    """What happened from one day to another, both included, by step."""
    return {
        name: rows.filter(
            **{f"{column}__gte": start_of(first), f"{column}__lt": start_of(last + timedelta(days=1))}
        ).count()
        for name, (rows, column) in steps().items()
    }


def waits_between(first: date, last: date) -> tuple[list[float], int]:
    """Of what was sent in that time: the days to each first answer, and how many had none by the last day."""
    end = start_of(last + timedelta(days=1))
    sent: Any = Application.objects.filter(sent_at__gte=start_of(first), sent_at__lt=end)
    waits, unanswered = [], 0
    for sent_at, answered_at in sent.values_list("sent_at", "answered_at"):
        if answered_at and answered_at < end:
            waits.append(_days(sent_at, answered_at))
        else:
            unanswered += 1
    return waits, unanswered


def start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _days(sent_at: datetime, answered_at: datetime) -> float:
    return (answered_at - sent_at).total_seconds() / DAY_SECONDS
