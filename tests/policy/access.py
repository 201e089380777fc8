"""The access table: who gets what from every route. A route that is missing here, or no longer exists, fails.

A row says the status for everybody and then for whom it differs. A key may be a pattern (`admin:*_add`); an exact name
wins over a pattern. Each kind of visitor has one builder in tests/policy/visitors.py.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.policy.visitors import Visitor, World

Expected = Mapping[Visitor, int]


def who(everybody: int, *but: tuple[Collection[Visitor], int]) -> Expected:
    """`who(302, (STAFF, 200), ({Visitor.STRANGER}, 403))`"""
    return dict.fromkeys(Visitor, everybody) | {visitor: status for group, status in but for visitor in group}


@dataclass(frozen=True)
class Route:
    expected: Expected
    # What stands in the address's parameters: of something that exists in Kanagawa.
    arguments: Callable[[World], dict[str, Any]] = lambda world: {}
    # How the route may be called. The first is asked for the status; whoever is refused it is refused the other, too.
    methods: tuple[str, ...] = ("GET",)

    @property
    def is_open(self) -> bool:
        """A page that the public may read."""
        return self.methods[0] == "GET" and self.expected[Visitor.PUBLIC] == 200


FORM = ("GET", "POST")
PUBLIC = who(200)
READERS = {Visitor.READ_ONLY, Visitor.OFFICER, Visitor.APPROVER}
OFFICERS = {Visitor.OFFICER, Visitor.APPROVER}
APPROVERS = {Visitor.APPROVER}
OPERATORS = {Visitor.OPERATOR}
MEMBERS = {
    Visitor.OTHER_PARTNER, Visitor.UNCONFIRMED, Visitor.UNMIGRATED, Visitor.SUSPENDED,
    Visitor.VIEWER, Visitor.EDITOR, Visitor.OWNER,
}  # fmt: skip
OWNERS = MEMBERS - {Visitor.VIEWER, Visitor.EDITOR}
# A session counts on the host that opened it, and for staff with a second factor.
NOT_SIGNED_IN = {Visitor.PUBLIC, Visitor.ONE_FACTOR, Visitor.OPERATOR}


def staff(people: Collection[Visitor], status: int = 200) -> Expected:
    """On a programme's host: who is not signed in is sent to the door, who has no place there is told so."""
    return who(403, (NOT_SIGNED_IN, 302), (people, status))


def operators(people: Collection[Visitor], status: int = 200) -> Expected:
    """On the platform's host, where nobody else can be signed in."""
    return who(302, (people, status))


def nothing(world: World) -> dict[str, Any]:
    """An object that does not exist, for routes of every model."""
    return {"object_id": 0}


def no_file(world: World) -> dict[str, Any]:
    return {"key": UUID(int=0)}


def admin(row: Callable[..., Expected], readers: set[Visitor], officers: set[Visitor]) -> dict[str, Route]:
    """Django's own routes, for whoever may enter; a model whose screens differ has rows of its own below."""
    return {
        "admin:index": Route(row(readers), methods=FORM),
        # These three lead to our own pages.
        "admin:login": Route(who(302), methods=FORM),
        "admin:logout": Route(row(readers, 302), methods=("POST",)),
        "admin:password_change": Route(row(readers, 302), methods=FORM),
        "admin:autocomplete": Route(row(readers, 403)),
        "admin:jsi18n": Route(row(readers)),
        "admin:app_list": Route(row(readers), lambda world: {"app_label": "tenancy"}, FORM),
        "admin:admin/(?P<url>.*)": Route(row(readers, 404), lambda world: {"url": "nowhere"}),
        "admin:*_changelist": Route(row(readers), methods=FORM),
        "admin:*_add": Route(row(officers), methods=FORM),
        "admin:*_change": Route(row(readers, 404), nothing, FORM),
        "admin:*_delete": Route(row(readers, 404), nothing, FORM),
        "admin:*_history": Route(row(readers, 404), nothing),
        "admin:*_export": Route(row(officers), methods=FORM),
        "admin:*_assign": Route(row(readers, 404), nothing, ("POST",)),
        "admin:*_comment": Route(row(readers, 404), nothing, FORM),
        "admin:*_restore": Route(row(readers, 404), lambda world: {"object_id": 0, "event_id": 0}, FORM),
        # Django's old address of an object leads on to the new one.
        "admin:*/<path:object_id>/": Route(row(readers, 302), nothing),
    }


def no_mail(world: World) -> dict[str, Any]:
    return {"name": "0" * 20 + "-" + "0" * 8}


