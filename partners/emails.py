"""The mails to a partner's people: each function says what stands in one when it is sent, or that it is not wanted."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Member
from partners.states import MemberState
from portal.accounts.models import LoginTicket
from portal.outbox.messages import Message, Priority
from portal.outbox.models import OutgoingMail
from portal.web.access import MemberRole
from portal.web.links import absolute_url


def invitation(mail: OutgoingMail) -> Mapping[str, Any] | None:
    ticket = LoginTicket.objects.live_at(timezone.now()).filter(pk=mail.data["ticket"], address=mail.to).first()
    member = _member(mail)
    if ticket is None or member is None or member.state != MemberState.INVITED:
        return None
    return _shared(mail, member) | {
        "link": absolute_url(reverse("accounts:link", args=[ticket.link_token])),
        "note": mail.data.get("note", ""),
        "days": LoginTicket.LIFETIMES[ticket.purpose].days,
        "sign_in": absolute_url(reverse("accounts:sign_in")),
    }


def role_changed(mail: OutgoingMail) -> Mapping[str, Any] | None:
    member = _member(mail)
    return None if member is None else _shared(mail, member)


def access_moved(mail: OutgoingMail) -> Mapping[str, Any] | None:
    member = Member.objects.select_related("partner").filter(pk=mail.about_id).first()
    return None if member is None else _shared(mail, member)


def _member(mail: OutgoingMail) -> Member | None:
    """As it is now; not if the place has gone to another address since."""
    return Member.objects.select_related("partner").filter(pk=mail.data["member"], user__email=mail.to).first()


def _shared(mail: OutgoingMail, member: Member) -> dict[str, Any]:
    return {
        "member": member,
        "partner": member.partner.name,
        "role": MemberRole(member.role).label,
        "by": mail.data.get("by", ""),
    }


MESSAGES = [
    Message("partners.invitation", _("担当者への招待"), Priority.PERSONAL, invitation, secret=True),
    Message("partners.role_changed", _("役割の変更のお知らせ"), Priority.PERSONAL, role_changed),
    Message("partners.access_moved", _("ログインするアドレスの変更のお知らせ"), Priority.PERSONAL, access_moved),
]
