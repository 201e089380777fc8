"""What staff do, and whom they look at, is put on record, in place of Django's log."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client

from portal.audit.models import Action, AuditEvent, PlatformEvent
from portal.audit.queries import history_of
from portal.audit.services import record_event
from portal.tenancy.models import Programme
from portal.tenancy.scope import NoProgramme, programme_scope
from portal.web.access import StaffRole
from portal.web.admin.pages import PageAdmin
from portal.web.models import Page
from portal.web.staff.base import StaffAdmin
from portal.web.staff.record import readable_changes, subject_name
from tests.factories import make_page, make_user

READ_ONLY, OFFICER, APPROVER = StaffRole
AsStaff = Callable[..., Client]
FIELDS = {"slug": "privacy", "language": "ja", "title": "題名", "body": "本文"}


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's screen as one that has no service of its own: Django saves, the base records."""
    monkeypatch.setattr(PageAdmin, "save_model", admin.ModelAdmin.save_model)
    monkeypatch.setattr(PageAdmin, "add_action", Action.ROW_ADDED)
    monkeypatch.setattr(PageAdmin, "change_action", Action.ROW_CHANGED)


def recorded(programme: Programme) -> list[AuditEvent]:
    with programme_scope(programme):
        return list(AuditEvent.objects.select_related("actor"))


def test_adding_changing_and_deleting_are_recorded(
    as_staff: AsStaff, kanagawa: Programme, tokyo: Programme, plain: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PageAdmin, "delete_role", OFFICER)
    officer = as_staff(OFFICER)
    officer.post("/admin/web/page/add/", FIELDS)
    with programme_scope(kanagawa):
        page = Page.objects.get()
    officer.post(f"/admin/web/page/{page.pk}/change/", FIELDS | {"title": "新しい題名"})
    officer.post(f"/admin/web/page/{page.pk}/delete/", {"post": "yes"})
    deleted, changed, added = recorded(kanagawa)
    assert [event.action for event in (added, changed, deleted)] == [
        Action.ROW_ADDED, Action.ROW_CHANGED, Action.ROW_DELETED,
    ]  # fmt: skip
    assert {event.actor for event in (added, changed, deleted)} == {officer.user}  # type: ignore[attr-defined]
    assert added.changes["title"] == [None, "題名"]
    assert changed.changes == {"title": ["題名", "新しい題名"]}
    assert deleted.subject_id == str(page.pk)
    assert not recorded(tokyo)
    assert not LogEntry.objects.exists()


def test_personal_fields_are_named_and_not_kept(
    as_staff: AsStaff, kanagawa: Programme, plain: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PageAdmin, "personal_fields", ["body"])
    officer = as_staff(OFFICER)
    officer.post("/admin/web/page/add/", FIELDS | {"body": "山田花子 090-0000-0000"})
    [event] = recorded(kanagawa)
    assert event.changes["body"] is None
    history = officer.get(f"/admin/web/page/{event.subject_id}/history/").text
    assert "個人情報のため、内容は記録しません。" in history
    assert "山田花子" not in history


def test_who_looks_at_a_person_is_recorded(
    as_staff: AsStaff, kanagawa: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PageAdmin, "records_views", True)
    with programme_scope(kanagawa):
        page = make_page()
    reader, address = as_staff(READ_ONLY), f"/admin/web/page/{page.pk}/change/"
    reader.get(address)
    [event] = recorded(kanagawa)
    assert (event.action, event.actor, event.subject_id) == (Action.PERSON_VIEWED, reader.user, str(page.pk))  # type: ignore[attr-defined]
    reader.post(address, FIELDS)  # refused
    reader.get("/admin/web/page/")
    assert len(recorded(kanagawa)) == 1


def test_the_page_shows_what_happened_to_it(as_staff: AsStaff, kanagawa: Programme) -> None:
    officer = as_staff(OFFICER)
    officer.post("/admin/web/page/add/", FIELDS)
    [event] = recorded(kanagawa)
    reader = as_staff(READ_ONLY)
    assert "ページの文章を変更" in reader.get(f"/admin/web/page/{event.subject_id}/change/").text
    history = reader.get(f"/admin/web/page/{event.subject_id}/history/").text
    assert "ページの文章を変更" in history
    assert "題名" in history
    assert "restore" not in history


def test_the_record_itself_cannot_be_changed(as_staff: AsStaff, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        event = record_event(
            action=Action.PROGRAMME_CHANGED, subject=kanagawa, actor=None, changes={"name": ("前", "後")}
        )
    approver, address = as_staff(APPROVER), f"/admin/audit/auditevent/{event.pk}/change/"
    shown = approver.get(address).text
    assert "システム" in shown
    assert ">前<" in shown
    assert 'name="_save"' not in shown
    assert approver.post(address, {"reason": "後から"}).status_code == 403


def test_values_are_shown_in_words(in_kanagawa: Programme) -> None:
    changes = {
        "palette": ("blue", "green"), "is_public": (True, False), "features": (["news"], ["news", "cases"]),
        "wording": ({}, {"partner": {"ja": "会員", "en": "member"}}), "gone": (None, 3), "email": ("a", "b"),
    }  # fmt: skip
    event = record_event(
        action=Action.PROGRAMME_CHANGED, subject=in_kanagawa, actor=None, changes=changes, personal=["email"]
    )
    shown = {change.label: (change.before, change.after, change.kept) for change in readable_changes(event)}
    assert shown == {
        "配色": ("青", "緑", True),
        "公開": ("はい", "いいえ", True),
        "機能": ("お知らせ", "お知らせ、連携事例", True),
        "言葉の言い換え": ("", "partner：会員、member", True),
        "gone": ("", "3", True),
        "問い合わせ先アドレス": ("", "", False),
    }
    assert subject_name("web.page") == "ページ"
    assert subject_name("gone.model") == "gone.model"
    assert subject_name("nonsense") == "nonsense"


@pytest.mark.parametrize("action", Action)
def test_every_action_has_words(action: Action) -> None:
    assert str(action.label) != action.value


def test_outside_a_programme_there_is_a_record_of_its_own(kanagawa: Programme) -> None:
    user = make_user()
    event = record_event(action=Action.ROW_CHANGED, subject=user, actor=user)
    assert isinstance(event, PlatformEvent)
    assert list(history_of(user)) == [event]
    with pytest.raises(NoProgramme):
        record_event(action=Action.ROW_CHANGED, subject=Page(pk=1), actor=user)


def test_the_base_says_what_a_screen_must_add() -> None:
    screen = StaffAdmin(Page, admin.site)
    with pytest.raises(NotImplementedError):
        screen.former_values(None, None)
    with pytest.raises(NotImplementedError):
        screen.restore(None, None, None)  # type: ignore[arg-type]
