"""The mails to a partner's people: each function says what stands in one when it is sent, or that it is not wanted."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.fields import FIELDS
from partners.models import Application, ChangeRequest, Member, RegistrationSettings
from partners.queries.partners import left_to_partner
from partners.states import ApplicationState, ChangeState, MemberState, PartnerState
from portal.accounts.models import LoginTicket
from portal.outbox.messages import Message, Priority
from portal.outbox.models import OutgoingMail
from portal.web.access import MemberRole
from portal.web.links import absolute_url
from portal.web.models import Channel


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


def change_asked(mail: OutgoingMail) -> Mapping[str, Any] | None:
    request, member = _request(mail), _member(mail)
    if request is None or member is None or not request.is_waiting:
        return None
    return _shared(mail, member) | {"request": request, "link": absolute_url(_own_page(request))}


def change_decided(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """What was decided, with the new certificate if the name is another one."""
    request, member = _request(mail), _member(mail)
    if request is None or member is None or request.is_open:
        return None
    has_certificate = request.field == ChangeRequest.Field.NAME and request.applied_at and request.partner.is_listed
    return _shared(mail, member) | {
        "request": request,
        "approved": request.state == ChangeState.APPROVED,
        "link": absolute_url(_own_page(request)),
        "certificate": absolute_url(reverse("certificates:mine")) if has_certificate else "",
    }


def change_for_office(mail: OutgoingMail) -> Mapping[str, Any] | None:
    request = _request(mail)
    if request is None:
        return None
    link = absolute_url(reverse("admin:partners_changerequest_change", args=[request.pk]))
    return {"request": request, "partner": request.partner, "link": link}


def standing(mail: OutgoingMail) -> Mapping[str, Any] | None:
    member = _member(mail)
    if member is None:
        return None
    return _shared(mail, member) | {
        "move": mail.data["move"],
        "on": date.fromisoformat(mail.data["on"]),
        "reason": mail.data["reason"],
    }


def entered(mail: OutgoingMail) -> Mapping[str, Any] | None:
    member = _member(mail)
    if member is None:
        return None
    return _shared(mail, member) | {
        "fields": [str(FIELDS[name].label) for name in mail.data["fields"]],
        "how": Channel(mail.data["how"]).label,
        "why": mail.data["why"],
        "link": absolute_url(reverse("profile:history")),
    }


def _request(mail: OutgoingMail) -> ChangeRequest | None:
    return ChangeRequest.objects.select_related("partner").filter(pk=mail.about_id).first()


def _own_page(request: ChangeRequest) -> str:
    return reverse("profile:change", args=[request.pk])


def moving(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """What must still be filled in when it is sent, not when it was decided."""
    member = _member(mail)
    if member is None or member.partner.is_migrated or member.partner.state == PartnerState.ENDED:
        return None
    settings = RegistrationSettings.objects.first()
    return _shared(mail, member) | {
        "address": mail.to,
        "missing": [str(field.label) for field in left_to_partner(member.partner)],
        "due_on": settings.migration_due_on if settings else None,
        "has_gate": settings.has_soft_gate if settings else True,
        "sign_in": absolute_url(reverse("accounts:sign_in")),
    }


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
    Message("partners.moving", _("登録情報の確認のお願い（移行）"), Priority.BULK, moving),
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
    Message("partners.change_asked", _("変更の申請の受付"), Priority.PERSONAL, change_asked),
    Message("partners.change_decided", _("変更の申請の結果"), Priority.PERSONAL, change_decided),
    Message("partners.change_for_office", _("変更の申請（事務局あて）"), Priority.PERSONAL, change_for_office),
    Message("partners.standing", _("登録の状態のお知らせ"), Priority.PERSONAL, standing),
    Message("partners.entered", _("代理入力のお知らせ"), Priority.PERSONAL, entered),
]
