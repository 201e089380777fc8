"""Every list of the staff's screens: many rows cost as many SQL statements as few."""

from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from renewals.models import Standing
from tests.factories import (
    make_actor,
    make_announcement,
    make_batch,
    make_board,
    make_case,
    make_file,
    make_genre,
    make_group,
    make_inquiry,
    make_introduction,
    make_mailing,
    make_match,
    make_meeting,
    make_member,
    make_partner,
    make_person,
    make_poll,
    make_posting,
    make_record,
    make_report,
    make_reservation,
    make_seat,
    make_sent_application,
    make_slot,
    make_staff,
    make_subscription,
    make_survey,
    make_talk,
    numbers,
)
from tests.sessions import signed_in

# The lists that must have grown between the two looks. The others have no builder here, and are looked at as they are.
GROWING = {
    "accounts.staffappointment", "audit.auditevent", "inquiries.inquiry", "inquiries.inquirykind", "matching.application",
    "matching.case", "matching.collaboration", "matching.introduction", "matching.posting", "meetings.board",
    "meetings.consultation", "meetings.localgroup", "meetings.meeting", "meetings.reservation", "meetings.seat",
    "meetings.slot", "meetings.survey", "meetings.talk", "meetings.themepoll", "notices.announcement", "notices.genre", "notices.mailing",
    "outbox.outgoingmail", "partners.application", "partners.member", "partners.movingpartner", "partners.partner", "renewals.report",
    "renewals.standing",
}  # fmt: skip


def add_rows(programme: Programme) -> None:
    """One more of everything, each with people and partners of its own."""
    number = next(numbers)
    partner, other = make_partner(name=f"団体{number}"), make_partner(name=f"相手{number}")
    person = make_member(MemberRole.OWNER, partner)
    make_file(partner, "logo")
    make_sent_application(f"applicant.{number}@minato.example.jp", name=f"申請{number}", corporate_number="")
    make_batch(label=f"第{number}期")
    posting = make_posting(partner, title=f"募集{number}")
    make_introduction(partner, other)
    make_case(partner, other)
    make_record(make_match(posting, other))
    meeting = make_meeting(f"交流会{number}")
    make_seat(meeting, partner)
    make_reservation(make_slot())
    make_group(f"地域会{number}")
    make_talk(partner)
    make_poll()
    make_survey(meeting)
    make_board("はじめてですか", meeting=meeting)
    make_report(partner)
    Standing.objects.create(partner=partner)
    make_partner(name=f"移行{number}", is_migrated=False)
    make_subscription(person.user, make_genre(f"便り{number}"))
    make_mailing()
    make_announcement()
    make_inquiry(actor=make_person(person))
    make_inquiry()
    make_staff(StaffRole.OFFICER, programme)
    make_actor(StaffRole.READ_ONLY, programme)


def test_every_list_costs_the_same_with_more_rows(kanagawa: Programme, tokyo: Programme) -> None:
    reader = signed_in(make_staff(StaffRole.APPROVER, kanagawa), kanagawa)

    def look() -> dict[str, tuple[int, int]]:
        """By model: how many SQL statements its list takes, and how many rows it has."""
        found = {}
        for screen in admin.site._registry.values():
            address = reverse(f"admin:{screen.opts.app_label}_{screen.opts.model_name}_changelist")
            reader.get(address)
            counts = []
            # The lesser of two: now and then one also renews what is kept for a while, like the programme's host.
            for _ in range(2):
                with CaptureQueriesContext(connection) as asked:
                    page = reader.get(address)
                counts.append(len(asked))
            if page.status_code == 200 and page.context and "cl" in page.context:
                found[screen.opts.label_lower] = min(counts), len(page.context["cl"].result_list)
        return found

    with programme_scope(kanagawa):
        for _ in range(2):
            add_rows(kanagawa)
    few = look()
    with programme_scope(kanagawa):
        for _ in range(3):
            add_rows(kanagawa)
    many = look()
    assert {name: (few[name], many[name]) for name in few if many[name][0] > few[name][0]} == {}
    assert {name for name in few if many[name][1] > few[name][1]} >= GROWING
