"""The cohort timetable: drawn and written from the tables, and the same as the pure one."""

from datetime import date

from django.test import Client

from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from renewals.models import Standing
from renewals.queries.cohorts import cohort_rows
from tests.factories import make_batch, make_partner, make_rules


def test_the_first_and_the_seventh_cohort(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        make_rules()
        first = make_batch(label="第1期", closes_on=date(2019, 4, 23), approved_on=date(2019, 4, 23))
        make_batch(label="第7期", closes_on=date(2022, 12, 22), approved_on=date(2022, 12, 22))
        make_batch(label="", closes_on=date(2026, 3, 31), approved_on=date(2026, 4, 1))
        Standing.objects.create(partner=make_partner(batch=first), earlier_renewals=1)
        one, seven = cohort_rows()
    assert (one.dates.term_ends, one.dates.renewal_due) == (date(2023, 4, 22), date(2023, 3, 31))
    assert (one.dates.reports_from, one.dates.removable_from) == (date(2023, 4, 23), date(2025, 4, 23))
    assert (seven.dates.term_ends, seven.dates.renewal_due) == (date(2024, 12, 21), date(2024, 11, 30))
    assert (seven.dates.next_report_due, seven.dates.removable_from) == (date(2026, 3, 31), date(2027, 4, 1))
    page = visit.get("/reports/timetable/").text
    assert page.count('class="tile m4"') == 3  # two bars and the legend
    assert "2023年4月22日（土）" in page and "第7期" in page


def test_without_cohorts_there_is_nothing_to_show(visit: Client) -> None:
    assert "期ごとの予定はありません" in visit.get("/reports/timetable/").text
