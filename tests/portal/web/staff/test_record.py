"""What staff do is put on record, in place of Django's log."""

from collections.abc import Callable

from django.contrib.admin.models import LogEntry
from django.test import Client

from portal.audit.models import Action, AuditEvent, PlatformEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.models import Page

PAGE = {"slug": Page.Slug.PRIVACY, "language": "ja", "title": "題名", "body": "本文"}


def test_adding_and_changing_are_recorded_with_what_was_before(
    as_staff: Callable[..., Client], kanagawa: Programme, tokyo: Programme
) -> None:
    officer = as_staff(StaffRole.OFFICER)
    officer.post("/admin/web/page/add/", PAGE)
    with programme_scope(kanagawa):
        page = Page.objects.get()
        officer.post(f"/admin/web/page/{page.pk}/change/", PAGE | {"title": "新しい題名"})
        changed, added = AuditEvent.objects.all()
    assert (added.action, added.subject_id, added.actor) == (Action.PAGE_CHANGED, str(page.pk), officer.user)
    assert added.changes["title"] == [None, "題名"]
    assert changed.changes == {"title": ["題名", "新しい題名"]}
    with programme_scope(tokyo):
        assert not AuditEvent.objects.exists()
    assert not LogEntry.objects.exists()

    history = officer.get(f"/admin/web/page/{page.pk}/history/").text
    assert history.count("ページの文章を変更") == 2


def test_an_operators_change_stands_on_the_programmes_own_record(
    as_operator: Client, kanagawa: Programme, tokyo: Programme
) -> None:
    answer = as_operator.get(f"/admin/tenancy/programme/{kanagawa.pk}/history/")
    assert "まだ記録はありません" in answer.text
    with programme_scope(kanagawa):
        assert not AuditEvent.objects.exists()
    assert not PlatformEvent.objects.exists()