def own_access(row: Callable[..., Expected], readers: set[Visitor]) -> dict[str, Route]:
    """The door for staff and their own access, on programmes' hosts and on the platform's."""
    key = {"whose": "MQ", "proof": "none"}
    return {
        "staff:sign_in": Route(who(200, (readers, 302)), methods=FORM),
        "staff:second_factor": Route(who(302), methods=FORM),
        "staff:passkey": Route(who(302), methods=("POST",)),
        "staff:challenge": Route(PUBLIC, methods=("POST",)),
        "staff:recovery_codes": Route(row(readers, 302), methods=FORM),
        "staff:password": Route(row(readers), methods=FORM),
        "staff:password_done": Route(PUBLIC),
        "staff:new_password": Route(who(410), lambda world: key, FORM),
        "staff:security": Route(row(readers)),
        "staff:add_app": Route(row(readers), methods=FORM),
        "staff:add_passkey": Route(row(readers), methods=FORM),
        "staff:add_challenge": Route(row(readers), methods=("POST",)),
        "staff:remove_factor": Route(row(readers, 404), lambda world: {"factor_id": 0}, FORM),
        "staff:new_codes": Route(row(readers), methods=FORM),
    }


def member(people: Collection[Visitor], status: int = 200) -> Expected:
    """Behind the partners' door: who has no organisation yet is asked for it."""
    return who(403, (NOT_SIGNED_IN, 302), ({Visitor.STRANGER, Visitor.OTHER_STAFF}, 302), (people, status))


DOORS = {
    "accounts:sign_in": Route(who(200, (MEMBERS, 302)), methods=FORM),
    "accounts:wait": Route(who(302), methods=FORM),
    "accounts:code_only": Route(who(302), methods=("POST",)),
    "accounts:phone_help": Route(who(302), methods=("POST",)),
    "accounts:link": Route(who(410), lambda world: {"token": "none"}, FORM),
    "accounts:link_again": Route(who(302), lambda world: {"token": "none"}, ("POST",)),
    "accounts:passkey": Route(who(302), methods=("POST",)),
    "accounts:challenge": Route(PUBLIC, methods=("POST",)),
    # Kanagawa has no passwords.
    "accounts:password": Route(who(404), methods=FORM),
    "accounts:forgotten": Route(PUBLIC, methods=FORM),
    "accounts:password_sent": Route(PUBLIC),
    "accounts:password_done": Route(PUBLIC),
    "accounts:new_password": Route(who(410), lambda world: {"whose": "MQ", "proof": "none"}, FORM),
    # Without its signed ticket nothing is kept.
    "accounts:drafts": Route(who(400), methods=("POST",)),
    "accounts:confirm_address": Route(who(410), lambda world: {"change_id": 0, "side": "old", "token": "none"}, FORM),
    "accounts:sign_out": Route(who(302), methods=("POST",)),
    "accounts:signed_out": Route(PUBLIC),
}

# The office confirms first who an unconfirmed partner is.
EDITORS = MEMBERS - {Visitor.VIEWER, Visitor.UNCONFIRMED}
TAKING_PART = MEMBERS - {Visitor.UNCONFIRMED, Visitor.UNMIGRATED, Visitor.SUSPENDED}


def no_row(world: World) -> dict[str, Any]:
    return {"kind": "offices", "row_id": 0}


PROFILE = {
    "profile:overview": Route(member(MEMBERS)),
    "profile:moved": Route(member(EDITORS, 302), methods=("POST",)),
    "profile:visibility": Route(member(EDITORS), methods=FORM),
    "profile:seen_by": Route(member(MEMBERS), lambda world: {"who": "public"}),
    "profile:edit": Route(member(EDITORS), lambda world: {"section": "basic"}, FORM),
    "profile:logo": Route(member(EDITORS), methods=FORM),
    "profile:add_row": Route(member(EDITORS), lambda world: {"kind": "offices"}, FORM),
    "profile:row": Route(member(EDITORS, 404), no_row, FORM),
    "profile:remove_row": Route(member(EDITORS, 404), no_row, FORM),
    "profile:ask": Route(member(EDITORS), lambda world: {"field": "name"}, FORM),
    "profile:change": Route(member(MEMBERS, 404), lambda world: {"change_id": 0}),
    "profile:withdraw": Route(member(EDITORS | {Visitor.UNCONFIRMED}, 404), lambda world: {"change_id": 0}, FORM),
    "profile:leave": Route(member(OWNERS - {Visitor.UNCONFIRMED}), methods=FORM),
    "profile:history": Route(member(MEMBERS)),
    "profile:activities": Route(member(MEMBERS)),
    "profile:activities_file": Route(member(MEMBERS)),
    "profile:other_partner": Route(member(TAKING_PART), lambda world: {"number": world.partner.number}),
}

RENEWALS = {
    "renewals:own": Route(member(MEMBERS)),
    # No docket is open in this world: tests/renewals/services/test_docket.py.
    "renewals:grace": Route(member(MEMBERS - {Visitor.VIEWER}, 404), methods=FORM),
    "renewals:duty_mail": Route(member(MEMBERS, 302), methods=("POST",)),
    # Nothing is asked for in this world: tests/renewals/views.
    "renewals:write": Route(member(EDITORS, 404), lambda world: {"what": "2025"}, FORM),
    "renewals:report": Route(member(MEMBERS, 404), lambda world: {"report_id": 0}),
    "renewals:change": Route(member(MEMBERS - {Visitor.VIEWER}, 404), lambda world: {"report_id": 0}, FORM),
    "renewals:also": Route(member(OWNERS, 404), lambda world: {"report_id": 0}, FORM),
    "renewals:pdf": Route(member(MEMBERS, 404), lambda world: {"report_id": 0}),
    "reports:list": Route(PUBLIC),
    "reports:timetable": Route(PUBLIC),
    "reports:detail": Route(who(404), lambda world: {"report_id": 0}),
    "reports:pdf": Route(who(404), lambda world: {"report_id": 0}),
}

