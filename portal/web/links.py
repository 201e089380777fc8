"""Whole addresses of pages, for mails and documents. The host comes from the programme's row, never from a request."""

from django.conf import settings

from portal.tenancy.models import Programme
from portal.tenancy.scope import current_programme


def absolute_url(path: str = "/", programme: Programme | None = None) -> str:
    host = (programme or current_programme()).primary_host
    return f"{'http' if settings.DEMO else 'https'}://{host}{settings.PORT_SUFFIX}{path}"
