"""A report that is sent to another programme as well (docs/decisions/once-only.md): asked for in one programme, packed
there, and unpacked in the other as a draft of the same person. Each step runs inside one programme; between them goes a
Parcel of plain values. The other programme decides by its own tables whether it takes it, and tells nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.queries.partners import memberships_of
from portal.accounts.models import User
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.files.kinds import JPEG, PNG, WEBP, Limits
from portal.files.refusals import Refused
from portal.files.services import keep_upload
from portal.outbox.services import queue_mail
from portal.tenancy.models import Feature
from portal.tenancy.scope import current_programme, current_programme_id
from portal.web.access import Actor, MemberRole
from portal.web.nudges import nudge_on_commit
from renewals.models import Arrival, Forwarding, Report
from renewals.models.reports import SECTIONS
from renewals.queries.federating import other_programmes
from renewals.queries.reports import photos_of
from renewals.rules import may_send_also

CARRY = "renewals.tasks.carry_reports"
PHOTO_LIMITS = Limits(kinds=(JPEG, PNG, WEBP), most=4, longest_side=1600)
# As long as the person has for the draft; its text stays.
PHOTOS_WAIT = timedelta(days=60)


@dataclass(frozen=True)
class Photo:
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Parcel:
    """All that leaves a programme."""

    user_id: int
    origin: str
    source: str
    fiscal_year: int | None
    content: dict[str, Any]
    photos: Sequence[Photo] = ()


@transaction.atomic
def send_also(*, report_id: int, programme_id: int, actor: Actor) -> Forwarding:
    """Pressed again before it was carried, it is sent once. Afterwards it goes once more, for whoever became an owner there
    only later; where it has arrived, it changes nothing.
    """
    report = Report.objects.select_for_update(of=("self",)).get(pk=report_id)
    if report.is_returned:
        raise ValidationError(_("差し戻されている報告は、直してから送ってください。"))
    if not may_send_also(actor, report):
        raise PermissionDenied
    to = other_programmes().filter(pk=programme_id).first()
    if to is None:
        raise ValidationError(_("この事業へは送れません。"))
    forwarding, is_new = Forwarding.objects.get_or_create(report=report, to=to, asked_by=actor.user)
    if is_new or forwarding.carried_at:
        forwarding.asked_at, forwarding.carried_at = timezone.now(), None
        forwarding.save()
        record_event(
            action=Action.REPORT_FORWARDED, subject=report, actor=actor.user,
            changes={"receipt": (None, report.receipt), "to": (None, to.name)},
        )  # fmt: skip
        nudge_on_commit(CARRY, current_programme_id())
    return forwarding


@transaction.atomic
def pack(forwarding_id: int) -> Parcel | None:
    """None if it was carried already. What may not leave any more is forgotten, so that it can be asked for again."""
    waiting = Forwarding.objects.select_for_update(of=("self",)).filter(pk=forwarding_id, carried_at=None)
    forwarding = waiting.select_related("report", "asked_by").first()
    if forwarding is None:
        return None
    report, user = forwarding.report, forwarding.asked_by
    if report.is_returned or not _is_owner(user, report.partner_id):
        forwarding.delete()
        return None
    return Parcel(
        user_id=user.pk,
        origin=f"{current_programme_id()}:{report.pk}",
        source=f"{current_programme().name} {report.receipt}",
        fiscal_year=report.fiscal_year,
        content={
            **{name: getattr(report, name) for name in SECTIONS},
            "goals": [str(goal) for goal in report.goals],
            "figures": report.figures,
            "photos_alt": report.photos_alt,
        },
        photos=[_photo(file) for file in photos_of(report)],
    )


@transaction.atomic
def unpack(parcel: Parcel) -> Arrival | None:
    """In the other programme: a draft, if the person is an owner of a partner here. A second parcel changes nothing."""
    user = User.objects.get(pk=parcel.user_id)
    if not current_programme().has(Feature.RENEWALS) or not _is_owner(user):
        return None
    arrival, is_new = Arrival.objects.get_or_create(
        user=user,
        origin=parcel.origin,
        defaults={"source": parcel.source, "fiscal_year": parcel.fiscal_year, "content": parcel.content},
    )
    if is_new:
        arrival.photos = [key for photo in parcel.photos if (key := _kept(photo, user))]
        arrival.save()
        record_event(
            action=Action.REPORT_ARRIVED, subject=arrival, actor=user, changes={"source": (None, arrival.source)}
        )
        queue_mail(
            message="renewals.arrived", to=user.email, dedupe_key=f"renewals.arrived:{arrival.pk}",
            language=user.reads, about=arrival,
        )  # fmt: skip
    return arrival


def carried(forwarding_id: int) -> None:
    """Whatever became of it there."""
    Forwarding.objects.filter(pk=forwarding_id, carried_at=None).update(carried_at=timezone.now())


def _is_owner(user: Any, partner_id: int | None = None) -> bool:
    """In the current programme, of this partner or of any; who has joined and may take part."""
    return user.is_active and any(
        place.role >= MemberRole.OWNER and place.has_joined and place.is_full
        for place in memberships_of(user)
        if partner_id in (None, place.partner_id)
    )


def _photo(file: Any) -> Photo:
    with file.open() as content:
        return Photo(file.name, file.type.content_type, content.read())


def _kept(photo: Photo, user: User) -> Any:
    """The key of the copy; None where there is no room for it, which costs the picture and not the text."""
    upload = SimpleUploadedFile(photo.name, photo.content, photo.content_type)
    try:
        file = keep_upload(
            upload=upload, limits=PHOTO_LIMITS, sender=f"user:{user.pk}", place="renewals.arrival", user=user,
            lifetime=PHOTOS_WAIT,
        )  # fmt: skip
    except Refused:
        return None
    return file.key