MY_PAGE = {
    "mypage:home": Route(member(MEMBERS)),
    "mypage:help": Route(member(MEMBERS)),
    "mypage:arrive": Route(who(403, (NOT_SIGNED_IN | MEMBERS, 302))),
    "mypage:organisation": Route(who(403, (NOT_SIGNED_IN, 302), (MEMBERS, 200)), methods=FORM),
    "mypage:people": Route(member(MEMBERS)),
    "mypage:invite": Route(member(OWNERS), methods=FORM),
    "mypage:person": Route(member(OWNERS, 404), lambda world: {"member_id": 0}, FORM),
    "mypage:disable": Route(member(OWNERS, 404), lambda world: {"member_id": 0}, FORM),
    "mypage:invite_again": Route(member(OWNERS, 404), lambda world: {"member_id": 0}, ("POST",)),
    "mypage:successor": Route(member(MEMBERS), methods=FORM),
    "mypage:succeeded": Route(PUBLIC),
    "mypage:account": Route(member(MEMBERS)),
    "mypage:address": Route(member(MEMBERS), methods=FORM),
    "mypage:consent": Route(member(MEMBERS), methods=FORM),
    "mypage:mail_language": Route(member(MEMBERS), methods=FORM),
    # Kanagawa has no passwords.
    "mypage:password": Route(member(MEMBERS, 404), methods=FORM),
    "mypage:add_passkey": Route(member(MEMBERS), methods=FORM),
    "mypage:challenge": Route(member(MEMBERS), methods=("POST",)),
    "mypage:remove_passkey": Route(member(MEMBERS, 404), lambda world: {"factor_id": 0}, ("POST",)),
    "mypage:end_sessions": Route(member(MEMBERS, 302), methods=("POST",)),
    "mypage:welcome": Route(who(404, (NOT_SIGNED_IN, 302)), lambda world: {"member_id": 0}, FORM),
}


def application(world: World) -> dict[str, Any]:
    """The mailed link of one that is typed and not sent: whoever has it may use it."""
    return {"token": world.application.link_token}


def meeting(world: World) -> dict[str, Any]:
    return {"pk": world.meeting.pk}


def consultation(world: World) -> dict[str, Any]:
    return {"pk": world.consultation.pk}


