"""Benefits and desks: written by staff, read by everybody, in the page's language where there is one."""

from collections.abc import Callable

import pytest
from django.test import Client

from partners.models import Benefit, SupportDesk
from portal.tenancy.models import Language, Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole


@pytest.fixture(autouse=True)
def content(kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(kanagawa):
        Benefit.objects.create(
            title="支援融資",
            owner="金融課",
            body="- 年1.8％以内",
            phone="045-000-0001 又は 045-000-0002",
            is_for_banks=True,
        )
        Benefit.objects.create(title="Loans", owner="Finance", body="Up to 1.8 %", language=Language.ENGLISH)
        Benefit.objects.create(title="まだ秘密", owner="県", body="x", is_shown=False)
        SupportDesk.objects.create(name="鎌倉市 商工課", municipality="142042", email="shoko@kamakura.example.jp")
    with programme_scope(tokyo):
        Benefit.objects.create(title="東京の支援", owner="都", body="x")


def test_the_page_lists_what_is_shown_with_every_way_to_reach_it(visit: Client) -> None:
    page = visit.get("/benefits/").content.decode()
    assert "支援融資" in page
    assert 'href="tel:0450000001"' in page
    assert 'href="tel:0450000002"' in page
    assert "mailto:shoko@kamakura.example.jp" in page
    assert "鎌倉市" in page
    assert "Loans" not in page
    assert "まだ秘密" not in page
    assert "東京の支援" not in page


def test_english_readers_get_what_is_written_in_english(visit: Client) -> None:
    page = visit.get("/en/benefits/").content.decode()
    assert "Loans" in page
    assert "支援融資" not in page
    assert "支援融資" in visit.get("/easy/benefits/").content.decode()


def test_the_home_page_leads_there(visit: Client) -> None:
    assert 'href="/benefits/"' in visit.get("/").content.decode()


def test_what_an_officer_writes_shows_at_once(
    as_staff: Callable[..., Client], visit: Client, kanagawa: Programme,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:  # fmt: skip
    assert "新しい窓口" not in visit.get("/benefits/").content.decode()
    fields = {"name": "新しい窓口", "municipality": "141003", "position": "0", "is_shown": "on"}
    with django_capture_on_commit_callbacks(execute=True):
        answer = as_staff(StaffRole.OFFICER).post("/admin/partners/supportdesk/add/", fields)
    assert answer.status_code == 302, answer.context["adminform"].errors
    kanagawa.refresh_from_db()
    assert "新しい窓口" in visit.get("/benefits/").content.decode()


def test_a_reader_of_the_back_office_writes_nothing(as_staff: Callable[..., Client]) -> None:
    assert as_staff(StaffRole.READ_ONLY).post("/admin/partners/benefit/add/", {"title": "x"}).status_code == 403
