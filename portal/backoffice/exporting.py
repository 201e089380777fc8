"""Full exports: asked for by an approver, made in the background, fetched once by who asked, thrown away after days."""

import hashlib
import tempfile
from typing import IO, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.models import Action
from portal.audit.services import record_event
from portal.backoffice.archive import CHUNK, Contents, write_archive
from portal.backoffice.models import ProgrammeExport
from portal.backoffice.states import TRANSITIONS, ExportState
from portal.tenancy.scope import current_programme, current_programme_id
from portal.web.access import Actor, StaffRole, only_staff
from portal.web.nudges import PATIENT, nudge_on_commit

MAKE = "portal.backoffice.tasks.make_exports"
IN_MEMORY = 8_000_000


@transaction.atomic
def ask_export(*, reason: str, actor: Actor) -> ProgrammeExport:
    only_staff(actor, StaffRole.APPROVER)
    try:
        with transaction.atomic():
            export = ProgrammeExport.objects.create(reason=reason, asked_by=actor.user)
    except IntegrityError as refusal:
        raise ValidationError(
            _("いま、ほかの書き出しを準備しています。できてから、もう一度お試しください。")
        ) from refusal
    record_event(action=Action.EXPORT_ASKED, subject=export, actor=actor.user, reason=reason)
    nudge_on_commit(MAKE, current_programme_id(), priority=PATIENT)
    return export


def make_waiting_exports() -> None:
    for key in ProgrammeExport.objects.filter(state=ExportState.ASKED).values_list("pk", flat=True):
        make_export(export=ProgrammeExport.objects.get(pk=key))


def make_export(*, export: ProgrammeExport) -> None:
    """The file first, the row afterwards: a worker that is lost meanwhile leaves it asked for, and it is made again."""
    with tempfile.TemporaryFile() as target:
        contents = write_archive(target)
        sha256, size = _measure(target)
        default_storage.delete(export.path)
        default_storage.save(export.path, File(target))
    with transaction.atomic():
        export = _entered(export, ExportState.READY)
        export.made_at, export.sha256, export.size = timezone.now(), sha256, size
        export.tables, export.rows, export.files = len(contents.tables), contents.rows, len(contents.files)
        export.save()
        _record_making(export, contents, sha256)


def write_export(target: IO[bytes]) -> Contents:
    """By a command of the server: nobody asked on a page, but it stands on record just the same."""
    contents = write_archive(target)
    sha256, _size = _measure(target)
    _record_making(current_programme(), contents, sha256)
    return contents


def _record_making(subject: Any, contents: Contents, sha256: str) -> None:
    changes = {"rows": (None, contents.rows), "files": (None, len(contents.files)), "sha256": (None, sha256)}
    record_event(action=Action.EXPORT_MADE, subject=subject, actor=None, changes=changes)


def _measure(target: IO[bytes]) -> tuple[str, int]:
    target.seek(0)
    digest = hashlib.sha256()
    while chunk := target.read(CHUNK):
        digest.update(chunk)
    size = target.tell()
    target.seek(0)
    return digest.hexdigest(), size


def fetch_export(*, export: ProgrammeExport, actor: Actor) -> IO[bytes]:
    """Once, and only who asked for it. The file is gone from the storage afterwards."""
    only_staff(actor, StaffRole.APPROVER)
    if export.asked_by_id != actor.user.pk:
        raise PermissionDenied
    with transaction.atomic():
        export = _entered(export, ExportState.FETCHED)
        export.ended_at = timezone.now()
        export.save()
        copy: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it
        with default_storage.open(export.path) as source:
            while chunk := source.read(CHUNK):
                copy.write(chunk)
        record_event(action=Action.EXPORT_FETCHED, subject=export, actor=actor.user, reason=export.reason)
        transaction.on_commit(lambda: default_storage.delete(export.path), robust=True)
    copy.seek(0)
    return copy


def forget_exports() -> None:
    """What nobody fetched."""
    old = timezone.now() - ProgrammeExport.LIFETIME
    for export in ProgrammeExport.objects.filter(state=ExportState.READY, made_at__lt=old):
        with transaction.atomic():
            late = _entered(export, ExportState.EXPIRED)
            late.ended_at = timezone.now()
            late.save()
            record_event(action=Action.FILE_DELETED, subject=late, actor=None)
            transaction.on_commit(lambda path=late.path: default_storage.delete(path), robust=True)  # type: ignore[misc]


def _entered(export: ProgrammeExport, state: ExportState) -> ProgrammeExport:
    locked = ProgrammeExport.objects.select_for_update(of=("self",)).get(pk=export.pk)
    if state not in TRANSITIONS[ExportState(locked.state)]:
        raise ValidationError(_("この書き出しは、もう受け取れません。新しく書き出してください。"))
    locked.state = state
    return locked
