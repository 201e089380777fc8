"""Registration numbers: given behind the lock of the programme's settings, and never again, whatever is deleted."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Max

from partners.models import Partner, RegistrationSettings


def locked_settings() -> RegistrationSettings:
    """Whoever adds partners or gives numbers waits here for whoever is doing so. Locked before any partner's row."""
    locked = RegistrationSettings.objects.select_for_update()
    if (settings := locked.first()) is None:
        # Not saved: that would lock the programme's row too, which others lock after a partner's. Nothing that is shown
        # differs by a row that says what holds without one.
        RegistrationSettings.objects.bulk_create([RegistrationSettings()], ignore_conflicts=True)
        settings = locked.get()
    return settings


def give_numbers(several: Sequence[dict[str, Any]], *, kept: int = 0) -> None:
    """Values without a number get the next one: above all that were ever given, and above `kept`, the highest that a
    table names in any of its rows. A number that the values name themselves stays.
    """
    settings = locked_settings()
    standing = Partner.objects.aggregate(highest=Max("number"))["highest"] or 0
    highest = max(settings.highest_number, standing, kept, *(values.get("number", 0) for values in several))
    for values in several:
        if "number" not in values:
            highest += 1
            values["number"] = highest
    if highest != settings.highest_number:
        settings.highest_number = highest
        settings.save(update_fields=["highest_number"])
