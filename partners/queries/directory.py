"""The public directory, as its page needs it: what was asked for, the rows, how many there are of what.

One query a page: the rows. The numbers of every facet's values (the total is one of them), the batches, and which
sections of the profile the programme uses are kept until something changes. Pages are found by the key of the last row
before them, so a deep page costs what the first one does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache as cache_in_process
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import Count
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from partners.fields import FIELDS, Visibility
from partners.models import Batch, DirectoryKey
from partners.models.partner import PartnerQuerySet
from partners.queries.finding import find_partners
from partners.queries.partners import sections_in_use
from partners.search import LISTED, LONGEST_QUERY
from partners.vocabulary.industries import DIVISIONS
from partners.vocabulary.kinds import Kind, PolicyTheme
from partners.vocabulary.municipalities import municipalities, region_choices
from partners.vocabulary.roles import Role
from portal.tenancy.scope import current_programme
from portal.web.content import versioned
from portal.web.folding import fold
from portal.web.goals import SDG_GOALS

PAGE_SIZES = (20, 50)
SORTS: dict[str, Promise] = {"new": _("新着順"), "kana": _("五十音順")}
COUNTS_KEPT = 3600
MOST_CALLED = 12

Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Facet:
    name: str
    label: Promise
    # What it reads of a partner, and the field whose visibility it follows; "" for what the programme itself publishes.
    reads: str
    field: str
    # Many choices are shown as a drop-down list, few as boxes.
    is_long: bool = False


FACETS = [
    Facet("goal", _("SDGsの目標"), "goals", "goals"),
    Facet("region", _("地域"), "region", "municipality"),
    Facet("municipality", _("市区町村"), "municipality_codes", "municipality", is_long=True),
    Facet("kind", _("団体の区分"), "kind", "kind"),
    Facet("industry", _("業種"), "industry_division", "industry_division", is_long=True),
    Facet("theme", _("政策のテーマ"), "themes", "themes"),
    Facet("offer", _("提供できること"), "offers", "offers", is_long=True),
    Facet("need", _("求めていること"), "needs", "needs", is_long=True),
    Facet("batch", _("期"), "batch_id", "", is_long=True),
]


@dataclass(frozen=True)
class Counts:
    """How many of the found partners have each value, the batches that there are, and what the programme asks for."""

    # Where they are kept: another name after each change of what the public sees.
    name: str
    numbers: Mapping[str, int]
    batches: Choices
    sections: list[str]

    @property
    def total(self) -> int:
        return self.numbers.get(LISTED, 0)


def choices_of(facet: str, counts: Counts) -> Choices:
    if facet == "batch":
        return counts.batches
    return _fixed_choices(facet, current_programme().prefecture_code, get_language())


@cache_in_process
def _fixed_choices(facet: str, prefecture: str, _language: str) -> Choices:
    match facet:
        case "goal":
            return [(str(number), f"{number} {short}") for number, (short, *_full) in SDG_GOALS.items()]
        case "region":
            return region_choices(prefecture)
        case "municipality":
            return [(code, place.label) for code, place in municipalities(prefecture).items()]
        case "kind":
            return [(value, str(label)) for value, label in Kind.choices]
        case "industry":
            return [(letter, str(name)) for letter, name in DIVISIONS.items()]
        case "theme":
            return [(value, str(label)) for value, label in PolicyTheme.choices]
        case "offer" | "need":
            return [(value, str(label)) for value, label in Role.choices]
    raise KeyError(facet)


@dataclass(frozen=True)
class Wish:
    """What a visitor asked for, as far as it can be understood; the rest of the address is ignored."""

    query: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "new"
    size: int = PAGE_SIZES[0]
    after: str = ""

    @classmethod
    def read(cls, address: QueryDict) -> "Wish":
        size, sort = str(address.get("size", "")), str(address.get("sort", ""))
        return cls(
            query=address.get("q", "").strip()[:LONGEST_QUERY],
            chosen={
                facet.name: values
                for facet in FACETS
                if (values := tuple(dict.fromkeys(value for value in address.getlist(facet.name) if value))[:20])
            },
            sort=sort if sort in SORTS else "new",
            size=int(size) if size in map(str, PAGE_SIZES) else PAGE_SIZES[0],
            after=address.get("after", "")[:400],
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.query or self.chosen)

    def address(self, **changes: Any) -> str:
        """The query string that leads to this wish, changed here and there; always from its first page."""
        wish = replace(self, **({"after": ""} | changes))
        pairs = [("q", wish.query)] if wish.query else []
        pairs += [(name, value) for name, values in wish.chosen.items() for value in values]
        pairs += [("sort", wish.sort)] if wish.sort != "new" else []
        pairs += [("size", str(wish.size))] if wish.size != PAGE_SIZES[0] else []
        pairs += [("after", wish.after)] if wish.after else []
        return f"?{urlencode(pairs)}"

    def without(self, name: str, value: str) -> str:
        chosen = {**self.chosen, name: tuple(one for one in self.chosen[name] if one != value)}
        return self.address(chosen={facet: values for facet, values in chosen.items() if values})


@dataclass(frozen=True)
class Page:
    rows: list[dict[str, Any]]
    total: int
    next_address: str
    is_first: bool


LONGEST_SUMMARY = 90
COLUMNS = (
    "number",
    "name",
    "kana",
    "name_en",
    "kind",
    "municipality",
    "industry_division",
    "summary",
    "goals",
    "visibility",
    "logo",
)


def page_of(wish: Wish, counts: Counts) -> Page:
    found = _after(find_partners(wish.query, wish.chosen), wish)
    rows = list(found.values(*COLUMNS)[: wish.size + 1])
    has_more, rows = len(rows) > wish.size, rows[: wish.size]
    places = municipalities(current_programme().prefecture_code)
    kinds = dict(choices_of("kind", counts))
    sections = counts.sections
    label, is_english = gettext("登録 第%(number)s号"), get_language() == "en"
    for row in rows:
        for name in COLUMNS:
            if name in FIELDS and name != "name" and FIELDS[name].section not in sections:
                row[name] = [] if name == "goals" else ""
        row["label"] = label % {"number": row["number"]}
        row["initial"] = row["name"].removeprefix("株式会社").removeprefix("有限会社").strip()[:1]
        row["kind"] = kinds.get(row["kind"], "")
        row["summary"] = shortened(row["summary"])
        row["place"] = places[row["municipality"]].label if row["municipality"] in places else ""
        row["industry"] = (
            str(DIVISIONS.get(row["industry_division"], "")) if _is_public(row, "industry_division") else ""
        )
        row["name_en"] = row["name_en"] if is_english and _is_public(row, "name_en") else ""
    return Page(
        rows=rows,
        total=counts.total,
        next_address=wish.address(after=_key(rows[-1], wish.sort)) if has_more else "",
        is_first=not wish.after,
    )


def _is_public(row: Mapping[str, Any], name: str) -> bool:
    return bool(row["visibility"].get(name, FIELDS[name].visibility) == Visibility.PUBLIC)


def shortened(text: str) -> str:
    """For a card: in Japanese a character takes the same room wherever it is cut."""
    return f"{text[: LONGEST_SUMMARY - 1]}…" if len(text) > LONGEST_SUMMARY else text


def _after(found: PartnerQuerySet, wish: Wish) -> PartnerQuerySet:
    """Sorted, and from the row behind the key on. Both orders are unique, so no row is shown twice or left out."""
    number, _dot, kana = wish.after.partition(".")
    known = number.isascii() and number.isdigit() and len(number) < 10
    if wish.sort == "kana":
        found = found.order_by("kana", "number")
        return found.filter(kana__gte=kana).exclude(kana=kana, number__lte=int(number)) if known else found
    found = found.order_by("-number")
    return found.filter(number__lt=int(number)) if known else found


def _key(row: Mapping[str, Any], sort: str) -> str:
    return f"{row['number']}.{row['kana']}" if sort == "kana" else str(row["number"])


def counts_of(wish: Wish) -> Counts:
    """Kept until something changes."""
    name = versioned("directory counts", wish.address(sort="new", size=PAGE_SIZES[0]))
    counts: Counts | None = cache.get(name)
    if counts is None:
        # Keys of texts begin with "=", all others with a letter.
        keys = DirectoryKey.objects.filter(key__gte="A")
        if wish.is_narrowed:
            keys = keys.filter(partner_id__in=find_partners(wish.query, wish.chosen).values("pk"))
        counts = Counts(
            name,
            dict(keys.values_list("key").annotate(number=Count("*")).order_by()),
            [(str(batch.pk), str(batch)) for batch in Batch.objects.all()],
            sections_in_use(),
        )
        cache.set(name, counts, COUNTS_KEPT)
    return counts


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    number: int
    is_chosen: bool


@dataclass(frozen=True)
class Filter:
    facet: Facet
    options: list[Option]


def filters_of(wish: Wish, counts: Counts) -> Iterator[Filter]:
    """What can still be chosen: values that nobody has are left out, unless they are chosen."""
    for facet in FACETS:
        chosen = wish.chosen.get(facet.name, ())
        options = [
            Option(value, label, number, value in chosen)
            for value, label in choices_of(facet.name, counts)
            if (number := counts.numbers.get(f"{facet.name}:{value}", 0)) or value in chosen
        ]
        if options:
            yield Filter(facet, options)


def choices_called(query: str) -> list[tuple[str, int, str]]:
    """What somebody may have looked for whose words are in no name and no text: a place, a trade, a kind.

    (its name, how many there are, the address that shows them)
    """
    words = fold(query)
    if not words:
        return []
    counts = counts_of(Wish())
    found = [
        (label, number, Wish(chosen={facet.name: (value,)}).address())
        for facet in FACETS
        for value, label in choices_of(facet.name, counts)
        if words in fold(label) and (number := counts.numbers.get(f"{facet.name}:{value}", 0))
    ]
    return found[:MOST_CALLED]


def chips_of(wish: Wish, counts: Counts) -> list[tuple[str, str]]:
    """(what is chosen, the address without it)"""
    return [
        (dict(choices_of(name, counts)).get(value, value), wish.without(name, value))
        for name, values in wish.chosen.items()
        for value in values
    ]
