"""The life of a file: kept, given to its row, replaced, thrown away."""

import hashlib
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.accounts.models import User
from portal.audit.models import Action, AuditEvent
from portal.files import services, tasks
from portal.files.kinds import MB, Limits
from portal.files.models import StoredFile
from portal.files.refusals import Refused
from portal.files.services import delete_files, keep_upload, set_files
from portal.files.states import FileState
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.models import Page
from tests.factories import make_file, make_pending_file, make_user
from tests.portal.files.samples import PDF, picture

OnCommit = Callable[..., AbstractContextManager[Any]]
pytestmark = pytest.mark.usefixtures("in_kanagawa")


@pytest.fixture
def page(in_kanagawa: Programme) -> Page:
    return Page.objects.create(slug="privacy", title="題名", body="本文")


@pytest.fixture
def officer(db: None) -> User:
    return make_user("officer@example.jp")


def bytes_lie(file: StoredFile) -> bool:
    return default_storage.exists(file.path)


def test_a_kept_file_waits_for_its_form() -> None:
    before = timezone.now()
    file = keep_upload(
        upload=SimpleUploadedFile("企画書.pdf", PDF), limits=Limits(), sender="browser:a", place="form.field"
    )
    assert (file.name, file.kind, file.size, file.state) == ("企画書.pdf", "pdf", len(PDF), FileState.READY)
    assert file.sha256 == hashlib.sha256(PDF).hexdigest()
    assert file.is_pending
    assert file.owner is None
    assert file.expires_at
    assert before + timedelta(days=1) <= file.expires_at
    with file.open() as content:
        assert content.read() == PDF


def test_what_is_kept_of_a_picture_is_what_we_drew() -> None:
    content = picture("JPEG") + b"tail"
    file = make_pending_file(name="写真.jpg", content=content)
    with file.open() as stored:
        kept = stored.read()
    assert kept != content
    assert (file.size, file.sha256) == (len(kept), hashlib.sha256(kept).hexdigest())


@pytest.mark.parametrize(
    ("upload", "reason"),
    [
        (SimpleUploadedFile("空.pdf", b""), "empty"),
        (SimpleUploadedFile("大.pdf", bytes(11 * MB)), "too_big"),
        (SimpleUploadedFile("CON.pdf", PDF), "name_reserved"),
        (SimpleUploadedFile("x.pdf", b"<html>"), "content"),
    ],
)
def test_a_refused_file_leaves_nothing_behind(upload: Any, reason: str, own_storage: Path) -> None:
    with pytest.raises(Refused) as refused:
        keep_upload(upload=upload, limits=Limits(), sender="browser:a", place="f")
    assert refused.value.code == reason
    assert not StoredFile.objects.exists()
    assert not own_storage.exists()


def test_strangers_fill_neither_the_disk_nor_the_room_of_those_who_are_signed_in(
    monkeypatch: pytest.MonkeyPatch, tokyo: Programme, page: Page
) -> None:
    make_file(owner=page)
    first = make_pending_file()
    monkeypatch.setattr(services, "MOST_PENDING_OF_STRANGERS", 2 * first.size)
    monkeypatch.setattr(services, "MOST_PENDING", first.size)
    make_pending_file()
    make_pending_file(sender="user:1")
    for sender in ("browser:b", "user:1"):
        with pytest.raises(Refused, match="1時間ほどおいて"):
            make_pending_file(sender=sender)
    with programme_scope(tokyo):
        make_pending_file()


def test_a_file_is_given_to_its_row(page: Page, officer: User) -> None:
    file = make_pending_file()
    set_files(owner=page, slot="sheet", files=[file], actor=officer)
    file.refresh_from_db()
    assert not file.is_pending
    assert file.owner == page
    assert list(StoredFile.objects.of(page)) == list(StoredFile.objects.of(page, "sheet")) == [file]
    assert not StoredFile.objects.of(page, "logo").exists()
    assert not StoredFile.objects.pending().exists()


