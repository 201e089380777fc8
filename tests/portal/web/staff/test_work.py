"""Who has an item in hand, and what staff say about it."""

from collections.abc import Callable

import pytest
from django.test import Client

from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.models import ApprovalRequest, Assignment, Comment
from portal.web.services.approvals import ask_approval
from tests.factories import make_actor, make_page, make_user

READ_ONLY, OFFICER, APPROVER = StaffRole
AsStaff = Callable[..., Client]


@pytest.fixture
def item(kanagawa: Programme) -> ApprovalRequest:
    with programme_scope(kanagawa):
        return ask_approval(
            name="tests.any", subject=make_page(), what="変えます。", actor=make_actor(OFFICER, kanagawa)
        )


def address(item: ApprovalRequest, what: str = "change") -> str:
    return f"/admin/web/approvalrequest/{item.pk}/{what}/"


def test_an_officer_takes_an_item_and_gives_it_on(
    as_staff: AsStaff, item: ApprovalRequest, kanagawa: Programme
) -> None:
    officer, other = as_staff(OFFICER), as_staff(OFFICER).user  # type: ignore[attr-defined]
    officer.post(address(item, "assign"), {"assignee": officer.user.pk})  # type: ignore[attr-defined]
    assert "自分が担当する" not in officer.get(address(item)).text
    officer.post(address(item, "assign"), {"assignee": other.pk})
    with programme_scope(kanagawa):
        assert Assignment.objects.get().assignee == other
    officer.post(address(item, "assign"), {"assignee": ""})
    with programme_scope(kanagawa):
        assert not Assignment.objects.exists()
        recorded = AuditEvent.objects.filter(action=Action.ITEM_ASSIGNED)
        assert [event.changes["assignee"] for event in recorded] == [
            [str(other), ""], [str(officer.user), str(other)], ["", str(officer.user)],  # type: ignore[attr-defined]
        ]  # fmt: skip


@pytest.mark.parametrize("somebody", ["other staff", "a partner's person"])
def test_only_the_programmes_staff_can_have_an_item(
    as_staff: AsStaff, item: ApprovalRequest, kanagawa: Programme, tokyo: Programme, somebody: str
) -> None:
    person = as_staff(OFFICER, tokyo).user if somebody == "other staff" else make_user()  # type: ignore[attr-defined]
    officer = as_staff(OFFICER)
    officer.post(address(item, "assign"), {"assignee": person.pk})
    assert "担当にする職員を選んでください。" in officer.get(address(item)).text
    with programme_scope(kanagawa):
        assert not Assignment.objects.exists()


def test_comments_stay_with_the_item_and_are_read_as_text(
    as_staff: AsStaff, item: ApprovalRequest, kanagawa: Programme
) -> None:
    officer = as_staff(OFFICER)
    officer.post(address(item, "comment"), {"text": "電話しました。\n<b>折り返し</b>待ち"})
    shown = officer.get(address(item)).text
    assert "電話しました。<br>&lt;b&gt;折り返し&lt;/b&gt;待ち" in shown
    with programme_scope(kanagawa):
        assert Comment.objects.get().author == officer.user  # type: ignore[attr-defined]
        assert AuditEvent.objects.filter(action=Action.COMMENT_ADDED).count() == 1


def test_a_comment_that_is_too_long_is_not_lost(as_staff: AsStaff, item: ApprovalRequest, kanagawa: Programme) -> None:
    answer = as_staff(OFFICER).post(address(item, "comment"), {"text": "長" * 2001})
    assert answer.status_code == 200
    assert "エラー：" in answer.text
    assert "長" * 2001 in answer.text


def test_readers_read_only(as_staff: AsStaff, item: ApprovalRequest, kanagawa: Programme) -> None:
    reader = as_staff(READ_ONLY)
    shown = reader.get(address(item)).text
    assert "担当なし" in shown
    assert "自分が担当する" not in shown
    assert "コメントを追加" not in shown
    assert reader.post(address(item, "assign"), {"assignee": ""}).status_code == 403
    assert reader.post(address(item, "comment"), {"text": "書けない"}).status_code == 403


def test_another_programmes_item_is_not_there(as_staff: AsStaff, item: ApprovalRequest, tokyo: Programme) -> None:
    officer = as_staff(OFFICER, tokyo)
    assert officer.post(address(item, "assign"), {"assignee": ""}).status_code == 404
    assert officer.post(address(item, "comment"), {"text": "見えない"}).status_code == 404
