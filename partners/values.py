"""What was typed for a field of the profile → the value that is stored. The form and the import both read through it.

Pure but for the columns' types and choices. Each refusal is a ValueError with the sentence for the person.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext as _

from partners.importing.cells import read_date, read_email, read_goals, read_list, read_url
from partners.models import Partner
from partners.numbers import corporate_number, katakana, phone, plain, postal_code, whole_number
from partners.vocabulary.municipalities import municipalities
from portal.tenancy.scope import current_programme
from portal.web.characters import composed
from portal.web.folding import fold

OWN_READERS: dict[str, Callable[[str], Any]] = {
    "kana": katakana,
    "representative_kana": katakana,
    "contact_kana": katakana,
    "corporate_number": corporate_number,
    "postal_code": postal_code,
    "phone": phone,
    "fax": phone,
    "contact_phone": phone,
    "contact_fax": phone,
    "goals": read_goals,
    "links": lambda text: [read_url(line) for line in read_list_of_lines(text)],
    "municipality": lambda text: municipality_code(text, current_programme().prefecture_code),
}
LONGEST_TEXT = 2000


def column_of(name: str) -> Any:
    return Partner._meta.get_field(name)


def read_value(name: str, text: str) -> Any:
    """An empty text is the field's empty value; whether that will do is another question (fields.missing)."""
    # Browsers send their own ends of lines.
    text = composed(text).replace("\r\n", "\n").strip()
    column = column_of(name)
    if not text:
        return column.get_default()
    if name in OWN_READERS:
        return _fitting(OWN_READERS[name](text), column)
    match column:
        case models.DateField():
            return _past(read_date(text))
        case models.IntegerField():
            return whole_number(text)
        case models.URLField():
            return _fitting(read_url(text), column)
        case models.EmailField():
            return _fitting(read_email(text), column)
        case ArrayField():
            choices: dict[Any, Any] = dict(column.base_field.choices or ())
            return list(dict.fromkeys(one_of(choices, part) for part in read_list(text)))
    if column.choices:
        return one_of(dict(column.choices), text)
    return _short(text, column.max_length or LONGEST_TEXT)


def one_of(choices: Mapping[Any, Any], text: str) -> Any:
    """By its code or by its name, however that is written; 「企業」 is enough for 「企業（法人）」."""
    wanted = fold(text)
    for value, label in choices.items():
        if wanted in (fold(str(value)), fold(str(label)), fold(str(label).partition("（")[0])):
            return value
    raise ValueError(_("選べない値です：「%s」") % text[:40])


def municipality_code(text: str, prefecture_code: str) -> str:
    """The code with its check digit, or the name: 横浜市, 横浜市中区, 中区 if only one city has such a ward."""
    places = municipalities(prefecture_code)
    digits = plain(text)
    if digits in places:
        return digits
    wanted = fold(text)
    named = [code for code, place in places.items() if wanted in (fold(place.full_name), fold(place.name))]
    if len(named) != 1:
        raise ValueError(_("この都道府県の市区町村名か、6桁の団体コードで入力してください：「%s」") % text[:40])
    return named[0]


def read_list_of_lines(text: str) -> list[str]:
    return text.split()


def _short(text: str, most: int) -> str:
    if len(text) > most:
        raise ValueError(
            _("%(most)d文字までで入力してください（いま%(now)d文字）。") % {"most": most, "now": len(text)}
        )
    return text


def _fitting(value: Any, column: Any) -> Any:
    """What a reader of its own brought into form must still fit its column, or each of its columns."""
    if isinstance(value, list):
        return [_fitting(part, column.base_field) for part in value]
    return _short(value, column.max_length or LONGEST_TEXT) if isinstance(value, str) else value


def _past(day: date) -> date:
    if day.year > 2100:
        raise ValueError(_("日付を確かめてください。"))
    return day
