"""With a scanner, a file waits until it is found clean; what is not is held back, and staff see it."""

import io
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import IO, Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from portal.accounts.models import User
from portal.audit.models import Action, AuditEvent
from portal.files import services, tasks
from portal.files.models import StoredFile
from portal.files.queries import unsafe_files_queue
from portal.files.scanning import ScannerError, scan_with_clamd
from portal.files.states import FileState
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.models import Page
from tests.factories import make_file, make_pending_file, make_user
from tests.portal.files.samples import PDF

VIRUS = PDF.replace(b"\n%%EOF", b"\n%%EOF\n").replace(b"/Count 0", b"/Count 0 /EICAR-TEST 1")


def find_eicar(content: IO[bytes]) -> str:
    return "Eicar-Test-Signature" if b"EICAR" in content.read() else ""


def break_down(content: IO[bytes]) -> str:
    raise ScannerError("no answer")


@pytest.fixture
def with_scanner(settings: Any) -> None:
    settings.FILE_SCANNER = f"{__name__}.find_eicar"


@pytest.fixture
def page(in_kanagawa: Programme) -> Page:
    return Page.objects.create(slug="privacy", title="題名", body="本文")


@pytest.mark.usefixtures("with_scanner")
def test_a_file_waits_and_is_then_ready_or_held_back(page: Page) -> None:
    clean, bad = make_file(owner=page), make_file(owner=page, content=VIRUS)
    assert {clean.state, bad.state} == {FileState.UPLOADED}
    tasks.scan_waiting(page.programme_id)
    clean.refresh_from_db()
    bad.refresh_from_db()
    assert (clean.state, clean.finding) == (FileState.READY, "")
    assert (bad.state, bad.finding) == (FileState.QUARANTINED, "Eicar-Test-Signature")
    event = AuditEvent.objects.get(action=Action.FILE_QUARANTINED)
    assert (event.subject_id, event.actor, event.reason) == (str(bad.pk), None, "Eicar-Test-Signature")


