"""Importing partners from a table, from the upload to the undoing. A worker does the long parts, in small transactions:
killed at any moment it leaves whole rows, and the next turn goes on behind them. What has to be recorded as done is the
row itself.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, ForeignObjectRel, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.importing.mapping import refusal_of
from partners.importing.reading import Table
from partners.importing.rows import (
    Known,
    Tried,
    batches_by_label,
    find_partner,
    headings_by_field,
    mark_of,
    read_row,
    repeated,
)
from partners.models import DirectoryKey, Fact, ImportRow, ImportRun, Partner
from partners.services.numbers import give_numbers, locked_settings
from partners.services.records import add_partners, change_partners
from partners.states import BUSY_IMPORTS, IMPORT_TRANSITIONS, ImportState
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.files.models import StoredFile
from portal.tenancy.scope import current_programme_id
from portal.web.access import Actor, only_staff
from portal.web.content import content_changed
from portal.web.nudges import PATIENT, nudge_on_commit

WORK = "partners.tasks.work_on_imports"
# Rows of one transaction. Whoever changes a public page meanwhile waits for it.
CHUNK = 100
# After that the cells, which name people, are forgotten, and the import can no longer be undone.
KEPT = timedelta(days=30)


@transaction.atomic
def upload_table(*, name: str, table: Table, actor: Actor) -> ImportRun:
    only_staff(actor)
    run = ImportRun.objects.create(file_name=name[:200], headings=list(table.headings), started_by=actor.user)
    ImportRow.objects.bulk_create(
        [
            ImportRow(run=run, number=row.number, cells=dict(zip(table.headings, row.cells, strict=True)))
            for row in table.rows
        ],
        batch_size=2000,
    )
    record_event(
        action=Action.IMPORT_UPLOADED,
        subject=run,
        actor=actor.user,
        changes={"file": (None, run.file_name), "rows": (None, len(table.rows))},
    )
    return run


@transaction.atomic
def map_columns(*, run: ImportRun, mapping: Mapping[str, str], actor: Actor) -> None:
    """Says which column is which field, and asks for the dry run."""
    only_staff(actor)
    if refusal := refusal_of(mapping):
        raise ValidationError(refusal)
    run = _locked(run)
    _move(run, ImportState.TRYING, mapping=dict(mapping))
    _nudge()


@transaction.atomic
def start_import(*, run: ImportRun, actor: Actor) -> None:
    only_staff(actor)
    run = _locked(run)
    if run.state != ImportState.TRIED:
        raise ValidationError(_("この取込みは、すでに始まっています。"))
    if run.counts["bad"] or not run.counts["rows"]:
        raise ValidationError(_("直すところが残っているので、始められません。"))
    try:
        with transaction.atomic():
            _move(run, ImportState.RUNNING, started_by=actor.user)
    except IntegrityError as error:
        raise ValidationError(_("ほかの取込みが動いています。終わってから始めてください。")) from error
    counts = {"added": (None, run.counts["new"]), "changed": (None, run.counts["changed"])}
    record_event(action=Action.IMPORT_STARTED, subject=run, actor=actor.user, changes=counts)
    _nudge()


@transaction.atomic
def undo_import(*, run: ImportRun, actor: Actor) -> None:
    """Asks for the undoing. It is refused at once where something would be lost, and looked at again when it is done."""
    only_staff(actor)
    run = _locked(run)
    if run.state != ImportState.DONE:
        raise ValidationError(_("取り消せるのは、完了した取込みだけです。"))
    if refusal := why_not_undo(run):
        raise ValidationError(refusal)
    try:
        with transaction.atomic():
            _move(run, ImportState.UNDOING, refusal="", started_by=actor.user)
    except IntegrityError as error:
        raise ValidationError(_("ほかの取込みが動いています。終わってから取り消してください。")) from error
    _nudge()


def work_on(run_id: int) -> bool:
    """One step of whatever the run waits for; whether there is more. Two workers never have the same run in hand."""
    with transaction.atomic():
        run = ImportRun.objects.busy().select_for_update(of=("self",), skip_locked=True).filter(pk=run_id).first()
        if run is None:
            return False
        match run.state:
            case ImportState.TRYING:
                _try_all(run)
            case ImportState.RUNNING:
                return _import_some(run)
            case ImportState.UNDOING:
                _undo_all(run)
    return False


def _try_all(run: ImportRun) -> None:
    rows, known = list(run.rows.all()), Known.load(Partner.objects.all())
    tried, heading_of = _read(rows, run), headings_by_field(run.mapping)
    for _row, one in tried:
        find_partner(one, heading_of, known)
    again = repeated(((row.number, one) for row, one in tried), heading_of)
    differing = []
    for row, one in tried:
        problems = again.get(row.number, {}) | one.problems
        former = known.name_of.get(one.partner_id or 0, "")
        if one.values.get("name", former) == former:
            former = ""
        if (problems, one.partner_id, former) != (row.problems, row.found, row.former_name):
            row.problems, row.found, row.former_name = problems, one.partner_id, former
            differing.append(row)
    ImportRow.objects.bulk_update(differing, ["problems", "found", "former_name"], batch_size=500)
    fine = [one for row, one in tried if not row.problems]
    changed = sum(one.partner_id is not None for one in fine)
    counts = {"rows": len(rows), "bad": len(rows) - len(fine), "new": len(fine) - changed, "changed": changed}
    highest = max((one.values.get("number", 0) for _row, one in tried), default=0)
    _move(run, ImportState.TRIED, counts=counts, highest_number=highest)


def _read(rows: Sequence[ImportRow], run: ImportRun) -> list[tuple[ImportRow, Tried]]:
    batches = batches_by_label()
    return [(row, read_row(row, run.mapping, batches)) for row in rows]


def _import_some(run: ImportRun) -> bool:
    """The next rows, whole or not at all. What has become wrong since the dry run is left out and told; so is a row
    that would now be about another partner than the one of which the officer was told.
    """
    rows = list(run.rows.waiting()[:CHUNK])
    if not rows:
        _move(run, ImportState.DONE, finished_at=timezone.now())
        return False
    actor, tried, heading_of = Actor(user=run.started_by), _read(rows, run), headings_by_field(run.mapping)
    # First of all: nobody adds a partner or is given a number until these rows are written.
    locked_settings()
    partners, known = _partners_near(run, [one.values for _row, one in tried])
    for row, one in tried:
        find_partner(one, heading_of, known)
        if one.partner_id != row.found:
            one.problems.setdefault(
                mark_of(heading_of),
                _("確かめたあとに、この行に当たる団体が変わりました。もう一度アップロードして、確かめてください。"),
            )
        row.problems = one.problems
    fine = [(row, one) for row, one in tried if not one.problems]
    _add(run, [(row, one.values) for row, one in fine if one.partner_id is None], actor)
    _change(run, [(row, partners[one.partner_id], one.values) for row, one in fine if one.partner_id], actor)
    ImportRow.objects.bulk_update(rows, ["problems", "partner", "before", "revision"])
    return True


def _partners_near(run: ImportRun, several: Sequence[Mapping[str, Any]]) -> tuple[dict[int, Partner], Known]:
    """Those that the rows may be about, locked in one order, and whatever was added since the upload; all others were
    looked at in the dry run. What this run itself has added is as little known as it was then.
    """
    marked = Q(number__in=[values["number"] for values in several if "number" in values])
    marked |= Q(corporate_number__in=[values["corporate_number"] for values in several if "corporate_number" in values])
    partners = Partner.objects.filter(marked).select_for_update(of=("self",)).order_by("pk").in_bulk()
    own = run.rows.imported().filter(before__isnull=True).values("partner")
    return partners, Known.load(Partner.objects.filter(marked | Q(created_at__gte=run.created_at)).exclude(pk__in=own))


def _add(run: ImportRun, rows: list[tuple[ImportRow, dict[str, Any]]], actor: Actor) -> None:
    several = [values | {"is_migrated": False} for _row, values in rows]
    give_numbers(several, kept=run.highest_number)
    for (row, _values), partner in zip(
        rows, add_partners(several=several, actor=actor, reason=_reason(run)), strict=True
    ):
        row.partner, row.revision = partner, partner.revision


def _change(run: ImportRun, rows: list[tuple[ImportRow, Partner, dict[str, Any]]], actor: Actor) -> None:
    before = [{name: getattr(partner, name) for name in values} for _row, partner, values in rows]
    changes = [(partner, values) for _row, partner, values in rows]
    changed = change_partners(changes=changes, actor=actor, action=Action.PARTNER_IMPORTED, reason=_reason(run))
    for (row, partner, _values), former, names in zip(rows, before, changed, strict=True):
        row.partner, row.revision = partner, partner.revision
        row.before = {name: _plain(former[name]) for name in names}


def _undo_all(run: ImportRun) -> None:
    """All of it in one transaction, or nothing."""
    ids = run.rows.imported().values("partner")
    locked = Partner.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    partners = {partner.pk: partner for partner in locked}
    if refusal := why_not_undo(run):
        _move(run, ImportState.DONE, refusal=refusal)
        return
    actor = Actor(user=run.started_by)
    rows = [(partners[row.partner_id], row.before) for row in run.rows.imported() if row.partner_id]
    added = [partner for partner, before in rows if before is None]
    for partner in added:
        record_event(action=Action.PARTNER_DELETED, subject=partner, actor=actor.user, reason=_reason(run))
    ImportRow.objects.filter(partner__in=added).update(partner=None)
    Fact.objects.filter(partner__in=added).delete()
    DirectoryKey.objects.filter(partner__in=added).delete()
    Partner.objects.filter(pk__in=[partner.pk for partner in added]).delete()
    changes = [
        (partner, {name: _value(name, value) for name, value in before.items()}) for partner, before in rows if before
    ]
    change_partners(changes=changes, actor=actor, action=Action.PARTNER_IMPORT_UNDONE, reason=_reason(run))
    record_event(action=Action.IMPORT_UNDONE, subject=run, actor=actor.user)
    _move(run, ImportState.UNDONE, finished_at=timezone.now())
    content_changed()


def why_not_undo(run: ImportRun) -> str:
    """Where undoing would lose what somebody has done since: the sentence that says so."""
    rows = run.rows.imported()
    if not rows.exists():
        return _("取り込んだ行の控えがもうないので、取り消せません。")
    touched = set(rows.exclude(partner__revision=F("revision")).values_list("partner", flat=True))
    touched |= _in_use(rows.filter(before__isnull=True).values("partner"))
    names = list(Partner.objects.filter(pk__in=touched).order_by("number").values_list("name", flat=True)[:3])
    if not names:
        return ""
    return _(
        "取込みのあとに、%(count)d団体で変更や利用がありました（%(names)s%(more)s）。"
        "取り消すとそれが失われるため、取り消せません。"
    ) % {"count": len(touched), "names": "、".join(names), "more": _("など") if len(touched) > len(names) else ""}


def _in_use(added: QuerySet[Any]) -> set[int]:
    """Which of these partners something of any app hangs on, beside what adding a partner itself writes."""
    found: set[int] = set()
    for relation in Partner._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and relation.related_model not in (Fact, DirectoryKey, ImportRow):
            model: Any = relation.related_model
            name = relation.field.name
            found |= set(model.objects.filter(**{f"{name}__in": added}).values_list(name, flat=True))
    files = StoredFile.objects.filter(owner_type=Partner._meta.label_lower, owner_id__in=added)
    found |= {pk for pk in files.values_list("owner_id", flat=True) if pk is not None}
    return found


def forget_imports(now: datetime) -> None:
    """The cells of old runs name people, and nobody needs them any more."""
    ImportRow.objects.filter(run__created_at__lt=now - KEPT).exclude(run__state__in=BUSY_IMPORTS).delete()


def _locked(run: ImportRun) -> ImportRun:
    return ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)


def _move(run: ImportRun, state: ImportState, **values: Any) -> None:
    if state not in IMPORT_TRANSITIONS[ImportState(run.state)]:
        raise ValidationError(_("この取込みは、いまその操作ができません。画面を開き直してください。"))
    run.state = state
    for name, value in values.items():
        setattr(run, name, value)
    run.save(update_fields=["state", *values])


def _nudge() -> None:
    nudge_on_commit(WORK, current_programme_id(), priority=PATIENT)


def _reason(run: ImportRun) -> str:
    return _("表からの取込み：%s") % run.file_name


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _value(name: str, value: Any) -> Any:
    column: Any = Partner._meta.get_field(name)
    return column.to_python(value)
