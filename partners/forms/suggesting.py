"""Suggestions beside a form: shown, and filled into empty fields when the person presses a button. Never more than that.

The buttons bring the form back as it was typed (portal/web/forms.py), so nothing here needs JavaScript, and nothing is
saved before the person sends the form.
"""

from dataclasses import dataclass, field
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest

from partners.fields import FIELDS
from partners.models import Partner
from partners.queries.profile import value_in_words
from partners.queries.suggesting import KEYS, Suggestion, has_lists, suggestions_for
from portal.web.folding import fold
from portal.web.forms import KEEP

# Values of the button KEEP.
FIND, FILL = "find", "fill:"


@dataclass(frozen=True)
class Offer:
    key: str
    source: str
    # Label, value in words, and whether something else is typed there.
    lines: list[tuple[str, str, bool]]
    # Labels of the empty fields that it would fill.
    fills: list[str]

    @property
    def differs(self) -> bool:
        return any(is_other for _label, _words, is_other in self.lines)


@dataclass
class Offers:
    found: list[Offer] = field(default_factory=list)
    is_asked: bool = False
    # Labels of what was just filled in.
    filled: list[str] = field(default_factory=list)


def offers_for(form: BaseForm, request: HttpRequest) -> Offers | None:
    """What can be suggested for a page's form as it stands; nothing for a form without such fields. Fills in what the
    person has asked for.
    """
    if not any(name in form.fields for name in KEYS) or not has_lists():
        return None
    typed = _typed(form)
    pressed = request.POST.get(KEEP, "") if request.method == "POST" and not form.is_bound else ""
    offers, found = Offers(is_asked=pressed == FIND), suggestions_for(typed)
    for one in found:
        if pressed == f"{FILL}{one.key}":
            filled = _empty(one, form, typed)
            form.initial = {**form.initial, **{name: one.values[name] for name in filled}}
            typed |= {name: one.values[name] for name in filled}
            offers.filled = [str(form.fields[name].label) for name in filled]
    offers.found = [offer for one in found if (offer := _offer(one, form, typed)) and (offer.fills or offer.differs)]
    return offers


def _typed(form: BaseForm) -> dict[str, str]:
    """What stands in the fields, and what the page's organisation has that the form does not show."""
    names = ("name", "kana", "name_en", *KEYS, "municipality", "address")
    # A bound field would remember what it read, and not show what is filled in afterwards.
    shown = {
        name: form[name].value() if form.is_bound and name in form.fields else form.initial.get(name) for name in names
    }
    return {name: str(value).strip() if value else "" for name, value in shown.items()}


def _is_other(name: str, typed: str, suggested: str) -> bool:
    """An address goes on behind the town, and readings are written in many ways: those are not compared."""
    if name in ("address", "kana", "name_en") or not typed:
        return False
    digits = str.maketrans("", "", "- ")
    return fold(typed).translate(digits) != fold(suggested).translate(digits)


def _empty(one: Suggestion, form: BaseForm, typed: dict[str, str]) -> list[str]:
    """Of a place that is another one than the typed one, no part is taken."""
    place = {"postal_code", "municipality", "address"}
    others = {name for name, value in one.values.items() if _is_other(name, typed[name], value)}
    left_out = place if others & place else set()
    return [name for name in one.values if name in form.fields and not typed[name] and name not in left_out]


def _offer(one: Suggestion, form: BaseForm, typed: dict[str, str]) -> Offer:
    in_words: dict[str, Any] = {
        name: value_in_words(Partner(**{name: value}), name) for name, value in one.values.items()
    }
    lines = [
        (str(FIELDS[name].label), in_words[name], _is_other(name, typed[name], value))
        for name, value in one.values.items()
    ]
    return Offer(one.key, one.source, lines, [str(form.fields[name].label) for name in _empty(one, form, typed)])
