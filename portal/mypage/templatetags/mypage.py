from dataclasses import dataclass

from django import template
from django.template import Context
from django.urls import reverse

from portal.accounts.visitors import device_name
from portal.mypage import queries

register = template.Library()

register.filter("device", device_name)


@dataclass(frozen=True)
class Line:
    label: str
    icon: str
    url: str
    is_current: bool


@register.simple_tag(takes_context=True)
def my_page_menu(context: Context) -> list[Line]:
    request = context["request"]
    return [
        Line(str(entry.label), entry.icon, url, request.path == url)
        for entry in queries.menu(request.actor, request.programme)
        for url in [reverse(entry.url_name)]
    ]
