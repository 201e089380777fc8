"""Reports: handed in, corrected, entered on behalf, returned, hidden and shown again. Each at once on the public pages.

Handing in protects: whatever the office does later, it counts from the day on which it came.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from partners.models import Activity, Partner
from partners.rules import may_edit_profile
from partners.search import folded
from partners.services.numbers import locked_settings
from partners.services.records import lock_partner, record_activity
from partners.services.telling import tell_owners
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.files.models import StoredFile
from portal.files.services import set_files
from portal.tenancy.models import Language
from portal.web.access import Actor, only_staff
from portal.web.content import content_changed
from portal.web.dates import fiscal_year_of
from portal.web.models import OnBehalf
from portal.web.receipts import next_receipt
from renewals.calendar import DAY, fiscal_year_start
from renewals.duties import RenewalDuty, ReportDuty
from renewals.models import Arrival, Report, ReportVersion
from renewals.models.reports import PHOTOS
from renewals.obligations import Obligations
from renewals.queries.records import owed_by
from renewals.services.daily import refresh_standing
from renewals.services.docket import close_if_answered
from renewals.stages import REPORT_TRANSITIONS, ReportState

# Of the address and of the forms: a report that renews a term instead of one of a fiscal year.
RENEWAL = "renewal"


class ChangedMeanwhile(ValueError):
    """Somebody else has changed the report since it was shown."""


@dataclass(frozen=True)
class Content:
    """What is written in a report, checked by its form."""

    texts: Mapping[str, str]
    goals: Sequence[int] = ()
    figures: Sequence[Sequence[str]] = ()
    photos: Sequence[StoredFile] = ()
    photos_alt: str = ""

    @property
    def values(self) -> dict[str, Any]:
        return {
            **self.texts,
            "goals": list(self.goals),
            "figures": [list(figure) for figure in self.figures],
            "photos_alt": self.photos_alt,
        }


@dataclass(frozen=True)
class Covers:
    """What a report is about."""

    fiscal_year: int | None
    first: date
    last: date


def what_may_be_reported(answer: Obligations | None, today: date) -> dict[str, Covers]:
    """By the word in the address: what is asked for now, and the year under way, for which one may always report."""
    if answer is None or answer.removed:
        return {}
    found = {
        (RENEWAL if isinstance(duty, RenewalDuty) else str(duty.fiscal_year)): _covers(duty) for duty in answer.duties
    }
    if answer.reports_from and answer.reports_from <= today and (answer.first_year or 0) <= fiscal_year_of(today):
        found.setdefault(str(fiscal_year_of(today)), covers_year(fiscal_year_of(today)))
    return found


def covers_year(year: int) -> Covers:
    return Covers(year, fiscal_year_start(year), fiscal_year_start(year + 1) - DAY)


def _covers(duty: RenewalDuty | ReportDuty) -> Covers:
    year = None if isinstance(duty, RenewalDuty) else duty.fiscal_year
    return Covers(year, duty.covers_from, duty.covers_to)


@transaction.atomic
def submit_report(
    *, form_key: UUID, partner_id: int, what: str, content: Content, actor: Actor, arrival: Arrival | None = None
) -> Report:
    """Pressed twice, it is handed in once: the same form gives the report that exists. `arrival` is the draft from another
    programme with which the form began.
    """
    if not may_edit_profile(actor, partner_id):
        raise PermissionDenied
    locked_settings()
    today, partner = timezone.localdate(), lock_partner(partner_id)
    if sent := _sent_with(form_key, partner):
        return sent
    covers = what_may_be_reported(owed_by(partner, today), today).get(what)
    if covers is None:
        raise ValidationError(_("いまは、この報告の受付期間ではありません。"))
    report = _received(partner, covers, content, actor, received_on=today, form_key=form_key)
    if arrival:
        Arrival.objects.filter(pk=arrival.pk, user=actor.user, report=None).update(report=report)
    _record(Action.REPORT_SENT, report, actor)
    _tell(report, "renewals.received", also=actor.user)
    return report


@dataclass(frozen=True)
class ReportEntry(OnBehalf):
    """A report that staff enter, with the day on which it came."""

    received_on: date = field(kw_only=True)
    # What was typed, in the place of `what_may_be_reported`: staff may enter any past year.
    covers: Covers = field(kw_only=True)


@transaction.atomic
def enter_report(*, form_key: UUID, partner_id: int, content: Content, entry: ReportEntry, actor: Actor) -> Report:
    """Pressed twice, it is entered once."""
    only_staff(actor)
    locked_settings()
    today, partner = timezone.localdate(), lock_partner(partner_id)
    if sent := _sent_with(form_key, partner):
        return sent
    if entry.received_on > today:
        raise ValidationError({"received_on": _("先の日付は選べません。")})
    if entry.covers.first > entry.received_on:
        raise ValidationError({"received_on": _("まだ始まっていない期間の報告は受け付けられません。")})
    report = _received(
        partner, entry.covers, content, actor, received_on=entry.received_on, form_key=form_key,
        entered_on=today, **entry.marks(actor.user),
    )  # fmt: skip
    _record(Action.REPORT_ENTERED, report, actor, entry.reason)
    _tell(report, "renewals.received")
    return report


@transaction.atomic
def change_report(*, report_id: int, content: Content, seen_revision: int, actor: Actor) -> Report:
    """The former text is kept. A returned report is thereby put right."""
    report = _locked(report_id)
    if not may_edit_profile(actor, report.partner_id):
        raise PermissionDenied
    if report.revision != seen_revision:
        raise ChangedMeanwhile
    before = report.content
    photos = list(StoredFile.objects.of(report, PHOTOS))
    if before == content.values and photos == list(content.photos) and not report.is_returned:
        return report
    ReportVersion.objects.create(report=report, content=before, replaced_by=actor.user)
    if report.is_returned:
        _move(report, ReportState.RECEIVED)
        report.corrected_on = timezone.localdate()
    report.revision += 1
    _write(report, content, actor)
    _record(Action.REPORT_CHANGED, report, actor)
    _follow_up(report)
    close_if_answered(partner=report.partner, actor=actor)
    return report


@transaction.atomic
def return_report(*, report_id: int, reason: str, actor: Actor) -> Report:
    """For correction. It stops counting, holds the deadline open, and is not shown until it is put right."""
    only_staff(actor)
    report = _locked(report_id)
    _move(report, ReportState.RETURNED)
    report.returned_on, report.returned_because, report.corrected_on = timezone.localdate(), reason.strip(), None
    report.save()
    _record(Action.REPORT_RETURNED, report, actor, reason)
    _tell(report, "renewals.returned", key=f"returned:{report.revision}", also=report.sent_by)
    _follow_up(report)
    return report


@transaction.atomic
def hide_report(*, report_id: int, reason: str, actor: Actor) -> Report:
    """From the public pages. It counts all the same, and its author is told why."""
    only_staff(actor)
    report = _locked(report_id)
    if report.is_hidden:
        raise ValidationError(_("すでに公開を止めています。"))
    report.hidden_on, report.hidden_because = timezone.localdate(), reason.strip()
    report.save()
    _record(Action.REPORT_HIDDEN, report, actor, reason)
    _tell(report, "renewals.hidden", key=f"hidden:{report.hidden_on}:{report.revision}", also=report.sent_by)
    _follow_up(report)
    return report


@transaction.atomic
def show_report(*, report_id: int, actor: Actor) -> Report:
    only_staff(actor)
    report = _locked(report_id)
    if not report.is_hidden:
        raise ValidationError(_("公開は止められていません。"))
    report.hidden_on, report.hidden_because = None, ""
    report.save()
    _record(Action.REPORT_SHOWN, report, actor)
    _follow_up(report)
    return report


def _sent_with(form_key: UUID, partner: Partner) -> Report | None:
    found: Report | None = Report.objects.filter(form_key=form_key, partner=partner).first()
    return found


def _received(
    partner: Partner, covers: Covers, content: Content, actor: Actor, *, received_on: date, **entry: Any
) -> Report:
    receipt = next_receipt(Report.objects.all(), timezone.localdate(), "R")
    report = Report(
        partner=partner, fiscal_year=covers.fiscal_year, covers_from=covers.first, covers_to=covers.last,
        receipt=receipt, received_on=received_on, sent_by=actor.user, **entry,
    )  # fmt: skip
    _write(report, content, actor)
    # The timeline is read by others: in Japanese, with an address that follows each reader's language.
    with override(Language.JAPANESE):
        record_activity(
            partner=partner,
            kind=Activity.Kind.REPORT,
            title=f"{report.title}を提出",
            key=f"report:{report.pk}",
            on=received_on,
            path=reverse("renewals:report", args=[report.pk]),
        )
    _follow_up(report)
    close_if_answered(partner=partner, actor=actor)
    return report


def _write(report: Report, content: Content, actor: Actor) -> None:
    for name, value in content.values.items():
        setattr(report, name, value)
    report.folded = folded([report.partner.name, *content.texts.values()])
    report.save()
    set_files(owner=report, slot=PHOTOS, files=content.photos, actor=actor.user, is_shown=True)


def _locked(report_id: int) -> Report:
    """The partner first, as in services/docket.py."""
    lock_partner(Report.objects.values_list("partner", flat=True).get(pk=report_id))
    report: Report = Report.objects.select_for_update(of=("self",)).select_related("partner").get(pk=report_id)
    return report


def _move(report: Report, state: ReportState) -> None:
    if state not in REPORT_TRANSITIONS[ReportState(report.state)]:
        raise ValidationError(_("「%s」の報告には、できません。") % report.get_state_display())
    report.state = state


def _record(action: Action, report: Report, actor: Actor, reason: str = "") -> None:
    changes = {"receipt": (None, report.receipt), "fiscal_year": (None, report.fiscal_year)}
    record_event(action=action, subject=report, actor=actor.user, changes=changes, reason=reason)


def _tell(report: Report, message: str, key: str = "", also: Any = None) -> None:
    tell_owners(message=message, partner=report.partner, key=key or report.receipt, data={}, also=also, about=report)


def _follow_up(report: Report) -> None:
    content_changed()
    refresh_standing(report.partner, timezone.localdate())
