"""What one approver cannot change alone: which deeds need a second one, and how long the record is kept."""

from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError

from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.web.access import Actor, StaffRole
from portal.web.models import ApprovalRequest
from portal.web.services.approvals import approve_request, decline_request
from portal.web.services.programmes import RECORD_YEARS, change_programme, restore_programme
from tests.factories import make_actor, make_user
from tests.portal.web.deeds import RENAME, registered_deed


@pytest.fixture(autouse=True)
def deed() -> Iterator[None]:
    with registered_deed():
        yield


@pytest.fixture
def guarded(in_kanagawa: Programme) -> Programme:
    in_kanagawa.second_approval = [RECORD_YEARS, RENAME]
    in_kanagawa.record_years = 10
    in_kanagawa.save()
    return in_kanagawa


@pytest.fixture
def first(guarded: Programme) -> Actor:
    return make_actor(StaffRole.APPROVER, guarded)


@pytest.fixture
def second(guarded: Programme) -> Actor:
    return make_actor(StaffRole.APPROVER, guarded)


def change(programme: Programme, actor: Actor, **values: object) -> list[ApprovalRequest]:
    asked = change_programme(programme=programme, values=values, actor=actor)
    programme.refresh_from_db()
    return asked


def test_nobody_ends_the_second_approval_alone(guarded: Programme, first: Actor, second: Actor) -> None:
    (asked,) = change(guarded, first, second_approval=[], phone="045-111-1111")
    # What needs nobody else is done at once.
    assert (set(guarded.second_approval), guarded.phone) == ({RECORD_YEARS, RENAME}, "045-111-1111")
    assert "「題名の変更」" in asked.what
    with pytest.raises(ValidationError, match="ほかの承認者"):
        approve_request(request=asked, actor=first)
    approve_request(request=asked, actor=second)
    guarded.refresh_from_db()
    assert guarded.second_approval == []
    changed = AuditEvent.objects.filter(action=Action.PROGRAMME_CHANGED).first()
    assert changed and changed.actor == second.user and changed.changes["second_approval"][1] == []


def test_one_more_deed_needs_nobody_and_stays_when_another_ends(
    guarded: Programme, first: Actor, second: Actor
) -> None:
    (asked,) = change(guarded, first, second_approval=[RECORD_YEARS])
    assert change(guarded, second, second_approval=[RECORD_YEARS, RENAME, "backoffice.export"]) == []
    approve_request(request=asked, actor=second)
    guarded.refresh_from_db()
    assert set(guarded.second_approval) == {RECORD_YEARS, "backoffice.export"}


def test_declined_everything_stays(guarded: Programme, first: Actor, second: Actor) -> None:
    years, deeds = sorted(change(guarded, first, second_approval=[], record_years=3), key=lambda one: one.name)[::-1]
    for asked in (years, deeds):
        decline_request(request=asked, actor=second, note="監査の前です")
    guarded.refresh_from_db()
    assert (set(guarded.second_approval), guarded.record_years) == ({RECORD_YEARS, RENAME}, 10)


def test_the_years_wait_where_the_programme_chose_so(guarded: Programme, first: Actor, second: Actor) -> None:
    (asked,) = change(guarded, first, record_years=3)
    assert (guarded.record_years, asked.what) == (10, "操作の記録を残す年数を変えます：10年 → 3年")
    with pytest.raises(ValidationError, match="すでに承認を依頼しています") as refusal:
        change(guarded, second, record_years=None)
    assert set(refusal.value.message_dict) == {"record_years"}
    approve_request(request=asked, actor=second)
    guarded.refresh_from_db()
    assert guarded.record_years == 3


def test_a_number_that_is_not_allowed_is_refused_before_anybody_is_asked(guarded: Programme, first: Actor) -> None:
    with pytest.raises(ValidationError):
        change(guarded, first, record_years=2)
    assert not ApprovalRequest.objects.exists()


def test_nobody_agrees_to_what_has_changed_meanwhile(guarded: Programme, first: Actor, second: Actor) -> None:
    (asked,) = change(guarded, first, record_years=3)
    Programme.objects.filter(pk=guarded.pk).update(record_years=5)
    with pytest.raises(ValidationError, match="依頼のあとに年数が変わりました"):
        approve_request(request=asked, actor=second)
    guarded.refresh_from_db()
    assert guarded.record_years == 5


def test_taking_back_a_change_is_no_way_round(in_kanagawa: Programme) -> None:
    first, second = (make_actor(StaffRole.APPROVER, in_kanagawa) for _ in range(2))
    assert change(in_kanagawa, first, second_approval=[RENAME]) == []
    chosen = AuditEvent.objects.get(action=Action.PROGRAMME_CHANGED)
    (asked,) = restore_programme(programme=in_kanagawa, event=chosen, actor=first)
    in_kanagawa.refresh_from_db()
    assert in_kanagawa.second_approval == [RENAME]
    approve_request(request=asked, actor=second)
    in_kanagawa.refresh_from_db()
    assert in_kanagawa.second_approval == []
    last = AuditEvent.objects.filter(action=Action.PROGRAMME_CHANGED).order_by("-id")[0]
    assert "の変更の取消し" in last.reason


def test_operators_are_the_way_out(kanagawa: Programme) -> None:
    """When a programme has but one approver left."""
    kanagawa.second_approval = [RENAME]
    kanagawa.save()
    assert change(kanagawa, Actor(user=make_user(is_superuser=True)), second_approval=[]) == []
    assert kanagawa.second_approval == []
