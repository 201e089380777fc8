from dataclasses import dataclass
from itertools import groupby

from django import template
from django.template import Context
from django.urls import reverse

from portal.accounts.visitors import device_name
from portal.mypage import queries
from portal.web.registry import MyPageEntry

register = template.Library()

register.filter("device", device_name)


@dataclass(frozen=True)
class Line:
    label: str
    icon: str
    url: str
    # What aria-current says: this page, or a page below this line.
    current: str


@dataclass(frozen=True)
class Part:
    heading: str
    lines: list[Line]


@register.simple_tag(takes_context=True)
def my_page_menu(context: Context) -> list[Part]:
    """The menu in its groups; the line that leads closest to this page is marked."""
    request = context["request"]
    entries = [(entry, reverse(entry.url_name)) for entry in queries.menu(request.actor, request.programme)]
    home = reverse("mypage:home")
    above = [url for _entry, url in entries if url != home and request.path.startswith(url)]
    closest = max(above, key=len, default="")

    def line(entry: MyPageEntry, url: str) -> Line:
        current = "page" if url == request.path else "true" if url == closest else ""
        return Line(str(entry.label), entry.icon, url, current)

    return [
        Part(str(group.label), [line(entry, url) for entry, url in found])
        for group, found in groupby(entries, key=lambda pair: pair[0].group)
    ]
