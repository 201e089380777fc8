"""From the tables to the plain values of facts.py, and on to what is owed. As few queries for a thousand partners as for one."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q

from partners.models import Batch, Fact, Partner
from partners.states import PartnerState
from renewals import facts
from renewals.models import ExtendedPartner, Extension, Reminder, Report, RuleVersion, Standing
from renewals.obligations import Obligations, obligations
from renewals.rulebook import Rulebook

# Of a report: its long texts stay where they are.
DATES = ("fiscal_year", "received_on", "returned_on", "corrected_on", "hidden_on", "entered_on")
OLD_COHORT = re.compile(r"第?\s*([0-9]+)\s*期")


def rulebook() -> Rulebook | None:
    """The decided versions; None where the programme has decided on none yet, and asks for nothing."""
    versions = [version.rules for version in RuleVersion.objects.approved()]
    return Rulebook(versions) if versions else None


def cohort_of(batch: Batch | None) -> str:
    """The number of an old cohort: 第7期 is "7". Monthly batches have no dates of their own."""
    found = OLD_COHORT.fullmatch(batch.label) if batch else None
    return found[1] if found else ""


def what_is_owed(partners: Sequence[Partner], today: date) -> dict[int, Obligations]:
    """By partner; nothing where the programme has no rules. Whoever was never registered owes nothing, and is left out."""
    rules = rulebook()
    if rules is None:
        return {}
    return {
        partner_id: obligations(registration, rules, reports, today)
        for partner_id, (registration, reports) in records_of(partners).items()
    }


def owed_by(partner: Partner, today: date) -> Obligations | None:
    return what_is_owed([partner], today).get(partner.pk)


def records_of(partners: Sequence[Partner]) -> dict[int, tuple[facts.Registration, list[facts.Report]]]:
    """What is on record about each registered partner. Six queries, however many there are."""
    registered = [partner for partner in partners if partner.approved_on]
    ids = [partner.pk for partner in registered]
    batches = Batch.objects.in_bulk({partner.batch_id for partner in registered if partner.batch_id})
    earlier = dict(Standing.objects.filter(partner__in=ids).values_list("partner_id", "earlier_renewals"))
    suspensions, removals = _pauses(ids)
    extensions = _extensions(ids)
    reports: dict[int, list[facts.Report]] = defaultdict(list)
    for report in Report.objects.filter(partner__in=ids).only("partner", *DATES):
        reports[report.partner_id].append(as_fact(report))
    return {
        partner.pk: (
            facts.Registration(
                partner=str(partner.pk),
                approvals=(partner.approved_on,),  # type: ignore[arg-type]  # filtered above
                cohort=cohort_of(batches.get(partner.batch_id or 0)),
                earlier_renewals=earlier.get(partner.pk, 0),
                extensions=tuple(extensions[partner.pk]),
                suspensions=tuple(suspensions[partner.pk]),
                removals=tuple(removals[partner.pk]),
            ),
            reports[partner.pk],
        )
        for partner in registered
    }


def as_fact(report: Report) -> facts.Report:
    # What staff entered counts from the day on which it came; it became known when it was entered.
    return facts.Report(
        received_on=report.received_on,
        fiscal_year=report.fiscal_year,
        returned_on=report.returned_on,
        corrected_on=report.corrected_on,
        hidden_on=report.hidden_on,
        entered_on=report.entered_on,
    )


Pauses = dict[int, list[facts.Pause]]


def _pauses(ids: Sequence[int]) -> tuple[Pauses, Pauses]:
    suspensions: Pauses = defaultdict(list)
    removals: Pauses = defaultdict(list)
    kinds = {PartnerState.SUSPENDED: suspensions, PartnerState.ENDED: removals}
    rows = Fact.objects.filter(partner__in=ids, field=Fact.Field.STATE, value__in=[*kinds]).order_by("since", "id")
    for fact in rows:
        if fact.until is None or fact.until > fact.since:
            kinds[PartnerState(fact.value)][fact.partner_id].append(facts.Pause(fact.since, fact.until))
    return suspensions, removals


def _extensions(ids: Sequence[int]) -> dict[int, list[facts.Extension]]:
    """Withdrawn ones too: they say why a date came back."""
    chosen: dict[int, list[int]] = defaultdict(list)
    for extension_id, partner_id in ExtendedPartner.objects.filter(partner__in=ids).values_list(
        "extension_id", "partner_id"
    ):
        chosen[extension_id].append(partner_id)
    moved: dict[int, list[facts.Extension]] = defaultdict(list)
    for row in Extension.objects.filter(Q(is_for_all=True) | Q(pk__in=list(chosen))).order_by("id"):
        fact = facts.Extension(
            due_from=row.due_from,
            due_to=row.due_to,
            until=row.until,
            reason=row.reason,
            recorded_on=row.recorded_on,
            kind=facts.DutyKind(row.kind) if row.kind else None,
            withdrawn_on=row.withdrawn_on,
        )
        for partner_id in ids if row.is_for_all else chosen[row.pk]:
            moved[partner_id].append(fact)
    return moved


def sent_keys(partner_ids: Iterable[int]) -> dict[int, set[str]]:
    sent: dict[int, set[str]] = defaultdict(set)
    for partner_id, key in Reminder.objects.filter(partner__in=list(partner_ids)).values_list("partner_id", "key"):
        sent[partner_id].add(key)
    return sent
