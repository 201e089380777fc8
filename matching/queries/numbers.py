"""The way from posting to logo in numbers, by calendar year: for the office's page."""

from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from matching.models import Application, Collaboration, LogoLicence, Posting
from matching.states import ApplicationState
from matching.vocabulary import Logo
from portal.audit.models import Action, AuditEvent


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
        return [
            (_("募集"), self.postings), (_("応募"), self.applications), (_("相談"), self.talks),
            (_("連携の決定"), self.agreed), (_("成果の報告"), self.reports), (_("連携ロゴ"), self.logos),
        ]  # fmt: skip


def by_year() -> list[Year]:
    """Each step is counted in the year in which it was taken, the latest year first."""
    talked = AuditEvent.objects.filter(
        action=Action.MATCH_ANSWERED, changes__state__1=ApplicationState.TALKING
    ).values_list("at", flat=True)
    agreed = AuditEvent.objects.filter(
        action=Action.MATCH_ANSWERED, changes__state__1=ApplicationState.ACCEPTED
    ).values_list("at", flat=True)
    counts = {
        "postings": _years(Posting.objects.exclude(listed_at=None).values_list("listed_at", flat=True)),
        "applications": _years(Application.objects.values_list("sent_at", flat=True)),
        "talks": _years(talked),
        "agreed": _years(agreed),
        "reports": _years(Collaboration.objects.exclude(reported_at=None).values_list("reported_at", flat=True)),
        "logos": _years(LogoLicence.objects.filter(logo=Logo.COLLABORATION).values_list("accepted_at", flat=True)),
    }
    waits: dict[int, list[float]] = {}
    answers: Any = Application.objects.exclude(answered_at=None).values_list("sent_at", "answered_at")
    for sent_at, answered_at in answers:
        waits.setdefault(timezone.localtime(sent_at).year, []).append((answered_at - sent_at).total_seconds() / 86_400)
    years = sorted({year for counted in counts.values() for year in counted}, reverse=True)
    return [
        Year(
            year=year,
            days_to_answer=round(median(waits[year]), 1) if year in waits else None,
            **{name: counted[year] for name, counted in counts.items()},
        )
        for year in years
    ]


def _years(moments: "QuerySet[Any, Any]") -> Counter[int]:
    return Counter(timezone.localtime(moment).year for moment in moments)
