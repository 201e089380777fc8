"""Asking to speak on the pages, and what others see of it."""

import io
from collections.abc import Callable
from datetime import time

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from meetings.models import Talk, Theme
from meetings.states import TalkState
from portal.files.models import StoredFile
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from tests.factories import make_meeting, make_partner, make_talk

AsMember = Callable[..., Client]
TYPED = {
    "form_key": "6c9a1f6e-6e6b-4a8e-9d43-0f3a2f5b7c11",
    "theme": "",
    "title": "屋根の発電",
    "speaker": "山田 花子",
    "summary": "発電しています。",
    "minutes": "20",
}


def test_from_the_themes_to_the_request(as_member: AsMember, visit: Client, kanagawa: Programme) -> None:
    member = as_member(MemberRole.EDITOR)
    with programme_scope(kanagawa):
        theme = Theme.objects.create(title="エネルギー")
        Theme.objects.create(title="終わったテーマ", is_open=False)
    page = visit.get("/meetings/speak/").text
    assert "エネルギー" in page
    assert "終わったテーマ" not in page
    assert "どのテーマでもよい" in member.get(f"/meetings/speak/new/?theme={theme.pk}").text
    typed = TYPED | {"theme": theme.pk}
    assert "まだ申し込んでいません" in member.post("/meetings/speak/new/", typed).text
    done = member.post("/meetings/speak/new/", typed | {"_send": "1"}, follow=True).text
    assert "屋根の発電" in done
    with programme_scope(kanagawa):
        assert Talk.objects.get().theme == theme


def test_the_sheet_has_the_items_of_the_form(visit: Client) -> None:
    book = load_workbook(io.BytesIO(visit.get("/meetings/speak/sheet.xlsx").content))
    items = [row[0].value for row in book.active.iter_rows()]
    assert {"題目", "登壇する方", "話の概要"} <= set(items)


def test_a_filled_sheet_is_attached_instead_of_a_summary(as_member: AsMember, kanagawa: Programme) -> None:
    member = as_member()
    empty = member.post("/meetings/speak/new/", TYPED | {"summary": "", "_send": "1"}).text
    assert "登壇概要シートを付けてください" in empty
    sheet = SimpleUploadedFile("シート.pdf", b"%PDF-1.7\nstartxref\n0\n%%EOF\n")
    member.post("/meetings/speak/new/", TYPED | {"summary": "", "sheet": sheet, "_send": "1"})
    with programme_scope(kanagawa):
        assert StoredFile.objects.of(Talk.objects.get(), "sheet").count() == 1


def test_a_partner_sees_its_own_and_sends_materials(as_member: AsMember, kanagawa: Programme) -> None:
    member, other = as_member(), as_member(name="NPO法人みなと")
    with programme_scope(kanagawa):
        talk = make_talk(member.member.partner, state=TalkState.CONFIRMED, meeting=make_meeting())
    address = f"/mypage/talks/{talk.pk}/"
    assert other.get(address).status_code == 404
    member.post(address, {"slides": SimpleUploadedFile("資料.pdf", b"%PDF-1.7\nstartxref\n0\n%%EOF\n")})
    with programme_scope(kanagawa):
        file = StoredFile.objects.of(talk, "slides").get()
    assert member.get(f"/files/{file.key}/").getvalue()
    assert other.get(f"/files/{file.key}/").status_code == 404
    assert "元には戻せません" in member.get(f"{address}withdraw/").text


def test_confirmed_speakers_stand_on_the_meetings_page(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        meeting = make_meeting()
        partner = make_partner(name="NPO法人みなと")
        make_talk(partner, title="決まった話", state=TalkState.CONFIRMED, meeting=meeting, at=time(14))
        make_talk(title="相談中の話", state=TalkState.SCHEDULING, meeting=meeting)
    page = visit.get(f"/meetings/{meeting.pk}/").text
    assert "決まった話" in page
    assert "NPO法人みなと" in page
    assert "相談中の話" not in page


def test_the_board_shows_who_speaks_and_who_waits(as_staff: AsMember, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        make_talk(title="待つ話")
        make_talk(title="決まった話", state=TalkState.CONFIRMED, meeting=make_meeting("次の会"))
    page = as_staff(StaffRole.READ_ONLY).get("/admin/meetings/talk/board/").text
    for words in ("待つ話", "決まった話", "次の会"):
        assert words in page
