"""What is owed, as pages, mails and staff read it: titles, dates, sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partners.models import Partner
from partners.queries.partners import partner_of
from partners.rules import may_edit_profile
from portal.web.access import Actor
from portal.web.dates import fiscal_year_name
from portal.web.registry import Due
from renewals.duties import Duty, RenewalDuty
from renewals.obligations import Obligations
from renewals.queries.records import owed_by
from renewals.reasons import Explained, explain, why_due, why_state
from renewals.states import LABELS, State

TONES = {
    State.DUE: "info",
    State.OVERDUE: "warning",
    State.TERM_EXPIRED: "error",
    State.GRACE: "error",
    State.REMOVABLE: "error",
    State.SUSPENDED: "warning",
    State.NOTHING_DUE: "success",
}


def duty_title(duty: Duty) -> str:
    if isinstance(duty, RenewalDuty):
        return _("登録の更新の活動報告")
    year = fiscal_year_name(duty.fiscal_year, get_language() or "ja")
    if duty.rules.reports_per_year > 1:
        return _("%(year)sの活動報告（%(part)d回目）") % {"year": year, "part": duty.part}
    return _("%(year)sの活動報告") % {"year": year}


def what_for(duty: Duty) -> str:
    """Stands in the address of the page where it is written: 2025, or renewal."""
    return "renewal" if isinstance(duty, RenewalDuty) else str(duty.fiscal_year)


@dataclass(frozen=True)
class DutyLine:
    """One thing owed, ready for a page."""

    duty: Duty
    title: str
    why: str
    # Days to the day until which it is accepted; negative when that is over.
    days_left: int

    @property
    def is_late(self) -> bool:
        return self.days_left < 0

    @property
    def days_late(self) -> int:
        return -self.days_left

    @property
    def is_accepted_longer(self) -> bool:
        return self.duty.accepted_until > self.duty.due_on

    @property
    def what_for(self) -> str:
        return what_for(self.duty)


def line_of(duty: Duty, today: date) -> DutyLine:
    return DutyLine(duty, duty_title(duty), str(why_due(duty)), (duty.accepted_until - today).days)


@dataclass(frozen=True)
class StandingPage:
    """How a partner stands today, with every date and why it is that date."""

    answer: Obligations
    state: str
    tone: str
    why: str
    open: list[DutyLine]
    next: DutyLine | None
    dates: list[tuple[str, list[Explained]]]


def standing_page(answer: Obligations) -> StandingPage:
    next_duty = answer.next_duty
    return StandingPage(
        answer=answer,
        state=str(LABELS[answer.state]),
        tone=TONES.get(answer.state, ""),
        why=str(why_state(answer)),
        open=[line_of(duty, answer.today) for duty in answer.duties],
        next=line_of(next_duty, answer.today) if next_duty else None,
        dates=list(_by_duty(answer)),
    )


def _by_duty(answer: Obligations) -> Iterator[tuple[str, list[Explained]]]:
    """The explanations under the thing they are about; first what is about the registration itself."""
    lines = explain(answer)
    titles = {"": _("登録について")} | {duty.key: duty_title(duty) for duty in answer.all_duties}
    for key, title in titles.items():
        if found := [line for line in lines if line.duty == key]:
            yield title, found


def own_standing(actor: Actor) -> tuple[Partner, StandingPage | None]:
    partner = partner_of(actor)
    answer = owed_by(partner, timezone.localdate())
    return partner, standing_page(answer) if answer else None


def card(actor: Actor) -> dict[str, Any]:
    """For My Page; empty where the programme asks for nothing."""
    partner, standing = own_standing(actor)
    return {"standing": standing, "may_report": may_edit_profile(actor, partner.pk)} if standing else {}


def due_on_my_page(actor: Actor, card: dict[str, Any]) -> Iterator[Due]:
    for line in card["standing"].open if card else ():
        may_report = card["may_report"]
        yield Due(
            title=line.title,
            url=reverse("renewals:write", args=[line.what_for]) if may_report else reverse("renewals:own"),
            at=timezone.make_aware(datetime.combine(line.duty.due_on, time(23, 59))),
            note=_("期限を%d日過ぎています") % line.days_late if line.is_late else _("あと%d日") % line.days_left,
            action=_("報告する") if may_report else "",
        )
