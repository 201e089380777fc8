"""The parts of the directory that are repeated a hundred times a page. Built here, as a loop in a template costs ten
times as much. Everything that is put between tags is escaped in this file.
"""

from html import escape

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from partners.queries.directory import Filter
from portal.web.languages import JAPANESE_TEXT, html_lang

register = template.Library()


@register.simple_tag
def filter_options(of: Filter) -> SafeString:
    """The lines of a drop-down list, with how many there are of each."""
    count, lang = gettext("（%(number)s件）"), _language(of)
    return SafeString(
        "\n".join(
            f'<option value="{escape(one.value)}"{lang}{" selected" if one.is_chosen else ""}>{escape(one.label)}'
            f"{count % {'number': one.number}}</option>"
            for one in of.options
        )
    )


@register.simple_tag
def filter_boxes(of: Filter) -> SafeString:
    """Boxes to tick: goals by their hue, all others with how many there are."""
    name, lang, is_goal = of.facet.name, _language(of), of.facet.name == "goal"
    count = pgettext("filter", "%(number)s件")
    lines = []
    for one in of.options:
        value, label = escape(one.value), escape(one.label)
        content = (
            f'<span class="goal g{value}">{label}</span>'
            if is_goal
            else f'<span{lang}>{label}</span><span class="num">{count % {"number": one.number}}</span>'
        )
        checked = " checked" if one.is_chosen else ""
        lines.append(
            f'<label class="choice"><input type="checkbox" name="{name}" value="{value}"{checked}>{content}</label>'
        )
    return SafeString("\n".join(lines))


def _language(of: Filter) -> str:
    """Names that a programme gives itself, as of its batches, are Japanese on every page."""
    return ' lang="ja"' if html_lang() != "ja" and JAPANESE_TEXT.search(of.options[0].label) else ""
