"""The kinds of visitors of the access table, and the world that they visit: Kanagawa, with Tokyo beside it."""

from dataclasses import dataclass
from enum import Enum

from django.test import Client

from matching.models import Application as Match
from matching.models import Collaboration, Posting
from meetings.models import Consultation, Meeting
from partners.models import Application, Partner
from partners.states import PartnerState
from portal.accounts.models import User
from portal.inquiries.models import Inquiry
from portal.notices.models import Announcement, Subscription
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from portal.web.models import Page
from tests.factories import (
    make_announcement,
    make_application,
    make_case,
    make_inquiry,
    make_match,
    make_meeting,
    make_member,
    make_partner,
    make_posting,
    make_programme,
    make_record,
    make_slot,
    make_staff,
    make_subscription,
    make_user,
)
from tests.sessions import signed_in


class Visitor(Enum):
    PUBLIC = "the public"
    STRANGER = "signed in, without a place in the programme"
    OTHER_PARTNER = "owner of another partner"
    UNCONFIRMED = "owner of a partner that waits for confirmation"
    UNMIGRATED = "owner of a partner that has not moved over yet"
    SUSPENDED = "owner of a suspended partner"
    VIEWER = "viewer"
    EDITOR = "editor"
    OWNER = "owner"
    ONE_FACTOR = "staff who have not shown their second factor"
    READ_ONLY = "staff, for reading"
    OFFICER = "officer"
    APPROVER = "approver"
    OTHER_STAFF = "staff of another programme"
    OPERATOR = "platform operator"


@dataclass(frozen=True)
class World:
    """What the addresses of the table lead to. `partner` is the one of VIEWER, EDITOR and OWNER."""

    kanagawa: Programme
    tokyo: Programme
    page: Page
    partner: Partner
    # Published, with a slot for whoever comes first.
    consultation: Consultation
    announcement: Announcement
    subscription: Subscription
    # Typed, and not sent yet.
    application: Application
    # Public, and open for sign-up.
    meeting: Meeting
    # Asked by somebody who did not sign in.
    inquiry: Inquiry
    # An open posting of `partner`, and what another partner has answered.
    posting: Posting
    match: Match
    record: Collaboration
    # The key of a public case, of `partner` alone.
    case_id: int


def make_world() -> World:
    kanagawa, tokyo = make_programme("kanagawa", logo=b"<svg/>", logo_type="image/svg+xml"), make_programme("tokyo")
    with programme_scope(kanagawa):
        page = Page.objects.create(slug=Page.Slug.PRIVACY, title="個人情報の取扱い", body="本文")
        partner = make_partner()
        notices = make_slot().consultation, make_announcement(), make_subscription(make_user("reader@example.jp"))
        posting = make_posting(partner)
        answered = make_match(posting)
        met = make_application(), make_meeting(), make_inquiry(), posting, answered, make_record(answered)
        return World(kanagawa, tokyo, page, partner, *notices, *met, make_case(partner).pk)


def make_visitor(visitor: Visitor, world: World, host: str) -> Client:
    """Their browser, signed in where they belong, asking `host`."""
    with programme_scope(world.kanagawa):
        client = _browser(visitor, world)
    client.defaults["HTTP_HOST"] = host
    return client


def _browser(visitor: Visitor, world: World) -> Client:
    def member_of(partner: Partner, role: MemberRole = MemberRole.OWNER) -> Client:
        member = make_member(role, partner)
        return signed_in(member.user, world.kanagawa, member)

    match visitor:
        case Visitor.PUBLIC:
            return Client()
        case Visitor.STRANGER:
            return signed_in(make_user(), world.kanagawa)
        case Visitor.OTHER_PARTNER:
            return member_of(make_partner(name="NPO法人みなと"))
        case Visitor.UNCONFIRMED:
            return member_of(make_partner(number=None, state=PartnerState.UNCONFIRMED))
        case Visitor.UNMIGRATED:
            return member_of(make_partner(is_migrated=False))
        case Visitor.SUSPENDED:
            return member_of(make_partner(state=PartnerState.SUSPENDED))
        case Visitor.VIEWER | Visitor.EDITOR | Visitor.OWNER:
            return member_of(world.partner, MemberRole[visitor.name])
        case Visitor.ONE_FACTOR:
            return signed_in(make_staff(StaffRole.APPROVER, world.kanagawa), world.kanagawa, second_factor=False)
        case Visitor.READ_ONLY | Visitor.OFFICER | Visitor.APPROVER:
            return signed_in(make_staff(StaffRole[visitor.name], world.kanagawa), world.kanagawa)
        case Visitor.OTHER_STAFF:
            return signed_in(make_staff(StaffRole.APPROVER, world.tokyo), world.kanagawa)
        case Visitor.OPERATOR:
            return signed_in(User.objects.create_superuser("operator@platform.example.jp"), None)
