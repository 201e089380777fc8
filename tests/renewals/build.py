"""One valid thing at a time, with days as they are written: "2024-03-31"."""

from datetime import date
from typing import Any

from renewals.examples import EXAMPLES
from renewals.facts import Extension, Pause, Registration, Report
from renewals.obligations import Obligations, obligations
from renewals.rulebook import Rulebook
from renewals.rules_json import read_rulebook, read_rules

day = date.fromisoformat

KANAGAWA = read_rulebook(EXAMPLES["kanagawa"])
KANAGAWA_STRICT = read_rulebook(EXAMPLES["kanagawa_strict"])
NAGASAKI = read_rulebook(EXAMPLES["nagasaki"])
SAITAMA = read_rulebook(EXAMPLES["saitama"])
NAGANO = read_rulebook(EXAMPLES["nagano"])
TWO_IN_A_ROW = read_rulebook(EXAMPLES["two_in_a_row"])


def rulebook(*versions: dict[str, Any]) -> Rulebook:
    """Versions by what differs from the defaults; the first is in force from 2019 on."""
    return Rulebook(
        read_rules({"name": f"第{number}版", "effective_on": "2019-04-01"} | version)
        for number, version in enumerate(versions, start=1)
    )


def registration(*approvals: str, partner: str = "1", **facts: Any) -> Registration:
    return Registration(partner=partner, approvals=tuple(map(day, approvals)), **facts)


def renewal(received_on: str, **days: str) -> Report:
    return Report(received_on=day(received_on), **{name: day(value) for name, value in days.items()})


def report(fiscal_year: int, received_on: str = "", **days: str) -> Report:
    """Received on 1 February of the fiscal year, unless said otherwise."""
    received = day(received_on or f"{fiscal_year + 1}-02-01")
    return Report(received_on=received, fiscal_year=fiscal_year, **{name: day(value) for name, value in days.items()})


def extension(due_from: str, due_to: str, until: str, recorded_on: str, **rest: Any) -> Extension:
    return Extension(
        due_from=day(due_from),
        due_to=day(due_to),
        until=day(until),
        recorded_on=day(recorded_on),
        reason=rest.pop("reason", "システムの障害"),
        **rest,
    )


def pause(since: str, ended_on: str | None = None) -> Pause:
    return Pause(day(since), day(ended_on) if ended_on else None)


def owed(partner: Registration, rules: Rulebook, reports: list[Report], today: str) -> Obligations:
    return obligations(partner, rules, reports, day(today))
