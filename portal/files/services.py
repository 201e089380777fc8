"""Taking files in, giving them to their rows, scanning them, throwing them away."""

import hashlib
import logging
import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils import timezone

from portal.audit.models import Action
from portal.audit.services import record_event
from portal.files.checks import check, check_size
from portal.files.kinds import MB, Limits
from portal.files.models import StoredFile
from portal.files.names import checked_name
from portal.files.queries import pending_size, stored_by_folder
from portal.files.refusals import Refused
from portal.files.scanning import ScannerError, scanner
from portal.files.senders import BROWSER
from portal.files.states import TRANSITIONS, FileState
from portal.tenancy.scope import current_programme_id
from portal.web.nudges import nudge_on_commit

logger = logging.getLogger(__name__)

PENDING_LIFETIME = timedelta(days=1)
# Against a disk that strangers fill: what nobody has finished sending, in one programme. Who is signed in and who is not
# fill a pot each, so that strangers can shut out nobody but strangers.
MOST_PENDING = 1536 * MB
MOST_PENDING_OF_STRANGERS = 512 * MB
# Their names in the storage.
KEY = re.compile("[0-9a-f]{32}")
# The bytes are written before their row: younger ones may be about to get it.
ORPHAN_AGE = timedelta(days=1)


def keep_upload(
    *,
    upload: "UploadedFile[Any]",
    limits: Limits,
    sender: str,
    place: str,
    user: Any = None,
    lifetime: timedelta = PENDING_LIFETIME,
) -> StoredFile:
    """A checked file that waits for the form it was sent with. Raises Refused."""
    name = checked_name(upload.name or "")
    check_size(name, upload.size or 0, limits)
    checked = check(name=name, content=upload.read(), limits=limits)
    is_strangers = sender.startswith(BROWSER)
    most = MOST_PENDING_OF_STRANGERS if is_strangers else MOST_PENDING
    if pending_size(of_strangers=is_strangers) + len(checked.content) > most:
        raise Refused("busy")
    file = StoredFile(
        name=checked.name,
        kind=checked.kind.code,
        size=len(checked.content),
        sha256=hashlib.sha256(checked.content).hexdigest(),
        state=FileState.UPLOADED if scanner() else FileState.READY,
        sender=sender,
        place=place,
        expires_at=timezone.now() + lifetime,
        uploaded_by=user,
    )
    default_storage.save(file.path, ContentFile(checked.content))
    with transaction.atomic():
        file.save()
        if file.state == FileState.UPLOADED:
            nudge_on_commit("portal.files.tasks.scan_waiting", file.programme_id)
    return file


@transaction.atomic
def set_files(
    *, owner: models.Model, slot: str, files: Sequence[StoredFile], actor: Any, is_shown: bool = False
) -> None:
    """From now on these are the row's files in that slot: pending ones become its own, ones left out are deleted.

    Called inside the service that saves the row.
    """
    if is_shown and not all(file.type.is_picture for file in files):
        raise ValueError("Only pictures are shown on pages.")
    before = {file.pk for file in StoredFile.objects.of(owner, slot)}
    wanted = {file.pk for file in files}
    fresh = StoredFile.objects.pending().filter(pk__in=wanted - before)
    taken = fresh.update(
        owner_type=owner._meta.label_lower,
        owner_id=owner.pk,
        slot=slot,
        is_shown=is_shown,
        sender="",
        place="",
        expires_at=None,
    )
    if taken != len(wanted - before):
        # Expired, or sent with the same form a moment ago.
        raise Refused("gone")
    delete_files(files=StoredFile.objects.filter(pk__in=before - wanted), actor=actor)


