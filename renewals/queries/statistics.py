"""What renewals contributes to the statistics of a day: who has reported for which fiscal year.

A past day always gives the same number: a report is never deleted, and the day on which it became known never changes.
What was returned or hidden since was handed in all the same. Partners are those published for the day.
"""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partners.queries.statistics import totals_on
from portal.web.dates import fiscal_year_name, fiscal_year_of
from portal.web.registry import Chart
from renewals.calendar import fiscal_year_end
from renewals.models import Report

YEARS = 3


def charts_on(day: date) -> Iterator[Chart]:
    reported = reporters_by_year(day)
    if not reported:
        return
    language = get_language() or "ja"
    names = {year: fiscal_year_name(year, language) for year in reported}
    yield Chart(
        heading=_("活動報告を提出した団体"),
        label=_("年度"),
        unit=_("団体"),
        rows=[(names[year], number) for year, number in reported.items()],
        note=_("その日までに提出のあった団体の数です。"),
    )
    totals = totals_on([min(fiscal_year_end(year), day) for year in reported])
    yield Chart(
        heading=_("活動報告の提出率（%）"),
        label=_("年度"),
        unit="%",
        rows=[
            (names[year], min(round(100 * number / total), 100))
            for (year, number), total in zip(reported.items(), totals, strict=True)
            if total
        ],
        note=_("年度末（途中の年度はその日）に登録されていた団体の数に対する割合です。"),
    )


def reporters_by_year(day: date) -> dict[int, int]:
    """How many partners had reported by the end of the day, for the latest years. One query."""
    this_year = fiscal_year_of(day)
    known = Report.objects.filter(Q(entered_on=None) | Q(entered_on__lte=day), received_on__lte=day)
    rows = known.filter(fiscal_year__range=(this_year - YEARS + 1, this_year)).order_by("fiscal_year")
    return dict(rows.values_list("fiscal_year").annotate(number=Count("partner", distinct=True)))
