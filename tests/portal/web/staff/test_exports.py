"""Files that staff take away: what they filtered, nothing else, and always on record."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from portal.audit.models import Action, AuditEvent
from portal.audit.services import record_event
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.staff import exports

READ_ONLY, OFFICER, APPROVER = StaffRole
ADDRESS = "/admin/audit/auditevent/export/"
AsStaff = Callable[..., Client]


@pytest.fixture(autouse=True)
def events(kanagawa: Programme, tokyo: Programme) -> None:
    for programme, reason in ((kanagawa, "神奈川の理由"), (kanagawa, "髙田さん 𠮷野"), (tokyo, "東京の理由")):
        with programme_scope(programme):
            record_event(action=Action.PROGRAMME_CHANGED, subject=programme, actor=None, reason=reason)


def take(staff: Client, query: str = "", **data: str) -> str:
    answer = staff.post(f"{ADDRESS}{query}", {"file_format": "csv", "reason": "監査の資料"} | data)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return body.decode("cp932" if "Shift_JIS" in answer["Content-Type"] else "utf-8-sig")


def test_a_file_holds_the_programmes_own_rows_and_is_on_record(as_staff: AsStaff, kanagawa: Programme) -> None:
    officer = as_staff(OFFICER)
    text = take(officer)
    assert text.startswith("日時,操作,操作した人,対象,理由,変更の内容\r\n")
    assert "神奈川の理由" in text
    assert "東京の理由" not in text
    with programme_scope(kanagawa):
        event = AuditEvent.objects.first()
    assert event is not None
    assert (event.action, event.actor, event.reason) == (Action.ROWS_EXPORTED, officer.user, "監査の資料")  # type: ignore[attr-defined]
    assert event.changes["rows"] == [None, "2件の記録"]


def test_it_holds_what_was_filtered(as_staff: AsStaff, kanagawa: Programme) -> None:
    text = take(as_staff(OFFICER), "?q=たかだ")
    assert text.count("\r\n") == 1
    text = take(as_staff(OFFICER), "?q=高田")
    assert "髙田さん" in text
    assert "神奈川の理由" not in text
    with programme_scope(kanagawa):
        assert AuditEvent.objects.first().changes["filter"] == [None, []]  # type: ignore[union-attr]


def test_how_it_was_narrowed_is_on_record_and_what_was_typed_is_not(as_staff: AsStaff, kanagawa: Programme) -> None:
    """The record is kept for ever: neither an address nor a name that was looked for stays in it."""
    officer = as_staff(OFFICER)
    take(officer, "?q=yamada@example.jp&action__exact=programme.changed&o=1")
    with programme_scope(kanagawa):
        event = AuditEvent.objects.first()
    assert event is not None
    assert (event.changes["filter"], event.changes["searched"]) == ([None, ["action__exact"]], [None, True])
    assert "yamada" not in str(event.changes)
    page = officer.get(f"/admin/audit/auditevent/{event.pk}/change/").text
    assert "検索" in page and "action__exact" in page


def test_characters_that_would_be_lost_are_listed_first(as_staff: AsStaff, kanagawa: Programme) -> None:
    officer = as_staff(OFFICER)
    answer = officer.post(ADDRESS, {"file_format": "csv-cp932", "reason": "古いソフト"})
    assert "Shift_JISにない文字があります" in answer.text
    assert "<b>𠮷</b> 1か所" in answer.text
    with programme_scope(kanagawa):
        assert not AuditEvent.objects.filter(action=Action.ROWS_EXPORTED).exists()
    assert "髙田さん 〓野" in take(officer, file_format="csv-cp932", replace="on")


def test_excel_too(as_staff: AsStaff) -> None:
    answer = as_staff(OFFICER).post(ADDRESS, {"file_format": "xlsx", "reason": "会議"})
    assert answer["Content-Disposition"].endswith('.xlsx"')
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    assert sheet.max_row == 3


def test_asking_writes_nothing(as_staff: AsStaff, kanagawa: Programme) -> None:
    assert "すべての2件を書き出します" in as_staff(OFFICER).get(ADDRESS).text
    with programme_scope(kanagawa):
        assert not AuditEvent.objects.filter(action=Action.ROWS_EXPORTED).exists()


def test_a_purpose_must_be_given(as_staff: AsStaff) -> None:
    answer = as_staff(OFFICER).post(ADDRESS, {"file_format": "csv", "reason": ""})
    assert answer.status_code == 200
    assert "エラー：入力してください。" in answer.text


def test_too_many_rows_are_no_list(as_staff: AsStaff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_ROWS", 1)
    answer = as_staff(OFFICER).post(ADDRESS, {"file_format": "csv", "reason": "全部"})
    assert "一度に書き出せるのは1件までです" in answer.text


def test_readers_take_nothing_away(as_staff: AsStaff) -> None:
    reader = as_staff(READ_ONLY)
    assert reader.get(ADDRESS).status_code == reader.post(ADDRESS, {}).status_code == 403
    assert "書き出し" not in reader.get("/admin/audit/auditevent/").text.split("<main")[1].split('id="changelist"')[0]


def test_a_wrong_filter_gives_no_file(as_staff: AsStaff) -> None:
    assert as_staff(OFFICER).get(f"{ADDRESS}?nothing__here=1").status_code in (302, 400)
