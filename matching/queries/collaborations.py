"""Reads of collaborations and logos: for the sides' pages, for staff, and the rule of each logo."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.models import Collaboration, LogoLicence, Progress
from matching.states import CollaborationState
from matching.vocabulary import Logo, Outcome, Step
from partners.models import Partner
from portal.files.models import StoredFile
from portal.tenancy.models import Feature
from portal.web.access import Actor
from portal.web.registry import WorkItem, WorkQueue

PHOTOS = "photos"


@dataclass(frozen=True)
class Report:
    """One report as the sides and staff read it."""

    row: Progress
    photos: list[StoredFile]
    confirmations: list[Any]
    waits_for_me: bool


def reports_of(collaboration: Collaboration, partner_id: int) -> list[Report]:
    rows = list(collaboration.reports.select_related("partner").prefetch_related("confirmations__partner"))
    photos = StoredFile.objects.filter(
        owner_type=Progress._meta.label_lower, owner_id__in=[row.pk for row in rows], slot=PHOTOS
    )
    by_row: dict[int, list[StoredFile]] = {row.pk: [] for row in rows}
    for photo in photos:
        by_row[photo.owner_id or 0].append(photo)
    return [
        Report(
            row,
            by_row[row.pk],
            said := list(row.confirmations.all()),
            bool(partner_id) and row.partner_id != partner_id and partner_id not in {one.partner_id for one in said},
        )
        for row in rows
    ]


def sides_of(collaboration: Collaboration) -> list[Any]:
    return list(collaboration.sides.select_related("partner"))


def outcomes_in_words(values: list[str]) -> str:
    return _("、").join(str(Outcome(value).label) for value in values)


def records_of(partner_id: int) -> "QuerySet[Collaboration]":
    found: QuerySet[Collaboration] = Collaboration.objects.filter(sides__partner=partner_id).prefetch_related(
        "sides__partner"
    )
    return found


def due_for_follow_up(today: date) -> "QuerySet[Collaboration]":
    """Approved three months ago, and nobody has said since what became of it."""
    month, year = (today.month - 3, today.year) if today.month > 3 else (today.month + 9, today.year - 1)
    last = date(year, month, min(today.day, 28))
    found: QuerySet[Collaboration] = Collaboration.objects.filter(
        state=CollaborationState.APPROVED, asked_follow_up=False, approved_at__date__lte=last
    ).exclude(reports__step=Step.FOLLOW_UP)
    return found


def review_items() -> list[WorkItem]:
    waiting = Collaboration.objects.filter(state=CollaborationState.REPORTED).order_by("reported_at")[:200]
    return [
        WorkItem(
            title=str(one),
            url=reverse("admin:matching_collaboration_change", args=[one.pk]),
            since=one.reported_at or timezone.now(),
            subject_type="matching.collaboration",
            subject_id=str(one.pk),
        )
        for one in waiting
    ]


review_queue = WorkQueue(
    label=gettext_lazy("連携の成果報告の審査"),
    url=lambda: reverse("admin:matching_collaboration_changelist") + "?state__exact=reported",
    count=lambda: Collaboration.objects.filter(state=CollaborationState.REPORTED).count(),
    items=review_items,
    feature=Feature.MATCHING,
)


# --- Logos: each with its own rule ------------------------------------------------------------------------------------


def approved_of(partner_id: int) -> "QuerySet[Collaboration]":
    return records_of(partner_id).filter(state=CollaborationState.APPROVED)


def why_no_logo(partner: Partner, logo: Logo, collaboration: Collaboration | None) -> str:
    """Empty if this partner may accept the terms of this logo now."""
    if not partner.is_listed:
        return _("登録中の団体だけが使えます。")
    if LogoLicence.objects.barring().filter(partner=partner, logo=logo, collaboration=collaboration).exists():
        return _("使用許諾が取り消されているため、受け取れません。事務局へお問い合わせください。")
    if logo == Logo.REGISTRATION:
        return ""
    if collaboration is None or collaboration.state != CollaborationState.APPROVED:
        return _("連携の成果報告が承認されると、受け取れます。")
    return ""


def valid_licence(actor: Actor, logo: Logo) -> LogoLicence | None:
    """What lets this partner download a logo: terms that it has accepted, and the logo's rule still met."""
    partner = Partner.objects.get(pk=actor.place.partner_id)
    licences = LogoLicence.objects.filter(partner=partner, logo=logo, revoked_at=None).select_related("collaboration")
    return next((one for one in licences if not why_no_logo(partner, logo, one.collaboration)), None)


def barred_records(partner_id: int) -> set[int | None]:
    """Keys of the collaborations whose logo this partner may not have."""
    return set(LogoLicence.objects.barring().filter(partner=partner_id).values_list("collaboration_id", flat=True))


def licences_of(partner_id: int) -> list[LogoLicence]:
    return list(LogoLicence.objects.filter(partner=partner_id).select_related("collaboration"))
