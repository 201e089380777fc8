"""Loading the public lists (partners/reference.py) from which forms make suggestions. Run by an operator's command."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import transaction

from partners.models import ListedCorporation, PostalTown
from partners.reference import corporations, postal_towns

AT_ONCE = 5000


@transaction.atomic
def load_postal_towns(rows: Iterable[Sequence[str]]) -> int:
    """The whole list, in place of the former one; the number of towns."""
    PostalTown.objects.all().delete()
    count = 0
    for part in _parts(postal_towns(rows)):
        count += len(PostalTown.objects.bulk_create(PostalTown(**values) for values in part))
    return count


@transaction.atomic
def load_corporations(rows: Iterable[Sequence[str]]) -> int:
    """Added to those of other files; the number of corporations that were written. What was closed is taken off."""
    count = 0
    for part in _parts(corporations(rows)):
        latest = {values["number"]: values for values in part}
        closed = [number for number, values in latest.items() if values.pop("is_closed")]
        ListedCorporation.objects.filter(number__in=closed).delete()
        found = [ListedCorporation(**values) for number, values in latest.items() if number not in set(closed)]
        ListedCorporation.objects.bulk_create(
            found,
            update_conflicts=True,
            unique_fields=["number"],
            update_fields=["name", "kana", "name_en", "postal_code", "municipality", "address"],
        )
        count += len(found)
    return count


def _parts(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while part := list(islice(rows, AT_ONCE)):
        yield part