FULL = {Visitor.OTHER_PARTNER, Visitor.EDITOR, Visitor.OWNER}
EDITORS = MEMBERS - {Visitor.VIEWER}
MEETINGS = {
    "meetings:list": Route(PUBLIC),
    "meetings:detail": Route(PUBLIC, meeting),
    "meetings:entry": Route(PUBLIC, meeting),
    "meetings:sign_up": Route(member(FULL), meeting, FORM),
    "meetings:feed": Route(PUBLIC),
    "meetings:partner_feed": Route(who(404), lambda world: {"key": "nobody"}),
    "meetings:videos": Route(PUBLIC),
    "meetings:video": Route(who(404), lambda world: {"pk": 0}),
    "my_meetings:videos": Route(member(MEMBERS)),
    "my_meetings:video": Route(member(MEMBERS, 404), lambda world: {"pk": 0}),
    "my_meetings:subscribe": Route(member(MEMBERS)),
    "my_meetings:renew_feed": Route(member(EDITORS, 302), methods=("POST",)),
    "my_meetings:end_feed": Route(member(EDITORS, 302), methods=("POST",)),
    "meetings:speak": Route(PUBLIC),
    "meetings:sheet": Route(PUBLIC),
    "meetings:ask_to_speak": Route(member(FULL), methods=FORM),
    "my_meetings:consultations": Route(member(MEMBERS)),
    "my_meetings:consultation": Route(member(MEMBERS), consultation),
    "my_meetings:reserve": Route(member(FULL), consultation, FORM),
    # Nobody has reserved anything in this world.
    "my_meetings:reservation": Route(member(MEMBERS, 404), lambda world: {"pk": 0}),
    "my_meetings:cancel_reservation": Route(member(EDITORS, 404), lambda world: {"pk": 0}, FORM),
    "my_meetings:undo_reservation": Route(member(FULL, 404), lambda world: {"pk": 0}, ("POST",)),
    "admin:meetings_consultation_series": Route(
        staff(OFFICERS), lambda world: {"consultation_id": world.consultation.pk}, FORM
    ),
    "admin:meetings_consultation_draw": Route(staff(READERS), lambda world: {"consultation_id": world.consultation.pk}),
    "admin:meetings_reservation_add": Route(staff(()), methods=FORM),
    "admin:meetings_reservation_choose": Route(
        staff(OFFICERS), lambda world: {"consultation_id": world.consultation.pk}
    ),
    "admin:meetings_reservation_enter": Route(
        staff(OFFICERS), lambda world: {"consultation_id": world.consultation.pk, "partner_id": world.partner.pk}, FORM
    ),
    "my_meetings:talks": Route(member(MEMBERS)),
    "my_meetings:talk": Route(member(MEMBERS, 404), lambda world: {"pk": 0}, FORM),
    "my_meetings:withdraw_talk": Route(member(EDITORS, 404), lambda world: {"pk": 0}, FORM),
    "my_meetings:surveys": Route(member(MEMBERS)),
    "my_meetings:poll": Route(member(MEMBERS, 404), lambda world: {"pk": 0}, FORM),
    "admin:meetings_themepoll_result": Route(staff(READERS, 404), lambda world: {"poll_id": 0}, FORM),
    "meetings:answer": Route(who(404), lambda world: {"token": "nobody"}, FORM),
    "my_meetings:survey": Route(member(MEMBERS, 404), lambda world: {"pk": 0}, FORM),
    "admin:meetings_ticket_add": Route(staff(()), methods=FORM),
    "admin:meetings_survey_result": Route(staff(READERS, 404), lambda world: {"survey_id": 0}),
    "admin:meetings_survey_answers": Route(staff(OFFICERS, 404), lambda world: {"survey_id": 0}, FORM),
    "meetings:enter": Route(PUBLIC),
    "meetings:live": Route(who(404), lambda world: {"code": "nobody"}, FORM),
    "meetings:screen": Route(who(404), lambda world: {"code": "nobody"}),
    "meetings:choose": Route(who(404), lambda world: {"code": "nobody", "pk": 0}, ("POST",)),
    "meetings:back": Route(who(404), lambda world: {"code": "nobody", "pk": 0}, ("POST",)),
    "admin:meetings_board_desk": Route(staff(READERS, 404), lambda world: {"board_id": 0}, FORM),
    "admin:meetings_idea_add": Route(staff(()), methods=FORM),
    "admin:meetings_vote_add": Route(staff(()), methods=FORM),
    "meetings:group_result": Route(who(404), lambda world: {"pk": 0}),
    "my_meetings:group_result": Route(member(MEMBERS, 404), lambda world: {"pk": 0}),
    "my_meetings:groups": Route(member(MEMBERS)),
    "my_meetings:group": Route(member(MEMBERS, 404), lambda world: {"pk": 0}),
    "my_meetings:join_group": Route(member(FULL, 404), lambda world: {"pk": 0}, ("POST",)),
    "my_meetings:leave_group": Route(member(EDITORS, 404), lambda world: {"pk": 0}, FORM),
    "admin:meetings_jointhost_add": Route(staff(()), methods=FORM),
    "admin:meetings_groupwish_add": Route(staff(()), methods=FORM),
    "admin:meetings_video_captions": Route(staff(OFFICERS, 404), lambda world: {"video_id": 0}, FORM),
    "admin:meetings_groupresult_files": Route(staff(OFFICERS, 404), lambda world: {"result_id": 0}, FORM),
    "admin:meetings_talk_board": Route(staff(READERS)),
    "admin:meetings_talk_add": Route(staff(()), methods=FORM),
    # Whoever has the mailed link may use it.
    "meetings:place": Route(who(404), lambda world: {"token": "nobody"}, FORM),
    "my_meetings:list": Route(member(MEMBERS)),
    "my_meetings:detail": Route(member(MEMBERS), meeting),
    "my_meetings:entry": Route(member(MEMBERS), meeting),
    "my_meetings:bookings": Route(member(MEMBERS)),
    # Nobody has signed up in this world.
    "my_meetings:booking": Route(member(MEMBERS, 404), meeting),
    "my_meetings:cancel": Route(member(EDITORS, 404), meeting, FORM),
    "my_meetings:undo": Route(member(FULL, 404), meeting, ("POST",)),
    "my_meetings:keep_names": Route(member(EDITORS, 404), meeting, ("POST",)),
    "admin:meetings_meeting_materials": Route(staff(OFFICERS), lambda world: {"meeting_id": world.meeting.pk}, FORM),
    "admin:meetings_meeting_people": Route(staff(READERS), lambda world: {"meeting_id": world.meeting.pk}, FORM),
    "admin:meetings_meeting_rooms": Route(staff(READERS), lambda world: {"meeting_id": world.meeting.pk}),
    "admin:meetings_meeting_check_in": Route(staff(OFFICERS, 404), lambda world: {"token": "nobody"}, FORM),
    "admin:meetings_meetingsettings_add": Route(staff(APPROVERS), methods=FORM),
    "admin:meetings_seat_add": Route(staff(()), methods=FORM),
}

