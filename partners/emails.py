"""The mails to a partner's people: each function says what stands in one when it is sent, or that it is not wanted."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Application, Member
from partners.states import ApplicationState, MemberState
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


def application_links(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """The draft, and what was sent from this address and is not decided yet."""
    found = Application.objects.open().filter(email=mail.to).order_by("sent_at", "id")
    links = {application: _application_link(application) for application in found}
    drafts = [(one, link) for one, link in links.items() if one.state == ApplicationState.DRAFT]
    sent = [(one, link) for one, link in links.items() if one.state != ApplicationState.DRAFT]
    if not links:
        return None
    return {"drafts": drafts, "sent": sent, "sign_in": absolute_url(reverse("accounts:sign_in"))}


def application_told(mail: OutgoingMail) -> Mapping[str, Any] | None:
    application = Application.objects.select_related("batch", "partner").filter(pk=mail.about_id).first()
    if application is None:
        return None
    return {
        "application": application,
        "link": _application_link(application),
        "sign_in": absolute_url(reverse("accounts:sign_in")),
    }


def _application_link(application: Application) -> str:
    return absolute_url(reverse("partners:register_application", args=[application.link_token]))


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
    Message(
        "partners.application_links", _("登録申請のページの案内"), Priority.SIGN_IN, application_links, secret=True
    ),
    Message("partners.application_sent", _("登録申請の受付"), Priority.PERSONAL, application_told, secret=True),
    Message("partners.application_returned", _("登録申請の差戻し"), Priority.PERSONAL, application_told, secret=True),
    Message("partners.application_approved", _("登録の決定"), Priority.PERSONAL, application_told, secret=True),
    Message("partners.application_rejected", _("登録申請の結果"), Priority.PERSONAL, application_told, secret=True),
    Message("partners.application_withdrawn", _("登録申請の取下げ"), Priority.PERSONAL, application_told, secret=True),
]
