"""Whatever is tried with an application, in whatever order: it moves as the table of transitions says, or not at all."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners.models import Application, Member, Partner
from partners.queries.registration import fingerprint
from partners.services import registration as services
from partners.states import APPLICATION_TRANSITIONS, ApplicationState
from portal.audit.models import AuditEvent
from portal.tenancy.models import Programme
from portal.web.access import Actor, StaffRole
from tests.factories import make_actor, make_application

State = ApplicationState
Deed = Callable[[Application, Actor], Any]

DEEDS: dict[str, tuple[State, Deed]] = {
    "send": (State.SENT, lambda one, actor: services.send_application(application=one, seen=fingerprint(one.data))),
    "return": (
        State.RETURNED, lambda one, actor: services.return_application(application=one, reason="理由", actor=actor),
    ),
    "reject": (
        State.REJECTED, lambda one, actor: services.reject_application(application=one, reason="理由", actor=actor),
    ),
    "withdraw": (State.WITHDRAWN, lambda one, actor: services.withdraw_application(application=one)),
    "approve": (
        State.APPROVED,
        lambda one, actor: services.approve_application(application=one, approved_on=timezone.localdate(), actor=actor),
    ),
}  # fmt: skip
# Pressed twice: nothing happens, and nobody is told off.
TWICE = {"send": State.SENT, "withdraw": State.WITHDRAWN}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(DEEDS)), min_size=1, max_size=7))
def test_the_table_holds_for_every_order(in_kanagawa: Programme, tried: list[str]) -> None:
    with transaction.atomic():
        actor, application = make_actor(StaffRole.OFFICER, in_kanagawa), make_application()
        moves = 0
        for name in tried:
            before = State(application.state)
            state, deed = DEEDS[name]
            Application.objects.filter(pk=application.pk).update(checklist=["published", "same", "contact"])
            try:
                with transaction.atomic():
                    deed(application, actor)
                was_done = True
            except ValidationError:
                was_done = False
            application.refresh_from_db()
            is_allowed = state in APPLICATION_TRANSITIONS[before]
            assert was_done == (is_allowed or TWICE.get(name) == before)
            assert application.state == (state if is_allowed else before)
            moves += is_allowed
        assert AuditEvent.objects.filter(subject_type="partners.application").count() == moves
        assert Partner.objects.count() == Member.objects.count() == (application.state == State.APPROVED)
        transaction.set_rollback(True)


def test_what_is_decided_stays_decided() -> None:
    for state in (State.APPROVED, State.REJECTED, State.WITHDRAWN):
        assert APPLICATION_TRANSITIONS[state] == set()
    assert set(APPLICATION_TRANSITIONS) == set(State)
    assert all(State.DRAFT not in following for following in APPLICATION_TRANSITIONS.values())
