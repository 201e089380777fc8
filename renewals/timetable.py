"""The way ahead of one partner, supposing that it renews on the due date and then hands in nothing: one row.

For the cohort timetable of a programme, and for comparing rules in the simulator.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from renewals.facts import Registration, Report
from renewals.obligations import Obligations, obligations
from renewals.rulebook import Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    term_starts: date | None = None
    term_ends: date | None = None
    renewal_opens: date | None = None
    renewal_due: date | None = None
    renewal_accepted_until: date | None = None
    registration_stops: date | None = None
    # The period after the renewal, or the present one where nothing is to be renewed.
    next_term_ends: date | None = None
    reports_from: date | None = None
    first_report_year: int | None = None
    next_report_due: date | None = None
    next_report_accepted_until: date | None = None
    removable_from: date | None = None

    def dates(self) -> dict[str, date]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, date)}


def timetable(registration: Registration, rulebook: Rulebook, reports: Iterable[Report], today: date) -> Timetable:
    return timetable_of(*outlook(registration, rulebook, reports, today))


def outlook(
    registration: Registration, rulebook: Rulebook, reports: Iterable[Report], today: date
) -> tuple[Obligations, Obligations]:
    """What holds today, and what will hold once the open term has been renewed on its due date (or now, if later)."""
    reports = tuple(reports)
    now = obligations(registration, rulebook, reports, today)
    if now.renewal is None:
        return now, now
    renewed_on = max(now.renewal.due_on, today)
    then = obligations(registration, rulebook, (*reports, Report(received_on=renewed_on)), renewed_on)
    return now, then


def timetable_of(now: Obligations, then: Obligations) -> Timetable:
    columns: dict[str, date | None] = {"reports_from": then.reports_from}
    if renewal := now.renewal:
        columns |= {
            "term_starts": renewal.covers_from,
            "term_ends": renewal.covers_to,
            "renewal_opens": renewal.opens_on,
            "renewal_due": renewal.due_on,
            "renewal_accepted_until": renewal.accepted_until,
            "registration_stops": renewal.stops_on,
        }
        if then.renewal:
            columns["next_term_ends"] = then.renewal.covers_to
    if then.reports:
        report = then.reports[0]
        columns |= {"next_report_due": report.due_on, "next_report_accepted_until": report.accepted_until}
    if then.removal:
        columns["removable_from"] = then.removal.on
    return Timetable(first_report_year=then.first_year, **columns)
