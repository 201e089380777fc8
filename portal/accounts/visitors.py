"""Where a request comes from, and with what."""

import ipaddress
from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

UNKNOWN = "0.0.0.0"  # noqa: S104 - a placeholder, nothing listens there
# What stands in a browser's own words, the most telling first: Edge also says Chrome, and all say Safari.
BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox", "CriOS": "Chrome",
            "Chrome": "Chrome", "Safari": "Safari"}  # fmt: skip
SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "CrOS": "ChromeOS",
           "Mac OS": "Mac", "Linux": "Linux"}  # fmt: skip


def network_address(request: HttpRequest) -> str:
    """The visitor's address. A forwarded-for header counts only as far as our own proxies wrote it."""
    hops = [request.META.get("REMOTE_ADDR", "")]
    if settings.TRUSTED_PROXIES:
        forwarded = request.headers.get("x-forwarded-for", "").split(",")
        hops = [*forwarded, *hops][-(settings.TRUSTED_PROXIES + 1) :]
    try:
        return str(ipaddress.ip_address(hops[0].strip()))
    except ValueError:
        return UNKNOWN


def limit_key(request: HttpRequest) -> str:
    """One visitor for limits: of IPv6 the /64, since a single connection commands all of it."""
    address = ipaddress.ip_address(network_address(request))
    return str(ipaddress.ip_network(f"{address}/64", strict=False) if address.version == 6 else address)


def is_within(address: str, networks: Iterable[str]) -> bool:
    return any(ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False) for network in networks)


def device_name(user_agent: str) -> str:
    """What a person calls it: "Chrome（Windows）". Only for them to recognise; anybody can claim to be anything."""
    browser = next((name for sign, name in BROWSERS.items() if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS.items() if sign in user_agent), "")
    if browser and system:
        return f"{browser}（{system}）"
    return browser or system or _("不明な機器")
