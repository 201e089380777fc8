"""Mails about reservations: to whoever made it and the partner's owners, with the entry for their calendar."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from meetings.ics import Entry, calendar
from meetings.models import Reservation
from partners.models import Member
from portal.outbox.messages import Attachment
from portal.outbox.services import queue_mail
from portal.tenancy.scope import current_programme
from portal.web.models import OnBehalf

# What changes a calendar, and how; other mails carry no entry.
METHODS = {
    "meetings.reservation_confirmed": "REQUEST",
    "meetings.reservation_won": "REQUEST",
    "meetings.reservation_moved_up": "REQUEST",
    "meetings.reservation_timed": "REQUEST",
    "meetings.reservation_left": "CANCEL",
    "meetings.reservation_called_off": "CANCEL",
}


def tell(message: str, reservation: Reservation, key: str = "", on_behalf: OnBehalf | None = None) -> None:
    """The same thing is told once; after another change it may be told again. `on_behalf`: staff did it for the partner."""
    through = on_behalf.how.value if on_behalf else ""
    people = Member.objects.active().filter(partner=reservation.partner_id).select_related("user")
    for member in people:
        if member.is_owner or member.user_id == reservation.made_by_id:
            queue_mail(
                message=message,
                to=member.user.email,
                dedupe_key=f"{message}:{reservation.pk}:{key or reservation.revision}:{member.pk}",
                data={
                    "reservation": reservation.pk,
                    "member": member.pk,
                    "state": reservation.state,
                    "through": through,
                },
                language=member.user.reads,
                about=reservation,
                attachments=_entry(message, reservation, member),
            )


def _entry(message: str, reservation: Reservation, member: Member) -> list[Attachment]:
    """None while staff have not decided the time."""
    method = METHODS.get(message)
    if method is None or reservation.begins_at is None or reservation.finishes_at is None or reservation.slot is None:
        return []
    programme = current_programme()
    with override(member.user.reads):
        entry = Entry(
            uid=f"{reservation.uid}@{programme.primary_host}",
            sequence=reservation.revision,
            starts_at=reservation.begins_at,
            ends_at=reservation.finishes_at,
            summary=reservation.consultation.title,
            changed_at=reservation.changed_at,
            location=reservation.slot.place,
            description=_("予約の確認、変更、取消しは、マイページでできます。"),
            is_cancelled=method == "CANCEL",
            organizer=(programme.local("operator"), programme.email),
            attendee=member.user.email,
        )
        content = calendar([entry], method=method)
    return [Attachment("consultation.ics", f"text/calendar; method={method}; charset=utf-8", content)]
