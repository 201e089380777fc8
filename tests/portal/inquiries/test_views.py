"""Asking on both sides: menu, form, confirm page, number; files that stay; the thread behind the link."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from partners.states import PartnerState
from portal.accounts import limits
from portal.accounts.limits import Limit
from portal.files.kinds import MB
from portal.files.models import StoredFile
from portal.inquiries.models import Inquiry, InquiryKind, KindAnswer, KindQuestion
from portal.inquiries.services import answer_inquiry
from portal.tenancy.models import Feature, Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from tests.factories import make_actor, make_inquiry, make_inquiry_kind

Enter = Callable[..., Client]
PDF = b"%PDF-1.7\n1\nstartxref\n0\n%%EOF\n"


@pytest.fixture
def kind(kanagawa: Programme, tokyo: Programme) -> InquiryKind:
    with programme_scope(kanagawa):
        kind = make_inquiry_kind("経営の相談")
        KindQuestion.objects.create(kind=kind, label="分野", choices="経営\n販路", is_required=True)
        KindAnswer.objects.create(kind=kind, question="費用は？", answer="かかりません。")
        return kind


def typed(kind: InquiryKind, **changed: Any) -> dict[str, Any]:
    with programme_scope(kind.programme):
        question = kind.questions.get()
    usual = {
        "name": "佐々木 葵", "email": "Aoi@Example.jp", "text": "一行目\n二行目", f"question_{question.pk}": "販路",
        "form_key": str(uuid4()),
    }  # fmt: skip
    return usual | changed


def only(programme: Programme) -> Inquiry:
    with programme_scope(programme):
        return Inquiry.objects.select_related("kind").get()


def test_the_public_asks(visit: Client, kanagawa: Programme, kind: InquiryKind) -> None:
    address = f"/contact/{kind.pk}/"
    assert address in visit.get("/contact/").text
    assert "かかりません。" in visit.get(address).text
    confirm = visit.post(address, typed(kind))
    assert "まだ送信していません" in confirm.text and "販路" in confirm.text
    with programme_scope(kanagawa):
        assert not Inquiry.objects.exists()
    sent = visit.post(address, typed(kind, _send="1"), follow=True)
    inquiry = only(kanagawa)
    assert inquiry.receipt in sent.text
    assert "aoi@example.jp" not in sent.text
    assert (inquiry.email, inquiry.answers, inquiry.user_id) == ("aoi@example.jp", [["分野", "販路"]], None)


def test_what_is_wrong_is_told_and_what_was_typed_stays(visit: Client, kind: InquiryKind) -> None:
    page = visit.post(f"/contact/{kind.pk}/", typed(kind, text="あ" * 801, email="aoi"))
    assert "800文字以内で入力してください（今は801文字です）。" in page.text
    assert "あ" * 801 in page.text


def test_a_visitor_leaves_only_so_many_megabytes(
    visit: Client, kanagawa: Programme, kind: InquiryKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "INQUIRY_MEGABYTES", Limit("inquiry megabytes", ((3, 3600),)))
    address, content = f"/contact/{kind.pk}/", PDF.replace(b"1\n", b"1\n" + bytes(MB))

    def left(size: int) -> int:
        visit.post(address, typed(kind) | {"attachment": SimpleUploadedFile("図面.pdf", content + bytes(size))})
        with programme_scope(kanagawa):
            return StoredFile.objects.count()

    assert [left(number) for number in range(4)] == [1, 2, 3, 3]
    # Words go on.
    assert "まだ送信していません" in visit.post(address, typed(kind)).text
    # One alone that is too much is refused though nothing was sent before.
    assert not limits.allow(limits.INQUIRY_MEGABYTES, "somebody", amount=4)
    assert limits.allow(limits.INQUIRY_MEGABYTES, "somebody", amount=3)


def test_back_keeps_text_and_file(visit: Client, kanagawa: Programme, kind: InquiryKind) -> None:
    address, form = f"/contact/{kind.pk}/", typed(kind)
    confirm = visit.post(address, form | {"attachment": SimpleUploadedFile("図面.pdf", PDF)})
    assert "図面.pdf" in confirm.text
    with programme_scope(kanagawa):
        key = str(StoredFile.objects.get().key)
    back = visit.post(address, form | {"attachment-kept": key, "_change": "text"})
    assert "選択済み：図面.pdf" in back.text and "二行目" in back.text
    visit.post(address, form | {"attachment-kept": key, "_send": "1"})
    inquiry = only(kanagawa)
    with programme_scope(kanagawa):
        assert str(StoredFile.objects.of(inquiry.messages.get()).get().key) == key
    # With the link, and not without it.
    file = visit.get(f"/contact/thread/{inquiry.link_token}/files/{key}/")
    assert b"".join(file.streaming_content) == PDF
    assert visit.get(f"/files/{key}/").status_code == 404
    with programme_scope(kanagawa):
        other = make_inquiry(inquiry.kind)
    assert visit.get(f"/contact/thread/{other.link_token}/files/{key}/").status_code == 404


def test_a_chosen_file_can_be_cleared(visit: Client, kanagawa: Programme, kind: InquiryKind) -> None:
    address, form = f"/contact/{kind.pk}/", typed(kind)
    visit.post(address, form | {"attachment": SimpleUploadedFile("図面.pdf", PDF)})
    with programme_scope(kanagawa):
        key = str(StoredFile.objects.get().key)
    visit.post(address, form | {"attachment-kept": key, "attachment-cancelled": key, "_send": "1"})
    inquiry = only(kanagawa)
    with programme_scope(kanagawa):
        assert not StoredFile.objects.of(inquiry.messages.get()).exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("大.pdf", PDF + b"0" * 10 * 1024 * 1024, "10 MB"), ("x.exe", b"MZ" + b"0" * 200, "exe")],
)
def test_files_that_are_not_taken(visit: Client, kind: InquiryKind, name: str, content: bytes, said: str) -> None:
    page = visit.post(f"/contact/{kind.pk}/", typed(kind) | {"attachment": SimpleUploadedFile(name, content)})
    assert "エラー" in page.text and said in page.text


def test_an_address_is_not_written_to_without_end(visit: Client, kanagawa: Programme, kind: InquiryKind) -> None:
    for _ in range(2):
        page = visit.post(f"/contact/{kind.pk}/", typed(kind, _send="1"))
    assert "続けて送信されました" in page.text and "二行目" in page.text
    assert only(kanagawa)


def test_the_thread_behind_the_link(visit: Client, kanagawa: Programme, kind: InquiryKind) -> None:
    with programme_scope(kanagawa):
        inquiry = make_inquiry(kind)
        answer_inquiry(inquiry=inquiry, text="かかりません。", actor=make_actor(StaffRole.OFFICER, kanagawa))
    address = f"/contact/thread/{inquiry.link_token}/"
    assert "かかりません。" in visit.get(address).text
    assert visit.post(address, {"text": "では申請します。", "form_key": str(uuid4())}).status_code == 302
    assert "では申請します。" in visit.get(address).text
    assert visit.get("/contact/thread/none/").status_code == 410


def test_a_partners_thread_has_no_link(visit: Client, as_member: Enter, kanagawa: Programme, kind: InquiryKind) -> None:
    browser = as_member()
    browser.post(f"/mypage/inquiries/new/{kind.pk}/", typed(kind, _send="1"))
    assert visit.get(f"/contact/thread/{only(kanagawa).link_token}/").status_code == 410


@pytest.mark.parametrize("state", [PartnerState.REGISTERED, PartnerState.UNCONFIRMED, PartnerState.SUSPENDED])
def test_a_member_asks_without_saying_who(
    as_member: Enter, kanagawa: Programme, kind: InquiryKind, state: PartnerState
) -> None:
    """Also while the office has not confirmed who they are."""
    browser = as_member(MemberRole.VIEWER, state=state)
    page = browser.post(f"/mypage/inquiries/new/{kind.pk}/", typed(kind, name="だれか", _send="1"), follow=True)
    inquiry = only(kanagawa)
    assert inquiry.receipt in page.text
    assert (inquiry.name, inquiry.email) == ("山田 花子", browser.user.email)
    assert inquiry.receipt in browser.get("/mypage/").text
    assert as_member().get(f"/mypage/inquiries/{inquiry.pk}/").status_code == 404


def test_kinds_for_one_side_alone(visit: Client, as_member: Enter, kanagawa: Programme, kind: InquiryKind) -> None:
    with programme_scope(kanagawa):
        partners = make_inquiry_kind("パートナーの相談", audience=InquiryKind.Audience.PARTNERS)
        public = make_inquiry_kind("見学", audience=InquiryKind.Audience.PUBLIC)
        make_inquiry_kind("終わった受付", is_open=False)
    ours, theirs = as_member().get("/mypage/inquiries/").text, visit.get("/contact/").text
    assert ("パートナーの相談" in ours, "見学" in ours) == (True, False)
    assert ("パートナーの相談" in theirs, "見学" in theirs) == (False, True)
    assert "終わった受付" not in ours + theirs
    assert visit.get(f"/contact/{partners.pk}/").status_code == 404
    assert as_member().get(f"/mypage/inquiries/new/{public.pk}/").status_code == 404


def test_a_programme_without_inquiries(visit: Client, as_member: Enter, kanagawa: Programme, kind: InquiryKind) -> None:
    with programme_scope(kanagawa):
        inquiry = make_inquiry(kind)
    kanagawa.features = [one for one in kanagawa.features if one != Feature.INQUIRIES]
    kanagawa.save()
    for address in ("/contact/", f"/contact/{kind.pk}/", f"/contact/thread/{inquiry.link_token}/"):
        assert visit.get(address).status_code == 404
    assert as_member().get("/mypage/inquiries/").status_code == 404
    assert 'href="/contact/"' not in visit.get("/").text


@pytest.mark.parametrize("count", [1, 3])
def test_the_menu_asks_three_times(
    visit: Client, kanagawa: Programme, kind: InquiryKind, count: int, django_assert_max_num_queries: Any
) -> None:
    with programme_scope(kanagawa):
        for number in range(count):
            KindAnswer.objects.create(kind=make_inquiry_kind(f"種類{number}"), question="問い", answer="答え")
    visit.get("/contact/")
    with django_assert_max_num_queries(4):
        visit.get("/contact/")
