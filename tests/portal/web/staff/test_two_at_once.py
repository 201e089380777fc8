"""Two of the staff have the same row open: the second sees what the first changed, before it is overwritten."""

import re
from collections.abc import Callable

from django.test import Client

from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.models import Page
from tests.factories import make_page

AsStaff = Callable[..., Client]


def open_page(client: Client, address: str) -> dict[str, str]:
    """What a browser would send back of it without being asked."""
    found = re.search(r'name="_seen" value="([^"]+)"', client.get(address).text)
    assert found
    return {"_seen": found[1]}


def test_what_a_colleague_changed_meanwhile_is_shown_and_not_overwritten(
    as_staff: AsStaff, kanagawa: Programme
) -> None:
    with programme_scope(kanagawa):
        page = make_page(title="前の題名", body="本文")
    address = f"/admin/web/page/{page.pk}/change/"
    first, second = as_staff(StaffRole.OFFICER), as_staff(StaffRole.OFFICER)
    seen_by_both = open_page(second, address)
    assert first.post(address, open_page(first, address) | {"title": "同僚の題名", "body": "本文"}).status_code == 302
    answer = second.post(address, seen_by_both | {"title": "わたしの題名", "body": "本文"})
    assert "今は「同僚の題名」です" in answer.text
    assert 'value="わたしの題名"' in answer.text
    assert "今は「本文」です" not in answer.text
    with programme_scope(kanagawa):
        assert Page.objects.get().title == "同僚の題名"
    found = re.search(r'name="_seen" value="([^"]+)"', answer.text)
    assert found
    assert second.post(address, {"_seen": found[1], "title": "わたしの題名", "body": "本文"}).status_code == 302
    with programme_scope(kanagawa):
        assert Page.objects.get().title == "わたしの題名"


def test_who_presses_twice_is_not_asked(as_staff: AsStaff, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        page = make_page(title="前の題名", body="本文")
    address = f"/admin/web/page/{page.pk}/change/"
    officer = as_staff(StaffRole.OFFICER)
    sent = open_page(officer, address) | {"title": "新しい題名", "body": "本文"}
    assert [officer.post(address, sent).status_code for _ in "12"] == [302, 302]