REGISTRATION = {
    "partners:register": Route(PUBLIC, methods=FORM),
    "partners:register_mail": Route(PUBLIC),
    "partners:register_application": Route(PUBLIC, application),
    "partners:register_step": Route(PUBLIC, lambda world: application(world) | {"step": "organisation"}, FORM),
    "partners:register_keep": Route(
        PUBLIC, lambda world: application(world) | {"step": "organisation"}, methods=("POST",)
    ),
    "partners:register_confirm": Route(PUBLIC, application, FORM),
    # Nothing was sent that could be taken back.
    "partners:register_withdraw": Route(who(302), application, FORM),
}


def inquiry_link(world: World) -> dict[str, Any]:
    """The mailed link of one that somebody sent without signing in: whoever has it may use it."""
    return {"token": world.inquiry.link_token}


INQUIRIES = {
    "inquiries:menu": Route(PUBLIC),
    # Nothing was sent by this browser.
    "inquiries:sent": Route(who(302)),
    "inquiries:ask": Route(PUBLIC, lambda world: {"kind_id": world.inquiry.kind_id}, FORM),
    "inquiries:thread": Route(PUBLIC, inquiry_link, FORM),
    "inquiries:thread_file": Route(who(404), lambda world: inquiry_link(world) | {"key": UUID(int=0)}),
    "my_inquiries:list": Route(member(MEMBERS)),
    "my_inquiries:ask": Route(member(MEMBERS), lambda world: {"kind_id": world.inquiry.kind_id}, FORM),
    # It is nobody's who signs in.
    "my_inquiries:thread": Route(member(MEMBERS, 404), lambda world: {"pk": world.inquiry.pk}, FORM),
}

WRITERS = {Visitor.EDITOR, Visitor.OWNER}


def posting(world: World) -> dict[str, Any]:
    return {"posting_id": world.posting.pk}


def match(world: World) -> dict[str, Any]:
    return {"application_id": world.match.pk}


def record(world: World) -> dict[str, Any]:
    return {"record_id": world.record.pk}


def ours(status: int = 200) -> Expected:
    """For editors of a side; to another partner there is no such thing."""
    return who(
        403,
        (NOT_SIGNED_IN | {Visitor.STRANGER, Visitor.OTHER_STAFF}, 302),
        ({Visitor.OTHER_PARTNER}, 404),
        (WRITERS, status),
    )


MATCHING = {
    "matching:list": Route(PUBLIC),
    "matching:feed": Route(PUBLIC),
    "matching:detail": Route(PUBLIC, posting),
    "matching:document": Route(PUBLIC, posting),
    "my_matching:board": Route(member(MEMBERS)),
    "my_matching:mine": Route(member(MEMBERS)),
    "my_matching:new": Route(member(WRITERS | {Visitor.OTHER_PARTNER}), lambda world: {"size": "plan"}, FORM),
    "my_matching:posting": Route(member(MEMBERS), posting),
    "my_matching:document": Route(member(MEMBERS), posting),
    "my_matching:edit": Route(member(WRITERS), posting, FORM),
    "my_matching:designees": Route(member(WRITERS), posting, FORM),
    "my_matching:act": Route(member(WRITERS), lambda world: posting(world) | {"deed": "close"}, FORM),
    # Nobody applies for a posting of their own.
    "my_matching:apply": Route(
        who(
            403,
            (NOT_SIGNED_IN | {Visitor.STRANGER, Visitor.OTHER_STAFF}, 302),
            ({Visitor.OTHER_PARTNER}, 200),
            (WRITERS, 302),
        ),
        posting,
        FORM,
    ),
    "my_matching:applications": Route(member(MEMBERS)),
    "my_matching:application": Route(
        who(
            403,
            (NOT_SIGNED_IN | {Visitor.STRANGER, Visitor.OTHER_STAFF}, 302),
            (MEMBERS, 404),
            (WRITERS | {Visitor.VIEWER}, 200),
        ),
        match,
        FORM,
    ),
    # It is still to be answered.
    "my_matching:introductions": Route(member(MEMBERS)),
    "my_matching:introduction": Route(member(MEMBERS, 404), lambda world: {"introduction_id": 0}, FORM),
    "my_matching:begin_together": Route(ours(404), lambda world: {"introduction_id": 0}, ("POST",)),
    "my_matching:find_designee": Route(member(WRITERS), posting),
    "my_matching:add_side": Route(ours(), record, FORM),
    "my_matching:find_side": Route(ours(), record),
    "my_matching:invitation": Route(member(MEMBERS, 404), lambda world: {"invitation_id": 0}, FORM),
    "my_matching:take_back_invitation": Route(ours(404), lambda world: {"invitation_id": 0}, ("POST",)),
    "my_matching:begin_record": Route(ours(302), match, ("POST",)),
    "my_matching:records": Route(member(MEMBERS)),
    "my_matching:record": Route(
        who(
            403,
            (NOT_SIGNED_IN | {Visitor.STRANGER, Visitor.OTHER_STAFF}, 302),
            (MEMBERS, 404),
            (WRITERS | {Visitor.VIEWER}, 200),
        ),
        record,
    ),
    "my_matching:plan": Route(ours(), record, FORM),
    "my_matching:report": Route(ours(), record, FORM),
    "my_matching:outcome": Route(ours(), record, FORM),
    "my_matching:end_record": Route(ours(), record, FORM),
    # It says nothing of the plan that was seen.
    "my_matching:agree": Route(ours(404), record, ("POST",)),
    "my_matching:confirm": Route(ours(404), lambda world: {"report_id": 0}, ("POST",)),
    "my_matching:logos": Route(member(MEMBERS)),
    "my_matching:logo_terms": Route(
        member(WRITERS | {Visitor.OTHER_PARTNER}), lambda world: {"logo": "registration"}, FORM
    ),
    # Nobody has accepted the terms yet.
    "my_matching:logo": Route(member(()), lambda world: {"logo": "registration", "form": "svg"}),
    "my_matching:withdraw_application": Route(member({Visitor.OTHER_PARTNER}, 404), match, FORM),
}


