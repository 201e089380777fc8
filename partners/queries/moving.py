"""What My Page says to a partner that has not moved over yet."""

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import RegistrationSettings
from partners.queries.partners import partner_of
from partners.queries.profile import left_to_partner
from partners.rules import may_edit_profile
from portal.web.access import Actor
from portal.web.registry import Card, Due


def checklist(actor: Actor) -> dict[str, Any]:
    """Empty for whoever has moved over: the card then shows nothing."""
    partner = partner_of(actor)
    if partner.is_migrated:
        return {}
    return {
        "partner": partner,
        "missing": [
            (field.label, reverse("profile:edit", args=[field.section.value]) + f"#id_{field.name}")
            for field in left_to_partner(partner)
        ],
        "may_edit": may_edit_profile(actor, partner.pk),
    }


def due(actor: Actor, card: dict[str, Any]) -> Iterator[Due]:
    if not card:
        return
    day = RegistrationSettings.objects.values_list("migration_due_on", flat=True).first()
    at = timezone.make_aware(datetime.combine(day, time.max)) if day else None
    yield Due(_("登録情報を確かめて、移行を終える"), reverse("mypage:home") + "#moving", at, action=_("確かめる"))


moving_card = Card(template="partners/own/moving.html", context=checklist, due=due)
