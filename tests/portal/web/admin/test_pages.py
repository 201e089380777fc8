"""A programme's pages: written by officers, seen before they are saved, taken back from the record."""

from collections.abc import Callable

from django.test import Client

from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.models import Page
from tests.factories import make_page

AsStaff = Callable[..., Client]
OFFICER = StaffRole.OFFICER
NEW = {"slug": "privacy", "language": "en", "title": "Privacy", "body": "## What we keep\n\nYour name."}


def test_a_page_is_written_and_stands_on_the_site(as_staff: AsStaff, kanagawa: Programme, visit: Client) -> None:
    officer = as_staff(OFFICER)
    assert officer.post("/admin/web/page/add/", NEW).status_code == 302
    assert "<h2>What we keep</h2>" in visit.get("/en/about/privacy/").text
    with programme_scope(kanagawa):
        event = AuditEvent.objects.get()
        assert (event.action, event.subject_id) == (Action.PAGE_CHANGED, str(Page.objects.get().pk))


def test_its_address_does_not_move(as_staff: AsStaff, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        page = make_page()
    as_staff(OFFICER).post(f"/admin/web/page/{page.pk}/change/", NEW | {"slug": "site-policy"})
    with programme_scope(kanagawa):
        page.refresh_from_db()
    assert (page.slug, page.language, page.title) == ("privacy", "ja", "Privacy")


def test_a_preview_saves_nothing(as_staff: AsStaff, kanagawa: Programme) -> None:
    answer = as_staff(OFFICER).post("/admin/web/page/preview/", NEW)
    assert "This is a preview." in answer.text
    assert "<h2>What we keep</h2>" in answer.text
    assert 'lang="en"' in answer.text
    with programme_scope(kanagawa):
        assert not Page.objects.exists()
        assert not AuditEvent.objects.exists()


def test_a_preview_shows_markup_as_text(as_staff: AsStaff) -> None:
    text = as_staff(OFFICER).post("/admin/web/page/preview/", NEW | {"body": "<script>alert(1)</script>"}).text
    assert "<script>alert" not in text


def test_a_former_text_comes_back(as_staff: AsStaff, kanagawa: Programme) -> None:
    officer = as_staff(OFFICER)
    officer.post("/admin/web/page/add/", NEW)
    with programme_scope(kanagawa):
        page = Page.objects.get()
        officer.post(f"/admin/web/page/{page.pk}/change/", {"title": "Oops", "body": NEW["body"]})
        changed, added = AuditEvent.objects.all()
        base = f"/admin/web/page/{page.pk}"
        assert f"/restore/{changed.pk}/" in officer.get(f"{base}/history/").text
        # Before the first text there was none to come back.
        assert f"/restore/{added.pk}/" not in officer.get(f"{base}/history/").text
        officer.post(f"{base}/restore/{changed.pk}/")
        page.refresh_from_db()
        assert page.title == "Privacy"
        assert AuditEvent.objects.count() == 3


def test_readers_see_no_preview(as_staff: AsStaff) -> None:
    assert as_staff(StaffRole.READ_ONLY).post("/admin/web/page/preview/", NEW).status_code == 403
