"""The timetable of the old cohorts: one row each, from the rules and the batches as they are in the tables."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from partners.models import Batch
from renewals.facts import Registration
from renewals.models import Standing
from renewals.queries.records import cohort_of, rulebook
from renewals.timetable import Timetable, timetable


@dataclass(frozen=True)
class CohortRow:
    label: str
    approved_on: date
    dates: Timetable


def cohort_rows() -> list[CohortRow]:
    """As it stands when the newest rules come into force: who renews on its due date goes this way. Three queries."""
    rules = rulebook()
    if rules is None:
        return []
    renewed = dict(Standing.objects.order_by().values_list("partner__batch").annotate(times=Max("earlier_renewals")))
    newest = rules.versions[-1].effective_on
    rows = []
    for batch in Batch.objects.exclude(approved_on=None).order_by("approved_on", "pk"):
        cohort, approved_on = cohort_of(batch), batch.approved_on
        if cohort and approved_on:
            registration = Registration(
                partner=str(batch),
                approvals=(approved_on,),
                cohort=cohort,
                earlier_renewals=renewed.get(batch.pk) or 0,
            )
            dates = timetable(registration, rules, (), max(approved_on, newest))
            rows.append(CohortRow(str(batch), approved_on, dates))
    return rows
