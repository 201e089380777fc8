"""Importing from the upload to the undoing: nothing half done, nothing lost."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from partners.importing.mapping import guess, targets
from partners.importing.reading import Row, Table
from partners.importing.showing import bad_cells
from partners.models import Activity, Batch, DirectoryKey, Equipment, Fact, ImportRow, ImportRun, Partner
from partners.services.importing import (
    CHUNK,
    KEPT,
    forget_imports,
    map_columns,
    start_import,
    undo_import,
    upload_table,
    work_on,
)
from partners.services.records import change_partner, lock_partner
from partners.services.registration import approve_application
from partners.states import ImportState, PartnerState
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, StaffRole
from portal.web.staff.record import readable_changes
from tests.factories import make_actor, make_checked_application, make_member, make_partner, make_programme

ALL_SECTIONS = ["basic", "place", "business", "initiatives", "collaboration", "capability", "contact"]


@pytest.fixture
def officer(in_kanagawa: Programme) -> Actor:
    return make_actor(StaffRole.OFFICER, in_kanagawa)


def table_of(*rows: dict[str, str]) -> Table:
    headings = tuple(dict.fromkeys(heading for row in rows for heading in row))
    return Table(
        headings,
        tuple(Row(number, tuple(row.get(one, "") for one in headings)) for number, row in enumerate(rows, start=2)),
    )


def tried(officer: Actor, *rows: dict[str, str], mapping: dict[str, str] | None = None) -> ImportRun:
    """A table after its dry run."""
    table = table_of(*rows)
    run = upload_table(name="一覧.csv", table=table, actor=officer)
    map_columns(run=run, mapping=mapping or guess(table.headings, ALL_SECTIONS, {}), actor=officer)
    return worked(run)


def worked(run: ImportRun) -> ImportRun:
    while work_on(run.pk):
        pass
    return ImportRun.objects.get(pk=run.pk)


def imported(officer: Actor, *rows: dict[str, str]) -> ImportRun:
    run = tried(officer, *rows)
    assert problems(run) == []
    start_import(run=run, actor=officer)
    return worked(run)


def test_only_officers_import(officer: Actor, in_kanagawa: Programme) -> None:
    table, run = table_of({"企業・団体名": "甲"}), tried(officer, {"企業・団体名": "甲"})
    for actor in (make_actor(None, in_kanagawa), make_actor(StaffRole.READ_ONLY, in_kanagawa)):
        for deed in (
            lambda actor=actor: upload_table(name="一覧.csv", table=table, actor=actor),
            lambda actor=actor: map_columns(run=run, mapping={}, actor=actor),
            lambda actor=actor: start_import(run=run, actor=actor),
            lambda actor=actor: undo_import(run=run, actor=actor),
        ):
            with pytest.raises(PermissionDenied):
                deed()
    assert ImportRun.objects.get().state == run.state


def problems(run: ImportRun) -> list[tuple[int, str, str]]:
    return [(cell.row, cell.heading, cell.problem) for cell in bad_cells(run.rows.bad())]


def content() -> list[Any]:
    """Everything that an import may write about partners."""
    hidden = ("revision", "changed_at")
    partners = [
        {name: value for name, value in row.items() if name not in hidden}
        for row in Partner.objects.order_by("pk").values()
    ]
    open_facts = Fact.objects.open().order_by("partner", "field", "value").values_list("partner", "field", "value")
    return [
        partners,
        list(open_facts),
        list(DirectoryKey.objects.order_by("key", "partner").values_list("key", "partner")),
    ]


def test_a_table_becomes_partners_that_have_not_moved_over_yet(officer: Actor) -> None:
    batch = Batch.objects.create(label="第7期", closes_on=date(2022, 11, 30))
    run = imported(
        officer,
        {
            "団体名": "株式会社髙﨑",
            "登録番号": "第１０４０号",
            "期": "7",
            "承認日": "令和4年12月22日",
            "市区町村": "横浜市",
            "メール": "A@EXAMPLE.JP",
        },
        {"団体名": "NPO法人みなと", "登録番号": "1041", "期": "第7期", "承認日": "", "市区町村": "", "メール": ""},
    )
    assert run.state == ImportState.DONE
    first, second = Partner.objects.order_by("number")
    assert (first.number, first.name, first.batch, first.approved_on) == (
        1040,
        "株式会社髙﨑",
        batch,
        date(2022, 12, 22),
    )
    assert (first.contact_email, first.municipality_name) == ("a@example.jp", "横浜市")
    assert (second.number, second.is_migrated, second.state) == (1041, False, PartnerState.REGISTERED)
    # Facts hold from the day of approval, where it is known.
    assert (
        Fact.objects.on(date(2023, 1, 1)).filter(field="name").values_list("value", flat=True).get() == "株式会社髙﨑"
    )


def test_every_bad_row_and_cell_is_named_and_nothing_is_written(officer: Actor) -> None:
    make_partner(number=5, name="株式会社五番", state=PartnerState.ENDED)
    make_partner(number=6, name="六番")
    run = tried(
        officer,
        {"名称": "甲", "登録番号": "x", "メール": "a@example.jp", "承認日": "令和4年13月1日", "期": ""},
        {"名称": "乙", "登録番号": "7", "メール": "だめ", "承認日": "", "期": "第9期"},
        {"名称": "丙", "登録番号": "7", "メール": "", "承認日": "", "期": ""},
        {"名称": "", "登録番号": "8", "メール": "", "承認日": "", "期": ""},
        {"名称": "丁", "登録番号": "5", "メール": "", "承認日": "", "期": ""},
        {"名称": "六番", "登録番号": "", "メール": "", "承認日": "", "期": ""},
        {"名称": "戊", "登録番号": "0", "メール": "", "承認日": "", "期": ""},
    )
    named = {(row, heading) for row, heading, _text in problems(run)}
    assert named == {
        (2, "登録番号"), (2, "承認日"), (3, "登録番号"), (3, "メール"), (3, "期"), (4, "登録番号"),
        (5, "名称"), (6, "登録番号"), (7, "名称"), (8, "登録番号"),
    }  # fmt: skip
    assert run.counts == {"rows": 7, "bad": 7, "new": 0, "changed": 0}
    assert Partner.objects.count() == 2
    with pytest.raises(ValidationError, match="直すところ"):
        start_import(run=run, actor=officer)


def test_one_bad_cell_among_twenty_thousand_rows_is_found(officer: Actor) -> None:
    rows = [{"登録番号": str(number), "名称": f"団体{number}", "電話": "045-000-0000"} for number in range(1, 20_001)]
    rows[12_344]["電話"] = "0"
    run = tried(officer, *rows)
    assert run.counts == {"rows": 20_000, "bad": 1, "new": 19_999, "changed": 0}
    [(row, heading, _text)] = problems(run)
    assert (row, heading) == (12_346, "電話")


def test_an_existing_partner_is_changed_where_a_cell_says_something(officer: Actor) -> None:
    partner = make_partner(number=3, name="株式会社旧", website="https://old.example.jp/", contact_name="山田")
    run = imported(officer, {"登録番号": "3", "名称": "株式会社新", "担当者": ""})
    partner.refresh_from_db()
    assert (partner.name, partner.contact_name, partner.is_migrated) == ("株式会社新", "山田", True)
    assert run.rows.get().before == {"name": "株式会社旧"}
    assert AuditEvent.objects.filter(action=Action.PARTNER_IMPORTED, subject_id=str(partner.pk)).count() == 1


def test_an_industry_fits_its_division_whichever_of_them_the_row_gives(officer: Actor) -> None:
    make_partner(number=1, name="甲", industry_division="F", industry_group="33")
    told = problems(
        tried(
            officer,
            {"登録番号": "1", "名称": "", "業種（大分類）": "製造業", "業種（中分類）": ""},
            {"登録番号": "2", "名称": "乙", "業種（大分類）": "製造業", "業種（中分類）": "33"},
            {"登録番号": "3", "名称": "丙", "業種（大分類）": "", "業種（中分類）": "33"},
        )
    )
    assert [(row, heading) for row, heading, _problem in told] == [(2, "業種（大分類）"), (3, "業種（中分類）")]


def test_without_a_number_the_next_ones_are_given(officer: Actor) -> None:
    make_partner(number=70)
    imported(officer, {"名称": "甲", "登録番号": ""}, {"名称": "乙", "登録番号": "75"}, {"名称": "丙", "登録番号": ""})
    assert dict(Partner.objects.exclude(number=70).values_list("name", "number")) == {"甲": 76, "乙": 75, "丙": 77}


def test_given_numbers_lie_above_those_of_every_part_of_the_table(officer: Actor) -> None:
    """Rows are imported in parts: a number that stands in a later one is not given in an earlier one."""
    make_partner(number=70)
    blank = [{"名称": f"団体{number}", "登録番号": ""} for number in range(CHUNK)]
    run = imported(officer, *blank, {"名称": "甲", "登録番号": "71"}, {"名称": "乙", "登録番号": "90"})
    assert problems(run) == []
    assert Partner.objects.count() == CHUNK + 3
    assert dict(Partner.objects.filter(name__in="甲乙").values_list("name", "number")) == {"甲": 71, "乙": 90}
    given = Partner.objects.filter(name__startswith="団体").order_by("number")
    assert list(given.values_list("number", flat=True)) == list(range(91, 91 + CHUNK))


def test_a_number_is_not_given_again_when_its_partner_was_undone(officer: Actor) -> None:
    run = imported(officer, {"登録番号": "5", "名称": "甲"}, {"登録番号": "", "名称": "乙"})
    undo_import(run=run, actor=officer)
    worked(run)
    assert not Partner.objects.exists()
    approve_application(application=make_checked_application(), approved_on=timezone.localdate(), actor=officer)
    assert Partner.objects.get().number == 7


def test_a_row_never_changes_another_partner_than_the_dry_run_told(officer: Actor) -> None:
    """An approval in between is given the number that the table has for a new organisation."""
    run = tried(officer, {"登録番号": "1", "名称": "甲"}, {"登録番号": "2", "名称": "乙"})
    approve_application(application=make_checked_application(), approved_on=timezone.localdate(), actor=officer)
    start_import(run=run, actor=officer)
    run = worked(run)
    [(row, heading, problem)] = problems(run)
    assert (row, heading) == (2, "登録番号") and "確かめたあと" in problem
    assert dict(Partner.objects.values_list("number", "name")) == {1: "株式会社みなとデザイン", 2: "乙"}


def test_a_partner_that_is_gone_is_not_added_in_place_of_the_change(officer: Actor) -> None:
    first = imported(officer, {"登録番号": "1", "名称": "甲"})
    run = tried(officer, {"登録番号": "1", "名称": "甲改"})
    undo_import(run=first, actor=officer)
    worked(first)
    start_import(run=run, actor=officer)
    assert [row for row, _heading, _problem in problems(worked(run))] == [2]
    assert not Partner.objects.exists()


def test_the_same_name_that_came_meanwhile_is_told(officer: Actor) -> None:
    run = tried(officer, {"名称": "ＡＢＣ商事", "電話": "045-000-0000"})
    make_partner(name="ABC商事")
    start_import(run=run, actor=officer)
    assert [row for row, _heading, _problem in problems(worked(run))] == [2]


def test_an_approval_during_an_import_gets_a_number_that_no_row_has(officer: Actor) -> None:
    run = tried(officer, *({"登録番号": str(number), "名称": f"団体{number}"} for number in range(1, CHUNK + 3)))
    start_import(run=run, actor=officer)
    assert work_on(run.pk)
    partner = approve_application(
        application=make_checked_application(), approved_on=timezone.localdate(), actor=officer
    )
    assert partner.number == CHUNK + 3
    assert problems(worked(run)) == []


def test_the_same_table_twice_adds_nothing(officer: Actor) -> None:
    rows = [{"登録番号": "1", "名称": "甲"}, {"登録番号": "2", "名称": "乙"}]
    imported(officer, *rows)
    before = content()
    imported(officer, *rows)
    assert content() == before


def test_undoing_leaves_everything_as_it_was(officer: Actor) -> None:
    make_partner(number=1, name="甲", municipality="141003", goals=[7])
    partner = lock_partner(Partner.objects.get().pk)
    change_partner(partner=partner, values={"goals": [7, 13]}, actor=officer)
    before = content()
    run = imported(
        officer, {"登録番号": "1", "名称": "甲改", "承認日": "R6.4.1", "SDGs": "1、2"}, {"登録番号": "2", "名称": "乙"}
    )
    assert content() != before
    undo_import(run=run, actor=officer)
    run = worked(run)
    assert run.state == ImportState.UNDONE
    assert content() == before
    assert AuditEvent.objects.filter(action=Action.PARTNER_DELETED).count() == 1
    with pytest.raises(ValidationError, match="完了した取込みだけ"):
        undo_import(run=run, actor=officer)


def changed_by_somebody(partner: Partner, officer: Actor) -> None:
    change_partner(partner=lock_partner(partner.pk), values={"phone": "045-111-1111"}, actor=officer)


@pytest.mark.parametrize(
    "later",
    [
        changed_by_somebody,
        lambda partner, officer: make_member(partner=partner),
        lambda partner, officer: Equipment.objects.create(partner=partner, name="旋盤"),
        lambda partner, officer: Activity.objects.create(
            partner=partner, on=date(2026, 1, 1), kind=Activity.Kind.MEETING, title="参加", key="meeting:1"
        ),
    ],
    ids=["changed", "has people", "has equipment", "was active"],
)
def test_what_was_done_since_is_not_undone(officer: Actor, later: Any) -> None:
    run = imported(officer, {"登録番号": "1", "名称": "甲"}, {"登録番号": "2", "名称": "乙"})
    later(Partner.objects.get(number=2), officer)
    before = content()
    with pytest.raises(ValidationError, match=r"1団体で.*乙"):
        undo_import(run=run, actor=officer)
    assert content() == before
    assert worked(run).state == ImportState.DONE


def test_what_happens_after_the_button_is_still_seen(officer: Actor) -> None:
    run = imported(officer, {"登録番号": "1", "名称": "甲"})
    undo_import(run=run, actor=officer)
    make_member(partner=Partner.objects.get())
    run = worked(run)
    assert run.state == ImportState.DONE
    assert "甲" in run.refusal
    assert Partner.objects.count() == 1


def test_a_row_that_became_wrong_is_left_out_and_told(officer: Actor) -> None:
    make_partner(number=1, name="甲")
    run = tried(officer, {"登録番号": "1", "名称": "甲改"}, {"登録番号": "2", "名称": "乙"})
    start_import(run=run, actor=officer)
    Partner.objects.filter(number=1).update(state=PartnerState.ENDED)
    run = worked(run)
    assert run.state == ImportState.DONE
    assert problems(run) == [(2, "登録番号", "この団体の登録は終わっています。")]
    assert dict(Partner.objects.values_list("number", "name")) == {1: "甲", 2: "乙"}


def test_columns_that_make_no_sense_are_refused(officer: Actor) -> None:
    run = upload_table(name="x.csv", table=table_of({"A": "甲", "B": "乙"}), actor=officer)
    for mapping, sentence in ({"A": "name", "B": "name"}, "二つ以上"), ({"A": "phone"}, "登録番号"):
        with pytest.raises(ValidationError, match=sentence):
            map_columns(run=run, mapping=mapping, actor=officer)


def test_old_tables_are_forgotten(officer: Actor) -> None:
    run = imported(officer, {"登録番号": "1", "名称": "甲"})
    now = timezone.now()
    forget_imports(now + KEPT - timedelta(minutes=1))
    assert run.rows.exists()
    forget_imports(now + KEPT + timedelta(minutes=1))
    assert not run.rows.exists()
    with pytest.raises(ValidationError, match="控え"):
        undo_import(run=run, actor=officer)


CELLS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789０１２３-/.年月日令和RH元第期号：,、 　=+@", max_size=20),
    st.sampled_from(["1", "２", "甲", "株式会社", "R6.4.13", "令和元年5月1日", "=cmd|' /C calc'!A0", "横浜市", "x" * 3000, "7、13",
                     "99999999999999", "https://example.jp/" + "x" * 600, "a@example.jp", "ﾌﾘｶﾞﾅ", "法人", "-" * 40 + "045000000000",
                     "\u202e甲", "か\u3099", "1/1", "24", "F", "company", "5010001008846"]),
)  # fmt: skip


class TestFuzz(TestCase):
    """Whatever stands in the cells: no exception, and an import that is whole or does not begin."""

    @hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
    @given(
        names=st.lists(st.sampled_from(sorted(targets(ALL_SECTIONS))), min_size=1, max_size=12, unique=True),
        data=st.data(),
    )
    def test_any_cells(self, names: list[str], data: st.DataObject) -> None:
        names = list(dict.fromkeys([*names, "number", "name"]))
        rows = data.draw(st.lists(st.lists(CELLS, min_size=len(names), max_size=len(names)), min_size=1, max_size=5))
        with programme_scope(
            Programme.objects.filter(slug="kanagawa").first() or make_programme("kanagawa")
        ) as programme:
            officer = make_actor(StaffRole.OFFICER, programme)
            usable = [[cell.replace("\0", "") for cell in row] for row in rows]
            table = Table(tuple(names), tuple(Row(n, tuple(cells)) for n, cells in enumerate(usable, start=2)))
            run = upload_table(name="x.csv", table=table, actor=officer)
            map_columns(run=run, mapping={name: name for name in names}, actor=officer)
            run = worked(run)
            assert run.state == ImportState.TRIED
            before = Partner.objects.count()
            if run.counts["bad"]:
                with pytest.raises(ValidationError):
                    start_import(run=run, actor=officer)
                assert Partner.objects.count() == before
                return
            start_import(run=run, actor=officer)
            run = worked(run)
            assert (run.state, ImportRow.objects.waiting().filter(run=run).count()) == (ImportState.DONE, 0)
            assert Partner.objects.count() == before + run.counts["new"]
            undo_import(run=run, actor=officer)
            assert worked(run).state == ImportState.UNDONE
            assert Partner.objects.count() == before


def test_an_import_reads_in_words_on_the_record(officer: Actor) -> None:
    """Its rows are a table of their own, which has no name as a field has."""
    imported(officer, {"企業・団体名": "甲"})
    said = [[change.label for change in readable_changes(event)] for event in AuditEvent.objects.order_by("id")]
    assert ["ファイル", "件数"] in said and ["加わる団体", "変わる団体"] in said
