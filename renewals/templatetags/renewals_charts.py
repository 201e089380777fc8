"""The cohort timetable as inline SVG. The table beside it (templates/renewals/timetable.html) says the same in words."""

from collections.abc import Iterator, Sequence
from datetime import date

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.web.templatetags.portal_charts import shortened
from renewals.queries.cohorts import CohortRow

register = template.Library()

WIDTH, LEFT, TOP, ROW, BAR = 960, 90, 34, 34, 14


@register.simple_tag
def cohort_chart(rows: Sequence[CohortRow]) -> SafeString:
    """A line for each cohort: its term, the days on which it renews, and the yearly reports after it."""
    first, last = _span(rows)
    days = max((last - first).days, 1)

    def x(day: date) -> float:
        return round(LEFT + (WIDTH - LEFT) * (day - first).days / days, 1)

    height = TOP + ROW * len(rows) + 8
    years = [date(year, 4, 1) for year in range(first.year, last.year + 1) if first <= date(year, 4, 1) <= last]
    grid = format_html_join(
        "",
        '<line class="grid" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/><text class="muted" x="{0}" y="{3}">{4}</text>',
        ((x(day), TOP - 8, height, TOP - 16, _("%d年4月") % day.year) for day in years),
    )
    bars = format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>',
        (
            (kind, x(start), TOP + ROW * index + 4, max(round(x(end) - x(start), 1), 3), BAR)
            for index, row in enumerate(rows)
            for kind, start, end in _bars(row, last)
        ),
    )
    labels = format_html_join(
        "",
        '<text x="0" y="{}">{}</text>',
        ((TOP + ROW * index + 16, shortened(row.label, LEFT - 8)) for index, row in enumerate(rows)),
    )
    name = _("期ごとの予定。登録期間、更新の受付、活動報告の対象になる期間を、期ごとに横の帯で示しています。")
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        WIDTH, height, name, grid + bars + labels,
    )  # fmt: skip


def _span(rows: Sequence[CohortRow]) -> tuple[date, date]:
    days = [day for row in rows for day in (row.approved_on, *row.dates.dates().values())]
    starts = [row.dates.term_starts or row.dates.reports_from or row.approved_on for row in rows]
    return min(starts), max(days)


def _bars(row: CohortRow, last: date) -> Iterator[tuple[str, date, date]]:
    dates = row.dates
    if dates.term_starts and dates.term_ends:
        yield "tile m2", dates.term_starts, dates.term_ends
    if dates.renewal_opens and dates.renewal_due:
        yield "tile m4", dates.renewal_opens, dates.renewal_due
    if dates.reports_from:
        yield "tile m1", dates.reports_from, dates.removable_from or last
