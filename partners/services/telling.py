"""Mail to the people of a partner, and to the office about a partner. Who gets it is decided when it is written."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from partners.models import Member, Partner
from portal.outbox.services import queue_mail
from portal.tenancy.scope import current_programme


def tell_owners(
    *,
    message: str,
    partner: Partner,
    key: str,
    data: Mapping[str, Any],
    also: Any = None,
    about: models.Model | None = None,
) -> None:
    """Every owner who signs in, and beside them the person `also`, if it is one of the partner's people."""
    people = Member.objects.active().filter(partner=partner).select_related("user")
    for member in people:
        if member.is_owner or member.user == also:
            queue_mail(
                message=message,
                to=member.user.email,
                dedupe_key=f"{message}:{partner.pk}:{key}:{member.pk}",
                data={"member": member.pk, **data},
                language=member.user.reads,
                about=about or partner,
            )


def tell_office(*, message: str, key: str, about: models.Model, data: Mapping[str, Any] | None = None) -> None:
    queue_mail(
        message=message, to=current_programme().email, dedupe_key=f"{message}:{about.pk}:{key}", data=data, about=about
    )
