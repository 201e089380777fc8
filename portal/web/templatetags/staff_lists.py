"""What the lists of the staff's pages add to Django's: cells that name their column, and values that are none."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def labelled(cells: Iterable[SafeString], headers: Iterable[Mapping[str, Any]]) -> list[SafeString]:
    """On a phone a row is a card: each cell says what it is. The box to tick and the name of the row need not."""
    return [
        mark_safe(cell.replace("<td", f'<td data-label="{conditional_escape(header["text"])}"', 1))  # noqa: S308
        if cell.startswith("<td") and 'class="action-checkbox"' not in cell
        else cell
        for cell, header in zip(cells, headers, strict=True)
    ]


@register.filter
def named(choice: str) -> str:
    """A filter's choice for rows without a value, with or without their number: "(4)" and "— (4)" say nothing."""
    bare = str(choice).removeprefix("—").strip()
    return f"{_('指定なし')} {bare}".strip() if not bare or bare.startswith("(") else choice
