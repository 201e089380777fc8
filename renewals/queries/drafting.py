"""The report that writes itself: a first text from what the partner did in the period, to be accepted or changed."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import get_language

from partners.models import Activity, Partner
from portal.web.dates import long_day

Kind = Activity.Kind
# Where on the report a line of the timeline goes.
PLACES = {
    Kind.MEETING: "meetings",
    Kind.SPEAKING: "meetings",
    Kind.CALL: "calls",
    Kind.MATCHING: "collaborations",
    Kind.COLLABORATION: "collaborations",
}


def draft_of(partner: Partner, first: date, last: date) -> dict[str, Any]:
    """By the names of the form's fields. One query."""
    lines = Activity.objects.filter(partner=partner, on__range=(first, last), kind__in=[*PLACES]).order_by("on", "id")
    found: dict[str, list[str]] = {"meetings": [], "calls": [], "collaborations": []}
    for activity in lines:
        found[PLACES[Kind(activity.kind)]].append(_line(activity))
    return {
        "business": partner.summary,
        "goals": [str(number) for number in partner.goals],
        **{name: _text(texts) for name, texts in found.items()},
    }


def _line(activity: Activity) -> str:
    return f"・{long_day(activity.on, get_language() or 'ja')} {activity.title}"


def _text(lines: Iterable[str]) -> str:
    # The same thing twice on one day says nothing more.
    return "\n".join(dict.fromkeys(lines))
