"""The demo's people: one of each kind, so that every door and every right can be tried. /demo/ lists them."""

import hashlib
from base64 import b32encode
from dataclasses import dataclass

from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partners.models import Consent, Member, Partner
from partners.services.records import change_partner
from partners.states import MemberState, PartnerState
from portal.accounts.models import StaffAppointment, User
from portal.tenancy.models import Feature, Programme
from portal.web.access import Actor, MemberRole, StaffRole

# Of all demo staff, and of the demo's members where a programme has passwords.
PASSWORD = "demo-demo-demo1"  # noqa: S105


@dataclass(frozen=True)
class Person:
    local_part: str
    name: str
    may: Promise
    # For how many partners, and as what.
    role: MemberRole = MemberRole.VIEWER
    places: int = 1
    state: PartnerState = PartnerState.REGISTERED
    # False: of a partner from the former scheme, which has to check its data first.
    is_migrated: bool = True
    staff: StaffRole = StaffRole.READ_ONLY
    # The programme of the address, where that is another one.
    home: str = ""

    def address(self, place: str) -> str:
        return f"{self.local_part}@{self.home or place}.example.jp"


MEMBERS = [
    Person("owner", "山田 花子", _("代表：すべての操作と、担当者の管理"), MemberRole.OWNER),
    Person("editor", "佐藤 健", _("担当：申込みや投稿などの操作"), MemberRole.EDITOR),
    Person("viewer", "鈴木 葉月", _("閲覧：見ることだけ"), MemberRole.VIEWER),
    Person(
        "moving",
        "伊藤 栞",
        _("移行の済んでいない団体の代表：登録情報を確かめて移行を済ませる"),
        MemberRole.OWNER,
        is_migrated=False,
    ),
    Person("both", "高橋 渉", _("二つの団体の担当：ログインのあとに団体を選ぶ"), MemberRole.EDITOR, places=2),
]
UNCONFIRMED = Person(
    "unconfirmed",
    "田中 緑",
    _("確認前の会員：見ることと問い合わせだけ"),
    MemberRole.OWNER,
    state=PartnerState.UNCONFIRMED,
)
# Kanagawa's owner has a place in Tokyo as well, and can send a report there.
AT_TWO = Person(
    "owner",
    "山田 花子",
    _("神奈川の事業でも代表：神奈川で出した活動報告を「ほかの事業にも送る」で受け取る"),
    MemberRole.OWNER,
    home="kanagawa",
)
STAFF = [
    Person("reader", "閲覧 守", _("職員（閲覧のみ）"), staff=StaffRole.READ_ONLY),
    Person("officer", "担当 進", _("職員（担当者）"), staff=StaffRole.OFFICER),
    Person("approver", "承認 司", _("職員（承認者）"), staff=StaffRole.APPROVER),
]
OPERATOR = Person("operator", "運用 巡", _("全体の運用：事業の作成と設定"))


def members_of(programme: Programme) -> list[Person]:
    people = [*MEMBERS, UNCONFIRMED] if programme.has(Feature.UNCONFIRMED_MEMBERS) else MEMBERS
    return [*people, AT_TWO] if programme.slug == "tokyo" else people


def load(programme: Programme) -> None:
    """Inside the programme's scope, after its partners."""
    if StaffAppointment.objects.exists():
        return
    password = make_password(PASSWORD)
    for person in STAFF:
        user = _equipped(person, programme.slug, password)
        StaffAppointment.objects.create(user=user, role=person.staff)
    for person in members_of(programme):
        user = User.objects.with_address(person.address(programme.slug))
        if programme.has(Feature.PASSWORD_SIGN_IN):
            User.objects.filter(pk=user.pk).update(password=password)
        for partner in _partners_of(person):
            member = Member.objects.create(
                partner=partner, user=user, name=person.name, role=person.role, state=MemberState.ACTIVE
            )
            Consent.objects.create(member=member, shows_contact=True, publishes_reports=True)


def load_operator() -> None:
    if not User.objects.filter(is_superuser=True).exists():
        user = _equipped(OPERATOR, "platform", make_password(PASSWORD))
        user.is_superuser = True
        user.save(update_fields=["is_superuser"])


def _equipped(person: Person, place: str, password: str) -> User:
    """With password and authenticator app, so that the first sign-in needs no telephone."""
    address = person.address(place)
    user = User.objects.create(email=address, name=person.name, password=password, was_appointed=True)
    TOTP.activate(user, b32encode(hashlib.sha1(address.encode()).digest()).decode())  # noqa: S324 - invented anyway
    return user


def _partners_of(person: Person) -> list[Partner]:
    if person.state == PartnerState.UNCONFIRMED:
        return [Partner.objects.create(name="田中スプリング製作所", state=PartnerState.UNCONFIRMED)]
    if not person.is_migrated:
        partner = Partner.objects.filter(state=PartnerState.REGISTERED).order_by("-number")[0]
        change_partner(partner=partner, values={"is_migrated": False, "contact_phone": ""}, actor=Actor())
        return [partner]
    registered = Partner.objects.filter(state=PartnerState.REGISTERED).order_by("number")
    return list(registered[2:3] if person.home else registered[: person.places])
