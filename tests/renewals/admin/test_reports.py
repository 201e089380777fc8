"""The staff's list of reports."""

from collections.abc import Callable

from django.test import Client

from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.factories import make_partner, make_report


def test_a_report_for_a_renewal_is_found_by_that_name(as_staff: Callable[..., Client], kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        renewal, yearly = make_report(make_partner(), fiscal_year=None), make_report(make_partner(), fiscal_year=2025)
    officer, address = as_staff(StaffRole.OFFICER), "/admin/renewals/report/"
    shown = officer.get(address).text
    assert '<a href="?fiscal_year__isnull=True">登録の更新 (1)</a>' in shown
    only = officer.get(f"{address}?fiscal_year__isnull=True").text
    assert renewal.receipt in only and yearly.receipt not in only
