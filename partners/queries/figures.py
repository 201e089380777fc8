"""The published numbers of one day, counted from the dated facts alone; so a past day can be asked for at any time."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import Batch, DailyFigures, Fact, FiguresAmendment
from partners.queries.profile import fact_in_words
from partners.states import PartnerState
from portal.web.dates import fiscal_year_of

# By what the registered partners are told apart.
COUNTED = (
    Fact.Field.KIND,
    Fact.Field.BATCH,
    Fact.Field.MUNICIPALITY,
    Fact.Field.INDUSTRY_DIVISION,
    Fact.Field.GOALS,
    Fact.Field.THEMES,
)


def count_on(day: date) -> dict[str, Any]:
    """As the facts say now: {"partners": 1040, "kind": {"company": 800, …}, "goals": {"7": 120, …}, …}."""
    facts = Fact.objects.on(day)
    registered = facts.filter(field=Fact.Field.STATE, value=PartnerState.REGISTERED)
    figures: dict[str, Any] = {"partners": registered.count(), **{str(field): {} for field in COUNTED}}
    counted = facts.filter(field__in=COUNTED, partner__in=registered.values("partner"))
    for field, value, number in (
        counted.order_by("field", "value").values_list("field", "value").annotate(number=Count("*"))
    ):
        figures[field][value] = number
    return figures


def figures_of(day: date) -> dict[str, Any]:
    """What was published for that day; counted from the facts where nothing was."""
    kept = DailyFigures.objects.filter(on=day).values_list("figures", flat=True).first()
    return kept or count_on(day)


# --- Amendments, and how both are read ---------------------------------------------------------------------------------

TOTAL = "partners"


def flat(figures: Mapping[str, Any]) -> dict[str, int]:
    """{"partners": 1040, "kind:company": 800, …}"""
    parts = ((name, part) for name, part in figures.items() if name != TOTAL)
    return {TOTAL: figures[TOTAL]} | {
        f"{name}:{value}": number for name, part in parts for value, number in part.items()
    }


def amendments_of(day: date) -> Mapping[str, list[FiguresAmendment]]:
    """By figure, the latest last."""
    found: dict[str, list[FiguresAmendment]] = defaultdict(list)
    for amendment in FiguresAmendment.objects.filter(on=day).select_related("amended_by"):
        found[amendment.figure].append(amendment)
    return found


@dataclass(frozen=True)
class Figure:
    key: str
    counted: str
    value: str
    number: int
    amendments: list[FiguresAmendment]


def figures_in_words(day: DailyFigures) -> list[Figure]:
    amendments, batches = amendments_of(day.on), batch_names()
    return [
        Figure(key, *in_words(key, batches), number, amendments.get(key, []))
        for key, number in flat(day.figures).items()
    ]


def in_words(key: str, batches: Mapping[str, str]) -> tuple[str, str]:
    """What is counted, and of which kind."""
    field, _colon, value = key.partition(":")
    if not value:
        return _("登録団体"), ""
    return str(Fact.Field(field).label), fact_in_words(field, value, batches).replace("\n", "、")


def batch_names() -> dict[str, str]:
    return {str(batch.pk): str(batch) for batch in Batch.objects.all()}


@dataclass(frozen=True)
class PublishedAmendment:
    on: date
    what: str
    published: int
    amendment: FiguresAmendment


def latest_amendments(most: int = 20) -> list[PublishedAmendment]:
    batches, found = batch_names(), list(FiguresAmendment.objects.order_by("-id")[:most])
    days = DailyFigures.objects.filter(on__in=[one.on for one in found]).values_list("on", "figures")
    published = {on: flat(figures) for on, figures in days}
    return [
        PublishedAmendment(one.on, " ".join(in_words(one.figure, batches)), published[one.on][one.figure], one)
        for one in found
    ]


def years_with_figures() -> list[int]:
    """Fiscal years, the newest first."""
    return sorted({fiscal_year_of(on) for on in DailyFigures.objects.values_list("on", flat=True)}, reverse=True)


def figures_table(year: int) -> tuple[list[str], Iterator[list[Any]]]:
    """A fiscal year's numbers as they were published, each with its last amendment beside it."""
    header = [
        _("日付"),
        _("項目"),
        _("区分"),
        _("コード"),
        _("公表した値"),
        _("訂正後の値"),
        _("訂正日"),
        _("訂正の理由"),
    ]
    return header, _figures_rows(year)


def _figures_rows(year: int) -> Iterator[list[Any]]:
    first, last = date(year, 4, 1), date(year + 1, 3, 31)
    amended = {(one.on, one.figure): one for one in FiguresAmendment.objects.filter(on__range=(first, last))}
    batches, words = batch_names(), dict[str, tuple[str, str]]()
    days = DailyFigures.objects.filter(on__range=(first, last)).order_by("on").values_list("on", "figures")
    for on, figures in days.iterator(chunk_size=50):
        for key, number in flat(figures).items():
            words[key] = words.get(key) or in_words(key, batches)
            one = amended.get((on, key))
            beside = [one.value, timezone.localdate(one.amended_at), one.reason] if one else ["", "", ""]
            yield [on, *words[key], key.partition(":")[2], number, *beside]
