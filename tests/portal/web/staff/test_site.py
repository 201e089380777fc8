"""The door of /admin/ and its two faces."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client

from portal.accounts.models import User
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.admin_site import platform_site
from portal.web.models import Page
from tests.factories import make_user
from tests.sessions import signed_in

READ_ONLY, OFFICER, APPROVER = StaffRole
AsStaff = Callable[..., Client]


@pytest.fixture
def page(kanagawa: Programme) -> Page:
    with programme_scope(kanagawa):
        return Page.objects.create(slug=Page.Slug.PRIVACY, title="個人情報の取扱い", body="本文")


def test_anonymous_visitors_are_sent_to_the_door(visit: Client) -> None:
    answer = visit.get("/admin/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/login/?next=/admin/")


@pytest.mark.parametrize("flags", [{}, {"was_appointed": True}, {"was_appointed": True, "is_superuser": True}])
def test_who_has_no_role_in_the_programme_may_not_enter(kanagawa: Programme, flags: dict[str, bool]) -> None:
    """A partner's person, staff of some other programme, and the platform's operator alike."""
    assert signed_in(make_user(**flags), kanagawa).get("/admin/").status_code == 403


@pytest.mark.parametrize("role", StaffRole)
def test_staff_enter_their_own_programme_only(as_staff: AsStaff, tokyo: Programme, role: StaffRole) -> None:
    staff = as_staff(role)
    assert staff.get("/admin/").status_code == 200
    # On another host the session does not count: its door is shown, as to anybody.
    assert staff.get("/admin/", headers={"host": tokyo.primary_host}).status_code == 302
    assert staff.get("/admin/", headers={"host": settings.PLATFORM_HOST}).status_code == 302


def test_an_operator_enters_the_platform_and_no_programme(as_operator: Client, kanagawa: Programme) -> None:
    assert as_operator.get("/admin/").status_code == 200
    assert as_operator.get("/admin/tenancy/programme/").status_code == 200
    assert as_operator.get("/admin/", headers={"host": kanagawa.primary_host}).status_code == 302
    assert signed_in(as_operator.user, kanagawa).get("/admin/").status_code == 403


def test_what_belongs_to_a_programme_has_no_address_on_the_platform(as_operator: Client, page: Page) -> None:
    assert as_operator.get(f"/admin/web/page/{page.pk}/change/").status_code == 404
    assert as_operator.get("/admin/audit/auditevent/").status_code == 404


def test_people_have_no_address_on_a_programmes_host(as_staff: AsStaff) -> None:
    assert as_staff(APPROVER).get("/admin/accounts/user/").status_code == 404
    assert not {User, Group} & set(admin.site._registry)
    assert Group not in platform_site._registry


@pytest.mark.parametrize(("role", "status"), [(READ_ONLY, 403), (OFFICER, 302), (APPROVER, 302)])
def test_readers_read_and_officers_change(as_staff: AsStaff, page: Page, role: StaffRole, status: int) -> None:
    staff, address = as_staff(role), f"/admin/web/page/{page.pk}/change/"
    shown = staff.get(address)
    assert shown.status_code == 200
    assert ('name="_save"' in shown.text) == (status == 302)
    changed = staff.post(address, {"slug": page.slug, "language": "ja", "title": "新しい題名", "body": "本文"})
    assert changed.status_code == status
    with programme_scope(page.programme):
        page.refresh_from_db()
    assert page.title == ("新しい題名" if status == 302 else "個人情報の取扱い")


def test_another_programmes_row_is_not_there(as_staff: AsStaff, page: Page, tokyo: Programme) -> None:
    staff = as_staff(APPROVER, tokyo)
    for action in ("change", "history", "delete"):
        assert staff.get(f"/admin/web/page/{page.pk}/{action}/").status_code == 404
    assert f"/{page.pk}/change/" not in staff.get("/admin/web/page/").text


def test_settings_are_the_programmes_own_and_the_approvers(
    as_staff: AsStaff, kanagawa: Programme, tokyo: Programme
) -> None:
    officer, approver = as_staff(OFFICER), as_staff(APPROVER)
    assert officer.post(f"/admin/tenancy/programme/{kanagawa.pk}/change/", {}).status_code == 403
    assert approver.get(f"/admin/tenancy/programme/{kanagawa.pk}/change/").status_code == 200
    assert approver.get(f"/admin/tenancy/programme/{tokyo.pk}/change/").status_code == 404
    assert approver.get("/admin/tenancy/programme/add/").status_code == 403


def test_nothing_is_deleted(as_staff: AsStaff, page: Page) -> None:
    approver = as_staff(APPROVER)
    assert approver.post(f"/admin/web/page/{page.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in approver.get("/admin/web/page/").text


def test_every_staff_screen_is_a_staff_admin(kanagawa: Programme) -> None:
    class Plain(admin.ModelAdmin):  # type: ignore[type-arg]
        pass

    with pytest.raises(TypeError, match="StaffAdmin"):
        platform_site.register(Group, Plain)


def test_a_deed_has_its_own_heading_and_one_button(as_staff: AsStaff) -> None:
    approver = as_staff(APPROVER)
    page = approver.get("/admin/backoffice/programmeexport/add/").text
    assert "全データの書き出しを依頼する</h1>" in page
    assert 'name="_save"' in page and 'name="_addanother"' not in page and 'name="_continue"' not in page
    page = approver.get("/admin/web/page/add/").text
    assert "ページを追加</h1>" in page and 'name="_continue"' in page