def case(world: World) -> dict[str, Any]:
    return {"case_id": world.case_id}


# A public case of `partner`, which has nothing left to be sent.
CASES = {
    "cases:list": Route(PUBLIC),
    "cases:feed": Route(PUBLIC),
    "cases:detail": Route(PUBLIC, case),
    "cases:document": Route(PUBLIC, case),
    "my_cases:list": Route(member(MEMBERS)),
    "my_cases:new": Route(member(WRITERS | {Visitor.OTHER_PARTNER}), methods=FORM),
    # The record is not approved yet.
    "my_cases:begin": Route(ours(302), record, ("POST",)),
    "my_cases:case": Route(
        who(
            403,
            (NOT_SIGNED_IN | {Visitor.STRANGER, Visitor.OTHER_STAFF}, 302),
            (MEMBERS, 404),
            (WRITERS | {Visitor.VIEWER}, 200),
        ),
        case,
    ),
    "my_cases:edit": Route(ours(), case, FORM),
    "my_cases:side": Route(ours(404), lambda world: case(world) | {"side_id": 0}, FORM),
    # It says nothing of the text that was seen.
    "my_cases:send": Route(ours(404), lambda world: case(world) | {"deed": "agree"}, ("POST",)),
    # Also for a partner that may not take part now.
    "my_cases:end": Route(
        who(
            403,
            (NOT_SIGNED_IN | {Visitor.STRANGER, Visitor.OTHER_STAFF}, 302),
            (MEMBERS - {Visitor.VIEWER}, 404),
            (WRITERS, 200),
        ),
        lambda world: case(world) | {"deed": "withdraw"},
        FORM,
    ),
}


# In the map of both hosts, where the demo is on.
DEMO = {
    "demo:components": Route(PUBLIC),
    "demo:form": Route(PUBLIC, methods=FORM),
    "demo:done": Route(PUBLIC),
    "mailbox:list": Route(PUBLIC),
    "mailbox:json": Route(PUBLIC),
    "mailbox:mail": Route(who(404), no_mail),
    "mailbox:html": Route(who(404), no_mail),
    "mailbox:source": Route(who(404), no_mail),
    "people:list": Route(PUBLIC),
}
# A letterhead is a programme's.
DEMO_ON_PLATFORM = DEMO | {"demo:document": Route(who(404))}
DEMO |= {"demo:document": Route(PUBLIC)}

