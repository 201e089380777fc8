"""The wall as the database itself describes it: read from its catalogue, not from our code."""

from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from portal.tenancy.scope import programme_scope
from portal.tenancy.wall import POLICY
from tests.factories import make_member, make_partner, make_programme

# Tables outside the wall, each with the reason why it holds nothing of a programme's.
PLATFORM_TABLES = {
    "account_emailaddress": "allauth's; empty, a person's only address is accounts_user.email",
    "account_emailconfirmation": "allauth's; empty",
    "accounts_hits": "hashes and times of what is limited",
    "accounts_user": "a person's sign-in address, the same in every programme",
    "accounts_user_groups": "Django's own",
    "accounts_user_user_permissions": "Django's own",
    "audit_platformevent": "what operators did outside any programme",
    "auth_group": "Django's own",
    "auth_group_permissions": "Django's own",
    "auth_permission": "Django's own",
    "django_admin_log": "Django's own; AuditEvent takes its place",
    "django_content_type": "Django's own",
    "django_migrations": "Django's own",
    "django_session": "Django's own; a session is bound to the programme whose host opened it",
    "mfa_authenticator": "the second factor of a person, the same in every programme",
    "partners_listedcorporation": "the public list of corporate numbers, as its publisher gives it",
    "partners_postaltown": "the public list of postal codes",
    "tenancy_programme": "the programmes themselves",
    "tenancy_programmehost": "asked before the programme is known",
    "usersessions_usersession": "a person's open sessions",
}
# Their programme_id says which programme they describe, not whose data they hold.
DESCRIBE_PROGRAMMES = {"tenancy_programmehost"}

pytestmark = pytest.mark.django_db


