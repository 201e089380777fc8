"""Who looked at whom: a staff screen whose rows hold somebody's name and address puts every opening on record."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import EmailField

from partners.fields import OF_PEOPLE
from portal.accounts.models import User
from portal.web.admin_site import platform_site
from portal.web.staff.base import StaffAdmin

# Their addresses are of offices, and public.
OFFICES = {"Programme", "Benefit", "SupportDesk"}


def screens() -> Iterator[Any]:
    for site in (admin.site, platform_site):
        for screen in site._registry.values():
            assert isinstance(screen, StaffAdmin)
            yield screen


def is_about_people(screen: Any) -> bool:
    """Its row is a person's, or holds an address or what counts as personal of a partner."""
    fields = screen.opts.get_fields()
    return any(
        isinstance(field, EmailField)
        or field.name in OF_PEOPLE
        or (field.name == "user" and field.related_model is User)
        for field in fields
        if field.concrete
    )


PEOPLE = [screen for screen in screens() if is_about_people(screen) and screen.model.__name__ not in OFFICES]


def test_the_screens_about_people_are_found() -> None:
    assert {"Partner", "MovingPartner", "Application", "Member", "User"} <= {one.model.__name__ for one in PEOPLE}


@pytest.mark.parametrize("screen", PEOPLE, ids=lambda screen: screen.model.__name__)
def test_opening_one_is_put_on_record(screen: Any) -> None:
    assert screen.records_views
