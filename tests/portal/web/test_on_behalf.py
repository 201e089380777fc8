"""代理入力: who entered it for the partner, how it came in, and why; all three or none."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from django.template.loader import render_to_string
from django.test.utils import isolate_apps

from portal.accounts.models import User
from portal.tenancy.models import Programme
from portal.web.models import Channel, EnteredOnBehalf
from portal.web.staff.forms import OnBehalfForm
from tests.factories import make_user


@pytest.fixture
def entry_of() -> Any:
    with isolate_apps("tests") as apps:
        apps.register_model("accounts", User)

        class Entry(EnteredOnBehalf):
            text = models.TextField()

            class Meta(EnteredOnBehalf.Meta):
                app_label = "tests"

        yield Entry


def test_what_a_partner_entered_is_not_marked(in_kanagawa: Programme, entry_of: Any) -> None:
    entry = entry_of(text="本人")
    entry.validate_constraints()
    assert not entry.is_on_behalf


def test_what_staff_entered_says_who_how_and_why(in_kanagawa: Programme, entry_of: Any) -> None:
    form = OnBehalfForm({"entered_through": "fax", "entered_because": "画面が使えないため"})
    assert form.is_valid()
    entry = entry_of(text="代理", **form.on_behalf.marks(make_user(name="佐藤 次郎")))
    entry.validate_constraints()
    assert entry.is_on_behalf
    shown = render_to_string("admin/on_behalf.html", {"entry": entry})
    assert "代理入力" in shown
    assert "佐藤 次郎がFAXで受け付けて入力しました（画面が使えないため）。" in shown


@pytest.mark.parametrize("missing", ["entered_by", "entered_through", "entered_because"])
def test_half_a_mark_is_none(in_kanagawa: Programme, entry_of: Any, missing: str) -> None:
    whole = {"entered_by": make_user(), "entered_through": Channel.PHONE, "entered_because": "電話で依頼"}
    entry = entry_of(text="代理", **(whole | {missing: None if missing == "entered_by" else ""}))
    with pytest.raises(ValidationError):
        entry.validate_constraints()


@pytest.mark.parametrize(
    "data",
    [{}, {"entered_through": "fax"}, {"entered_because": "理由"}, {"entered_through": "鳩", "entered_because": "理由"}],
)
def test_the_form_asks_for_both(data: dict[str, str]) -> None:
    assert not OnBehalfForm(data).is_valid()
