"""The words, dates, icons and containers of our templates. Loaded everywhere (settings: builtins)."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from zlib import crc32

from django import forms, template
from django.core.paginator import Page
from django.forms import BaseForm, BaseFormSet, BoundField
from django.http import QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from portal.tenancy.models import Programme
from portal.web import dates, menu, text
from portal.web.forms import error_links as links_to_errors
from portal.web.goals import SDG_GOALS
from portal.web.icons import ICONS
from portal.web.languages import JAPANESE, JAPANESE_TEXT, html_lang

register = template.Library()
_HARMLESS_IN_SCRIPT = {ord(character): f"\\u{ord(character):04x}" for character in "<>&"}


# --- The shell -------------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def site_name(context: Context) -> str:
    programme = context.get("programme")
    return f"{programme.local('operator')} {programme.local('name')}" if programme else gettext("架け橋 Kakehashi")


@register.simple_tag
def url_home() -> str:
    """Home of the programme, or of the platform, in the page's language. Works on error pages of any host."""
    language = get_language()
    return "/" if language == JAPANESE else f"/{language}/"


@register.filter
def in_header(entries: dict[str, menu.Entry]) -> list[menu.Entry]:
    return [entry for entry in entries.values() if entry.in_header]


@register.filter
def local(row: Any, field: str) -> Any:
    """A text of a row in the page's language: {{ programme|local:"name" }}."""
    return row.local(field)


@register.filter
def as_written(value: Any) -> Any:
    """What somebody wrote, marked where it is Japanese on an English page, so that it is read out rightly."""
    is_foreign = html_lang() != "ja" and JAPANESE_TEXT.search(str(value))
    return format_html('<span lang="ja">{}</span>', value) if is_foreign else value


@register.filter
def addressed(name: str) -> Any:
    """A person's name on a page that speaks to people: with 様 in Japanese, alone elsewhere."""
    return f"{name} 様" if html_lang() == "ja" else as_written(name)


@register.filter
def rich(value: str) -> SafeString:
    """A text with headings, lists and links (portal/web/text.py)."""
    return text.render(value)


@register.filter
def rich_as_written(value: str) -> SafeString:
    """The same of what somebody wrote, who may have written Japanese for an English page."""
    is_foreign = html_lang() != "ja" and JAPANESE_TEXT.search(value)
    return format_html('<div class="prose"{}>{}</div>', SafeString(' lang="ja"' if is_foreign else ""), rich(value))


@register.filter
def json_ld(data: dict[str, Any]) -> SafeString:
    """schema.org's words about a page, as a block of data that no browser runs."""
    text = json.dumps(data, ensure_ascii=False)
    return SafeString(f'<script type="application/ld+json">{text.translate(_HARMLESS_IN_SCRIPT)}</script>')


@register.simple_tag(takes_context=True)
def word(context: Context, key: str) -> str:
    """The programme's own word for a thing: {% word "partner" %}."""
    programme: Programme = context["programme"]
    return programme.word(key)


# --- Days and times --------------------------------------------------------------------------------------------------


def _here(value: Any) -> Any:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


@register.filter
def day(value: date, era: str = "") -> str:
    """{{ d|day }} 2026年11月21日（土）, {{ d|day:"era" }} 2026年（令和8年）11月21日（土）"""
    return dates.long_day(_here(value), get_language() or JAPANESE, bool(era)) if value else ""


@register.filter
def moment(value: datetime) -> str:
    return dates.long_moment(_here(value), get_language() or JAPANESE) if value else ""


@register.filter
def clock(value: datetime) -> str:
    return dates.clock(_here(value), get_language() or JAPANESE) if value else ""


@register.simple_tag
def from_to(start: datetime, end: datetime) -> str:
    return dates.span(_here(start), _here(end), get_language() or JAPANESE)


@register.filter
def fiscal_year(value: date | int, era: str = "") -> str:
    """Of a day, or of a year's number: {{ report.year|fiscal_year:"era" }} 2026年度（令和8年度）"""
    year = value if isinstance(value, int) else dates.fiscal_year_of(_here(value))
    return dates.fiscal_year_name(year, get_language() or JAPANESE, bool(era))


@register.filter
def month_name(value: date) -> str:
    return dates.month_name(_here(value), get_language() or JAPANESE)


@register.filter
def weekday_name(value: date) -> str:
    return dates.weekday_name(_here(value), get_language() or JAPANESE)


