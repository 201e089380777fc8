"""記入例: approvers write them, partners read them beside the field; each programme its own."""

from collections.abc import Callable

import pytest
from django.test import Client

from partners.models import FieldExample
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.factories import make_application

LIST = "/admin/partners/fieldexample/"
NEW = {"field": "summary", "language": "ja", "text": "商店街で子ども食堂を開いています。"}

pytestmark = pytest.mark.django_db


def test_an_approvers_example_stands_beside_the_field(
    as_staff: Callable[..., Client], visit: Client, kanagawa: Programme, tokyo: Programme
) -> None:
    assert as_staff(StaffRole.APPROVER).post(f"{LIST}add/", NEW).status_code == 302
    with programme_scope(kanagawa):
        page = f"/partners/register/{make_application().link_token}/initiatives/"
    assert "例：商店街で子ども食堂を開いています。" in visit.get(page).text
    # English pages show the Japanese one until there is an English one.
    assert "商店街で子ども食堂" in visit.get(f"/en{page}").text
    with programme_scope(kanagawa):
        FieldExample.objects.create(field="summary", language="en", text="We run a kitchen for children.")
    assert "商店街で子ども食堂" not in visit.get(f"/en{page}").text
    with programme_scope(tokyo):
        page = f"/partners/register/{make_application().link_token}/initiatives/"
    there = Client(headers={"host": tokyo.primary_host}).get(page).text
    assert "商店街で子ども食堂" not in there and "屋根を借りて太陽光発電" in there


def test_officers_read_but_do_not_write(as_staff: Callable[..., Client]) -> None:
    officer = as_staff(StaffRole.OFFICER)
    assert officer.get(LIST).status_code == 200
    assert officer.post(f"{LIST}add/", NEW).status_code == 403
    assert officer.post(f"{LIST}preview/", NEW).status_code == 403


def test_a_preview_shows_the_field_and_saves_nothing(as_staff: Callable[..., Client], kanagawa: Programme) -> None:
    shown = as_staff(StaffRole.APPROVER).post(f"{LIST}preview/", NEW | {"text": "<b>例文</b>"}).text
    assert "取組・事業の概要" in shown and "&lt;b&gt;例文" in shown and "まだ保存していません" in shown
    with programme_scope(kanagawa):
        assert not FieldExample.objects.exists()
