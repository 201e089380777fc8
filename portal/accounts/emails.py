"""The mails of the doors: each function says what stands in one, at the moment it is sent, or that it is not wanted."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts import keys
from portal.accounts.models import AddressChange, LoginTicket, StaffAppointment, User
from portal.accounts.passwords import new_password_key
from portal.accounts.queries import eligible_user, staff_role_of
from portal.accounts.rules import masked
from portal.outbox.messages import Message, Placeholder, Priority
from portal.outbox.models import OutgoingMail
from portal.outbox.services import queue_mail
from portal.tenancy.models import Feature
from portal.tenancy.scope import current_programme
from portal.web.access import StaffRole
from portal.web.links import absolute_url


def sign_in(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """Also when its time is over, after an outage of mail: whoever asked gets an answer, and its link offers a new one."""
    ticket = LoginTicket.objects.filter(pk=mail.data["ticket"], ended_at=None).first()
    if ticket is None:
        return None
    if eligible_user(ticket.address) is None:
        _tell_how_to_register(ticket.address, ticket.language)
        return None
    return {
        "link": absolute_url(reverse("accounts:link", args=[ticket.link_token])),
        "code": ticket.code,
        "minutes": int(LoginTicket.LIFETIMES[ticket.purpose].total_seconds() // 60),
    }


def _tell_how_to_register(address: str, language: str) -> None:
    """Once a day: otherwise anybody could fill a stranger's mailbox from here."""
    whose = hashlib.sha256(address.encode()).hexdigest()[:32]
    queue_mail(
        message="accounts.unknown_address",
        to=address,
        dedupe_key=f"accounts.unknown_address:{whose}:{timezone.localdate()}",
        language=language,
    )


def unknown_address(mail: OutgoingMail) -> Mapping[str, Any] | None:
    return {"home": absolute_url(reverse("home"))}


def new_password(mail: OutgoingMail) -> Mapping[str, Any] | None:
    user = User.objects.filter(email=mail.to, is_active=True).first()
    if user and staff_role_of(user) is not None:
        return {"link": absolute_url(reverse("staff:new_password", args=new_password_key(user))), "is_staff": True}
    if user and eligible_user(mail.to) and current_programme().has(Feature.PASSWORD_SIGN_IN):
        return {"link": absolute_url(reverse("accounts:new_password", args=new_password_key(user))), "is_staff": False}
    _tell_how_to_register(mail.to, mail.language)
    return None


def appointed(mail: OutgoingMail) -> Mapping[str, Any] | None:
    appointment = StaffAppointment.objects.select_related("user").filter(pk=mail.about_id, ended_at=None).first()
    if appointment is None:
        return None
    user, role = appointment.user, StaffRole(appointment.role).label
    if user.has_usable_password():
        return {"person": user, "role": role, "link": absolute_url(reverse("staff:sign_in")), "is_new": False}
    link = absolute_url(reverse("staff:new_password", args=new_password_key(user)))
    return {"person": user, "role": role, "link": link, "is_new": True}


def confirm_address(mail: OutgoingMail) -> Mapping[str, Any] | None:
    change = AddressChange.objects.select_related("user").filter(pk=mail.data["change"]).first()
    if change is None or change.user.email != change.old_address:
        return None
    side = mail.data["side"]
    token = keys.link_token(change.seed, side)
    return {
        "link": absolute_url(reverse("accounts:confirm_address", args=[change.pk, side, token])),
        "side": side,
        "new_address": masked(change.new_address) if side == "old" else change.new_address,
    }


def told(mail: OutgoingMail) -> Mapping[str, Any]:
    """What was done with one's access, and when."""
    return {"at": mail.created_at, **mail.data}


LINK = Placeholder("リンク", "link", is_required=True)
CODE = Placeholder("番号", "code", is_required=True)
MINUTES = Placeholder("使える分数", "minutes")
AT = Placeholder("日時", "at|moment")
MESSAGES = [
    Message(
        "accounts.sign_in", _("ログインの案内"), Priority.SIGN_IN, sign_in, secret=True,
        placeholders=(LINK, CODE, MINUTES),
    ),
    Message(
        "accounts.sign_in_code", _("ログインの番号"), Priority.SIGN_IN, sign_in, secret=True, plain_only=True,
        placeholders=(CODE, MINUTES),
    ),
    Message(
        "accounts.unknown_address", _("登録のないアドレスへの案内"), Priority.PERSONAL, unknown_address,
        placeholders=(Placeholder("トップページ", "home"),),
    ),
    Message(
        "accounts.confirmed_by_phone", _("電話での本人確認のお知らせ"), Priority.PERSONAL, told, placeholders=(AT,)
    ),
    Message(
        "accounts.new_password", _("パスワードの設定"), Priority.SIGN_IN, new_password, secret=True,
        placeholders=(LINK,),
    ),
    Message("accounts.password_changed", _("パスワード変更のお知らせ"), Priority.PERSONAL, told, placeholders=(AT,)),
    # Says which of two things happened, which no placeholder does.
    Message("accounts.second_factor_changed", _("二つ目の確認方法の変更のお知らせ"), Priority.PERSONAL, told),
    Message(
        "accounts.confirm_address", _("アドレス変更の確認"), Priority.SIGN_IN, confirm_address, secret=True,
        placeholders=(LINK, Placeholder("新しいアドレス", "new_address", is_required=True)),
    ),
    Message("accounts.address_changed", _("アドレス変更のお知らせ"), Priority.PERSONAL, told, placeholders=(AT,)),
    Message(
        "accounts.appointed", _("職員の任命"), Priority.PERSONAL, appointed, secret=True,
        placeholders=(Placeholder("氏名", "person"), Placeholder("役割", "role"), LINK),
    ),
]  # fmt: skip