# --- Small drawings --------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An inline icon: decorative by default, an image with a name when a label is given."""
    drawing = SafeString(ICONS[name])  # our own
    if label:
        return format_html('<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', label, drawing)
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', drawing)


@register.simple_tag
def icon_names() -> list[str]:
    return sorted(ICONS)


@register.simple_tag
def goals(numbers: Sequence[int]) -> SafeString:
    """The goals of a partner as a list of short names with the official hue."""
    items = SafeString("".join(_goal(number, get_language()) for number in numbers))
    return format_html('<ul class="goals" aria-label="{}">{}</ul>', gettext("取り組むSDGsの目標"), items)


@cache
def _goal(number: int, _language: str) -> SafeString:
    return format_html('<li class="goal g{}">{} {}</li>', number, number, SDG_GOALS[number][0])


@register.simple_tag
def gauge(value: float, maximum: float) -> SafeString:
    """A bar for a share of a whole. Decorative: the numbers always stand beside it as text."""
    share = round(100 * value / maximum, 1) if maximum else 0
    return format_html(
        '<svg class="gauge" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="gauge-track" width="100" height="4"/>'
        '<rect class="gauge-fill" width="{}" height="4"/></svg>',
        share,
    )


# --- Containers: what stands between the tags is kept, around it comes templates/components/<name>.html --------------


def _anchor(title: str) -> str:
    """The same on every rendering, so that it can be linked to."""
    return f"s-{crc32(str(title).encode()):08x}"


@register.simple_block_tag(takes_context=True)
def band(context: Context, content: str, title: str, lead: str = "", crumbs: Any = (), lang: str = "") -> SafeString:
    """{% band title=… lead=… crumbs=trail %} … {% endband %}; `lang` if the title is in another than the page's.

    Without crumbs the page stands right below home; crumbs=None leaves the breadcrumb out.
    """
    return _container("band", content, title=title, lead=lead, crumbs=crumbs, lang=lang)


@register.simple_block_tag(takes_context=True)
def panel(
    context: Context, content: str, title: str = "", kind: str = "", href: str = "", label: str = "", id: str = ""
) -> SafeString:
    return _container("panel", content, title=title, kind=kind, href=href, label=label, id=id or _anchor(title))


@register.simple_block_tag(takes_context=True)
def table(
    context: Context, content: str, caption: str, hide_caption: bool = False, dense: bool = False, stack: bool = False
) -> SafeString:
    """With `stack` a row's cells stand below each other on a phone; each says its heading in data-label."""
    looks = [name for name, is_so in (("table-dense", dense), ("table-stack", stack)) if is_so]
    return _container(
        "table", content, caption=caption, hide_caption=hide_caption, looks=looks, id=_anchor(f"table {caption}")
    )


@register.simple_block_tag(takes_context=True)
def banner(context: Context, content: str, title: str = "", tone: str = "info") -> SafeString:
    return _container("banner", content, title=title, tone=tone)


def _container(name: str, content: str, **values: Any) -> SafeString:
    return render_to_string(f"components/{name}.html", {"content": content, **values})


@register.simple_tag
def crumbs(*pairs: str) -> list[tuple[str, str]]:
    """{% crumbs _("お知らせ") news_url as trail %}: what stands between home and this page."""
    return list(zip(pairs[::2], pairs[1::2], strict=True))


@register.simple_tag
def page_range(page: Page) -> list[int | None]:
    """The numbers to show, None where some are left out."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else None for number in numbers]


@register.simple_tag(takes_context=True)
def page_address(context: Context, number: int, parameter: str = "") -> str:
    """The address of another page of a list; a page with two lists names the parameter of its second."""
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    query[parameter or "page"] = str(number)
    return f"?{query.urlencode()}"


# --- Forms (templates/portal) ----------------------------------------------------------------------------------------


@register.filter
def is_group(field: BoundField) -> bool:
    """Whether the field is a group of controls, which needs fieldset and legend."""
    return bool(field.field.widget.use_fieldset)


@register.filter
def is_choice_group(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.filter
def is_single_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.simple_tag
def error_links(form: BaseForm) -> list[tuple[str, str, str]]:
    return links_to_errors(form)


@register.simple_tag
def formset_error_links(formset: BaseFormSet) -> list[tuple[str, str, str]]:
    own = [("", "", str(error)) for error in formset.non_form_errors()]
    return own + [link for form in formset for link in links_to_errors(form)]