def rows(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def tables() -> set[str]:
    return {
        str(name)
        for (name,) in rows(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
    }


def tenant_tables() -> set[str]:
    found = rows(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'programme_id'"
        " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
    )
    return {str(name) for (name,) in found} - DESCRIBE_PROGRAMMES


def test_every_table_is_behind_the_wall_or_on_the_list() -> None:
    assert tables() - tenant_tables() == set(PLATFORM_TABLES)


def test_nothing_but_tables_holds_data() -> None:
    """Views and materialised views are read with their owner's rights, and would be a hole in the wall."""
    assert (
        rows("SELECT relname FROM pg_class WHERE relkind IN ('v', 'm', 'f') AND relnamespace = 'public'::regnamespace")
        == []
    )
    assert rows("SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace") == []


def test_tenant_tables_enforce_row_security_for_their_owner_too() -> None:
    found = rows("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relkind IN ('r', 'p')")
    assert {name for (name,) in found} == tenant_tables()


def test_each_tenant_table_has_our_policy_and_no_other() -> None:
    found = rows("SELECT tablename, policyname, permissive, roles, cmd, qual, with_check FROM pg_policies")
    whole = ("programme", "PERMISSIVE", ["public"], "ALL", f"({POLICY})", f"({POLICY})")
    assert sorted(found) == sorted((name, *whole) for name in tenant_tables())
    assert "missing_ok" not in POLICY and "true" not in POLICY


def test_a_tenant_row_always_has_a_programme() -> None:
    found = rows(
        "SELECT attrelid::regclass::text FROM pg_attribute WHERE attname = 'programme_id' AND NOT attnotnull"
        " AND attrelid = ANY(%s::regclass[])",
        sorted(tenant_tables()),
    )
    assert found == []


def test_uniqueness_never_reaches_across_programmes() -> None:
    """A unique index over all programmes would tell one which values another has.

    A pointer to a tenant row is as good as the programme: its composite key holds it inside.
    """
    found = rows(
        """
        SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text
        FROM pg_index i
        WHERE i.indisunique AND NOT i.indisprimary AND i.indrelid = ANY(%s::regclass[])
          AND NOT EXISTS (
            SELECT FROM pg_attribute a
            WHERE a.attrelid = i.indrelid AND a.attname = 'programme_id' AND a.attnum = ANY(i.indkey::int2[]))
          AND NOT EXISTS (
            SELECT FROM pg_constraint k
            WHERE k.conrelid = i.indrelid AND k.contype = 'f' AND k.conkey[2] = ANY(i.indkey::int2[])
              AND k.confrelid = ANY(%s::regclass[]))
        """,
        sorted(tenant_tables()),
        sorted(tenant_tables()),
    )
    assert found == []


def test_foreign_keys_between_tenant_tables_carry_the_programme() -> None:
    """Foreign key checks bypass row security: only a composite key keeps them inside one programme."""
    walled = tenant_tables()
    keys = rows(
        """
        SELECT k.conrelid::regclass::text, k.confrelid::regclass::text,
               array(SELECT attname::text FROM unnest(k.conkey) WITH ORDINALITY u(n, o)
                     JOIN pg_attribute ON attrelid = k.conrelid AND attnum = n ORDER BY o),
               array(SELECT attname::text FROM unnest(k.confkey) WITH ORDINALITY u(n, o)
                     JOIN pg_attribute ON attrelid = k.confrelid AND attnum = n ORDER BY o)
        FROM pg_constraint k WHERE k.contype = 'f' AND k.convalidated
        """
    )
    between = {
        (source, target, *columns)
        for source, target, columns, _ in keys
        if source in walled and target in walled and len(columns) == 1
    }
    carried = {
        (source, target, columns[1])
        for source, target, columns, others in keys
        if columns[0] == "programme_id" and others == ["programme_id", "id"]
    }
    assert between - carried == set()


def test_platform_tables_point_to_no_tenant_table() -> None:
    walled = tenant_tables()
    keys = rows("SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'")
    assert [(source, target) for source, target in keys if target in walled and source not in walled] == []


def test_the_applications_role_is_nobody_special() -> None:
    role = settings.DATABASES["default"]["USER"]
    assert rows(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = %s",
        role,
    ) == [(False,) * 5]
    assert rows("SELECT count(*) FROM pg_auth_members WHERE member = %s::regrole", role) == [(0,)]
    assert rows("SELECT count(*) FROM pg_class WHERE relowner = %s::regrole", role) == [(0,)]
    assert rows("SELECT count(*) FROM pg_shdepend WHERE refobjid = %s::regrole AND deptype = 'o'", role) == [(0,)]
    assert rows(
        "SELECT has_schema_privilege(%s, 'public', 'CREATE'), has_database_privilege(%s, current_database(), 'CREATE, TEMP')",
        role,
        role,
    ) == [(False, False)]


def test_the_owner_is_held_by_the_wall_too() -> None:
    role = settings.DATABASES["owner"]["USER"]
    assert rows("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s", role) == [(False, False)]


def test_the_applications_rights_are_four_at_most() -> None:
    found = rows(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = %s"
        " AND privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')",
        settings.DATABASES["default"]["USER"],
    )
    assert found == []
    for table in ("audit_auditevent", "django_migrations"):
        assert rows(
            "SELECT has_table_privilege(%s, %s, 'UPDATE, DELETE')", settings.DATABASES["default"]["USER"], table
        ) == [(False,)]


def test_a_row_of_another_programme_cannot_be_pointed_at() -> None:
    """The case that row security alone lets through: the check of a foreign key sees every row."""
    kanagawa, tokyo = make_programme("kanagawa"), make_programme("tokyo")
    with programme_scope(tokyo):
        theirs = make_partner()
    with programme_scope(kanagawa), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="_wall"), transaction.atomic():
            make_member(partner=theirs)
        assert make_member(partner=make_partner()).pk


def test_the_backup_reads_everything_and_writes_nothing() -> None:
    role = "kakehashi_backup"
    assert rows("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s", role) == [(False, True)]
    for table in tables():
        assert rows("SELECT has_table_privilege(%s, %s, 'SELECT')", role, table) == [(True,)]
        assert rows("SELECT has_table_privilege(%s, %s, 'INSERT, UPDATE, DELETE, TRUNCATE')", role, table) == [(False,)]
