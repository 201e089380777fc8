"""How many have reported, as of a day: the same number whenever it is asked for."""

from datetime import date, timedelta

from partners.models import DailyFigures
from partners.queries.figures import TOTAL
from portal.tenancy.models import Programme
from renewals.queries.statistics import charts_on, reporters_by_year
from tests.factories import make_partner, make_report, make_user

DAY = date(2025, 3, 10)


def test_a_past_day_keeps_its_number(in_kanagawa: Programme) -> None:
    first, second = make_partner(), make_partner()
    make_report(first, 2024, received_on=DAY)
    make_report(first, 2024, received_on=DAY)
    late = make_report(second, 2024, received_on=DAY + timedelta(days=1))
    assert reporters_by_year(DAY) == {2024: 1}
    assert reporters_by_year(DAY + timedelta(days=1)) == {2024: 2}
    # Entered by staff much later, for a day before: that day did not know of it.
    make_report(
        make_partner(),
        2024,
        received_on=DAY,
        entered_on=date(2025, 5, 1),
        entered_through="fax",
        entered_because="FAX",
        entered_by=make_user(),
    )
    late.returned_on, late.returned_because, late.state = date(2025, 4, 2), "数字", "returned"
    late.save()
    assert reporters_by_year(DAY) == {2024: 1}
    assert reporters_by_year(DAY + timedelta(days=1)) == {2024: 2}


def test_the_rate_is_of_those_registered_then(in_kanagawa: Programme) -> None:
    DailyFigures.objects.create(on=DAY, figures={TOTAL: 4})
    make_report(make_partner(), 2024, received_on=DAY)
    assert list(charts_on(date(2024, 1, 1))) == []
    number, rate = charts_on(DAY)
    assert [count for _year, count in number.rows] == [1]
    assert (rate.unit, [share for _year, share in rate.rows]) == ("%", [25])
