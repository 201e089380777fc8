"""Every list of matching asks the database as often for twenty rows as for one."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from matching.models import Consent, LogoLicence
from matching.states import ApplicationState, CollaborationState, PostingState
from matching.vocabulary import Logo
from partners.models import Member
from portal.tenancy.models import Programme
from portal.web.access import StaffRole
from tests.factories import (
    CONSENT,
    make_case,
    make_introduction,
    make_match,
    make_member,
    make_partner,
    make_posting,
    make_record,
    make_staff,
)
from tests.sessions import signed_in

OWN_LISTS = ["my_matching:board", "my_matching:mine", "my_matching:applications", "my_matching:records",
             "my_matching:introductions", "my_matching:logos", "my_cases:list", "mypage:home"]  # fmt: skip
PUBLIC_LISTS = ["matching:list", "matching:feed", "cases:list", "cases:feed"]
STAFF_LISTS = [
    "admin:matching_introduction_board",
    *(
        f"admin:matching_{name}_changelist"
        for name in ("posting", "application", "collaboration", "introduction", "logolicence", "case")
    ),
]


def one_of_each(member: Member) -> None:
    """Another row for every list: sent and received, named for, worked on, with a logo."""
    posting = make_posting(member.partner, goals=[14])
    make_match(posting, make_partner(), state=ApplicationState.TALKING)
    of_others = make_posting(make_partner(goals=[14]), member.partner, reach="open_and_named", goals=[14])
    make_posting(make_partner(), state=PostingState.SUBMITTED)
    approved = {"state": CollaborationState.APPROVED, "approved_at": posting.listed_at}
    record = make_record(make_match(of_others, member.partner, state=ApplicationState.ACCEPTED), **approved)
    introduced = make_introduction(member.partner, make_partner(), posting=posting)
    Consent.objects.create(introduction=introduced, partner=member.partner, **CONSENT)
    for partner in (member.partner, of_others.partner):
        LogoLicence.objects.create(partner=partner, logo=Logo.COLLABORATION, collaboration=record)
    make_case(member.partner, of_others.partner)


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_twenty_rows_cost_as_much_as_one(in_kanagawa: Programme) -> None:
    member = make_member(partner=make_partner(goals=[14]))
    readers = [
        (signed_in(member.user, in_kanagawa, member), OWN_LISTS),
        (Client(headers={"host": in_kanagawa.primary_host}), PUBLIC_LISTS),
        (signed_in(make_staff(StaffRole.OFFICER, in_kanagawa), in_kanagawa), STAFF_LISTS),
    ]

    def look() -> dict[str, int]:
        return {route: queries(client, reverse(route)) for client, routes in readers for route in routes}

    one_of_each(member)
    few = look()
    for _ in range(19):
        one_of_each(member)
    assert look() == few
