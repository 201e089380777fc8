"""Asking the office for a change, and saying that one wants to leave: input, confirm page, done, taken back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from partners.models import ChangeRequest
from portal.files.models import StoredFile
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from tests.partners.views.pages import hidden_fields, status_of_file

AsPerson = Callable[..., Client]
ASK, LEAVE = "/mypage/profile/changes/ask/name/", "/mypage/profile/leave/"
PDF = b"%PDF-1.7\nx\nstartxref\n0\n%%EOF\n"


@pytest.fixture
def owner(as_member: AsPerson) -> Any:
    return as_member(MemberRole.OWNER, kind="npo")


def wish(**fields: Any) -> dict[str, Any]:
    usual = {"after": "みどり商事", "kana": "みどりしょうじ", "effective_on": f"{timezone.localdate()}", "reason": "商号変更",
             "proof": SimpleUploadedFile("登記.pdf", PDF)}  # fmt: skip
    return usual | fields


def asked(programme: Programme) -> ChangeRequest:
    with programme_scope(programme):
        return ChangeRequest.objects.select_related("partner").get()


def ask(owner: Any) -> Any:
    confirm = owner.post(ASK, wish()).text
    assert "まだ申請していません" in confirm and "登記.pdf" in confirm
    return owner.post(ASK, hidden_fields(confirm) | {"_send": "1"}, follow=True)


def test_a_new_name_is_asked_for_with_its_proof(owner: Any, kanagawa: Programme, as_staff: AsPerson) -> None:
    done = ask(owner)
    change = asked(kanagawa)
    assert "申請を受け付けました" in done.text and done.request["PATH_INFO"] == f"/mypage/profile/changes/{change.pk}/"
    assert (change.after, change.kana) == ("みどり商事", "ミドリショウジ")
    with programme_scope(kanagawa):
        file = StoredFile.objects.of(change, "proof").get()
    assert status_of_file(owner, f"/files/{file.key}/") == 200
    staff = as_staff(StaffRole.OFFICER)
    assert status_of_file(staff, f"/files/{file.key}/") == 200
    assert "みどり商事" in staff.get("/admin/").text, "waits on the desk"
    assert "みどり商事" in owner.get("/mypage/profile/").text


def test_nobody_else_has_the_proof_or_the_request(
    owner: Any, kanagawa: Programme, as_member: AsPerson, as_staff: AsPerson, visit: Client, tokyo: Programme
) -> None:
    ask(owner)
    change = asked(kanagawa)
    with programme_scope(kanagawa):
        file = StoredFile.objects.of(change, "proof").get()
    other = as_member(MemberRole.OWNER)
    for browser in (other, visit, as_staff(StaffRole.APPROVER, tokyo)):
        assert status_of_file(browser, f"/files/{file.key}/") == 404
    for part in ("", "withdraw/"):
        assert other.get(f"/mypage/profile/changes/{change.pk}/{part}").status_code == 404


def test_what_is_missing_is_said_and_the_file_stays(owner: Any) -> None:
    page = owner.post(ASK, wish(after="", reason="")).text
    assert "新しい名称：入力してください" in page and "選択済み：登記.pdf" in page
    assert "今の値と同じです" in owner.post(ASK, wish(after="株式会社あおばソーラー")).text
    assert "ファイルを選んでください" in owner.post(ASK, wish(proof="")).text


def test_the_partner_takes_it_back(owner: Any, kanagawa: Programme) -> None:
    ask(owner)
    address = f"/mypage/profile/changes/{asked(kanagawa).pk}/"
    assert "申請を取り下げる" in owner.get(f"{address}withdraw/").text
    assert "申請を取り下げました" in owner.post(f"{address}withdraw/", follow=True).text
    assert asked(kanagawa).state == "withdrawn"
    assert "いまは「" in owner.post(f"{address}withdraw/", follow=True).text


def test_an_owner_says_that_the_partner_leaves(owner: Any, kanagawa: Programme, as_member: AsPerson) -> None:
    typed = {"effective_on": f"{timezone.localdate()}", "reason": "事業の終了"}
    confirm = owner.post(LEAVE, typed).text
    assert "ログインできなくなります" in confirm
    assert "申請を受け付けました" in owner.post(LEAVE, hidden_fields(confirm) | {"_send": "1"}, follow=True).text
    assert asked(kanagawa).is_leaving
    assert "同じ項目の申請がすでにあります" in owner.post(LEAVE, typed).text
    for role in (MemberRole.EDITOR, MemberRole.VIEWER):
        assert as_member(role).get(LEAVE).status_code == 403


def test_what_is_not_kept_by_the_programme_has_no_such_page(owner: Any) -> None:
    for field in ("phone", "state", "number", "nonsense"):
        assert owner.get(f"/mypage/profile/changes/ask/{field}/").status_code == 404
    for field in ("kind", "approved_on"):
        assert owner.get(f"/mypage/profile/changes/ask/{field}/").status_code == 200