@pytest.mark.usefixtures("with_scanner")
def test_a_worker_is_told_at_once(in_kanagawa: Programme, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        make_pending_file()
    assert [callback.task for callback in callbacks] == ["portal.files.tasks.scan_waiting"]


@pytest.mark.usefixtures("page")
def test_a_scanner_that_does_not_answer_lets_nothing_through(settings: Any, page: Page) -> None:
    settings.FILE_SCANNER = f"{__name__}.break_down"
    file = make_file(owner=page)
    tasks.scan_all()
    file.refresh_from_db()
    assert file.state == FileState.UPLOADED
    settings.FILE_SCANNER = f"{__name__}.find_eicar"
    tasks.scan_all()
    file.refresh_from_db()
    assert file.is_ready


@pytest.mark.usefixtures("with_scanner")
def test_a_file_that_is_lost_does_not_stop_the_others(page: Page) -> None:
    lost, fine = make_file(owner=page), make_file(owner=page)
    default_storage.delete(lost.path)
    services.scan_waiting()
    fine.refresh_from_db()
    lost.refresh_from_db()
    assert (fine.state, lost.state) == (FileState.READY, FileState.UPLOADED)


@pytest.mark.usefixtures("with_scanner")
def test_a_scanner_that_is_taken_away_leaves_nobody_waiting(page: Page, settings: Any) -> None:
    file = make_file(owner=page)
    settings.FILE_SCANNER = ""
    tasks.scan_all()
    file.refresh_from_db()
    assert file.is_ready


@pytest.mark.usefixtures("with_scanner")
def test_staff_see_what_is_held_back_and_what_waits_too_long(page: Page, tokyo: Programme) -> None:
    make_file(owner=page, name="待つ.pdf")
    make_file(owner=page, name="悪い.pdf", content=VIRUS)
    assert unsafe_files_queue.count() == 0
    StoredFile.objects.filter(name="待つ.pdf").update(uploaded_at=timezone.now() - timedelta(hours=1))
    StoredFile.objects.filter(name="悪い.pdf").update(state=FileState.QUARANTINED)
    assert unsafe_files_queue.count() == 2
    assert [item.title for item in unsafe_files_queue.items()] == ["待つ.pdf：検査待ち", "悪い.pdf：隔離"]
    with programme_scope(tokyo):
        assert unsafe_files_queue.count() == 0


# --- The staff's screen -------------------------------------------------------------------------------------------------
LIST = "/admin/files/storedfile/"


@pytest.fixture
def held_back(page: Page, with_scanner: None) -> StoredFile:
    file = make_file(owner=page, name="悪い.pdf", content=VIRUS)
    services.scan_waiting()
    file.refresh_from_db()
    return file


def test_an_officer_sees_it_and_has_it_scanned_again(
    held_back: StoredFile, as_staff: Callable[..., Client], settings: Any
) -> None:
    officer = as_staff(StaffRole.OFFICER)
    assert "Eicar-Test-Signature" in officer.get(LIST + "?state__exact=quarantined").text
    answer = officer.post(LIST, {"action": "scan_again", "_selected_action": [held_back.pk]}, follow=True)
    assert "1件をもう一度検査します" in answer.text
    held_back.refresh_from_db()
    assert (held_back.state, held_back.finding) == (FileState.UPLOADED, "")
    assert AuditEvent.objects.filter(action=Action.FILE_SCANNED_AGAIN, actor=officer.user).count() == 1


def test_an_officer_deletes_it_and_nothing_else(
    held_back: StoredFile, page: Page, as_staff: Callable[..., Client], django_capture_on_commit_callbacks: Any
) -> None:
    officer, good = as_staff(StaffRole.OFFICER), make_file(owner=page)
    assert officer.post(f"{LIST}{good.pk}/delete/", {"post": "yes"}).status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        assert officer.post(f"{LIST}{held_back.pk}/delete/", {"post": "yes"}).status_code == 302
    assert set(StoredFile.objects.all()) == {good}
    assert not default_storage.exists(held_back.path)
    assert AuditEvent.objects.get(action=Action.FILE_DELETED).actor == officer.user


def test_a_reader_may_only_look(held_back: StoredFile, as_staff: Callable[..., Client]) -> None:
    reader = as_staff(StaffRole.READ_ONLY)
    assert "scan_again" not in reader.get(LIST).text
    reader.post(LIST, {"action": "scan_again", "_selected_action": [held_back.pk]})
    held_back.refresh_from_db()
    assert held_back.state == FileState.QUARANTINED
    assert reader.post(f"{LIST}{held_back.pk}/delete/", {"post": "yes"}).status_code == 403
    assert reader.get(f"{LIST}add/").status_code == 403


def test_only_what_is_held_back_is_scanned_again(page: Page) -> None:
    officer: User = make_user()
    with pytest.raises(ValueError, match="ready → uploaded"):
        services.scan_again(file=make_file(owner=page), actor=officer)


# --- clamd, as it speaks over its socket ----------------------------------------------------------------------------------
class Clamd(threading.Thread):
    """Answers one request after another; remembers what it was sent."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        super().__init__(daemon=True)
        self.answer, self.received = answer, b""
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"clamd://127.0.0.1:{self.socket.getsockname()[1]}"

    def run(self) -> None:
        while True:
            try:
                connection, _address = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                while length := int.from_bytes(stream.read(4)):
                    self.received += stream.read(length)
                connection.sendall(self.answer(self.received))

    def stop(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.join()


@pytest.fixture
def clamd() -> Iterator[Callable[[bytes], Clamd]]:
    running: list[Clamd] = []

    def start(answer: bytes) -> Clamd:
        running.append(Clamd(lambda content: answer))
        running[-1].start()
        return running[-1]

    yield start
    for server in running:
        server.stop()


def test_clamd_gets_the_whole_file(clamd: Callable[[bytes], Clamd]) -> None:
    content = bytes(range(256)) * 1000
    server = clamd(b"stream: OK\0")
    assert scan_with_clamd(server.address, io.BytesIO(content)) == ""
    assert server.received == content


def test_clamd_names_what_it_found(clamd: Callable[[bytes], Clamd]) -> None:
    server = clamd(b"stream: Win.Test.EICAR_HDB-1 FOUND\0")
    assert scan_with_clamd(server.address, io.BytesIO(b"x")) == "Win.Test.EICAR_HDB-1"


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OKAY\0", b"\xff" * 9000])
def test_any_other_answer_is_none(clamd: Callable[[bytes], Clamd], answer: bytes) -> None:
    server = clamd(answer)
    with pytest.raises(ScannerError):
        scan_with_clamd(server.address, io.BytesIO(b"x"))


def test_a_clamd_that_is_not_there(tmp_path: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"clamd://127.0.0.1:{free.getsockname()[1]}"
    for gone in (address, f"clamd://{tmp_path}/clamd.ctl"):
        with pytest.raises(ScannerError):
            scan_with_clamd(gone, io.BytesIO(b"x"))
