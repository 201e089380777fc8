"""When a contact has changed: quiet ones are asked, and whoever leaves names a successor, who takes the place."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import Member
from partners.services.people import AlreadyThere, give_place
from partners.states import MemberState
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.outbox.models import OutgoingMail
from portal.outbox.services import queue_mail
from portal.web.access import Actor, only_staff
from portal.web.dates import fiscal_year_of


def quiet_from(now: datetime) -> datetime:
    """The first moment of the last fiscal year: whoever has not come since then is asked."""
    year = fiscal_year_of(timezone.localdate(now)) - 1
    return datetime(year, 4, 1, tzinfo=timezone.get_default_timezone())


def why_not_ask(member: Member, now: datetime) -> str:
    """Empty if the person may be asked; otherwise the reason."""
    if not Member.objects.quiet_since(quiet_from(now)).filter(pk=member.pk).exists():
        return _("昨年度からログインしているか、利用中ではありません。")
    if OutgoingMail.objects.filter(dedupe_key=_key(member, now)).exists():
        return _("今年度は、すでに尋ねました。")
    return ""


@transaction.atomic
def ask_if_in_charge(*, member: Member, actor: Actor, now: datetime | None = None) -> None:
    """Once a fiscal year: to sign in, which says that they are, or to name whoever came after them."""
    only_staff(actor)
    now = now or timezone.now()
    if reason := why_not_ask(member, now):
        raise ValidationError(reason)
    record_event(action=Action.MEMBER_ASKED, subject=member, actor=actor.user)
    queue_mail(
        message="partners.still_in_charge",
        to=member.user.email,
        dedupe_key=_key(member, now),
        data={"member": member.pk},
        language=member.user.reads,
        about=member,
    )


@transaction.atomic
def name_successor(*, member: Member, name: str, address: str, actor: Actor) -> None:
    """The person's own place goes to somebody else, with the same role. The old address is told once, and is out."""
    if actor.user is None or member.state != MemberState.ACTIVE:
        raise PermissionDenied
    if address == actor.user.email:
        raise AlreadyThere
    member, before = give_place(member=member, address=address, name=name, actor=actor)
    # Asked behind the lock: it may have gone to somebody else meanwhile, and then nothing of this holds.
    if before != actor.user:
        raise PermissionDenied
    record_event(
        action=Action.MEMBER_SUCCEEDED,
        subject=member,
        actor=actor.user,
        changes={"user": (None, None), "name": (None, None)},
        personal=["user", "name"],
    )
    queue_mail(
        message="partners.succeeded",
        to=before.email,
        dedupe_key=f"succeeded:{member.pk}:{timezone.now().isoformat()}",
        language=before.reads,
        about=member,
    )


def _key(member: Member, now: datetime) -> str:
    return f"still-in-charge:{member.pk}:{member.user_id}:{fiscal_year_of(timezone.localdate(now))}"
