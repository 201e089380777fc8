"""Published numbers: once for each day, from dated facts, never changed afterwards."""

from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, transaction
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from partners.models import DailyFigures, Partner
from partners.queries.figures import count_on, figures_of
from partners.services.figures import keep_figures
from partners.services.records import add_partner, change_partner
from partners.states import PartnerState
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor
from tests.factories import make_programme

STAFF = Actor()
DAY = date(2026, 4, 1)


def add(number: int, on: date, **values: object) -> Partner:
    return add_partner(values={"number": number, "name": f"団体{number}", **values}, actor=STAFF, on=on)


def version_of(programme: Programme) -> int:
    return Programme.objects.values_list("content_version", flat=True).get(pk=programme.pk)


def test_a_past_day_is_answered_as_it_was(in_kanagawa: Programme, tokyo: Programme) -> None:
    first = add(1, DAY, kind="company", goals=[7, 13], municipality="141003")
    add(2, DAY + timedelta(days=10), kind="npo", goals=[13])
    change_partner(partner=first, values={"goals": [7]}, actor=STAFF, on=DAY + timedelta(days=5))
    change_partner(partner=first, values={"state": PartnerState.ENDED}, actor=STAFF, on=DAY + timedelta(days=20))
    with programme_scope(tokyo):
        add(1, DAY)
    before, start, later, end = (count_on(DAY + timedelta(days=days)) for days in (-1, 0, 10, 20))
    assert before["partners"] == 0
    assert (start["partners"], start["goals"], start["municipality"]) == (1, {"7": 1, "13": 1}, {"141003": 1})
    assert (later["partners"], later["goals"], later["kind"]) == (2, {"7": 1, "13": 1}, {"company": 1, "npo": 1})
    assert (end["partners"], end["kind"], end["goals"]) == (1, {"npo": 1}, {"13": 1})


def test_each_ended_day_is_kept_once_and_missed_days_are_made_up(in_kanagawa: Programme) -> None:
    add(1, DAY)
    before = version_of(in_kanagawa)
    assert keep_figures(today=DAY + timedelta(days=1)) == [DAY]
    # The page of figures, kept until now, begins with the day before.
    assert version_of(in_kanagawa) == before + 1
    assert keep_figures(today=DAY + timedelta(days=1)) == []
    assert version_of(in_kanagawa) == before + 1
    add(2, DAY + timedelta(days=2))
    # Beat stood still for three days.
    assert len(keep_figures(today=DAY + timedelta(days=4))) == 3
    kept = dict(DailyFigures.objects.values_list("on", "figures"))
    assert [kept[DAY + timedelta(days=days)]["partners"] for days in range(4)] == [1, 1, 2, 2]


def test_what_was_published_stays_when_facts_are_corrected_later(in_kanagawa: Programme) -> None:
    add(1, DAY)
    keep_figures(today=DAY + timedelta(days=1))
    add(2, DAY - timedelta(days=100))
    keep_figures(today=DAY + timedelta(days=2))
    assert figures_of(DAY)["partners"] == 1
    assert count_on(DAY)["partners"] == 2
    # A day of which nothing was published is counted.
    assert figures_of(DAY - timedelta(days=1))["partners"] == 1


@pytest.mark.parametrize(
    "change", ["UPDATE partners_dailyfigures SET figures = '{}'", "DELETE FROM partners_dailyfigures"]
)
def test_nobody_can_change_what_was_published(in_kanagawa: Programme, change: str) -> None:
    from django.db import connection

    keep_figures(today=DAY)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)
    assert DailyFigures.objects.count() == 1


class TestAnyHistory(TestCase):
    @hypothesis_settings(max_examples=25)
    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30), st.sampled_from(list(PartnerState))), max_size=12))
    def test_it_is_what_was_so_at_the_end_of_the_day(self, changes: list[tuple[int, int, PartnerState]]) -> None:
        with programme_scope(Programme.objects.filter(slug="kanagawa").first() or make_programme("kanagawa")):
            partners = [add(number, DAY) for number in range(1, 5)]
            states = {(number, day): PartnerState.REGISTERED for number in range(4) for day in range(31)}
            for number, day, state in sorted(changes, key=lambda change: change[1]):
                change_partner(
                    partner=partners[number], values={"state": state}, actor=STAFF, on=DAY + timedelta(days=day)
                )
                states |= {(number, later): state for later in range(day, 31)}
            for day in (0, 1, 15, 30):
                registered = sum(states[number, day] == PartnerState.REGISTERED for number in range(4))
                assert count_on(DAY + timedelta(days=day))["partners"] == registered