@transaction.atomic
def copy_files(*, files: Iterable[StoredFile], owner: models.Model, slot: str, is_shown: bool = False) -> None:
    """Ready files of another row, once more for this one: each row keeps and deletes its own."""
    for file in files:
        if not file.is_ready:
            raise ValueError("Only ready files are copied.")
        copy = StoredFile(
            name=file.name, kind=file.kind, size=file.size, sha256=file.sha256, state=file.state, slot=slot,
            is_shown=is_shown, uploaded_by=file.uploaded_by, owner_type=owner._meta.label_lower, owner_id=owner.pk,
        )  # fmt: skip
        with file.open() as content:
            # Piece by piece, never whole in memory.
            default_storage.save(copy.path, File(content))
        copy.save()


@transaction.atomic
def delete_files(*, files: Iterable[StoredFile], actor: Any) -> None:
    """The rows now, the bytes when that is certain. What gets lost in between, the sweep finds."""
    for file in files:
        if not file.is_pending:
            record_event(action=Action.FILE_DELETED, subject=file, actor=actor, personal=["name"], changes=_named(file))
        _delete_bytes_on_commit(file.path)
        file.delete()


def scan_file(*, file: StoredFile) -> None:
    """Asks the scanner, outside of any transaction, and records its answer. Raises ScannerError."""
    scan = scanner()
    if scan is None:
        finding = ""
    else:
        with file.open() as content:
            finding = scan(content)
    with transaction.atomic():
        file = StoredFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
        if file.state == FileState.UPLOADED:
            _change_state(file, FileState.QUARANTINED if finding else FileState.READY, finding)
            if finding:
                record_event(action=Action.FILE_QUARANTINED, subject=file, actor=None, reason=file.finding)


def scan_waiting() -> None:
    """All files of the programme that wait. A scanner that fails is asked again later."""
    for file in StoredFile.objects.uploaded():
        try:
            scan_file(file=file)
        except ScannerError:
            logger.exception("scanner does not answer")
            break
        except FileNotFoundError:
            logger.exception("stored file is missing", extra={"facts": {"file": file.pk}})


@transaction.atomic
def scan_again(*, file: StoredFile, actor: Any) -> None:
    """A false alarm, perhaps: the scanner may have learnt better."""
    file = StoredFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    _change_state(file, FileState.UPLOADED, "")
    record_event(action=Action.FILE_SCANNED_AGAIN, subject=file, actor=actor)
    nudge_on_commit("portal.files.tasks.scan_waiting", file.programme_id)


def sweep() -> None:
    """Throws away what nobody needs: expired uploads, and files of rows that are gone."""
    delete_files(files=StoredFile.objects.expired(timezone.now()), actor=None)
    _delete_ownerless()


def _delete_ownerless() -> None:
    owned = StoredFile.objects.exclude(owner_type="").order_by()
    for label in owned.values_list("owner_type", flat=True).distinct():
        owners = apps.get_model(label)._base_manager.values("pk")
        delete_files(files=owned.filter(owner_type=label).exclude(owner_id__in=owners), actor=None)


def sweep_strays() -> None:
    """Throws away bytes without a row, folder by folder."""
    for stored in stored_by_folder(current_programme_id()):
        keys = [UUID(key) for key in stored if KEY.fullmatch(key)]
        known = {key.hex for key in StoredFile.objects.filter(key__in=keys).values_list("key", flat=True)}
        for key in stored.keys() - known:
            if default_storage.get_modified_time(stored[key]) < timezone.now() - ORPHAN_AGE:
                default_storage.delete(stored[key])


def _delete_bytes_on_commit(path: str) -> None:
    # The row is gone by then: a storage that fails must not fail the request.
    transaction.on_commit(lambda: default_storage.delete(path), robust=True)


def _change_state(file: StoredFile, state: FileState, finding: str) -> None:
    if state not in TRANSITIONS[FileState(file.state)]:
        raise ValueError(f"{file.state} → {state}")
    file.state, file.finding = state, finding[:200]
    file.save(update_fields=["state", "finding"])


def _named(file: StoredFile) -> dict[str, tuple[Any, Any]]:
    return {"name": (file.name, None), "owner": (f"{file.owner_type} {file.owner_id}", None)}
