"""From the tables to plain values: what the arithmetic is told about a partner."""

from datetime import date

import pytest
from django.utils import timezone

from partners.models import Partner
from partners.services.records import add_partner
from partners.services.standing import move_partner
from partners.states import Move
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, StaffRole
from renewals.models import ExtendedPartner, Extension, Standing
from renewals.queries.records import cohort_of, owed_by, records_of, rulebook, what_is_owed
from renewals.states import State
from tests.factories import make_actor, make_batch, make_partner, make_report, make_rules

SEVENTH = date(2022, 12, 22)


def registered(**fields: object) -> Partner:
    return make_partner(**({"approved_on": SEVENTH} | fields))


def test_the_seventh_cohort_from_the_tables(in_kanagawa: Programme) -> None:
    make_rules()
    answer = owed_by(registered(batch=make_batch(label="第7期")), date(2024, 11, 1))
    assert answer is not None and answer.renewal is not None
    assert answer.renewal.term.end == date(2024, 12, 21)
    assert answer.renewal.due_on == date(2024, 11, 30)
    assert answer.state is State.DUE


def test_a_report_of_the_tables_counts(in_kanagawa: Programme) -> None:
    make_rules()
    partner = registered()
    make_report(partner, None, received_on=date(2024, 11, 20))
    answer = owed_by(partner, date(2025, 4, 1))
    assert answer is not None and answer.reports_from == date(2024, 12, 22)
    assert answer.reports[0].fiscal_year == 2025


def test_earlier_renewals_are_counted(in_kanagawa: Programme) -> None:
    make_rules()
    first = registered(approved_on=date(2019, 4, 23), batch=make_batch(label="第1期"))
    Standing.objects.create(partner=first, earlier_renewals=1)
    answer = owed_by(first, date(2023, 3, 1))
    assert answer is not None and answer.renewal is not None
    assert (answer.renewal.term.end, answer.renewal.due_on) == (date(2023, 4, 22), date(2023, 3, 31))


def test_an_extension_reaches_whom_it_is_for(in_kanagawa: Programme) -> None:
    make_rules()
    chosen, other = registered(), registered()
    row = Extension.objects.create(
        due_from=date(2024, 11, 1), due_to=date(2024, 11, 30), until=date(2024, 12, 10), reason="障害",
        meant_for="1団体", recorded_on=date(2024, 11, 5),
    )  # fmt: skip
    ExtendedPartner.objects.create(extension=row, partner=chosen)
    owed = what_is_owed([chosen, other], date(2024, 11, 10))
    assert owed[chosen.pk].renewal.due_on == date(2024, 12, 10)
    assert owed[other.pk].renewal.due_on == date(2024, 11, 30)
    Extension.objects.update(is_for_all=True)
    assert what_is_owed([other], date(2024, 11, 10))[other.pk].renewal.due_on == date(2024, 12, 10)


def test_suspension_and_removal_come_from_the_dated_facts(in_kanagawa: Programme) -> None:
    make_rules()
    approver = make_actor(StaffRole.APPROVER, in_kanagawa)
    partner = add_partner(values={"name": "青葉商事", "number": 7, "approved_on": SEVENTH}, actor=Actor())
    today = timezone.localdate()
    move_partner(partner_id=partner.pk, move=Move.SUSPEND, reason="連絡が取れない", actor=approver)
    assert owed_by(partner, today).state is State.SUSPENDED
    move_partner(partner_id=partner.pk, move=Move.REMOVE, reason="要綱による", actor=approver)
    assert owed_by(partner, today).state is State.REMOVED


def test_without_rules_nothing_is_owed(in_kanagawa: Programme) -> None:
    assert rulebook() is None
    assert owed_by(registered(), date(2026, 1, 1)) is None


def test_another_programmes_rules_are_its_own(in_kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(tokyo):
        make_rules("nagasaki")
    assert rulebook() is None


def test_who_was_never_registered_owes_nothing(in_kanagawa: Programme) -> None:
    make_rules()
    assert what_is_owed([make_partner(approved_on=None)], date(2026, 1, 1)) == {}


@pytest.mark.parametrize(("label", "cohort"), [("第7期", "7"), ("3期", "3"), ("", ""), ("2026年4月受付分", "")])
def test_the_number_of_an_old_cohort(in_kanagawa: Programme, label: str, cohort: str) -> None:
    assert cohort_of(make_batch(label=label)) == cohort
    assert cohort_of(None) == ""


def test_as_many_questions_for_three_as_for_one(in_kanagawa: Programme, django_assert_num_queries) -> None:
    make_rules()
    partners = [registered() for _ in range(3)]
    for partner in partners:
        make_report(partner)
    with django_assert_num_queries(5):
        records_of(partners[:1])
    with django_assert_num_queries(5):
        records_of(partners)
