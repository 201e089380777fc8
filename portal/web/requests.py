"""The request as views get it, with what our middleware adds. For annotations: Django makes the object itself."""

from django.http import HttpRequest

from portal.tenancy.models import Programme
from portal.web.access import Actor


class PortalRequest(HttpRequest):
    # None on the platform's own host, which has its own map of addresses.
    programme: Programme
    actor: Actor
