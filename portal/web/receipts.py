"""受付番号: what somebody who has handed something in is given to ask about it."""

from datetime import date
from typing import Any

from django.db.models import QuerySet


def next_receipt(rows: QuerySet[Any], day: date, letter: str = "") -> str:
    """The day, and a count within it: R20261122-001. Behind a lock of the caller's, which hands out one at a time."""
    stem = f"{letter}{day:%Y%m%d}-"
    return f"{stem}{rows.filter(receipt__startswith=stem).count() + 1:03}"
