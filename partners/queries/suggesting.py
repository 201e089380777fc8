"""What the public lists know of a postal code or a corporate number that somebody typed. It is only ever suggested."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from partners.models import ListedCorporation, PostalTown
from partners.values import read_value
from partners.vocabulary.municipalities import municipalities
from portal.tenancy.scope import current_programme

# What suggestions are made from.
KEYS = ("corporate_number", "postal_code")


@dataclass(frozen=True)
class Suggestion:
    """`values` by the names of fields.py, as they are stored."""

    key: str
    source: str
    values: Mapping[str, str]


def has_lists() -> bool:
    return PostalTown.objects.exists() or ListedCorporation.objects.exists()


def suggestions_for(typed: Mapping[str, str]) -> list[Suggestion]:
    """In the programme's own prefecture; a place elsewhere is none that its forms could hold."""
    found = []
    if number := _read("corporate_number", typed):
        found += _of_corporation(number)
    if code := _read("postal_code", typed):
        found += _of_postal_code(code)
    return found


def _of_corporation(number: str) -> list[Suggestion]:
    one = ListedCorporation.objects.filter(pk=number).first()
    if one is None:
        return []
    names = ["name", "kana", "name_en"]
    if one.municipality in _places():
        names += ["postal_code", "municipality", "address"]
    values = {name: value for name in names if (value := getattr(one, name))}
    return [Suggestion(f"corporation-{number}", _("法人番号 %s の公表情報") % number, values)]


def _of_postal_code(code: str) -> list[Suggestion]:
    towns: dict[str, set[str]] = defaultdict(set)
    for municipality, town in PostalTown.objects.filter(code=code).values_list("municipality", "town"):
        towns[municipality].add(town)
    return [
        Suggestion(
            f"postal-{municipality}",
            _("郵便番号 %s の住所") % code,
            # Of several towns none is more likely than the others.
            {"municipality": municipality} | ({"address": town} if len(names) == 1 and (town := min(names)) else {}),
        )
        for municipality, names in sorted(towns.items())
        if municipality in _places()
    ]


def _places() -> Mapping[str, object]:
    return municipalities(current_programme().prefecture_code)


def _read(name: str, typed: Mapping[str, str]) -> str:
    """Nothing, where it cannot be read: the form says so itself."""
    try:
        return str(read_value(name, typed.get(name, "")))
    except ValueError:
        return ""
