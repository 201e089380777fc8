"""What staff are shown before they do something to many."""

from typing import Any

import pytest
from django.contrib import admin as django_admin
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.models import Application, ChangeRequest, Partner
from partners.states import ChangeState, PartnerState
from portal.tenancy.models import Programme
from portal.web.access import StaffRole
from portal.web.staff.bulk import plan
from tests.factories import make_actor, make_checked_application, make_partner, make_user

ADMINS = [django_admin.site.get_model_admin(model) for model in (Partner, Application, ChangeRequest)]
ACTIONS = [(admin, action) for admin in ADMINS for action in admin.bulk_actions]


def make_items(model: Any) -> None:
    for state in PartnerState:
        if model is Partner:
            make_partner(state=state)
    for number in range(3):
        if model is Application:
            make_checked_application(f"person{number}@example.jp", name=f"団体{number}", corporate_number="")
        if model is Partner:
            make_partner()
        if model is ChangeRequest:
            ChangeRequest.objects.create(partner=make_partner(), field="name", before="甲", after="乙", reason="変更",
                                         effective_on="2026-04-01", state=ChangeState.ASKED,
                                         asked_by=make_user(f"person{number}@example.jp"))  # fmt: skip


@pytest.mark.parametrize(("admin", "action"), ACTIONS, ids=[f"{a.opts.model_name}-{b.name}" for a, b in ACTIONS])
def test_a_plan_for_many_asks_no_more_than_one_for_a_single_item(
    in_kanagawa: Programme, admin: Any, action: Any
) -> None:
    make_items(admin.model)
    actor = make_actor(StaffRole.APPROVER, in_kanagawa)
    queries = admin.model.objects.select_related(*(admin.list_select_related or ())).order_by("-pk")

    def cost(number: int) -> int:
        items = list(queries[:number])
        assert len(items) == number
        with CaptureQueriesContext(connection) as asked:
            plan(action, items, actor)
        return len(asked)

    assert cost(1) == cost(3)
