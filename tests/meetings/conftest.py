"""A person of a partner who signs others up, and an officer."""

from collections.abc import Callable
from typing import Any

import pytest

from meetings.models import Meeting, Seat
from meetings.services.seats import Person, sign_up
from partners.models import Partner
from portal.tenancy.models import Programme
from portal.web.access import Actor, MemberRole, Membership, StaffRole
from tests.factories import make_actor, make_member, make_partner


def member_actor(partner: Partner | None = None, role: MemberRole = MemberRole.EDITOR, **place: Any) -> Actor:
    member = make_member(role, partner)
    return Actor(
        user=member.user, membership=Membership(member.pk, member.partner_id, member.partner.name, role, **place)
    )


@pytest.fixture
def officer(in_kanagawa: Programme) -> Actor:
    return make_actor(StaffRole.OFFICER, in_kanagawa)


@pytest.fixture
def book(in_kanagawa: Programme) -> Callable[..., list[Seat]]:
    """book(meeting, "a@example.jp", …): a new partner signs these people up; their places."""

    def made(
        meeting: Meeting, *emails: str, mode: str = "online", actor: Actor | None = None, **options: Any
    ) -> list[Seat]:
        actor = actor or member_actor(make_partner(name=f"団体 {emails[0]}"))
        people = [Person(email.partition("@")[0], email, mode) for email in emails]
        booking = sign_up(meeting_id=meeting.pk, people=people, answers={}, note="", actor=actor, **options)
        return list(booking.seats.order_by("id"))

    return made
