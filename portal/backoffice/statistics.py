"""The statistics of a day, gathered from every app, and the same on one sheet for the assembly."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.tenancy.models import Feature
from portal.tenancy.scope import current_programme
from portal.web.dates import long_day
from portal.web.pdf import render_pdf
from portal.web.registry import Address, Chart
from portal.web.registry import statistics as registered

# A chart with more rows than there are goals shows its first on the sheet, and the rest as one number.
ALL_ON_SHEET, FIRST_ON_SHEET = 17, 10


@dataclass(frozen=True)
class Part:
    label: str
    charts: list[Chart]


def latest_day() -> date:
    """Yesterday: the last day that is over."""
    return timezone.localdate() - timedelta(days=1)


def parts_on(day: date) -> list[Part]:
    programme = current_programme()
    return [
        Part(str(one.label), list(one.charts(day)))
        for one in registered
        if not one.feature or programme.has(one.feature)
    ]


def statistics_address() -> Sequence[Address]:
    return [Address(reverse("statistics:page"))] if current_programme().has(Feature.STATISTICS) else []


def on_sheet(chart: Chart) -> list[tuple[str, int]]:
    rows = list(chart.rows)
    if len(rows) <= ALL_ON_SHEET:
        return rows
    return [*rows[:FIRST_ON_SHEET], (_("そのほか"), sum(number for _label, number in rows[FIRST_ON_SHEET:]))]


def sheet(day: date) -> bytes:
    charts = [chart for part in parts_on(day) for chart in part.charts]
    return render_pdf(
        "statistics.typ",
        title=_("統計（%s現在）") % long_day(day, get_language() or "ja", with_era=True),
        day=day,
        data={
            "tables": [
                {
                    "heading": chart.heading,
                    "head": [chart.label, chart.unit],
                    "rows": [[label, f"{number:,}"] for label, number in on_sheet(chart)],
                    "notes": [note for note in (chart.note, *chart.corrections) if note],
                }
                for chart in charts
            ],
        },
    )


def rows_of(day: date) -> tuple[list[str], list[list[Any]]]:
    """Every number, one a row, for whoever goes on counting."""
    head = [_("日付"), _("統計"), _("項目"), _("数"), _("単位"), _("訂正")]
    rows: list[list[Any]] = [
        [day.isoformat(), chart.heading, label, number, chart.unit, "\n".join(chart.corrections)]
        for part in parts_on(day)
        for chart in part.charts
        for label, number in chart.rows
    ]
    return head, rows
