"""What the clock starts for every programme."""

import logging

import pytest

from portal.tenancy.models import Programme
from portal.tenancy.rounds import for_each_programme, for_each_row
from portal.tenancy.scope import current_programme, current_programme_or_none


def test_what_fails_for_one_programme_is_logged_and_the_others_are_served(
    kanagawa: Programme, tokyo: Programme, caplog: pytest.LogCaptureFixture
) -> None:
    first, done = Programme.objects.all()[0], []

    def fail() -> None:
        if current_programme() == first:
            raise ValueError("secret")

    with caplog.at_level(logging.ERROR):
        for_each_programme(fail, lambda: done.append(current_programme().slug))
    assert sorted(done) == sorted([kanagawa.slug, tokyo.slug])
    [line] = caplog.records
    assert line.facts == {"programme": first.slug}  # type: ignore[attr-defined]
    assert line.exc_info


def test_nobody_is_current_after_the_round(kanagawa: Programme, tokyo: Programme) -> None:
    for_each_programme(lambda: None)
    assert current_programme_or_none() is None


def test_a_row_that_fails_is_logged_and_keeps_no_other_from_its_turn(
    in_kanagawa: Programme, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[int] = []

    def step(key: int) -> None:
        if key == 1:
            raise ValueError("secret")
        done.append(key)

    for_each_row([1, 2], step)
    assert done == [2]
    assert len(caplog.records) == 1
