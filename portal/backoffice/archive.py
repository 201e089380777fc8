"""Everything of one programme as a ZIP, for whoever goes on with it elsewhere: a CSV for each table, the files, and a
manifest with counts and checksums. Written inside the programme's scope, so the wall decides what is in it.

Keys to doors stay out (STAYS): they open nothing elsewhere, and would open something here. So do rows that nobody may
see now, as their apps say (registry.rows_that_stay).
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.contrib.auth import get_user_model
from django.db import connection, models, transaction
from django.db.models import ForeignKey
from django.utils import timezone
from psycopg import sql

from portal.files.models import StoredFile
from portal.tenancy.models import Programme, ProgrammeHost
from portal.tenancy.scope import current_programme
from portal.tenancy.wall import tenant_models
from portal.web.registry import rows_that_stay

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20
# Ways in, secrets, and what was never sent. Each by its full label, so that no other column goes with it.
STAYS = {
    "accounts.addresschange.seed",
    "accounts.draft.data",
    "accounts.loginticket.link_hash",
    "accounts.loginticket.seed",
    "inquiries.inquiry.form_key",
    "inquiries.inquiry.link_hash",
    "inquiries.inquiry.seed",
    "inquiries.inquirymessage.form_key",
    "meetings.feed.key",
    "meetings.idea.form_key",
    "meetings.joiningdetails.note",
    "meetings.joiningdetails.passcode",
    "meetings.joiningdetails.room",
    "meetings.joiningdetails.url",
    "meetings.seat.token",
    "meetings.talk.form_key",
    "meetings.ticket.token",
    "notices.subscription.key",
    # Entries for calendars, with the secret address of a place.
    "outbox.mailattachment.content",
    "outbox.outgoingmail.lease",
    "partners.application.link_hash",
    "partners.application.seed",
    "renewals.report.form_key",
}
# Of a JSON column, the one part that stays: how to come into another programme's meeting.
PARTS_THAT_STAY = {"meetings.jointhost.facts": "joining"}
ALL = sql.SQL("TRUE")
# Of people, what belongs to the programme as much as to the platform.
OF_PEOPLE = ("id", "email", "name", "language", "mail_language", "date_joined")


@dataclass
class Contents:
    """What was written, as the manifest says it."""

    tables: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(table["rows"] for table in self.tables)


def write_archive(target: IO[bytes]) -> Contents:
    contents = Contents()
    with connection.cursor() as cursor:
        # Here, so that the connection knows its programme before the snapshot is taken.
        cursor.execute("SELECT 1")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        with transaction.atomic():
            _one_moment_for_all_tables()
            for table in _tables():
                contents.tables.append(_write_table(archive, table))
            kept = list(StoredFile.objects.order_by("pk"))
        for file in kept:
            _write_file(archive, file, contents)
        archive.writestr(MANIFEST, json.dumps(_manifest(contents), ensure_ascii=False, indent=1))
    return contents


def _one_moment_for_all_tables() -> None:
    """Tables that belong together agree. Inside a caller's transaction it is theirs that counts."""
    if len(connection.savepoint_ids) == 0:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


@dataclass(frozen=True)
class Table:
    model: type[models.Model]
    columns: list[str]
    # Which of its rows.
    which: sql.Composable
    rows_left_out: int = 0


def _tables() -> Iterator[Table]:
    """Of the wall's tables all rows that it shows, but for those that stay."""
    programme = sql.Literal(current_programme().pk)
    walled = sorted(tenant_models(), key=lambda model: model._meta.label_lower)
    for model in walled:
        label = model._meta.label_lower
        staying = rows_that_stay[label]() if label in rows_that_stay else []
        which = (
            sql.SQL("NOT {} = ANY({})").format(sql.Identifier(str(model._meta.pk.column)), staying) if staying else ALL
        )
        yield Table(model, columns_of(model), which, len(staying))
    yield Table(Programme, columns_of(Programme), sql.SQL("id = {}").format(programme))
    yield Table(ProgrammeHost, columns_of(ProgrammeHost), sql.SQL("programme_id = {}").format(programme))
    named: list[sql.Composable] = [
        sql.SQL("SELECT {} FROM {}").format(sql.Identifier(column), sql.Identifier(model._meta.db_table))
        for model in walled
        for column in _people_in(model)
    ]
    yield Table(get_user_model(), list(OF_PEOPLE), sql.SQL("id IN ({})").format(sql.SQL(" UNION ").join(named)))


def columns_of(model: type[models.Model]) -> list[str]:
    label = model._meta.label_lower
    return [str(one.column) for one in model._meta.concrete_fields if f"{label}.{one.name}" not in STAYS]


def _people_in(model: type[models.Model]) -> list[str]:
    people = get_user_model()
    found = (one for one in model._meta.concrete_fields if isinstance(one, ForeignKey))
    return [str(one.column) for one in found if one.related_model is people]


def _values(model: type[models.Model], columns: Sequence[str]) -> sql.Composable:
    parts = {column: PARTS_THAT_STAY.get(f"{model._meta.label_lower}.{column}") for column in columns}
    return sql.SQL(", ").join(
        sql.SQL("{0} - {1} AS {0}").format(sql.Identifier(column), sql.Literal(part))
        if part
        else sql.Identifier(column)
        for column, part in parts.items()
    )


def _names(columns: Sequence[str]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _write_table(archive: zipfile.ZipFile, table: Table) -> dict[str, Any]:
    model, columns = table.model, table.columns
    name, digest = f"tables/{model._meta.label_lower}.csv", hashlib.sha256()
    order = [str(one.column) for one in model._meta.pk_fields]
    rows = sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY {}").format(
        _values(model, columns), sql.Identifier(model._meta.db_table), table.which, _names(order)
    )
    with connection.cursor() as cursor, archive.open(name, "w", force_zip64=True) as out:
        with cursor.copy(sql.SQL("COPY ({}) TO STDOUT WITH (FORMAT csv, HEADER)").format(rows)) as lines:
            for line in lines:
                digest.update(line)
                out.write(line)
        count = cursor.rowcount
    left_out = sorted({str(one.column) for one in model._meta.concrete_fields} - set(columns))
    return {
        "name": name, "rows": count, "sha256": digest.hexdigest(), "columns": columns, "left_out": left_out,
        "rows_left_out": table.rows_left_out,
    }  # fmt: skip


def _write_file(archive: zipfile.ZipFile, file: StoredFile, contents: Contents) -> None:
    name, digest, size = f"files/{file.key}", hashlib.sha256(), 0
    try:
        source = file.open()
    except FileNotFoundError:
        contents.missing.append(str(file.key))
        return
    with source, archive.open(name, "w", force_zip64=True) as out:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
    contents.files.append({
        "name": name, "called": file.name, "size": size, "sha256": digest.hexdigest(),
        "owner": f"{file.owner_type} {file.owner_id}" if file.owner_type else "",
    })  # fmt: skip


def _manifest(contents: Contents) -> dict[str, Any]:
    programme = current_programme()
    return {
        "format": FORMAT,
        "programme": programme.slug,
        "made_at": timezone.now().isoformat(),
        "tables": contents.tables,
        "files": contents.files,
        "missing_files": contents.missing,
    }
