"""Reading a partner's record and its timeline, for its own people.

From the record a partner sees what was done to its data, and by whom of its own; staff are "the office".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Min, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from partners.models import Activity, ChangeRequest, Member, Partner
from portal.accounts.models import StaffAppointment
from portal.audit.models import Action, AuditEvent
from portal.web.dates import fiscal_year_of
from portal.web.staff.record import Change, readable_changes

# Who looked at what, and what staff said to each other, is not the partner's.
SHOWN = [
    Action.PARTNER_ADDED, Action.PARTNER_CHANGED, Action.PARTNER_ENTERED, Action.PARTNER_SUSPENDED,
    Action.PARTNER_RESUMED, Action.PARTNER_REMOVED, Action.PARTNER_LEFT, Action.PARTNER_RESTORED,
    Action.CHANGE_ASKED, Action.CHANGE_APPROVED, Action.CHANGE_REFUSED, Action.CHANGE_WITHDRAWN,
]  # fmt: skip
WITH_REASON = set(SHOWN) - {Action.PARTNER_ADDED, Action.PARTNER_CHANGED}


def events_of(partner: Partner) -> QuerySet[AuditEvent]:
    requests = [str(pk) for pk in ChangeRequest.objects.filter(partner=partner).values_list("pk", flat=True)]
    about = Q(subject_type=Partner._meta.label_lower, subject_id=str(partner.pk)) | Q(
        subject_type=ChangeRequest._meta.label_lower, subject_id__in=requests
    )
    return AuditEvent.objects.filter(about, action__in=SHOWN).select_related("actor")


@dataclass(frozen=True)
class Line:
    at: datetime
    what: str
    who: str
    reason: str
    changes: list[Change]
    is_on_behalf: bool


def lines(events: Sequence[AuditEvent], partner_id: int) -> Iterator[Line]:
    """Two queries for the people, however many lines."""
    actors = {event.actor_id for event in events if event.actor_id}
    names = {member.user_id: member.name for member in Member.objects.filter(partner=partner_id, user__in=actors)}
    offices = list(StaffAppointment.objects.filter(user__in=actors))
    for event in events:
        action = Action(event.action)
        yield Line(
            at=event.at,
            what=str(action.label),
            who=_who(event, names, offices),
            reason=event.reason if action in WITH_REASON else "",
            changes=_changes(event),
            is_on_behalf=action == Action.PARTNER_ENTERED,
        )


def _who(event: AuditEvent, names: dict[int, str], offices: Sequence[StaffAppointment]) -> str:
    """As it was then: whose place has gone to somebody else since was no office."""
    if event.actor_id is None:
        return _("システム")
    if any(one.user_id == event.actor_id and one.was_open_at(event.at) for one in offices):
        return _("事務局")
    return names.get(event.actor_id) or _("以前の担当者")


def _changes(event: AuditEvent) -> list[Change]:
    """Of a request, what was asked for: the field's own name with its values."""
    if "after" not in event.changes or event.subject_type != ChangeRequest._meta.label_lower:
        return list(readable_changes(event))
    before, after = event.changes["after"] or ("", "")
    asked = ChangeRequest(field=event.changes["field"][1], before=before or "", after=after)
    if event.changes["after"] is None:
        return [Change(str(asked.get_field_display()), kept=False)]
    return [Change(str(asked.get_field_display()), asked.before_in_words, asked.after_in_words)]


@dataclass(frozen=True)
class Wish:
    """What somebody asked to see of a timeline; what cannot be understood is ignored."""

    kind: str = ""
    year: int | None = None

    @classmethod
    def read(cls, address: QueryDict) -> "Wish":
        kind, year = str(address.get("kind", "")), str(address.get("year", ""))
        return cls(
            kind=kind if kind in Activity.Kind.values else "",
            year=int(year) if re.fullmatch(r"(19|20|21)[0-9]{2}", year) else None,
        )

    def found(self, partner: Partner) -> QuerySet[Activity]:
        found = Activity.objects.filter(partner=partner)
        if self.kind:
            found = found.filter(kind=self.kind)
        if self.year:
            found = found.filter(on__gte=date(self.year, 4, 1), on__lt=date(self.year + 1, 4, 1))
        return found


def kinds() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in Activity.Kind.choices]


def years_of(partner: Partner) -> list[int]:
    """The fiscal years of the timeline, the newest first."""
    ends = Activity.objects.filter(partner=partner).aggregate(first=Min("on"), last=Max("on"))
    if ends["first"] is None:
        return []
    return list(range(fiscal_year_of(ends["last"]), fiscal_year_of(ends["first"]) - 1, -1))
