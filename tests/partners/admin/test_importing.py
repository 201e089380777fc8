"""The staff's way through an import, page by page, and what each page refuses."""

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from partners.models import ImportRun, Partner
from partners.services.importing import work_on
from partners.states import ImportState
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.factories import make_partner
from tests.partners.importing.test_reading import as_csv, as_xlsx, zip_bomb

ADD = "/admin/partners/importrun/add/"
AsStaff = Callable[..., Client]
ROWS = [
    ["登録番号", "企業名", "メールアドレス", "備考"],
    ["1", "株式会社髙﨑", "a@example.jp", ""],
    ["2", "NPO法人みなと", "=1+1", "x"],
]
FINE = [ROWS[0], ROWS[1], ["2", "NPO法人みなと", "b@example.jp", ""]]


@pytest.fixture
def officer(as_staff: AsStaff) -> Client:
    return as_staff(StaffRole.OFFICER)


def send(browser: Client, content: bytes, name: str = "一覧.csv") -> str:
    """The page to which the upload leads; "" when it was refused."""
    answer = browser.post(ADD, {"file": SimpleUploadedFile(name, content)})
    return answer.headers.get("Location", "")


def columns_of(browser: Client, address: str) -> dict[str, str]:
    """The form as it was proposed."""
    form = browser.get(address).context["form"]
    return {field.html_name: field.initial for field in form}


def worked(programme: Programme) -> ImportRun:
    with programme_scope(programme):
        run = ImportRun.objects.get()
        while work_on(run.pk):
            pass
        return ImportRun.objects.get()


@pytest.mark.parametrize(
    "content", [as_csv(FINE), as_csv(FINE, "cp932"), as_xlsx(FINE)], ids=["utf-8", "cp932", "xlsx"]
)
def test_from_the_file_to_the_partners_and_back(officer: Client, kanagawa: Programme, content: bytes) -> None:
    columns = send(officer, content, "一覧.xlsx" if content.startswith(b"PK") else "一覧.csv")
    proposed = columns_of(officer, columns)
    assert proposed == {"column-0": "number", "column-1": "name", "column-2": "contact_email", "column-3": ""}
    page = officer.post(columns, proposed).headers["Location"]
    assert "全部の行を確かめています" in officer.get(page).content.decode()
    worked(kanagawa)
    assert "新しく加える団体：2件" in officer.get(page).content.decode()
    officer.post(page.replace("change", "start"))
    assert "取り込んでいます" in officer.get(page).content.decode()
    worked(kanagawa)
    assert "2行を取り込みました" in officer.get(page).content.decode()
    with programme_scope(kanagawa):
        assert Partner.objects.count() == 2
    undo = page.replace("change", "undo")
    assert "取り込む前に戻します" in officer.get(undo).content.decode()
    officer.post(undo)
    assert worked(kanagawa).state == ImportState.UNDONE
    assert "この取込みは取り消しました" in officer.get(page).content.decode()
    with programme_scope(kanagawa):
        assert Partner.objects.count() == 0


def test_bad_cells_are_shown_and_downloaded_without_formulas(officer: Client, kanagawa: Programme) -> None:
    columns = send(officer, as_csv(ROWS))
    page = officer.post(columns, columns_of(officer, columns)).headers["Location"]
    worked(kanagawa)
    shown = officer.get(page).content.decode()
    assert "2行のうち1行に直すところがあります" in shown
    assert "3行目" in shown
    assert "取り込む</button>" not in shown
    answer = officer.get(page.replace("change", "problems"))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "行,列,セル,直すところ"
    assert lines[1].startswith("3,メールアドレス,'=1+1,")
    with programme_scope(kanagawa):
        run = ImportRun.objects.get()
        about = AuditEvent.objects.filter(subject_type="partners.importrun", subject_id=str(run.pk))
        seen = list(about.filter(action__in=[Action.PERSON_VIEWED, Action.ROWS_EXPORTED]).order_by("id"))
    assert [event.action for event in seen] == [Action.PERSON_VIEWED, Action.ROWS_EXPORTED]
    officer.post(page.replace("change", "start"))
    with programme_scope(kanagawa):
        assert ImportRun.objects.get().state == ImportState.TRIED


