"""What has become of a partner, for its own people."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from partners.models import Activity, ChangeRequest, Member, Partner
from partners.queries import history
from partners.services.changes import ask_change
from partners.services.people import join, restore_access
from partners.services.records import change_partner, record_activity
from portal.accounts.models import StaffAppointment
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, MemberRole, Membership, StaffRole
from portal.web.models import Channel
from tests.factories import make_actor, make_member, make_partner
from tests.sessions import signed_in


@pytest.fixture
def owner(as_member: Callable[..., Client]) -> Any:
    return as_member(MemberRole.OWNER, kind="npo")


def test_who_changed_what_and_when(owner: Any, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        partner = Partner.objects.get()
        officer = make_actor(StaffRole.OFFICER, kanagawa)
        change_partner(partner=partner, values={"phone": "045-111-1111"}, actor=Actor(user=owner.user))
        change_partner(partner=partner, values={"fax": "045-222-2222", "contact_name": "佐藤 健"}, actor=officer)
        record_event(action=Action.PERSON_VIEWED, subject=partner, actor=officer.user)
        change_partner(partner=make_partner(), values={"phone": "045-999-9999"}, actor=officer)
    page = owner.get("/mypage/history/").text
    assert "045-111-1111" in page and "山田 花子" in page
    assert "045-222-2222" in page and "事務局" in page and officer.user.name not in page
    assert "佐藤 健" not in page, "a person's data is on record by name only"
    assert "個人情報を表示" not in page and "045-999-9999" not in page


def test_earlier_deeds_of_a_place_that_moved_are_not_the_offices(
    as_staff: Callable[..., Client], owner: Any, kanagawa: Programme
) -> None:
    with programme_scope(kanagawa):
        partner = Partner.objects.get()
        change_partner(partner=partner, values={"phone": "045-111-1111"}, actor=Actor(user=owner.user))
        officer = Actor(user=as_staff(StaffRole.OFFICER).user, staff_role=StaffRole.OFFICER)
        restore_access(member=owner.member, address="next@aoba.example.jp", reason="退職", actor=officer)
        next_one = Member.objects.get()
        join(member=next_one, shows_contact=False, publishes_reports=False, actor=Actor(user=next_one.user))
    page = signed_in(next_one.user, kanagawa, next_one).get("/mypage/history/").text
    assert "045-111-1111" in page and "以前の担当者" in page and "事務局" not in page


def test_who_was_on_the_staff_then_is_the_office(
    as_staff: Callable[..., Client], owner: Any, kanagawa: Programme
) -> None:
    """Though the person has left since, and acts for the partner now."""
    with programme_scope(kanagawa):
        user = as_staff(StaffRole.OFFICER).user
        change_partner(partner=Partner.objects.get(), values={"phone": "045-111-1111"}, actor=Actor(user=user))
        StaffAppointment.objects.update(ended_at=timezone.now())
        member = make_member(partner=Partner.objects.get(), user=user, name="元 職員")
        (line,) = history.lines(list(history.events_of(member.partner)), member.partner_id)
    assert line.who == "事務局"


def test_what_was_asked_for_is_said_in_words(owner: Any, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        place = Membership(owner.member.pk, owner.member.partner_id, "", MemberRole.OWNER)
        ask_change(
            partner_id=owner.member.partner_id, field=ChangeRequest.Field.KIND, after="company", reason="法人化",
            effective_on=timezone.localdate(), actor=Actor(user=owner.user, membership=place),
        )  # fmt: skip
    page = owner.get("/mypage/history/").text
    assert "変更を申請" in page and "団体の区分" in page and "NPO法人" in page and "企業（法人）" in page
    assert "法人化" in page and ">company<" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_record_takes_as_many_queries_for_one_line_as_for_three(
    owner: Any, kanagawa: Programme, count: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    with programme_scope(kanagawa):
        for number in range(count):
            change_partner(partner=Partner.objects.get(), values={"phone": f"{number}"}, actor=Actor(user=owner.user))
    owner.get("/mypage/history/")
    with django_assert_num_queries(10):
        owner.get("/mypage/history/")


@pytest.fixture
def timeline(owner: Any, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        partner = Partner.objects.get()
        for number, (kind, title, on) in enumerate(
            [
                (Activity.Kind.MEETING, "第1回 交流会に参加", date(2025, 3, 31)),
                (Activity.Kind.MEETING, "第2回 交流会に参加", date(2025, 4, 1)),
                (Activity.Kind.COLLABORATION, '=HYPERLINK("http://evil.example")', date(2025, 5, 1)),
            ]
        ):
            record_activity(partner=partner, kind=kind, title=title, key=str(number), on=on)
        record_activity(partner=make_partner(), kind=Activity.Kind.MEETING, title="よその団体", key="1")


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("", "123"), ("?kind=meeting", "12"), ("?year=2025", "23"), ("?year=2024", "1"), ("?kind=meeting&year=2025", "2"),
     ("?kind=x&year=y", "123"), ("?year=99999999999", "123"), ("?year=²", "123"), ("?year=019010", "123")],
)  # fmt: skip
def test_the_timeline_is_narrowed(owner: Any, timeline: None, asked: str, shown: str) -> None:
    marks = {"1": "第1回", "2": "第2回", "3": "HYPERLINK"}
    for address in ("/mypage/activities/", "/mypage/activities/csv/"):
        page = owner.get(address + asked)
        text = page.content.decode("utf-8-sig")
        assert "".join(number for number, mark in marks.items() if mark in text) == shown
        assert "よその団体" not in text


def test_a_formula_does_nothing_in_a_spreadsheet(owner: Any, timeline: None) -> None:
    answer = owner.get("/mypage/activities/csv/")
    assert answer["Content-Disposition"] == 'attachment; filename="activities.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert ",\"'=HYPERLINK(" in answer.content.decode("utf-8-sig")


def test_the_timeline_is_kept_once_and_read_in_the_readers_language(owner: Any, kanagawa: Programme) -> None:
    with programme_scope(kanagawa), override("en"):
        partner = Partner.objects.get()
        record_activity(partner=partner, kind=Activity.Kind.MEETING, title="退会", key="a")
        record_activity(partner=partner, kind=Activity.Kind.MEETING, title="第1回 交流会に参加", key="b")
        assert list(Activity.objects.order_by("id").values_list("title", flat=True)) == ["退会", "第1回 交流会に参加"]
        english = Activity.objects.get(key="a").in_words
        assert english and english != "退会"
    assert english in owner.get("/en/mypage/activities/").text
    assert "退会" in owner.get("/mypage/activities/").text


def test_how_an_entry_came_in_is_kept_in_one_language() -> None:
    with override("en"):
        assert Channel.PHONE.on_record == "電話"
