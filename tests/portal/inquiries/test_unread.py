"""The mark of unread: for whoever asked until they open the answer, for staff until somebody who answers has looked."""

from collections.abc import Callable
from uuid import uuid4

from django.test import Client

from partners.models import Member
from portal.inquiries.models import Inquiry
from portal.inquiries.services import answer_inquiry, mark_opened, write_again
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import ANONYMOUS, MemberRole, StaffRole
from tests.factories import make_actor, make_inquiry, make_member, make_person
from tests.sessions import signed_in

Enter = Callable[..., Client]
LIST = "/admin/inquiries/inquiry/"
MARK = "新しい回答"


def asked_by(member: Member, programme: Programme) -> Inquiry:
    inquiry = make_inquiry(actor=make_person(member))
    answer_inquiry(inquiry=inquiry, text="かかりません。", actor=make_actor(StaffRole.OFFICER, programme))
    return inquiry


def test_an_answer_is_marked_until_it_is_opened(kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(kanagawa):
        member = make_member(MemberRole.EDITOR)
        inquiry = asked_by(member, kanagawa)
        for _ in range(3):
            make_inquiry(actor=make_person(member))
    browser = signed_in(member.user, kanagawa, member)
    thread = f"/mypage/inquiries/{inquiry.pk}/"
    for page in ("/mypage/", "/mypage/inquiries/"):
        # On the card it comes first, before the three newer ones.
        assert MARK in browser.get(page).text
    browser.head(thread)
    assert MARK in browser.get("/mypage/inquiries/").text
    browser.get(thread)
    for page in ("/mypage/", "/mypage/inquiries/"):
        assert MARK not in browser.get(page).text


def test_a_colleagues_reading_leaves_the_mark(kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(kanagawa):
        member = make_member(MemberRole.EDITOR)
        owner = make_member(MemberRole.OWNER, member.partner)
        inquiry = asked_by(member, kanagawa)
    owners = signed_in(owner.user, kanagawa, owner)
    assert MARK not in owners.get("/mypage/inquiries/").text
    assert owners.get(f"/mypage/inquiries/{inquiry.pk}/").status_code == 200
    assert MARK in signed_in(member.user, kanagawa, member).get("/mypage/inquiries/").text


def test_what_came_after_the_page_stays_new(in_kanagawa: Programme) -> None:
    inquiry, officer = make_inquiry(), make_actor(StaffRole.OFFICER, in_kanagawa)
    shown = inquiry.messages.get().pk
    write_again(form_key=uuid4(), inquiry=inquiry, text="追記", actor=ANONYMOUS)
    mark_opened(inquiry=inquiry, actor=officer, newest=shown)
    assert Inquiry.objects.with_news_for_staff().get().has_news
    newest = inquiry.messages.latest("id").pk
    mark_opened(inquiry=inquiry, actor=officer, newest=newest)
    # An older page that is shown later takes nothing back.
    mark_opened(inquiry=inquiry, actor=officer, newest=shown)
    assert not Inquiry.objects.with_news_for_staff().get().has_news


def test_staff_see_what_is_new(as_staff: Enter, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        inquiry = make_inquiry()
    change, unread = f"{LIST}{inquiry.pk}/change/", f"{LIST}?news=1"
    reader, officer = as_staff(StaffRole.READ_ONLY), as_staff(StaffRole.OFFICER)
    # Who only reads, and cannot answer, takes no mark away.
    reader.get(change)
    assert inquiry.receipt in officer.get(unread).text
    officer.get(change)
    assert inquiry.receipt not in officer.get(unread).text
    assert inquiry.receipt in officer.get(LIST).text
    with programme_scope(kanagawa):
        write_again(form_key=uuid4(), inquiry=inquiry, text="追記", actor=ANONYMOUS)
    assert inquiry.receipt in officer.get(unread).text


def test_on_the_staffs_front_page_unread_ones_are_marked(as_staff: Enter, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        inquiry = make_inquiry()
    reader, officer = as_staff(StaffRole.READ_ONLY), as_staff(StaffRole.OFFICER)
    address = f"{LIST}{inquiry.pk}/change/"
    reader.get(address)
    assert "未読" in officer.get("/admin/").text
    officer.get(address)
    assert inquiry.receipt in officer.get("/admin/").text
    assert "未読" not in officer.get("/admin/").text
