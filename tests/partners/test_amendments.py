"""A published number that was wrong: amended beside, never changed, and read by everybody in the same place."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils import timezone

from partners.models import DailyFigures, FiguresAmendment
from partners.services.figures import amend_figure
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.factories import make_actor

DAY = date(2026, 6, 1)
FIGURES = {"partners": 10, "kind": {"company": 7, "npo": 3}, "goals": {"7": 4}, "municipality": {"141046": 10}}
FILE = "/open-data/figures/2026.csv"

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(kanagawa: Programme, tokyo: Programme) -> DailyFigures:
    with programme_scope(tokyo):
        DailyFigures.objects.create(on=DAY, figures=FIGURES | {"partners": 99})
    with programme_scope(kanagawa):
        DailyFigures.objects.create(on=DAY + timedelta(days=400), figures=FIGURES)
        return DailyFigures.objects.create(on=DAY, figures=FIGURES)


def table(visit: Client) -> list[list[str]]:
    answer = visit.get(FILE)
    return list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))  # type: ignore[arg-type]


def test_an_approver_amends_and_everybody_reads_both(
    as_staff: Callable[..., Client], visit: Client, day: DailyFigures, kanagawa: Programme, tokyo: Programme
) -> None:
    before = table(visit)
    assert ["2026-06-01", "区分", "企業（法人）", "company", "7", "", "", ""] in before
    assert len(before) == 1 + 5
    address = f"/admin/partners/dailyfigures/{day.pk}/"
    sent = {"figure": "kind:company", "value": "8", "reason": "二重に数えていた団体を直しました。"}
    assert as_staff(StaffRole.APPROVER).post(f"{address}amend/", sent).status_code == 302
    today = str(timezone.localdate())
    assert ["2026-06-01", "区分", "企業（法人）", "company", "7", "8", today, sent["reason"]] in table(visit)
    assert len(table(visit)) == len(before)
    page = visit.get("/open-data/").text
    assert sent["reason"] in page and "2026年度の数値（CSV）" in page
    assert sent["reason"] in as_staff(StaffRole.READ_ONLY).get(f"{address}change/").text
    elsewhere = Client(headers={"host": tokyo.primary_host}).get("/open-data/").text
    assert sent["reason"] not in elsewhere
    with programme_scope(kanagawa):
        assert DailyFigures.objects.get(pk=day.pk).figures == FIGURES
        event = AuditEvent.objects.get(action=Action.FIGURES_AMENDED)
        assert event.changes == {"kind:company": [7, 8]}


def test_the_last_amendment_counts_and_none_is_changed(
    in_kanagawa: Programme, visit: Client, day: DailyFigures
) -> None:
    approver = make_actor(StaffRole.APPROVER, in_kanagawa)
    for value in (11, 12):
        amend_figure(day=day, figure="partners", value=value, reason="訂正", actor=approver)
    assert [row[5] for row in table(visit) if row[1] == "登録団体"] == ["12"]
    with pytest.raises(ValidationError, match="今の値と同じ"):
        amend_figure(day=day, figure="partners", value=12, reason="訂正", actor=approver)
    with pytest.raises(ValidationError, match="公表した数値ではありません"):
        amend_figure(day=day, figure="kind:none", value=1, reason="訂正", actor=approver)
    for change in (lambda: FiguresAmendment.objects.update(value=1), lambda: FiguresAmendment.objects.all().delete()):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            change()


def test_only_approvers_amend(as_staff: Callable[..., Client], in_kanagawa: Programme, day: DailyFigures) -> None:
    assert as_staff(StaffRole.OFFICER).get(f"/admin/partners/dailyfigures/{day.pk}/amend/").status_code == 403
    with pytest.raises(PermissionDenied):
        amend_figure(
            day=day, figure="partners", value=1, reason="訂正", actor=make_actor(StaffRole.OFFICER, in_kanagawa)
        )


def test_what_cannot_be_an_amendment_is_said(as_staff: Callable[..., Client], day: DailyFigures) -> None:
    address = f"/admin/partners/dailyfigures/{day.pk}/amend/"
    sent = {"figure": "kind:npo", "value": "3", "reason": "訂正します"}
    page = as_staff(StaffRole.APPROVER).post(address, sent).text
    assert "今の値と同じです" in page and "訂正します" in page


def test_a_year_without_figures_has_no_file(visit: Client, day: DailyFigures) -> None:
    assert visit.get("/open-data/figures/2019.csv").status_code == 404
