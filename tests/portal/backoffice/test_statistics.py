"""The numbers of a day: from what was published, the same every time, on screen, on one sheet and in a table."""

import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from partners.models import DailyFigures, FiguresAmendment
from partners.queries.statistics import month_ends
from portal.backoffice.statistics import on_sheet, parts_on
from portal.tenancy.models import Feature, Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.registry import Chart
from tests.factories import make_actor

Enter = Callable[..., Client]
DAY = date(2024, 3, 31)
FIGURES = {"partners": 1040, "kind": {"company": 800, "npo": 240}, "goals": {"13": 5, "7": 120}}


@pytest.fixture
def published(kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(kanagawa):
        DailyFigures.objects.create(on=DAY, figures=FIGURES)
        DailyFigures.objects.create(on=date(2024, 2, 29), figures=FIGURES | {"partners": 1000})


def test_month_ends_over_a_leap_year() -> None:
    found = month_ends(date(2024, 3, 15), 3)
    assert found == [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 15)]


def test_a_past_day_shows_what_was_published(kanagawa: Programme, published: None) -> None:
    with programme_scope(kanagawa):
        trend, kinds, goals = parts_on(DAY)[0].charts
    assert list(trend.rows)[-2:] == [("2月", 1000), ("3月", 1040)]
    assert [number for _label, number in kinds.rows] == [800, 240]
    # Goals stand in their own order.
    assert [number for _label, number in goals.rows] == [120, 5]


def test_a_correction_stands_beside_and_changes_nothing(kanagawa: Programme, published: None) -> None:
    with programme_scope(kanagawa):
        actor = make_actor(StaffRole.APPROVER, kanagawa)
        FiguresAmendment.objects.create(
            on=DAY, figure="partners", value=1041, reason="数え落とし", amended_by=actor.user
        )
        trend = parts_on(DAY)[0].charts[0]
    assert list(trend.rows)[-1] == ("3月", 1040)
    assert "1040" in trend.corrections[0] and "1041" in trend.corrections[0] and "数え落とし" in trend.corrections[0]


def test_the_public_page(visit: Client, kanagawa: Programme, published: None) -> None:
    page = visit.get("/stats/?on=2024-03-31")
    assert "1,040" in page.text and "2024年3月31日" in page.text
    assert not page.cookies
    for wrong in ("2999-01-01", "1999-12-31", f"{timezone.localdate()}"):
        assert "選んでください" in visit.get("/stats/", {"on": wrong}).text
    assert "日付を正しく入力してください。" in visit.get("/stats/", {"on": "x"}).text
    assert visit.get("/stats/").status_code == 200


def test_a_programme_that_publishes_none(visit: Client, kanagawa: Programme) -> None:
    kanagawa.features = [one for one in kanagawa.features if one != Feature.STATISTICS]
    kanagawa.save()
    assert visit.get("/stats/?on=2024-03-31").status_code == 404


def test_another_programme_has_its_own(tokyo: Programme, published: None) -> None:
    with programme_scope(tokyo):
        trend = parts_on(DAY)[0].charts[0]
    assert list(trend.rows)[-1] == ("3月", 0)


def test_the_sheet_and_the_table(as_staff: Enter, published: None) -> None:
    reader = as_staff(StaffRole.READ_ONLY)
    page = reader.get("/admin/statistics/?on=2024-03-31").text
    assert "1,040" in page and "sheet.pdf?on=2024-03-31" in page
    pages = PdfReader(io.BytesIO(reader.get("/admin/statistics/sheet.pdf?on=2024-03-31").content)).pages
    assert len(pages) == 1
    assert "1,040" in pages[0].extract_text()
    book = load_workbook(io.BytesIO(reader.get("/admin/statistics/sheet.xlsx?on=2024-03-31").content))
    rows = list(book.active.values)
    assert rows[0][3] == "数"
    assert 1040 in [row[3] for row in rows]
    yesterday = timezone.localdate() - timedelta(days=1)
    assert reader.get(f"/admin/statistics/sheet.pdf?on={yesterday + timedelta(days=1)}").status_code == 404


def test_the_sheet_sums_up_a_long_tail() -> None:
    goals, towns = (Chart("x", "x", "x", rows=[(str(one), 1) for one in range(count)]) for count in (17, 33))
    assert on_sheet(goals) == list(goals.rows)
    assert on_sheet(towns)[-1] == ("そのほか", 23)
    assert len(on_sheet(towns)) == 11
