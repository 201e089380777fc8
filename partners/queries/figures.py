"""The published numbers of one day, counted from the dated facts alone; so a past day can be asked for at any time."""

from datetime import date
from typing import Any

from django.db.models import Count

from partners.models import DailyFigures, Fact
from partners.states import PartnerState

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
