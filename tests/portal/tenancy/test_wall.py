"""The wall: every trap of row-level security that is known to break it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from portal.audit.models import Action
from portal.audit.services import record_event
from portal.outbox.models import MailProblem, OutgoingMail
from portal.tenancy.models import Programme
from portal.tenancy.scope import NoProgramme, current_programme, programme_scope
from portal.tenancy.wall import build_wall
from portal.web.models import Page


def make_page(title: str = "サイトポリシー") -> Page:
    return Page.objects.create(slug=Page.Slug.SITE_POLICY, title=title, body="本文")


def test_a_programme_sees_only_its_own_rows(kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(kanagawa):
        page = make_page()
    with programme_scope(tokyo):
        assert not Page.objects.filter(pk=page.pk).exists()
        assert Page.objects.filter(pk=page.pk).update(title="別") == 0
        assert Page.objects.filter(pk=page.pk).delete()[0] == 0
    with programme_scope(kanagawa):
        assert Page.objects.get().title == "サイトポリシー"


def test_a_query_outside_a_programme_raises(kanagawa: Programme) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        list(Page.objects.all())
    with programme_scope(kanagawa):
        make_page()
    with pytest.raises(DatabaseError), transaction.atomic():
        list(Page.objects.all())
    with pytest.raises(NoProgramme):
        current_programme()


def test_a_row_cannot_be_written_into_another_programme(kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(kanagawa), pytest.raises(DatabaseError), transaction.atomic():
        Page.objects.create(programme=tokyo, slug=Page.Slug.PRIVACY, title="x", body="x")


def test_scopes_nest_and_come_back(kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(kanagawa):
        make_page("神奈川")
        with programme_scope(tokyo):
            make_page("東京")
            assert Page.objects.get().title == "東京"
        assert Page.objects.get().title == "神奈川"


def test_a_rolled_back_transaction_does_not_leave_the_wrong_programme(kanagawa: Programme, tokyo: Programme) -> None:
    """A rollback takes the setting back to its former value; the connection must notice."""
    with programme_scope(tokyo):
        make_page("東京")
    with programme_scope(kanagawa):
        make_page("神奈川")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            with programme_scope(tokyo):
                assert Page.objects.get().title == "東京"
            raise ZeroDivisionError
        assert Page.objects.get().title == "神奈川"
    with programme_scope(tokyo):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            assert Page.objects.get().title == "東京"
            raise ZeroDivisionError
        assert Page.objects.get().title == "東京"


def test_the_scope_survives_a_lost_connection(committed: None) -> None:
    from tests.factories import make_programme

    kanagawa = make_programme("kanagawa")
    with programme_scope(kanagawa):
        make_page()
        connection.close()
        assert Page.objects.count() == 1


def test_threads_do_not_share_a_scope(committed: None) -> None:
    from tests.factories import make_programme

    programmes = [make_programme("kanagawa"), make_programme("tokyo")]

    def work(programme: Programme) -> set[int | None]:
        try:
            with programme_scope(programme):
                make_page(programme.slug)
                return {Page.objects.get().programme_id for _ in range(20)}
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, programmes)) == [{programme.pk} for programme in programmes]


def test_a_pooled_connection_is_handed_back_without_a_programme(committed: None) -> None:
    from tests.factories import make_programme

    kanagawa = make_programme("kanagawa")
    pooled: Any = connections.create_connection("default")
    pooled.settings_dict = pooled.settings_dict | {
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 1}},
    }
    pooled.alias = "pooled"
    try:
        with programme_scope(kanagawa), pooled.cursor() as cursor:
            cursor.execute("SELECT current_setting('portal.programme')")
            assert cursor.fetchone() == (str(kanagawa.pk),)
        pooled.close()
        # The same server connection, borrowed past Django: nothing may be left on it.
        with pooled.pool.connection() as borrowed:
            assert borrowed.execute("SELECT current_setting('portal.programme', true)").fetchone() == ("",)
    finally:
        pooled.close_pool()


def test_uniqueness_is_per_programme(kanagawa: Programme, tokyo: Programme) -> None:
    for programme in (kanagawa, tokyo):
        with programme_scope(programme):
            make_page()
    with programme_scope(tokyo), pytest.raises(IntegrityError), transaction.atomic():
        make_page()


def test_a_data_migration_needs_a_scope_even_as_owner(committed: None) -> None:
    """Under FORCE the owner is held too: outside a scope a migration fails loudly, instead of changing nothing."""
    from tests.factories import make_programme

    kanagawa = make_programme("kanagawa")
    with programme_scope(kanagawa):
        make_page()
    with pytest.raises(DatabaseError):
        Page.objects.using("owner").update(title="新")
    with programme_scope(kanagawa):
        assert Page.objects.using("owner").update(title="新") == 1


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE web_page DISABLE ROW LEVEL SECURITY",
        "DROP POLICY programme ON web_page",
        "ALTER ROLE kakehashi_app BYPASSRLS",
        "SET ROLE kakehashi_owner",
        "SET SESSION AUTHORIZATION kakehashi_owner",
        "TRUNCATE web_page",
        "CREATE TABLE public.own (id int)",
        "UPDATE django_migrations SET app = 'x'",
    ],
)
def test_the_application_cannot_step_over_the_wall(in_kanagawa: Programme, statement: str) -> None:
    assert settings.DATABASES["default"]["USER"] == "kakehashi_app"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_row_security_switch_does_not_help(in_kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(tokyo):
        make_page()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL row_security = off")
        cursor.execute("SELECT * FROM web_page")


def test_the_record_is_append_only(in_kanagawa: Programme, kanagawa: Programme) -> None:
    event = record_event(action=Action.PROGRAMME_CHANGED, subject=kanagawa, actor=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        event.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        event.reason = "後から"
        event.save()


def test_the_record_is_append_only_for_the_owner_too(committed: None) -> None:
    from tests.factories import make_programme

    kanagawa = make_programme("kanagawa")
    with programme_scope(kanagawa):
        record_event(action=Action.PROGRAMME_CHANGED, subject=kanagawa, actor=None)
        for statement in ("UPDATE audit_auditevent SET reason = 'x'", "DELETE FROM audit_auditevent"):
            with pytest.raises(DatabaseError, match="append-only"), connections["owner"].cursor() as cursor:
                cursor.execute(statement)


def test_the_wall_is_finished_over_rows_that_exist(committed: None) -> None:
    """A foreign key that comes to a table with rows is checked over all programmes, outside any scope."""
    from tests.factories import make_programme

    for slug in ("kanagawa", "tokyo"):
        with programme_scope(make_programme(slug)):
            mail = OutgoingMail.objects.create(message="x", priority=0, dedupe_key="x", to="a@example.jp")
            MailProblem.objects.create(mail=mail, state="deferred", answer="x")
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE outbox_mailproblem DROP CONSTRAINT outbox_mailproblem_mail_id_wall")
        build_wall(cursor, app_role=settings.DATABASES["default"]["USER"])
        cursor.execute(
            "SELECT bool_and(convalidated) FROM pg_constraint WHERE conname = 'outbox_mailproblem_mail_id_wall'"
        )
        assert cursor.fetchone() == (True,)
        cursor.execute(
            "SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE relname LIKE 'outbox_mail%' AND relkind = 'r'"
        )
        assert cursor.fetchone() == (True,)
