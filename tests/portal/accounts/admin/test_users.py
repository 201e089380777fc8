"""People's accounts on the platform's host: read, disabled with a reason, never deleted."""

import re

import pytest
from django.test import Client

from portal.accounts.models import User
from portal.audit.models import Action, PlatformEvent
from portal.tenancy.models import Programme
from portal.web.access import StaffRole
from tests.factories import make_staff, make_user
from tests.sessions import signed_in

LIST = "/admin/accounts/user/"


def press(operator: Client, action: str, user: User, **more: str) -> str:
    data = {"action": action, "_selected_action": [user.pk]}
    shown = operator.post(LIST, data).text
    found = re.search(r'name="seen" value="([0-9a-f]+)"', shown)
    if found is None:
        return shown
    return operator.post(LIST, data | {"seen": found[1]} | more, follow=True).text


def test_a_person_is_disabled_with_a_reason_and_is_out_at_once(as_operator: Client, kanagawa: Programme) -> None:
    officer = make_staff(StaffRole.OFFICER, kanagawa)
    browser = signed_in(officer, kanagawa)
    assert browser.get("/admin/").status_code == 200
    assert "どの事業にもログインできなくなります" in press(as_operator, "disable", officer)
    assert browser.get("/admin/").status_code == 200
    press(as_operator, "disable", officer, **{"with-reason": "退職"})
    assert browser.get("/admin/").status_code == 302
    event = PlatformEvent.objects.get(action=Action.USER_DISABLED)
    assert (event.subject_id, event.reason) == (str(officer.pk), "退職")
    assert officer.email not in str(event.changes)
    press(as_operator, "enable", officer, **{"with-reason": "復職"})
    officer.refresh_from_db()
    assert officer.is_active
    assert PlatformEvent.objects.filter(action=Action.USER_ENABLED).count() == 1


def test_nobody_shuts_themselves_out(as_operator: Client) -> None:
    own = User.objects.get(email="operator@platform.example.jp")
    assert "自分のログインは停止できません" in press(as_operator, "disable", own, **{"with-reason": "x"})
    own.refresh_from_db()
    assert own.is_active


def test_an_account_is_neither_edited_nor_deleted(as_operator: Client) -> None:
    user = make_user()
    page = f"{LIST}{user.pk}/change/"
    assert as_operator.get(page).status_code == 200
    assert as_operator.post(page, {"name": "別の名前"}).status_code == 403
    assert as_operator.post(f"{LIST}{user.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.get(pk=user.pk).name == user.name


def test_who_looked_is_on_the_platforms_record(as_operator: Client) -> None:
    user = make_user()
    as_operator.get(f"{LIST}{user.pk}/change/")
    event = PlatformEvent.objects.get(action=Action.PERSON_VIEWED)
    assert event.subject_id == str(user.pk)
    record = as_operator.get("/admin/audit/platformevent/").text
    assert "個人情報を表示" in record
    assert "利用者" in record
    assert as_operator.get(f"/admin/audit/platformevent/{event.pk}/change/").status_code == 200


@pytest.mark.parametrize("page", [LIST, "/admin/audit/platformevent/"])
def test_a_programmes_host_knows_nothing_of_it(kanagawa: Programme, page: str) -> None:
    assert signed_in(make_staff(StaffRole.APPROVER, kanagawa), kanagawa).get(page).status_code == 404
