"""The office's side: found, assigned, answered from a template, closed; figures above the list."""

from collections.abc import Callable
from uuid import uuid4

from django.test import Client

from portal.inquiries.models import Inquiry, ReplyTemplate
from portal.inquiries.services import write_again
from portal.inquiries.states import InquiryState
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import ANONYMOUS, StaffRole
from tests.factories import make_inquiry, make_inquiry_kind
from tests.partners.views.pages import hidden_fields, seen_on

Enter = Callable[..., Client]
LIST = "/admin/inquiries/inquiry/"


def test_from_the_front_page_to_the_answer(as_staff: Enter, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        kind = make_inquiry_kind()
        inquiry = make_inquiry(kind, text="ｶﾅｶﾞﾜの登録")
        template = ReplyTemplate.objects.create(title="受付", text="担当で確かめます。")
        ReplyTemplate.objects.create(title="別の種類用", text="x", kind=make_inquiry_kind("別"))
    officer = as_staff(StaffRole.OFFICER)
    change, answer = f"{LIST}{inquiry.pk}/change/", f"{LIST}{inquiry.pk}/answer/"
    assert change in officer.get("/admin/").text
    page = officer.get(change).text
    assert f"{answer}?template={template.pk}" in page and "別の種類用" not in page
    assert "担当で確かめます。" in officer.get(f"{answer}?template={template.pk}").text
    assert (
        officer.post(
            answer, {"text": "担当で確かめました。", "closes": "on", "seen": seen_on(officer, answer)}
        ).status_code
        == 302
    )
    with programme_scope(kanagawa):
        found = Inquiry.objects.get()
        assert (found.state, found.messages.count()) == (InquiryState.CLOSED, 2)
    assert change not in officer.get("/admin/").text


def test_search_finds_words_of_the_thread(as_staff: Enter, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        kind = make_inquiry_kind()
        wanted, other = make_inquiry(kind, text="ｿｰﾗｰの相談"), make_inquiry(kind, text="登録の相談")
    page = as_staff(StaffRole.READ_ONLY).get(LIST, {"q": "ソーラー"}).text
    assert wanted.receipt in page and other.receipt not in page


def test_readers_see_no_way_to_answer(as_staff: Enter, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        inquiry = make_inquiry()
    reader = as_staff(StaffRole.READ_ONLY)
    assert "/answer/" not in reader.get(f"{LIST}{inquiry.pk}/change/").text
    assert reader.post(f"{LIST}{inquiry.pk}/answer/", {"text": "x"}).status_code == 403


def test_an_empty_answer_is_told(as_staff: Enter, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        inquiry = make_inquiry()
    page = as_staff(StaffRole.OFFICER).post(f"{LIST}{inquiry.pk}/answer/", {"text": " "})
    assert "入力してください。" in page.text


def test_another_programmes_inquiry_is_not_there(as_staff: Enter, kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(tokyo):
        theirs = make_inquiry()
    officer = as_staff(StaffRole.OFFICER)
    assert officer.get(f"{LIST}{theirs.pk}/change/").status_code == 404
    assert officer.get(f"{LIST}{theirs.pk}/answer/").status_code == 404


def test_what_came_while_one_typed_is_read_first(as_staff: Enter, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        inquiry = make_inquiry()
    officer, answer = as_staff(StaffRole.OFFICER), f"{LIST}{inquiry.pk}/answer/"
    seen = seen_on(officer, answer)
    with programme_scope(kanagawa):
        write_again(form_key=uuid4(), inquiry=inquiry, text="もう一つ伺います。", actor=ANONYMOUS)
    page = officer.post(answer, {"text": "お答えします。", "seen": seen}).text
    assert "新しい書き込みがありました" in page and "もう一つ伺います。" in page and "お答えします。" in page
    again = {"text": "お答えします。", "seen": hidden_fields(page)["seen"][0]}
    assert officer.post(answer, again).status_code == 302
    # Pressed twice, or by a colleague on the same page.
    assert officer.post(answer, again).status_code == 200
    with programme_scope(kanagawa):
        assert inquiry.messages.filter(is_answer=True).count() == 1


def test_pressed_twice_it_is_answered_once_and_said_so(as_staff: Enter, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        inquiry = make_inquiry()
    officer, answer = as_staff(StaffRole.OFFICER), f"{LIST}{inquiry.pk}/answer/"
    hidden = hidden_fields(officer.get(answer).text)
    typed = {"text": "お答えします。", "seen": hidden["seen"][0], "form_key": hidden["form_key"][0]}
    for _ in range(2):
        assert "回答しました" in officer.post(answer, typed, follow=True).text
    with programme_scope(kanagawa):
        assert inquiry.messages.filter(is_answer=True).count() == 1


def test_what_came_while_one_was_closing_is_not_closed_unread(as_staff: Enter, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        inquiry = make_inquiry()
    officer = as_staff(StaffRole.OFFICER)
    officer.get(f"{LIST}{inquiry.pk}/change/")
    deed = {"action": "close", "_selected_action": inquiry.pk, "with-reason": "電話で済みました"}
    deed["seen"] = hidden_fields(officer.post(LIST, deed).text)["seen"][0]
    with programme_scope(kanagawa):
        write_again(form_key=uuid4(), inquiry=inquiry, text="もう一つ伺います。", actor=ANONYMOUS)
    page = officer.post(LIST, deed)
    assert (page.status_code, "まだ読んでいない" in page.text) == (200, True)
    assert officer.post(LIST, deed | {"seen": hidden_fields(page.text)["seen"][0]}).status_code == 302
    with programme_scope(kanagawa):
        assert Inquiry.objects.get().state == InquiryState.CLOSED
