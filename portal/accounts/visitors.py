"""Where a request comes from."""

import ipaddress
from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104 - a placeholder, nothing listens there


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
