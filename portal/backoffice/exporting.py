"""Full exports: asked for by an approver, made in the background, fetched by who asked, thrown away after days.

Where the programme wants two approvers, nothing is made until another one agrees (portal/web/services/approvals.py).
"""

import hashlib
import tempfile
from collections.abc import Mapping
from typing import IO, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.queries import approvers
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.backoffice.archive import CHUNK, Contents, write_archive
from portal.backoffice.models import ProgrammeExport
from portal.backoffice.states import APPROVAL, TRANSITIONS, ExportState
from portal.files.queries import stored_exports
from portal.outbox.services import queue_mail
from portal.tenancy.scope import current_programme, current_programme_id
from portal.tenancy.turns import turn
from portal.web.access import Actor, StaffRole, only_staff
from portal.web.nudges import PATIENT, nudge_on_commit
from portal.web.services.approvals import ask_approval, needs_second_approver

MAKE = "portal.backoffice.tasks.make_exports"
# The kind of work of which one worker at a time has the turn.
TURN = 0x6578706F
OVER = gettext_lazy("この書き出しは、もう受け取れません。新しく書き出してください。")


@transaction.atomic
def ask_export(*, reason: str, actor: Actor) -> ProgrammeExport:
    only_staff(actor, StaffRole.APPROVER)
    waits = needs_second_approver(APPROVAL)
    state = ExportState.WAITING if waits else ExportState.ASKED
    try:
        with transaction.atomic():
            export = ProgrammeExport.objects.create(reason=reason, asked_by=actor.user, state=state)
    except IntegrityError as refusal:
        raise ValidationError(
            _("いま、ほかの書き出しを準備しているか、承認を待っています。済んでから、もう一度お試しください。")
        ) from refusal
    record_event(action=Action.EXPORT_ASKED, subject=export, actor=actor.user, reason=reason)
    if waits:
        _ask_another(export, actor)
    else:
        nudge_on_commit(MAKE, current_programme_id(), priority=PATIENT)
    return export


def _ask_another(export: ProgrammeExport, actor: Actor) -> None:
    what = _("個人情報を含む全データを書き出します。使いみち：%s") % export.reason
    request = ask_approval(name=APPROVAL, subject=export, what=what, actor=actor)
    for approver in approvers().exclude(pk=actor.user.pk):
        queue_mail(
            message="backoffice.export_asked",
            to=approver.email,
            dedupe_key=f"export-asked:{request.pk}:{approver.pk}",
            language=approver.reads,
            about=request,
        )


def agree_to_export(*, subject_id: str, data: Mapping[str, Any], actor: Actor) -> None:
    """Another approver agreed: from here on it goes its way as if one had been enough."""
    export = _entered(subject_id, ExportState.ASKED)
    export.save()
    record_event(action=Action.APPROVAL_GIVEN, subject=export, actor=actor.user)
    nudge_on_commit(MAKE, current_programme_id(), priority=PATIENT)


def call_off_export(*, subject_id: str, actor: Actor) -> None:
    """Declined by another approver, of which who asked is told, or taken back by who asked."""
    export = _entered(subject_id, ExportState.CALLED_OFF)
    export.ended_at = timezone.now()
    export.save()
    was_declined = export.asked_by != actor.user
    action = Action.APPROVAL_DECLINED if was_declined else Action.APPROVAL_WITHDRAWN
    record_event(action=action, subject=export, actor=actor.user)
    if was_declined:
        queue_mail(
            message="backoffice.export_declined",
            to=export.asked_by.email,
            dedupe_key=f"export-declined:{export.pk}",
            language=export.asked_by.reads,
            about=export,
        )


def make_waiting_exports() -> None:
    """By one worker at a time: a nudge and the clock may both come while a long one is being made."""
    with turn(TURN) as ours:
        if ours:
            for key in ProgrammeExport.objects.filter(state=ExportState.ASKED).values_list("pk", flat=True):
                make_export(export_id=key)


def make_export(*, export_id: int) -> None:
    """The bytes first, under a name of their own and outside of any transaction: a store may be slow. Then the row: a
    worker that is lost leaves it asked for, and it is made again.
    """
    made = ProgrammeExport()
    with tempfile.TemporaryFile() as target:
        contents = write_archive(target)
        sha256, size = _measure(target)
        default_storage.save(made.path, File(target))
    with transaction.atomic():
        export = ProgrammeExport.objects.select_for_update(of=("self",)).get(pk=export_id)
        is_wanted = ExportState.READY in TRANSITIONS[ExportState(export.state)]
        if is_wanted:
            export.key = made.key
            export.state, export.made_at, export.sha256, export.size = ExportState.READY, timezone.now(), sha256, size
            export.tables, export.rows, export.files = len(contents.tables), contents.rows, len(contents.files)
            export.save()
            _record_making(export, contents, sha256)
            queue_mail(
                message="backoffice.export_ready",
                to=export.asked_by.email,
                dedupe_key=f"export-ready:{export.pk}",
                language=export.asked_by.reads,
                about=export,
            )
    if not is_wanted:
        # A worker whose turn was lost with its connection was first. Its file stays as it is.
        default_storage.delete(made.path)


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
    """Only who asked for it, until it is thrown away: a line that broke costs no second approval. Each time is on record."""
    only_staff(actor, StaffRole.APPROVER)
    if export.asked_by_id != actor.user.pk:
        raise PermissionDenied
    export.refresh_from_db()
    if export.state != ExportState.READY:
        raise ValidationError(OVER)
    try:
        file: IO[bytes] = default_storage.open(export.path)
    except FileNotFoundError as refusal:
        # After a restore, or thrown away a moment ago.
        raise ValidationError(_("書き出したファイルは、もうありません。新しく書き出してください。")) from refusal
    record_event(action=Action.EXPORT_FETCHED, subject=export, actor=actor.user, reason=export.reason)
    return file


def has_file(export: ProgrammeExport) -> bool:
    """Not after a restore: backups hold no exports."""
    return default_storage.exists(export.path)


def forget_exports() -> None:
    """What has lain long enough, and what has no file any more."""
    old = timezone.now() - ProgrammeExport.LIFETIME
    for export in ProgrammeExport.objects.filter(state=ExportState.READY):
        if (export.made_at or old) > old and has_file(export):
            continue
        with transaction.atomic():
            late = _entered(export.pk, ExportState.EXPIRED)
            late.ended_at = timezone.now()
            late.save()
            record_event(action=Action.FILE_DELETED, subject=late, actor=None)
            transaction.on_commit(lambda path=late.path: default_storage.delete(path), robust=True)  # type: ignore[misc]


def delete_strays() -> None:
    """Files that nobody can fetch: of an export that is over, or of an attempt that was lost."""
    with turn(TURN) as ours:
        if ours:  # and nobody is making one, which belongs to no row until it is whole
            names = stored_exports(current_programme_id())
            for path in names - {export.path for export in ProgrammeExport.objects.filter(state=ExportState.READY)}:
                default_storage.delete(path)


def _entered(key: int | str, state: ExportState) -> ProgrammeExport:
    locked = ProgrammeExport.objects.select_for_update(of=("self",)).get(pk=key)
    if state not in TRANSITIONS[ExportState(locked.state)]:
        raise ValidationError(OVER)
    locked.state = state
    return locked