SITE = {
    "healthz": Route(PUBLIC),
    "readyz": Route(PUBLIC),
    "home": Route(PUBLIC),
    "page": Route(PUBLIC, lambda world: {"slug": world.page.slug}),
    "logo": Route(PUBLIC, lambda world: {"version": world.kanagawa.brand_version}),
    **DEMO,
    "robots": Route(PUBLIC),
    "sitemap": Route(PUBLIC),
    # Without a secret in the settings it is not there.
    "mail_reports": Route(who(404), methods=("POST",)),
    "content:benefits": Route(PUBLIC),
    "content:open_data": Route(PUBLIC),
    # Nothing has been made yet in this world: tests/partners/queries/test_open_data.py.
    "content:figures_file": Route(who(404), lambda world: {"year": 2000}),
    "content:open_data_file": Route(who(404), lambda world: {"name": "partners.csv"}),
    "certificates:check": Route(PUBLIC, lambda world: {"code": world.partner.certificate_code}),
    "certificates:mine": Route(
        who(
            403,
            (NOT_SIGNED_IN | {Visitor.STRANGER, Visitor.OTHER_STAFF}, 302),
            ({Visitor.OTHER_PARTNER, Visitor.UNMIGRATED, Visitor.VIEWER, Visitor.EDITOR, Visitor.OWNER}, 200),
            # Whoever is not registered, or not now, has no certificate.
            ({Visitor.UNCONFIRMED, Visitor.SUSPENDED}, 404),
        )
    ),
    "certificates:badge": Route(PUBLIC, lambda world: {"code": world.partner.certificate_code}),
    "partners:directory": Route(PUBLIC),
    "partners:detail": Route(PUBLIC, lambda world: {"number": world.partner.number}),
    **REGISTRATION,
    # Who may have which file is decided by its row: tests/portal/files/test_views.py.
    "files:download": Route(who(404), no_file),
    "files:picture": Route(who(404), no_file),
    "news:board": Route(PUBLIC),
    "news:feed": Route(PUBLIC),
    "news:announcement": Route(PUBLIC, lambda world: {"pk": world.announcement.pk}),
    # Without a CSRF token: a mail program posts here by itself (RFC 8058).
    "news:unsubscribe": Route(PUBLIC, lambda world: {"key": world.subscription.key}, FORM),
    **MEETINGS,
    **INQUIRIES,
    "statistics:page": Route(PUBLIC),
    "staff_statistics:page": Route(staff(READERS)),
    "staff_statistics:pdf": Route(staff(READERS)),
    "staff_statistics:xlsx": Route(staff(READERS)),
    **DOORS,
    "my_news:preferences": Route(member(MEMBERS), methods=FORM),
    "my_news:board": Route(member(MEMBERS)),
    "my_news:announcement": Route(member(MEMBERS), lambda world: {"pk": world.announcement.pk}),
    "my_news:mail": Route(member(MEMBERS, 404), lambda world: {"pk": 0}),
    **PROFILE,
    **RENEWALS,
    **MATCHING,
    **CASES,
    **MY_PAGE,
    **own_access(staff, READERS),
    # Known as staff, and told behind the door that there is nothing here for them.
    "staff:sign_in": Route(who(200, (READERS, 302)), methods=FORM),
    **admin(staff, READERS, OFFICERS),
    "admin:tenancy_programme_changelist": Route(staff(READERS, 302), methods=FORM),
    "admin:web_approvalrequest_add": Route(staff(()), methods=FORM),
    "admin:web_page_preview": Route(staff(OFFICERS), methods=("POST",)),
    "admin:accounts_staffappointment_add": Route(staff(APPROVERS), methods=FORM),
    "admin:partners_member_add": Route(staff(()), methods=FORM),
    "admin:partners_member_phone": Route(staff(OFFICERS, 404), lambda world: {"member_id": 0}, FORM),
    "admin:partners_member_restore": Route(staff(OFFICERS, 404), lambda world: {"member_id": 0}, FORM),
    "admin:partners_application_add": Route(staff(OFFICERS), methods=FORM),
    "admin:partners_registrationsettings_add": Route(staff(APPROVERS), methods=FORM),
    "admin:partners_dailyfigures_add": Route(staff(()), methods=FORM),
    "admin:partners_dailyfigures_amend": Route(staff(APPROVERS, 404), lambda world: {"day_id": 0}, FORM),
    "admin:partners_fieldexample_add": Route(staff(APPROVERS), methods=FORM),
    "admin:partners_fieldexample_preview": Route(staff(APPROVERS), methods=("POST",)),
    "admin:partners_movingpartner_add": Route(staff(()), methods=FORM),
    "admin:partners_movingpartner_calls": Route(staff(OFFICERS)),
    "admin:partners_importrun_columns": Route(staff(OFFICERS, 404), lambda world: {"run_id": 0}, FORM),
    "admin:partners_importrun_start": Route(staff(OFFICERS, 404), lambda world: {"run_id": 0}, ("POST",)),
    "admin:partners_importrun_undo": Route(staff(OFFICERS, 404), lambda world: {"run_id": 0}, FORM),
    "admin:partners_importrun_problems": Route(staff(OFFICERS, 404), lambda world: {"run_id": 0}),
    "admin:partners_partner_add": Route(staff(()), methods=FORM),
    "admin:partners_partner_change": Route(staff(READERS), lambda world: {"object_id": world.partner.pk}, FORM),
    "admin:partners_partner_enter": Route(
        staff(OFFICERS), lambda world: {"partner_id": world.partner.pk, "section": "basic"}, FORM
    ),
    "admin:partners_partner_enter_logo": Route(staff(OFFICERS), lambda world: {"partner_id": world.partner.pk}, FORM),
    "admin:partners_partner_add_row": Route(
        staff(OFFICERS), lambda world: {"partner_id": world.partner.pk, "kind": "offices"}, FORM
    ),
    "admin:partners_partner_enter_row": Route(
        staff(OFFICERS, 404), lambda world: {"partner_id": world.partner.pk, "kind": "offices", "row_id": 0}, FORM
    ),
    "admin:partners_partner_remove_row": Route(
        staff(OFFICERS, 404), lambda world: {"partner_id": world.partner.pk, "kind": "offices", "row_id": 0}, FORM
    ),
    "admin:matching_collaboration_add": Route(staff(()), methods=FORM),
    "admin:matching_introduction_add": Route(staff(()), methods=FORM),
    "admin:matching_introduction_board": Route(staff(READERS)),
    "admin:matching_introduction_propose": Route(staff(OFFICERS, 404), methods=FORM),
    "admin:matching_logoedition_add": Route(staff(()), methods=FORM),
    "admin:matching_logoedition_new": Route(staff(OFFICERS), methods=FORM),
    "admin:matching_logoedition_file": Route(staff(READERS, 404), lambda world: {"edition_id": 0, "form": "svg"}),
    "admin:matching_logolicence_add": Route(staff(()), methods=FORM),
    "admin:matching_posting_numbers": Route(staff(READERS)),
    "admin:matching_posting_add": Route(staff(()), methods=FORM),
    "admin:matching_application_add": Route(staff(()), methods=FORM),
    "admin:matching_case_add": Route(staff(()), methods=FORM),
    "admin:matching_matchingsettings_add": Route(staff(APPROVERS), methods=FORM),
    "admin:partners_changerequest_add": Route(staff(()), methods=FORM),
    "admin:partners_activity_add": Route(staff(()), methods=FORM),
    "admin:renewals_docket_add": Route(staff(()), methods=FORM),
    "admin:renewals_docket_decision": Route(staff(READERS, 404), lambda world: {"docket_id": 0}),
    "admin:renewals_docket_letter": Route(staff(READERS, 404), lambda world: {"entry_id": 0}),
    "admin:renewals_extension_add": Route(staff(()), methods=FORM),
    "admin:renewals_extension_extend": Route(staff(OFFICERS), methods=FORM),
    "admin:renewals_report_add": Route(staff(()), methods=FORM),
    "admin:renewals_report_enter": Route(staff(OFFICERS, 404), lambda world: {"partner_id": 0}, FORM),
    "admin:renewals_standing_reminders": Route(staff(READERS)),
    "admin:renewals_standing_add": Route(staff(()), methods=FORM),
    "admin:renewals_ruleversion_draft": Route(staff(OFFICERS), methods=FORM),
    "admin:renewals_ruleversion_try": Route(staff(READERS, 404), lambda world: {"version_id": 0}),
    "admin:renewals_ruleversion_add": Route(staff(()), methods=FORM),
    "admin:backoffice_handover_sheet": Route(staff(OFFICERS, 404), lambda world: {"handover_id": 0}),
    "admin:backoffice_personrequest_changelist": Route(staff(APPROVERS), methods=FORM),
    "admin:backoffice_personrequest_add": Route(staff(APPROVERS), methods=FORM),
    "admin:backoffice_personrequest_sheet": Route(staff(APPROVERS, 404), lambda world: {"request_id": 0}),
    "admin:backoffice_personrequest_erase": Route(staff(APPROVERS, 404), lambda world: {"request_id": 0}, FORM),
    "admin:backoffice_failedtask_add": Route(staff(()), methods=FORM),
    "admin:backoffice_programmeexport_changelist": Route(staff(APPROVERS), methods=FORM),
    "admin:backoffice_programmeexport_add": Route(staff(APPROVERS), methods=FORM),
    "admin:backoffice_programmeexport_fetch": Route(staff(APPROVERS, 404), lambda world: {"export_id": 0}, ("POST",)),
    "admin:inquiries_inquiry_add": Route(staff(OFFICERS), methods=FORM),
    "admin:inquiries_inquiry_answer": Route(staff(OFFICERS), lambda world: {"inquiry_id": world.inquiry.pk}, FORM),
    "admin:inquiries_inquiry_change": Route(staff(READERS), lambda world: {"object_id": world.inquiry.pk}, FORM),
    "admin:audit_auditevent_add": Route(staff(()), methods=FORM),
    "admin:files_storedfile_add": Route(staff(()), methods=FORM),
    "admin:notices_subscription_add": Route(staff(()), methods=FORM),
    "admin:outbox_deadaddress_add": Route(staff(()), methods=FORM),
    "admin:outbox_outgoingmail_add": Route(staff(()), methods=FORM),
    "admin:tenancy_programme_add": Route(staff(()), methods=FORM),
    "admin:tenancy_programme_change": Route(staff(READERS), lambda world: {"object_id": world.kanagawa.pk}, FORM),
    "admin:web_page_change": Route(staff(READERS), lambda world: {"object_id": world.page.pk}, FORM),
    "admin:web_page_delete": Route(staff(()), lambda world: {"object_id": world.page.pk}, FORM),
    "admin:web_page_history": Route(staff(READERS), lambda world: {"object_id": world.page.pk}, FORM),
}

PLATFORM = {
    "healthz": Route(PUBLIC),
    "readyz": Route(PUBLIC),
    "programmes": Route(PUBLIC),
    **DEMO_ON_PLATFORM,
    **own_access(operators, OPERATORS),
    **admin(operators, OPERATORS, OPERATORS),
    # Accounts come from appointments and invitations, the record from what is done.
    "admin:accounts_user_add": Route(operators(OPERATORS, 403), methods=FORM),
    "admin:audit_platformevent_add": Route(operators(OPERATORS, 403), methods=FORM),
    "admin:tenancy_programme_change": Route(operators(OPERATORS), lambda world: {"object_id": world.kanagawa.pk}, FORM),
}