def test_what_is_left_out_is_deleted_and_recorded(
    page: Page, officer: User, django_capture_on_commit_callbacks: OnCommit
) -> None:
    old, stays = make_file(owner=page, name="古い.pdf"), make_file(owner=page, name="残る.pdf")
    other = make_file(owner=page, slot="logo", name="ロゴ.png", content=picture())
    new = make_pending_file(name="新しい.pdf")
    with django_capture_on_commit_callbacks(execute=True):
        set_files(owner=page, slot="sheet", files=[stays, new], actor=officer)
        assert bytes_lie(old), "not before the commit"
    assert set(StoredFile.objects.of(page)) == {stays, new, other}
    assert not bytes_lie(old)
    assert all(bytes_lie(file) for file in (stays, new, other))
    event = AuditEvent.objects.get(action=Action.FILE_DELETED)
    assert (event.subject_id, event.actor) == (str(old.pk), officer)
    assert event.changes == {"name": None, "owner": [f"web.page {page.pk}", None]}


def test_the_same_upload_cannot_be_used_twice(page: Page, officer: User) -> None:
    file = make_pending_file()
    set_files(owner=page, slot="sheet", files=[file], actor=officer)
    other = Page.objects.create(slug="accessibility", title="t", body="b")
    with pytest.raises(Refused) as refused:
        set_files(owner=other, slot="sheet", files=[file], actor=officer)
    assert refused.value.code == "gone"
    set_files(owner=page, slot="sheet", files=[file], actor=officer)
    assert StoredFile.objects.get().owner == page


def test_only_pictures_are_shown(page: Page, officer: User) -> None:
    with pytest.raises(ValueError, match="pictures"):
        set_files(owner=page, slot="logo", files=[make_pending_file()], actor=officer, is_shown=True)


def test_a_rolled_back_deletion_keeps_the_bytes(page: Page, officer: User) -> None:
    file = make_file(owner=page)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        delete_files(files=[file], actor=officer)
        raise ZeroDivisionError
    assert bytes_lie(StoredFile.objects.get())


def test_a_file_is_owned_or_pending_never_both(page: Page) -> None:
    file = make_pending_file()
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.filter(pk=file.pk).update(owner_type="web.page", owner_id=page.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.filter(pk=file.pk).update(sender="", expires_at=None)


# --- The sweep --------------------------------------------------------------------------------------------------------
def test_the_sweep_takes_expired_uploads_only(django_capture_on_commit_callbacks: OnCommit, page: Page) -> None:
    expired, fresh, owned = make_pending_file(), make_pending_file(), make_file(owner=page)
    StoredFile.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep()
    assert set(StoredFile.objects.all()) == {fresh, owned}
    assert not bytes_lie(expired)
    assert bytes_lie(fresh)
    assert not AuditEvent.objects.exists(), "nobody's file was never anybody's business"


def test_the_sweep_takes_files_whose_row_is_gone(django_capture_on_commit_callbacks: OnCommit, page: Page) -> None:
    other = Page.objects.create(slug="accessibility", title="t", body="b")
    stays, goes = make_file(owner=page), make_file(owner=other)
    other.delete()
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep()
    assert set(StoredFile.objects.all()) == {stays}
    assert not bytes_lie(goes)


def test_the_sweep_takes_old_bytes_without_a_row(tokyo: Programme, page: Page, own_storage: Path) -> None:
    stays = make_file(owner=page)
    with programme_scope(tokyo):
        neighbour = make_pending_file()
    orphan, young = make_pending_file(), make_pending_file()
    StoredFile.objects.filter(pk__in=[orphan.pk, young.pk]).delete()
    long_ago = time.time() - 2 * 24 * 3600
    for file in (stays, neighbour, orphan):
        os.utime(own_storage / file.path, (long_ago, long_ago))
    # A name that is no key of ours is nobody's either.
    strange = own_storage / str(page.programme_id) / "zz" / "left-over"
    strange.parent.mkdir()
    strange.write_bytes(b"x")
    os.utime(strange, (long_ago, long_ago))
    tasks.sweep_strays()
    assert not bytes_lie(orphan) and not strange.exists()
    assert all(bytes_lie(file) for file in (stays, neighbour, young))


def test_another_programme_never_finds_a_file(tokyo: Programme, page: Page) -> None:
    file = make_file(owner=page)
    with programme_scope(tokyo):
        assert not StoredFile.objects.filter(key=file.key).exists()
