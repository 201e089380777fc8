"""Builders of test data: each makes one valid thing, and takes only what the test is about."""

from typing import Any

from portal.accounts.models import User
from portal.local.data.programmes import PROGRAMMES
from portal.tenancy.models import Programme, ProgrammeHost


def make_programme(slug: str = "kanagawa", **fields: Any) -> Programme:
    row = next(row for row in PROGRAMMES if row["slug"] == slug)
    programme = Programme.objects.create(**(row | fields))
    ProgrammeHost.objects.create(programme=programme, name=f"{slug}.localhost", is_primary=True)
    return programme


def make_user(email: str = "hanako@example.jp", **fields: Any) -> User:
    return User.objects.create_user(email, **({"name": "山田 花子"} | fields))
