"""Row-level security: after each migrate, every table is granted to the application, and tenant tables only behind
their wall. A table that the wall does not know stays closed.

What "walled" means for a tenant table:
- one policy, for everybody including the owner: the row's programme is the connection's current programme.
  The setting is read without a default, so a query outside any programme raises.
- a foreign key to another tenant table carries the programme along, because foreign key checks bypass row security.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, models, transaction
from django.db.backends.utils import CursorWrapper

from portal.tenancy.models import TenantModel

POLICY = "programme_id = (current_setting('portal.programme'::text))::bigint"


def tenant_models() -> list[type[TenantModel]]:
    """One for each table: a proxy is another look at the same one."""
    models = apps.get_models(include_auto_created=True)
    return [model for model in models if issubclass(model, TenantModel) and not model._meta.proxy]


def tenant_foreign_keys(model: type[TenantModel]) -> Iterator["models.ForeignKey[Any, Any]"]:
    for field in model._meta.local_concrete_fields:
        if isinstance(field, models.ForeignKey) and issubclass(field.related_model, TenantModel):
            yield field


def build_wall_after_migrate(using: str, **kwargs: Any) -> None:
    if using == "owner":
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            build_wall(cursor, app_role=settings.DATABASES["default"]["USER"])


def build_wall(cursor: CursorWrapper, app_role: str) -> None:
    existing = set(connections["owner"].introspection.table_names(cursor))
    role = _quote(app_role)
    walled = {model._meta.db_table: model for model in tenant_models()}
    for table in sorted(existing - set(walled)):
        # Platform tables. The record of migrations is for reading only.
        _grant(cursor, table, "SELECT" if table == "django_migrations" else "SELECT, INSERT, UPDATE, DELETE", role)
    for table in sorted(existing & set(walled)):
        _wall_off(cursor, table, has_id=isinstance(walled[table]._meta.pk, models.AutoField))
        _grant(cursor, table, walled[table].database_rights, role)
    for table in sorted(existing & set(walled)):
        for field in tenant_foreign_keys(walled[table]):
            _carry_programme(cursor, table, field)


def _wall_off(cursor: CursorWrapper, table: str, has_id: bool) -> None:
    cursor.execute("SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [table])
    if cursor.fetchone() != (True,):
        cursor.execute(f"ALTER TABLE {_quote(table)} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    cursor.execute("SELECT policyname, qual, with_check FROM pg_policies WHERE tablename = %s", [table])
    if cursor.fetchall() != [("programme", f"({POLICY})", f"({POLICY})")]:
        cursor.execute(f"DROP POLICY IF EXISTS programme ON {_quote(table)}")
        cursor.execute(f"CREATE POLICY programme ON {_quote(table)} USING ({POLICY}) WITH CHECK ({POLICY})")
    if has_id:
        _add_constraint(cursor, table, f"{table[:50]}_wall", "UNIQUE (programme_id, id)")


def _carry_programme(cursor: CursorWrapper, table: str, field: "models.ForeignKey[Any, Any]") -> None:
    target = field.related_model._meta.db_table
    name = f"{table[:30]}_{field.column[:20]}_wall"
    if _has_constraint(cursor, table, name):
        return
    # Postgres checks the rows of all programmes: the owner may see them for this statement, and nobody else meanwhile.
    for one in {table, target}:
        cursor.execute(f"ALTER TABLE {_quote(one)} NO FORCE ROW LEVEL SECURITY")
    _add_constraint(
        cursor,
        table,
        name,
        f"FOREIGN KEY (programme_id, {_quote(field.column)}) REFERENCES {_quote(target)} (programme_id, id)"
        " DEFERRABLE INITIALLY DEFERRED",
    )
    for one in {table, target}:
        cursor.execute(f"ALTER TABLE {_quote(one)} FORCE ROW LEVEL SECURITY")


def _has_constraint(cursor: CursorWrapper, table: str, name: str) -> bool:
    cursor.execute("SELECT 1 FROM pg_constraint WHERE conrelid = %s::regclass AND conname = %s", [table, name])
    return cursor.fetchone() is not None


def _add_constraint(cursor: CursorWrapper, table: str, name: str, definition: str) -> None:
    if not _has_constraint(cursor, table, name):
        cursor.execute(f"ALTER TABLE {_quote(table)} ADD CONSTRAINT {_quote(name)} {definition}")


def _grant(cursor: CursorWrapper, table: str, rights: str, role: str) -> None:
    cursor.execute(f"REVOKE ALL ON {_quote(table)} FROM {role}")
    cursor.execute(f"GRANT {rights} ON {_quote(table)} TO {role}")


def _quote(name: str) -> str:
    return connections["owner"].ops.quote_name(name)