def test_columns_are_remembered_for_the_programme(officer: Client, kanagawa: Programme) -> None:
    columns = send(officer, as_csv([["コード", "なまえ"], ["1", "甲"]]))
    assert set(columns_of(officer, columns).values()) == {""}
    officer.post(columns, {"column-0": "number", "column-1": "name"})
    again = send(officer, as_csv([["なまえ", "コード"], ["乙", "2"]]))
    assert columns_of(officer, again) == {"column-0": "name", "column-1": "number"}


def test_columns_without_a_name_are_refused_and_stay(officer: Client, kanagawa: Programme) -> None:
    columns = send(officer, as_csv(FINE))
    answer = officer.post(columns, {"column-2": "contact_email"})
    assert answer.status_code == 200
    assert "「名称」か「登録番号」" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("一覧.csv", "名称\n".encode() + b"\xff\xfe\xfd\x81\n"),
        ("一覧.csv", "名称\n".encode()),
        ("一覧.xlsx", zip_bomb()),
        ("一覧.xlsx", b"PK\x03\x04broken"),
        ("一覧.pdf", b"%PDF-1.7\n"),
        ("一覧.csv", b""),
        ("一覧.xlsm", as_xlsx(FINE)),
    ],
    ids=["encoding", "no rows", "bomb", "broken", "kind", "empty", "macros"],
)
def test_a_file_that_is_no_table_is_refused_with_a_sentence(
    officer: Client, kanagawa: Programme, name: str, content: bytes
) -> None:
    answer = officer.post(ADD, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 200
    assert answer.context["form"].errors["file"]
    with programme_scope(kanagawa):
        assert not ImportRun.objects.exists()


def test_undoing_says_what_would_be_lost(officer: Client, kanagawa: Programme) -> None:
    columns = send(officer, as_csv(FINE))
    page = officer.post(columns, columns_of(officer, columns)).headers["Location"]
    worked(kanagawa)
    officer.post(page.replace("change", "start"))
    worked(kanagawa)
    with programme_scope(kanagawa):
        Partner.objects.filter(number=2).update(revision=2)
    shown = officer.get(page.replace("change", "undo")).content.decode()
    assert "NPO法人みなと" in shown
    assert "取り消せません" in shown


def test_who_only_reads_may_look_and_change_nothing(as_staff: AsStaff, officer: Client, kanagawa: Programme) -> None:
    columns = send(officer, as_csv(ROWS))
    page = officer.post(columns, columns_of(officer, columns)).headers["Location"]
    worked(kanagawa)
    reader = as_staff(StaffRole.READ_ONLY)
    assert reader.get(page).status_code == 200
    for name in ("columns", "start", "undo", "problems"):
        assert reader.post(page.replace("change", name)).status_code == 403


def test_another_programmes_import_is_not_there(as_staff: AsStaff, officer: Client, tokyo: Programme) -> None:
    page = send(officer, as_csv(FINE)).replace("columns", "change")
    with programme_scope(tokyo):
        make_partner()
    assert as_staff(StaffRole.OFFICER, tokyo).get(page).status_code == 404


def test_names_that_would_change_are_shown_before_the_start(officer: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        make_partner(number=1, name="社会福祉法人みどり")
        make_partner(number=2, name="NPO法人みなと")
    columns = send(officer, as_csv(FINE))
    page = officer.post(columns, columns_of(officer, columns)).headers["Location"]
    worked(kanagawa)
    shown = officer.get(page).text
    assert "名称が変わる団体：1件" in shown
    assert re.search("2行目.*社会福祉法人みどり.*株式会社髙﨑", shown)
    assert '今の名称">NPO法人みなと' not in shown
