"""Keeping the published numbers of each day. What is kept is never changed: the application has no right to."""

from datetime import date, timedelta

from django.db.models import Max

from partners.models import DailyFigures
from partners.queries.figures import count_on


def keep_figures(*, today: date) -> list[date]:
    """Those of every day that has ended since the last kept one, missed days too. Twice a day changes nothing."""
    yesterday = today - timedelta(days=1)
    last = DailyFigures.objects.aggregate(last=Max("on"))["last"]
    day = last + timedelta(days=1) if last else yesterday
    kept = []
    while day <= yesterday:
        # Two workers may count the same day; the first one's row stays.
        DailyFigures.objects.bulk_create([DailyFigures(on=day, figures=count_on(day))], ignore_conflicts=True)
        kept.append(day)
        day += timedelta(days=1)
    return kept
