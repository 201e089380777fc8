"""What partners contribute to the statistics of a day: the trend of registrations, and who is registered by what.

Numbers are those published for the day; where nothing was kept, they are counted from the dated facts. A correction
stands beside them and changes none.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from partners.models import DailyFigures, Fact
from partners.queries.figures import TOTAL, amendments_of, batch_names, count_on, figures_of, flat, in_words
from portal.web.dates import long_day, month_name
from portal.web.registry import Chart

MONTHS = 12
SHOWN = (
    Fact.Field.KIND,
    Fact.Field.GOALS,
    Fact.Field.MUNICIPALITY,
    Fact.Field.INDUSTRY_DIVISION,
    Fact.Field.BATCH,
)


def charts_on(day: date) -> Iterator[Chart]:
    figures, batches, language = flat(figures_of(day)), batch_names(), get_language() or "ja"
    notes = [
        _("%(what)s：公表した値 %(published)s → 訂正後の値 %(value)s（%(reason)s）")
        % {
            "what": " ".join(in_words(key, batches)),
            "published": figures.get(key, 0),
            "value": amendments[-1].value,
            "reason": amendments[-1].reason,
        }
        for key, amendments in amendments_of(day).items()
    ]
    ends = month_ends(day)
    yield Chart(
        heading=_("登録団体の推移"),
        label=_("月末"),
        unit=pgettext("unit", "団体"),
        rows=[(month_name(end, language), total) for end, total in zip(ends, totals_on(ends), strict=True)],
        is_trend=True,
        note="" if is_month_end(day) else _("最後の月は%sの数です。") % long_day(day, language),
        corrections=notes,
    )
    for field in SHOWN:
        found = [(key, number) for key, number in figures.items() if key.startswith(f"{field}:")]
        rows = [(in_words(key, batches)[1], number) for key, number in sorted(found, key=_order)]
        if rows:
            heading = _("%sごとの登録団体") % Fact.Field(field).label
            yield Chart(heading=heading, label=str(Fact.Field(field).label), unit=pgettext("unit", "団体"), rows=rows)


def totals_on(days: list[date]) -> list[int]:
    """One query for what was kept, and two more for each day that was not."""
    kept = dict(DailyFigures.objects.filter(on__in=days).values_list("on", "figures"))
    return [int((kept.get(day) or count_on(day))[TOTAL]) for day in days]


def month_ends(day: date, months: int = MONTHS) -> list[date]:
    """The last days of the months before, and the day itself; the oldest first."""
    found = [day]
    while len(found) < months:
        found.append(found[-1].replace(day=1) - timedelta(days=1))
    return found[::-1]


def is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def _order(row: tuple[str, int]) -> tuple[int, str]:
    """Goals in their own order, everything else with the highest first."""
    key, number = row
    name, _colon, value = key.partition(":")
    return (int(value), "") if name == Fact.Field.GOALS else (-number, value)
