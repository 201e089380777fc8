"""A second approver: asked by one, done when another one agrees, once."""

from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.models import ApprovalRequest, Page
from portal.web.services.approvals import (
    approve_request,
    ask_approval,
    decline_request,
    needs_second_approver,
    withdraw_request,
)
from portal.web.states import TRANSITIONS, ApprovalState
from tests.factories import make_actor, make_page
from tests.portal.web.deeds import RENAME, registered_deed

READ_ONLY, OFFICER, APPROVER = StaffRole


@pytest.fixture(autouse=True)
def deed() -> Iterator[None]:
    with registered_deed():
        yield


@pytest.fixture
def page(in_kanagawa: Programme) -> Page:
    return make_page()


def ask(page: Page, programme: Programme, **more: object) -> ApprovalRequest:
    actor = more.pop("actor", None) or make_actor(OFFICER, programme)
    return ask_approval(name=RENAME, subject=page, what="題名を変えます。", data={"title": "新"}, actor=actor)  # type: ignore[arg-type]


def test_nothing_is_done_until_somebody_else_agrees(page: Page, in_kanagawa: Programme) -> None:
    request = ask(page, in_kanagawa)
    page.refresh_from_db()
    assert page.title == "個人情報の取扱い"
    approver = make_actor(APPROVER, in_kanagawa)
    approve_request(request=request, actor=approver)
    page.refresh_from_db()
    request.refresh_from_db()
    assert page.title == "新"
    assert (request.state, request.decided_by) == (ApprovalState.APPROVED, approver.user)
    recorded = list(AuditEvent.objects.values_list("action", flat=True))
    assert recorded == [Action.APPROVAL_GIVEN, Action.PAGE_CHANGED, Action.APPROVAL_ASKED]


def test_the_sentence_stays_in_the_request_and_off_the_record(page: Page, in_kanagawa: Programme) -> None:
    """It may name people: 「yamada@example.jp へ送ります」."""
    request = ask(page, in_kanagawa)
    approve_request(request=request, actor=make_actor(APPROVER, in_kanagawa))
    assert request.what == "題名を変えます。"
    events = AuditEvent.objects.filter(action__in=[Action.APPROVAL_ASKED, Action.APPROVAL_GIVEN])
    assert [event.reason for event in events] == ["", ""]


def test_nobody_approves_their_own_request(page: Page, in_kanagawa: Programme) -> None:
    approver = make_actor(APPROVER, in_kanagawa)
    request = ask(page, in_kanagawa, actor=approver)
    for decide in (approve_request, decline_request):
        with pytest.raises(ValidationError, match="ほかの承認者"):
            decide(request=request, actor=approver, note="自分で")
    with pytest.raises(IntegrityError), transaction.atomic():
        ApprovalRequest.objects.filter(pk=request.pk).update(
            state=ApprovalState.APPROVED, decided_by=approver.user, decided_at=timezone.now()
        )


@pytest.mark.parametrize("role", [None, READ_ONLY, OFFICER])
def test_only_approvers_decide(page: Page, in_kanagawa: Programme, role: StaffRole | None) -> None:
    request, actor = ask(page, in_kanagawa), make_actor(role, in_kanagawa)
    for decide in (approve_request, decline_request):
        with pytest.raises((PermissionDenied, ValidationError)):
            decide(request=request, actor=actor, note="理由")
    assert ApprovalRequest.objects.get().state == ApprovalState.ASKED


@pytest.mark.parametrize("role", [None, READ_ONLY])
def test_only_officers_ask(page: Page, in_kanagawa: Programme, role: StaffRole | None) -> None:
    with pytest.raises(PermissionDenied):
        ask(page, in_kanagawa, actor=make_actor(role, in_kanagawa))


def test_only_whoever_asked_takes_it_back(page: Page, in_kanagawa: Programme) -> None:
    officer = make_actor(OFFICER, in_kanagawa)
    request = ask(page, in_kanagawa, actor=officer)
    with pytest.raises(ValidationError, match="依頼した人だけ"):
        withdraw_request(request=request, actor=make_actor(APPROVER, in_kanagawa))
    assert withdraw_request(request=request, actor=officer).state == ApprovalState.WITHDRAWN
    # Now somebody may ask again.
    assert ask(page, in_kanagawa).pk != request.pk


def test_the_same_thing_is_asked_once(page: Page, in_kanagawa: Programme) -> None:
    ask(page, in_kanagawa)
    with pytest.raises(ValidationError, match="すでに"):
        ask(page, in_kanagawa)


def test_declining_needs_a_reason(page: Page, in_kanagawa: Programme) -> None:
    request, approver = ask(page, in_kanagawa), make_actor(APPROVER, in_kanagawa)
    with pytest.raises(ValidationError, match="理由"):
        decline_request(request=request, actor=approver, note="  ")
    assert decline_request(request=request, actor=approver, note="書類が足りません").note == "書類が足りません"


@pytest.mark.parametrize("state", [state for state in ApprovalState if not TRANSITIONS[state]])
def test_what_is_decided_stays_decided(page: Page, in_kanagawa: Programme, state: ApprovalState) -> None:
    officer, approver = make_actor(OFFICER, in_kanagawa), make_actor(APPROVER, in_kanagawa)
    request = ask(page, in_kanagawa, actor=officer)
    end = {
        ApprovalState.APPROVED: lambda: approve_request(request=request, actor=approver),
        ApprovalState.DECLINED: lambda: decline_request(request=request, actor=approver, note="理由"),
        ApprovalState.WITHDRAWN: lambda: withdraw_request(request=request, actor=officer),
    }
    end[state]()
    for again in end.values():
        with pytest.raises(ValidationError, match="いまは「"):
            again()


def test_a_deed_that_is_no_longer_possible_leaves_the_request_open(page: Page, in_kanagawa: Programme) -> None:
    request = ask(page, in_kanagawa)
    Page.objects.filter(pk=page.pk).update(title="動かせない")
    with pytest.raises(ValidationError, match="動かせません"):
        approve_request(request=request, actor=make_actor(APPROVER, in_kanagawa))
    assert ApprovalRequest.objects.get().state == ApprovalState.ASKED


def test_each_programme_chooses_what_needs_two(kanagawa: Programme, tokyo: Programme) -> None:
    kanagawa.second_approval = [RENAME]
    with programme_scope(kanagawa):
        assert needs_second_approver(RENAME)
        assert not needs_second_approver("nobody.knows")
    with programme_scope(tokyo):
        assert not needs_second_approver(RENAME)


def test_another_programmes_request_is_not_there(page: Page, in_kanagawa: Programme, tokyo: Programme) -> None:
    request = ask(page, in_kanagawa)
    with programme_scope(tokyo), pytest.raises(ApprovalRequest.DoesNotExist):
        approve_request(request=request, actor=make_actor(APPROVER, tokyo))
