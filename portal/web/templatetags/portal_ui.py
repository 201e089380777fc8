from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from portal.web.goals import SDG_GOALS
from portal.web.icons import ICONS

register = template.Library()


@register.simple_tag
def icon(name, label=""):
    """An inline icon: decorative by default, an image with a name when a label is given."""
    a11y = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="icon" viewBox="0 0 24 24" {}>{}</svg>', a11y, mark_safe(ICONS[name]))


@register.simple_tag
def goals(numbers):
    """The goals of a partner as a list of short names with the official hue."""
    items = format_html_join(
        "",
        '<li class="goal g{}">{} {}</li>',
        ((number, number, SDG_GOALS[number][0]) for number in numbers),
    )
    return format_html('<ul class="goals" aria-label="取り組むSDGsの目標">{}</ul>', items)


@register.simple_tag
def sdg_goals():
    return [(number, short, full) for number, (short, full) in SDG_GOALS.items()]


@register.simple_tag
def gauge(value, maximum):
    """A bar for a share of a whole. Decorative: the numbers always stand beside it as text."""
    share = round(100 * value / maximum, 1)
    return format_html(
        '<svg class="gauge" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="gauge-track" width="100" height="4"/>'
        '<rect class="gauge-fill" width="{}" height="4"/></svg>',
        share,
    )


@register.filter
def local(row, field):
    """A text of a row in the page's language: {{ programme|local:"name" }}."""
    return row.local(field)


@register.simple_tag(takes_context=True)
def word(context, key):
    """The programme's own word for a thing: {% word "partner" %}."""
    return context["programme"].word(key)


@register.simple_tag(takes_context=True)
def url_home(context):
    """Home of the programme, or of the platform, in the page's language. Works on error pages of any host."""
    language = get_language()
    return "/" if language == settings.LANGUAGE_CODE else f"/{language}/"


@register.filter
def is_group(field):
    """Whether the field is a group of controls, which needs fieldset and legend."""
    return field.field.widget.use_fieldset


@register.filter
def is_single_checkbox(field):
    return field.field.widget.__class__.__name__ == "CheckboxInput"


@register.simple_tag
def error_links(form):
    """(target id, label, message) for every field error, in the order of the fields on the page."""
    links = []
    for field in form:
        for error in field.errors:
            # A group has no control with the field's own id: link to its first option.
            target = field.id_for_label or field.auto_id + "_0"
            links.append((target, field.label, error))
    return links
