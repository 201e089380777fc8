"""One row of a table, tried against what the programme has: the values it would write, or what is wrong in which cell."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from django.utils.translation import gettext as _

from partners.fields import problems_of
from partners.importing.cells import read_date
from partners.models import Batch, ImportRow
from partners.models.partner import PartnerQuerySet
from partners.numbers import plain, whole_number
from partners.states import PartnerState
from partners.values import read_value
from partners.vocabulary.industries import GROUPS
from portal.web.folding import fold

# Far below what the column holds, so that there is always a next one to be given.
LARGEST_NUMBER = 99_999_999
# Fields whose values must fit each other (fields.problems_of).
TOGETHER = ("industry_division", "industry_group")


@dataclass
class Known:
    """What partners there are already: their ids by the marks by which a row finds them."""

    numbers: dict[int, int] = field(default_factory=dict)
    corporate_numbers: dict[str, int] = field(default_factory=dict)
    name_of: dict[int, str] = field(default_factory=dict)
    together: dict[int, dict[str, str]] = field(default_factory=dict)
    ended: set[int] = field(default_factory=set)

    @classmethod
    def load(cls, partners: PartnerQuerySet) -> Self:
        known = cls()
        columns = ("pk", "number", "corporate_number", "name", "state", *TOGETHER)
        for pk, number, corporate, name, state, *together in partners.order_by("pk").values_list(*columns):
            known.note(pk, number, corporate, name)
            known.together[pk] = dict(zip(TOGETHER, together, strict=True))
            if state == PartnerState.ENDED:
                known.ended.add(pk)
        return known

    def note(self, pk: int, number: int | None, corporate: str, name: str) -> None:
        if number is not None:
            self.numbers[number] = pk
        if corporate:
            self.corporate_numbers[corporate] = pk
        self.name_of[pk] = name

    @cached_property
    def names(self) -> set[str]:
        """Folded, only where a row has no other mark."""
        return set(map(fold, self.name_of.values()))


def batches_by_label() -> dict[str, int]:
    """第7期, 7期 and 7 are the same to whoever fills in tables."""
    batches: dict[str, int] = {}
    for batch in Batch.objects.all():
        label = fold(str(batch))
        for name in (label, label.removeprefix("第"), label.removeprefix("第").removesuffix("期")):
            batches.setdefault(name, batch.pk)
    return batches


@dataclass
class Tried:
    values: dict[str, Any] = field(default_factory=dict)
    # {"heading": sentence}
    problems: dict[str, str] = field(default_factory=dict)
    # The partner that the row changes; None: it adds one.
    partner_id: int | None = None


def read_row(row: ImportRow, mapping: Mapping[str, str], batches: Mapping[str, int]) -> Tried:
    """What stands in the cells. An empty cell changes nothing; so a table may hold only what is to be changed."""
    tried = Tried()
    for heading, name in mapping.items():
        text = row.cells.get(heading, "")
        if not text.strip():
            continue
        try:
            tried.values.update(_read(name, text, batches))
        except ValueError as refusal:
            tried.problems[heading] = str(refusal)
    if group := tried.values.get("industry_group"):
        tried.values.setdefault("industry_division", GROUPS[group][0])
    return tried


def headings_by_field(mapping: Mapping[str, str]) -> dict[str, str]:
    return {name: heading for heading, name in mapping.items()}


def _read(name: str, text: str, batches: Mapping[str, int]) -> dict[str, Any]:
    match name:
        case "number":
            number = whole_number(plain(text).removeprefix("第").removesuffix("号"))
            if not 1 <= number <= LARGEST_NUMBER:
                raise ValueError(_("登録番号として使えない数です。"))
            return {"number": number}
        case "batch":
            batch_id = batches.get(fold(text))
            if batch_id is None:
                raise ValueError(_("この期はありません：「%s」。先に期を追加してください。") % text[:40])
            return {"batch_id": batch_id}
        case "approved_on":
            return {"approved_on": read_date(text)}
    return {name: read_value(name, text)}


def mark_of(heading_of: Mapping[str, str]) -> str:
    """The heading beside which is said what is wrong about the partner itself."""
    return heading_of.get("number") or heading_of.get("name", "")


def find_partner(tried: Tried, heading_of: Mapping[str, str], known: Known) -> None:
    """By its number in the programme, or by its corporate number. Never by its name: two may share one."""
    values = tried.values
    if "number" in values:
        tried.partner_id = known.numbers.get(values["number"])
    elif "corporate_number" in values and not ("number" in heading_of and heading_of["number"] in tried.problems):
        tried.partner_id = known.corporate_numbers.get(values["corporate_number"])
    _check_together(tried, heading_of, known)
    mark = mark_of(heading_of)
    if tried.partner_id in known.ended:
        tried.problems.setdefault(mark, _("この団体の登録は終わっています。"))
    if tried.partner_id is not None or not mark:
        return
    heading = heading_of.get("name", mark)
    if "name" not in values:
        tried.problems.setdefault(
            heading, _("名称がありません。") if "name" in heading_of else _("この登録番号の団体はありません。")
        )
    elif "number" not in values and fold(values["name"]) in known.names:
        tried.problems.setdefault(
            heading,
            _("同じ名称の団体がすでにあります。登録番号の列で、同じ団体か別の団体かを示してください。"),
        )


def _check_together(tried: Tried, heading_of: Mapping[str, str], known: Known) -> None:
    """What the row says, beside what the partner that it changes has already."""
    if tried.values.keys().isdisjoint(TOGETHER):
        return
    for name, problem in problems_of(known.together.get(tried.partner_id or 0, {}) | tried.values).items():
        heading = heading_of[name if name in tried.values else "industry_division"]
        tried.problems.setdefault(heading, problem)


def repeated(rows: Iterable[tuple[int, Tried]], heading_of: Mapping[str, str]) -> dict[int, dict[str, str]]:
    """Rows of one table about the same partner: {row's number: {heading: what is wrong}}. Every one of them is told."""
    rows = list(rows)
    problems: dict[int, dict[str, str]] = {}
    for name in ("number", "corporate_number", "name"):
        if name not in heading_of:
            continue
        # Once rows are told apart by numbers, the same name or corporate number twice is nobody's mistake.
        marked = [
            (number, fold(str(tried.values[name])))
            for number, tried in rows
            if name in tried.values and (name == "number" or "number" not in tried.values)
        ]
        counted = Counter(mark for _number, mark in marked)
        first: dict[str, int] = {}
        for number, mark in marked:
            first.setdefault(mark, number)
            if counted[mark] > 1:
                text = (
                    _("%d行目と同じ団体です。") % first[mark]
                    if first[mark] != number
                    else _("同じ団体の行が、ほかにもあります。")
                )
                problems.setdefault(number, {}).setdefault(heading_of[name], text)
    return problems
