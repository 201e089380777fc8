"""Placeholders in what staff write: which there are, and putting the receiver's own words into their place."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

PLACEHOLDERS = {"氏名": _("受け取る方の氏名"), "団体名": _("受け取る方の団体の名称")}
PLACEHOLDER = re.compile(r"[{｛]([^{}｛｝\n]*)[}｝]")


def unknown_placeholders(text: str) -> list[str]:
    """As they were typed, each once: 「{会社}」."""
    found = {match[0]: match[1].strip() for match in PLACEHOLDER.finditer(text)}
    return [typed for typed, name in found.items() if name not in PLACEHOLDERS]


def fill(text: str, values: Mapping[str, str]) -> str:
    """An unknown placeholder stays as it was typed: a form with that mistake shows its preview all the same."""
    return PLACEHOLDER.sub(lambda match: values.get(match[1].strip(), match[0]), text)
