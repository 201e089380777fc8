"""Why a date is that date: one sentence for each, which names the rule and the days it was counted from.

A Reason is a sentence to be translated and its values; it becomes text in the reader's language when it is shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from portal.web.dates import fiscal_year_name, long_day
from renewals.calendar import DAY, fiscal_year_start, last_day_of_period
from renewals.duties import Duty, RenewalDuty, ReportDuty, Return
from renewals.facts import Extension, Pause, Receipt
from renewals.obligations import Obligations
from renewals.periods import Period
from renewals.rulebook import CountsFrom, RenewalDue, TermKind
from renewals.states import State
from renewals.years import Removal


class FiscalYear(int):
    """An int that is shown as a fiscal year."""


@dataclass(frozen=True, slots=True)
class Reason:
    sentence: str
    values: dict[str, Any] = field(default_factory=dict)
    # The rest of a longer explanation.
    then: "Reason | None" = None

    def followed_by(self, then: "Reason") -> "Reason":
        return replace(self, then=self.then.followed_by(then) if self.then else then)

    def __str__(self) -> str:
        language = get_language() or "ja"
        values = {name: _shown(value, language) for name, value in self.values.items()}
        text = gettext(self.sentence) % values
        return f"{text}{' ' if language == 'en' else ''}{self.then}" if self.then else text


@dataclass(frozen=True, slots=True)
class Explained:
    """One line of the answer to "why this date?". `duty` is empty where the line is about the registration itself."""

    label: str
    on: date
    why: Reason
    duty: str = ""

    @property
    def title(self) -> str:
        return gettext(self.label)


def explain(answer: Obligations) -> tuple[Explained, ...]:
    """Every date of the answer, with its reason, in the order in which a person asks."""
    return tuple(_explained(answer))


def _explained(answer: Obligations) -> Iterator[Explained]:
    if received := answer.last_received:
        yield Explained(_("最後の受付"), received.counts_from, why_received(received, answer.today))
    if answer.reports_from:
        yield Explained(_("年次の活動報告の始まり"), answer.reports_from, why_reports_from(answer))
    for duty in answer.all_duties:
        if isinstance(duty, RenewalDuty):
            yield Explained(_("登録期間の満了日"), duty.term.end, why_term_ends(duty), duty.key)
        yield Explained(_("受付の開始"), duty.opens_on, why_opens(duty), duty.key)
        yield Explained(_("期限"), duty.due_on, why_due(duty), duty.key)
        yield Explained(_("期限内として受け付ける最後の日"), duty.accepted_until, why_accepted(duty), duty.key)
        if isinstance(duty, RenewalDuty):
            yield Explained(_("登録が続く最後の日"), duty.stops_on, why_stops(duty), duty.key)
    if answer.removal:
        yield Explained(
            _("登録取消を検討できる日"), answer.removal.on, why_removal(answer.removal, answer.reports_from)
        )


def why_state(answer: Obligations) -> Reason:
    """What holds today, and what follows if nothing is handed in."""
    reason = _why_now(answer)
    change = answer.next_change
    if change is None or change.state not in FOLLOWS or answer.state is State.SUSPENDED:
        return reason
    return reason.followed_by(Reason(FOLLOWS[change.state], {"day": change.on}))


FOLLOWS = {
    State.DUE: _("%(day)sから受付が始まります。"),
    State.OVERDUE: _("提出がないまま%(day)sになると、期限を過ぎた扱いになります。"),
    State.TERM_EXPIRED: _("更新がないまま%(day)sになると登録期間が満了します。その後も更新すれば回復します。"),
    State.GRACE: _("提出がないまま%(day)sになると、猶予期間に入ります。猶予期間中も提出できます。"),
    State.REMOVABLE: _("提出がないまま%(day)sになると、登録取消の検討対象になります。自動では取り消しません。"),
    State.SUSPENDED: _("%(day)sから停止されます。"),
}


def _why_now(answer: Obligations) -> Reason:
    duty = next(iter(answer.duties), None)
    removal = answer.removal
    match answer.state:
        case State.NOT_REGISTERED:
            return Reason(_("まだ登録されていません。"))
        case State.REMOVED:
            since = answer.removed.since if answer.removed else answer.today
            return Reason(_("%(day)sに登録が取り消されました。"), {"day": since})
        case State.SUSPENDED:
            suspension = answer.registration.suspension_on(answer.today)
            since = suspension.since if suspension else answer.today
            if suspension and suspension.ended_on:
                return Reason(
                    _("%(since)sから、%(ended)sの前日まで登録が停止されています。停止中は提出を求めません。"),
                    {"since": since, "ended": suspension.ended_on},
                )
            return Reason(_("%(day)sから登録が停止されています。停止中は提出を求めません。"), {"day": since})
        case State.REMOVABLE | State.GRACE if removal:
            why = why_removal(removal, answer.reports_from)
            return Reason(_("いまからでも提出できます。提出すれば取消しの対象から外れます。"), then=why)
        case State.TERM_EXPIRED if duty:
            day = duty.last_day
            return Reason(_("更新がないまま%(day)sに登録期間が満了しました。更新すれば回復します。"), {"day": day})
        case State.OVERDUE if duty:
            day = duty.accepted_until
            return Reason(_("%(day)sまでに提出がありませんでした。いまからでも提出できます。"), {"day": day})
        case State.DUE if duty:
            return Reason(_("提出を受け付けています。期限は%(day)sです。"), {"day": duty.due_on})
    return Reason(_("いま提出していただくものはありません。"))


def why_received(receipt: Receipt, today: date) -> Reason:
    report = receipt.report
    reason = Reason(_("%(day)sに受け付けた報告を数えています。"), {"day": report.received_on})
    if report.entered_on:
        reason = Reason(
            _("%(day)sに受け付け、%(entered)sに職員が代わって入力した報告を数えています。"),
            {"day": report.received_on, "entered": report.entered_on},
        )
    if receipt.counts_from > report.received_on:
        return reason.followed_by(Reason(_("訂正の期限に間に合わなかったため、訂正を受け付けた日から数えます。")))
    if report.hidden_on and report.hidden_on <= today:
        return reason.followed_by(Reason(_("公開は止められていますが、報告の義務は果たされています。")))
    return reason


def why_reports_from(answer: Obligations) -> Reason:
    before = None
    for period in answer.periods:
        if period.start == answer.reports_from and answer.first_year is not None:
            return _why_period_starts(before, period).followed_by(_why_first_year(period, answer.first_year))
        before = period
    return Reason(_("年次の活動報告は求められていません。"))


def _why_period_starts(before: Period | None, period: Period) -> Reason:
    values = {"rules": period.rules.name, "start": period.start}
    if before is None:
        return Reason(_("%(start)sの承認の時から「%(rules)s」によります。"), values)
    if before.term is None or before.renewal is None:
        return Reason(_("「%(rules)s」が%(start)sに施行されるためです。"), values)
    values |= {"end": before.term.end, "received": before.renewal.counts_from}
    if period.start == before.term.end + DAY:
        return Reason(
            _("更新を%(received)sに受け付け、登録期間が%(end)sに満了するため、その翌日から「%(rules)s」によります。"),
            values,
        )
    if before.rules.renewal_counts_from is CountsFrom.ACCEPTANCE and period.start > before.renewal.counts_from:
        return Reason(_("更新の報告を承認した%(start)sから「%(rules)s」によります。"), values)
    return Reason(
        _("登録期間は%(end)sに満了し、更新を%(received)sに受け付けたため、その日から「%(rules)s」によります。"), values
    )


def _why_first_year(period: Period, first_year: int) -> Reason:
    values: dict[str, Any] = {"year": FiscalYear(first_year), "start": period.start}
    if period.rules.first_year_cutoff is None:
        return Reason(_("最初の報告は、%(start)sを含む%(year)s分です。"), values)
    month, day = period.rules.first_year_cutoff
    values |= {"month": month, "day": day}
    if period.start < fiscal_year_start(first_year):
        return Reason(_("%(start)sは%(month)d月%(day)d日より後なので、最初の報告は翌年度の%(year)s分です。"), values)
    return Reason(_("%(start)sは%(month)d月%(day)d日以前なので、最初の報告はその年度の%(year)s分です。"), values)


def why_term_ends(duty: RenewalDuty) -> Reason:
    term, rules = duty.term, duty.rules
    values: dict[str, Any] = {
        "rules": rules.name,
        "years": rules.term_years,
        "start": term.start,
        "end": term.end,
        "anchor": term.anchor,
        "number": term.number,
    }
    if rules.term is TermKind.YEARS:
        if last_day_of_period(term.anchor, 12 * rules.term_years * term.number) != term.end:
            return Reason(
                _("「%(rules)s」が施行されても、すでに始まっている登録期間（%(end)sまで）は短くなりません。"), values
            )
        if term.number == 1:
            return Reason(
                _("「%(rules)s」により、登録期間は%(start)sから%(years)d年で、応当日の前日の%(end)sまでです。"), values
            )
        return Reason(
            _(
                "「%(rules)s」により、登録期間は%(anchor)sから%(years)d年ずつ数え、%(number)d回目は%(start)sから%(end)sまでです。"
            ),
            values,
        )
    if rules.term is TermKind.NEXT_31_MARCH:
        return Reason(
            _(
                "「%(rules)s」により、登録期間は%(start)sから%(years)d年を経過した日以後の最初の3月31日（%(end)s）までです。"
            ),
            values,
        )
    return Reason(
        _("「%(rules)s」により、登録期間は%(start)sから%(years)d年が終わる年度の末日（%(end)s）までです。"), values
    )


def why_opens(duty: Duty) -> Reason:
    values: dict[str, Any] = {"rules": duty.rules.name}
    if isinstance(duty, RenewalDuty):
        before_end, before_due = duty.rules.window_days_before_end, duty.rules.window_days_before_due
        values |= {
            "end_days": before_end,
            "due_days": before_due,
            "from_end": duty.term.end - timedelta(days=before_end),
            "from_due": duty.rule_due_on - timedelta(days=before_due),
        }
        return Reason(
            _(
                "「%(rules)s」により、満了日の%(end_days)d日前（%(from_end)s）と期限の%(due_days)d日前（%(from_due)s）の早いほうです。"
            ),
            values,
        )
    if duty.opens_on == duty.known_on and duty.opens_on.day != 1:
        return Reason(_("%(day)sから活動報告の対象になったためです。"), {"day": duty.opens_on})
    if duty.rules.report_window_days:
        values |= {"days": duty.rules.report_window_days}
        return Reason(_("「%(rules)s」により、期限の%(days)d日前です。"), values)
    return Reason(
        _("報告する期間（%(first)sから%(last)sまで）の始まりの日です。"),
        {"first": duty.covers_from, "last": duty.covers_to},
    )


def why_due(duty: Duty) -> Reason:
    """The rule; and what moved the date, if anything did."""
    reason = _why_renewal_due(duty) if isinstance(duty, RenewalDuty) else _why_report_due(duty)
    moved = _why_moved(duty)
    return reason.followed_by(moved) if moved else reason


def _why_renewal_due(duty: RenewalDuty) -> Reason:
    rules = duty.rules
    values = {
        "rules": rules.name,
        "due": duty.rule_due_on,
        "end": duty.term.end,
        "days": rules.renewal_due_days,
        "cohort": duty.cohort,
    }
    if rules.cohort_due(duty.cohort) == duty.rule_due_on:
        return Reason(_("「%(rules)s」で、第%(cohort)s期の更新期限を%(due)sと定めています。"), values)
    if rules.renewal_due is RenewalDue.MONTH_END:
        return Reason(_("「%(rules)s」により、満了日（%(end)s）の%(days)d日以上前で最後の月末です。"), values)
    if not rules.renewal_due_days:
        return Reason(_("「%(rules)s」により、満了日（%(end)s）が期限です。"), values)
    return Reason(_("「%(rules)s」により、満了日（%(end)s）の%(days)d日前です。"), values)


def _why_report_due(duty: ReportDuty) -> Reason:
    rules = duty.rules
    values = {
        "rules": rules.name,
        "due": duty.rule_due_on,
        "year": FiscalYear(duty.fiscal_year),
        "times": rules.reports_per_year,
        "part": duty.part,
        "months": rules.report_due_months_after,
    }
    if rules.reports_per_year > 1:
        return Reason(
            _("「%(rules)s」により、活動報告は年%(times)d回以上です。%(year)sの%(part)d回目の期限は%(due)sです。"),
            values,
        )
    if rules.report_due_months_after:
        return Reason(
            _(
                "「%(rules)s」により、%(year)sの活動報告は、年度の終わりから%(months)dか月後の月末（%(due)s）までに1回以上です。"
            ),
            values,
        )
    return Reason(_("「%(rules)s」により、%(year)sの活動報告は、年度の終わり（%(due)s）までに1回以上です。"), values)


def _why_moved(duty: Duty) -> Reason | None:
    match duty.moved_by:
        case Extension() as extension:
            return Reason(
                _("%(due)sの期限を、%(recorded)sの決定で%(until)sまで延ばしました（理由：%(reason)s）。"),
                {
                    "due": duty.rule_due_on,
                    "recorded": extension.recorded_on,
                    "until": extension.until,
                    "reason": extension.reason,
                },
            )
        case Return() as back:
            return Reason(
                _("提出された報告を%(day)sに差し戻したため、訂正を%(until)sまで受け付けます。"),
                {"day": back.returned_on, "until": back.correct_until},
            )
        case Pause() as suspension:
            return Reason(
                _("期限が停止中（%(since)sから）に当たるため、停止が終わる%(ended)sの%(days)d日後に延びます。"),
                {"since": suspension.since, "ended": suspension.ended_on, "days": duty.rules.resume_days},
            )
    return None


def why_accepted(duty: Duty) -> Reason:
    values = {"due": duty.due_on, "accepted": duty.accepted_until}
    stops_on = duty.stops_on if isinstance(duty, RenewalDuty) else None
    if duty.accepted_until == duty.due_on:
        if stops_on == duty.due_on:
            return Reason(_("登録期間の満了日は、閉庁日でも延びません。"), values)
        return Reason(_("期限の%(due)sの終わりまで受け付けます。"), values)
    if duty.accepted_until == stops_on:
        return Reason(_("期限の%(due)sは閉庁日ですが、登録期間の満了日より後には延びません。"), values)
    return Reason(_("期限の%(due)sは閉庁日なので、次の開庁日である%(accepted)sの終わりまで受け付けます。"), values)


def why_stops(duty: RenewalDuty) -> Reason:
    values = {"end": duty.term.end, "stops": duty.stops_on}
    if duty.stops_on > duty.term.end:
        return Reason(_("期限が延びたため、満了日（%(end)s）を過ぎても%(stops)sまで登録が続きます。"), values)
    return Reason(_("満了日（%(end)s）は、閉庁日でも延びません。"), values)


def why_removal(removal: Removal, reports_from: date | None) -> Reason:
    """Which years are empty, what else holds the date back, and that nothing happens by itself."""
    values: dict[str, Any] = {"rules": removal.rules.name, "day": removal.grace_from}
    closing = Reason(_("提出があれば変わります。取消しは手続を経て決めるもので、自動では行いません。"))
    if removal.on > removal.grace_from:
        grace = Reason(
            _("さらに%(days)d日の猶予があり、%(on)sからになります。"),
            {"days": removal.rules.grace_days, "on": removal.on},
        )
        closing = grace.followed_by(closing)
    if removal.is_put_off:
        closing = Reason(_("停止の期間に当たるため、停止が終わった後に延びています。")).followed_by(closing)
    if removal.expired_term:
        values |= {
            "end": removal.expired_term.end,
            "months": removal.rules.expired_removable_after_months,
        }
        return Reason(
            _("「%(rules)s」により、更新がないまま登録期間（%(end)sまで）が過ぎて%(months)dか月たった%(day)sです。"),
            values,
            closing,
        )
    values |= {"years": tuple(map(FiscalYear, removal.empty_years)), "floor": removal.floor, "start": reports_from}
    if removal.floor and removal.floor > fiscal_year_start(removal.empty_years[-1] + 1):
        values |= {"months": removal.rules.removable_floor_months}
        return Reason(
            _("「%(rules)s」により、%(years)sに続けて報告がなく、%(start)sから%(months)dか月がたった%(day)sです。"),
            values,
            closing,
        )
    return Reason(
        _("「%(rules)s」により、%(years)sに続けて報告がなく、その受付も終わった後の%(day)sです。"), values, closing
    )


def why_docket(removal: Removal, reports_from: date | None) -> Reason:
    """The same where no heading says what the day is."""
    return Reason(_("取消しを検討できる日は、次のとおりです。")).followed_by(why_removal(removal, reports_from))


def _shown(value: Any, language: str) -> Any:
    if isinstance(value, FiscalYear):
        return fiscal_year_name(value, language)
    if isinstance(value, date):
        return long_day(value, language)
    if isinstance(value, tuple):
        return (", " if language == "en" else "、").join(_shown(item, language) for item in value)
    return value
