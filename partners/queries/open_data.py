"""The open data: which fields, under which names, and how each is written. Only what a partner shows to everybody, and
nothing about a person: a name given to the public of one page is not given away under a licence.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.fields import FIELDS, OF_PEOPLE
from partners.models import Partner
from partners.queries.partners import sections_in_use
from partners.values import column_of
from partners.vocabulary.industries import DIVISIONS
from partners.vocabulary.kinds import PERSONAL
from partners.vocabulary.municipalities import municipalities
from portal.tenancy.scope import current_programme
from portal.web.links import absolute_url

LICENCE = "CC BY 4.0"
LICENCE_ADDRESS = "https://creativecommons.org/licenses/by/4.0/deed.ja"
# Names nobody, so that it is given away of sole traders and founders too.
CHOSEN_FROM_LISTS = frozenset({
    "kind", "municipality", "industry_division", "industry_group", "goals", "themes", "offers", "needs",
})  # fmt: skip


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    says: str
    # The field whose visibility it follows; "" for what the programme itself publishes.
    field: str = ""


@cache
def _fields() -> tuple[str, ...]:
    return tuple(name for name in FIELDS if name not in OF_PEOPLE)


def columns() -> list[Column]:
    own = [
        Column("id", _("登録番号"), _("団体を示す番号。変わらず、別の団体に使われることもありません。")),
        Column("url", _("ページ"), _("この一覧の中の、団体のページのアドレス")),
        Column("approved_on", _("承認日"), _("年-月-日（ISO 8601）")),
        Column("batch", _("期"), _("まとめて登録された団体の区分")),
    ]
    return own + [column for name in _fields() for column in _columns_of(name)]


def _columns_of(name: str) -> Iterator[Column]:
    label = str(FIELDS[name].label)
    if name in ("municipality", "industry_division"):
        code = _("全国地方公共団体コード（6桁）") if name == "municipality" else _("日本標準産業分類の大分類の符号")
        yield Column(f"{name}_code", _("%sのコード") % label, code, name)
    yield Column(name, label, str(SAYS.get(name, "")) or _kind_of(name), name)


SAYS = {
    "goals": gettext_lazy("SDGsの17の目標の番号"),
    "capital": gettext_lazy("千円"),
    "corporate_number": gettext_lazy("国税庁の法人番号（13桁）"),
    "address": gettext_lazy("市区町村より後"),
}


def _kind_of(name: str) -> str:
    column = column_of(name)
    kind = column.get_internal_type()
    if kind == "DateField":
        return _("年-月-日（ISO 8601）")
    if "Integer" in kind:
        return _("数")
    if kind == "ArrayField":
        return _("いくつかの値。CSVでは「、」で区切ります。")
    return _("文字")


def records(partners: Iterable[Partner]) -> Iterator[dict[str, Any]]:
    """Every partner with every column; what it does not show is empty. The values are those of the JSON file."""
    places = municipalities(current_programme().prefecture_code)
    sections = sections_in_use()
    for partner in partners:
        record: dict[str, Any] = {
            "id": partner.number,
            "url": absolute_url(reverse("partners:detail", args=[partner.number])),
            "approved_on": partner.approved_on.isoformat() if partner.approved_on else None,
            "batch": str(partner.batch) if partner.batch else None,
        }
        for name in _fields():
            value = _given_away(partner, name, sections)
            if name == "municipality":
                record["municipality_code"] = value
                value = places[value].full_name if value in places else None
            elif name == "industry_division":
                record["industry_division_code"] = value
                value = str(DIVISIONS[value]) if value else None
            record[name] = value
        yield record


def _given_away(partner: Partner, name: str, sections: list[str]) -> Any:
    """What everybody may see; of a partner that is a person, only what was chosen from a list."""
    if partner.kind in PERSONAL and name not in CHOSEN_FROM_LISTS:
        return None
    return _plain(partner, name) if partner.is_public(name, sections) else None


def _plain(partner: Partner, name: str) -> Any:
    value = getattr(partner, name)
    if value in (None, "", []):
        return None
    column = column_of(name)
    if isinstance(value, list):
        labels = dict(column.base_field.choices or ())
        return [str(labels.get(one, one)) if labels else one for one in value]
    if name == "industry_division":
        return value
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    return value.isoformat() if hasattr(value, "isoformat") else value


def rows_of(found: Iterable[dict[str, Any]]) -> list[list[Any]]:
    """As lines of the CSV, in the order of `columns`."""
    names = [column.name for column in columns()]
    return [[_cell(record[name]) for name in names] for record in found]


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return "、".join(map(str, value)) if isinstance(value, list) else value


def organisation(partner: Partner) -> dict[str, Any]:
    """schema.org's words for what the partner's public page shows; machines get nothing more than the open data has."""
    programme, sections = current_programme(), sections_in_use()

    def shown(name: str) -> Any:
        return _given_away(partner, name, sections)

    address = {
        "@type": "PostalAddress",
        "addressCountry": "JP",
        "addressLocality": partner.municipality_name if shown("municipality") else None,
        "streetAddress": shown("address"),
        "postalCode": shown("postal_code"),
    }
    number = shown("corporate_number")
    said = {
        "@context": "https://schema.org",
        "@type": {"npo": "NGO", "school": "EducationalOrganization", "government": "GovernmentOrganization"}.get(
            partner.kind, "Organization"
        ),
        "@id": absolute_url(reverse("partners:detail", args=[partner.number])),
        "name": shown("name"),
        "alternateName": shown("common_name"),
        "description": shown("summary"),
        "url": shown("website"),
        "sameAs": shown("links"),
        "telephone": shown("phone"),
        "foundingDate": shown("established_on") or shown("founded_on"),
        "address": _without_gaps(address),
        "identifier": {"@type": "PropertyValue", "propertyID": "法人番号", "value": number} if number else None,
        "memberOf": {
            "@type": "ProgramMembership",
            "programName": programme.local("name"),
            "membershipNumber": str(partner.number),
            "hostingOrganization": {"@type": "Organization", "name": programme.local("operator")},
        },
    }
    return _without_gaps(said)


def _without_gaps(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value not in (None, "", [])}
