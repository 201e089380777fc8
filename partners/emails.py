"""The mails to a partner's people: each function says what stands in one when it is sent, or that it is not wanted."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from partners.fields import FIELDS
from partners.models import Application, ChangeRequest, Member, RegistrationSettings
from partners.queries.profile import left_to_partner
from partners.states import ApplicationState, ChangeState, MemberState, PartnerState
from portal.accounts.models import LoginTicket
from portal.outbox.messages import Message, Priority, may, must
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


def still_in_charge(mail: OutgoingMail) -> Mapping[str, Any] | None:
    member = _member(mail)
    if member is None or member.state != MemberState.ACTIVE:
        return None
    sign_in = f"{reverse('accounts:sign_in')}?{urlencode({'next': reverse('mypage:successor')})}"
    return _shared(mail, member) | {"link": absolute_url(sign_in)}


def succeeded(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """To the old address: it names the role that went on, and no new person."""
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
    return {
        "drafts": drafts,
        "sent": sent,
        "pages": "\n\n".join(f"{one.name}\n{link}".strip() for one, link in drafts + sent),
        "sign_in": absolute_url(reverse("accounts:sign_in")),
    }


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


# What staff enter beside the fields of a profile, by its name on the record.
ENTERED = {
    "partners.office": _("事業所"),
    "partners.equipment": _("設備"),
    "logo": _("ロゴ"),
    "logo_alt": _("ロゴの説明"),
}


def entered(mail: OutgoingMail) -> Mapping[str, Any] | None:
    member = _member(mail)
    if member is None:
        return None
    return _shared(mail, member) | {
        "fields": [str(FIELDS[name].label if name in FIELDS else ENTERED[name]) for name in mail.data["fields"]],
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


PERSON = (may("氏名", "member.name"), may("団体名", "partner"))
APPLICANT = (may("団体名", "application.name"), may("受付番号", "application.receipt"))
REQUEST = (must("申請の内容", "request.summary"), may("変わる日", "request.effective_on|day"))
PERSONAL = Priority.PERSONAL
MESSAGES = [
    Message(
        "partners.moving", _("登録情報の確認のお願い（移行）"), Priority.BULK, moving,
        placeholders=(
            *PERSON, may("アドレス", "address"), may("期限", 'due_on|day:"era"'),
            may("入力していただく項目", 'missing|join:"、"'), must("ログインのページ", "sign_in"),
        ),
    ),
    Message(
        "partners.invitation", _("担当者への招待"), PERSONAL, invitation, secret=True,
        placeholders=(
            *PERSON, may("役割", "role"), may("招待した方", "by"), may("伝言", "note"), must("リンク", "link"),
            may("使える日数", "days"), may("ログインのページ", "sign_in"),
        ),
    ),
    Message(
        "partners.role_changed", _("役割の変更のお知らせ"), PERSONAL, role_changed,
        placeholders=(*PERSON, must("役割", "role")),
    ),
    Message(
        "partners.still_in_charge", _("担当を続けているかの確認"), Priority.BULK, still_in_charge,
        placeholders=(*PERSON, may("役割", "role"), must("リンク", "link")),
    ),
    Message(
        "partners.succeeded", _("担当者の交代のお知らせ"), PERSONAL, succeeded,
        placeholders=(may("団体名", "partner"), must("役割", "role")),
    ),
    Message(
        "partners.access_moved", _("ログインするアドレスの変更のお知らせ"), PERSONAL, access_moved, placeholders=PERSON
    ),
    Message(
        "partners.application_links", _("登録申請のページの案内"), Priority.SIGN_IN, application_links, secret=True,
        placeholders=(must("申請のページ", "pages"), may("ログインのページ", "sign_in")),
    ),
    Message(
        "partners.application_sent", _("登録申請の受付"), PERSONAL, application_told, secret=True,
        placeholders=(
            *APPLICANT, may("申請日時", "application.sent_at|moment"), may("結果の予定日", "application.answer_by|day"),
            must("リンク", "link"),
        ),
    ),
    Message(
        "partners.application_returned", _("登録申請の差戻し"), PERSONAL, application_told, secret=True,
        placeholders=(*APPLICANT, must("事務局から", "application.comment"), must("リンク", "link")),
    ),
    Message(
        "partners.application_approved", _("登録の決定"), PERSONAL, application_told, secret=True,
        placeholders=(
            *APPLICANT, must("登録番号", "application.partner.number"), may("承認日", "application.partner.approved_on|day"),
            may("期", "application.partner.batch"), may("ログインのページ", "sign_in"),
        ),
    ),
    Message(
        "partners.application_rejected", _("登録申請の結果"), PERSONAL, application_told, secret=True,
        placeholders=(*APPLICANT, must("理由", "application.comment")),
    ),
    Message(
        "partners.application_withdrawn", _("登録申請の取下げ"), PERSONAL, application_told, secret=True,
        placeholders=APPLICANT,
    ),
    Message(
        "partners.change_asked", _("変更の申請の受付"), PERSONAL, change_asked,
        placeholders=(*PERSON, *REQUEST, may("リンク", "link")),
    ),
    Message(
        "partners.change_decided", _("変更の申請の結果"), PERSONAL, change_decided,
        placeholders=(
            *PERSON, *REQUEST, must("結果", "request.get_state_display"), may("事務局から", "request.comment"),
            may("登録証", "certificate"), may("リンク", "link"),
        ),
    ),
    Message(
        "partners.change_for_office", _("変更の申請（事務局あて）"), PERSONAL, change_for_office,
        placeholders=(
            may("団体名", "partner"), *REQUEST, must("状態", "request.get_state_display"), may("理由", "request.reason"),
            may("リンク", "link"),
        ),
    ),
    # Says which of five things was done, which no placeholder does.
    Message("partners.standing", _("登録の状態のお知らせ"), PERSONAL, standing),
    Message(
        "partners.entered", _("代理入力のお知らせ"), PERSONAL, entered,
        placeholders=(
            *PERSON, must("変わった項目", 'fields|join:"、"'), may("理由", "why"), may("受けた方法", "how"), may("リンク", "link"),
        ),
    ),
]  # fmt: skip
