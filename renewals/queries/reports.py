"""Reading reports: the public list and pages, a partner's own, what waits for staff."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q
from django.http import QueryDict
from django.urls import reverse

from partners.search import words
from portal.files.models import StoredFile
from portal.tenancy.models import Feature
from portal.tenancy.scope import current_programme
from portal.web.access import Actor
from portal.web.registry import Address
from renewals.models import Report
from renewals.models.reports import PHOTOS, ReportQuerySet

ON_PARTNERS_PAGE = 5


@dataclass(frozen=True)
class Wish:
    """What somebody asked to see of the public list; what cannot be understood is ignored."""

    query: str = ""
    year: int | None = None

    @classmethod
    def read(cls, address: QueryDict) -> "Wish":
        year = str(address.get("year", ""))
        return cls(
            query=str(address.get("q", "")).strip()[:100],
            year=int(year) if re.fullmatch(r"20[0-9]{2}", year) else None,
        )

    def found(self) -> ReportQuerySet:
        found: ReportQuerySet = Report.objects.public().select_related("partner")
        if self.year:
            found = found.filter(fiscal_year=self.year)
        return found.filter(*(Q(folded__contains=word) for word in words(self.query)))


def public_years() -> list[int]:
    years = Report.objects.public().order_by("-fiscal_year").values_list("fiscal_year", flat=True).distinct()
    return [year for year in years if year is not None]


def public_report(report_id: int) -> Report | None:
    found: Report | None = Report.objects.public().select_related("partner").filter(pk=report_id).first()
    return found


def photos_of(report: Report) -> list[StoredFile]:
    """Only what has been found safe."""
    return [file for file in StoredFile.objects.of(report, PHOTOS) if file.is_ready]


def own_reports(partner_id: int) -> ReportQuerySet:
    found: ReportQuerySet = Report.objects.filter(partner=partner_id)
    return found


def partner_section(partner: Model, actor: Actor) -> dict[str, Any] | None:
    """On a partner's public page; nothing where nothing is published."""
    if not current_programme().has(Feature.RENEWALS):
        return None
    reports = list(Report.objects.public().filter(partner=partner.pk)[:ON_PARTNERS_PAGE])
    return {"reports": reports} if reports else None


def public_addresses() -> Iterator[Address]:
    if current_programme().has(Feature.RENEWALS):
        yield Address(reverse("reports:list"))
        for pk, sent_at in Report.objects.public().order_by("pk").values_list("pk", "sent_at"):
            yield Address(reverse("reports:detail", args=[pk]), sent_at)
