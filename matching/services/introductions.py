"""Two partners brought together by the office: both are asked, and only when both agree do both see whom to write to."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.models import Collaboration, Consent, Introduction, Posting, Side
from matching.queries.introductions import due_for_nudge, past_answering, why_not_introduce
from matching.queries.postings import matching_settings
from matching.rules import may_write
from matching.states import IntroductionState
from partners.models import Activity, Partner
from partners.services.records import lock_partner, record_activity
from partners.services.telling import tell_office, tell_owners
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.tenancy.rounds import for_each_row
from portal.web.access import Actor, only_staff

# By the state that it leads to.
ACTIONS = {
    IntroductionState.AGREED: Action.INTRODUCTION_AGREED,
    IntroductionState.DECLINED: Action.INTRODUCTION_DECLINED,
    IntroductionState.WITHDRAWN: Action.INTRODUCTION_WITHDRAWN,
    IntroductionState.LAPSED: Action.INTRODUCTION_LAPSED,
}


@transaction.atomic
def propose_introduction(
    *, one: Partner, other: Partner, posting: Posting | None, note: str, actor: Actor
) -> Introduction:
    """Both partners are locked, in one order, so that the same pair is proposed once."""
    only_staff(actor)
    if not note.strip():
        raise ValidationError({"note": _("双方に伝える紹介の理由を入力してください。")})
    pair = [lock_partner(key) for key in sorted({one.pk, other.pk})]
    if refusal := why_not_introduce(pair[0], pair[-1], posting):
        raise ValidationError(refusal)
    introduction = Introduction.objects.create(
        first=pair[0],
        second=pair[1],
        posting=posting,
        note=note.strip(),
        proposed_by=actor.user,
        answer_until=timezone.localdate() + timedelta(days=matching_settings().introduction_days),
    )
    record_event(action=Action.INTRODUCTION_PROPOSED, subject=introduction, actor=actor.user)
    _tell(introduction, "matching.introduction_proposed", pair)
    return introduction


def why_not_move(introduction: Introduction, state: IntroductionState) -> str:
    if state not in introduction.next_states:
        return _("この紹介は「%s」になっています。") % introduction.get_state_display()
    return ""


@transaction.atomic
def answer_introduction(*, introduction_id: int, values: Mapping[str, Any], actor: Actor) -> Introduction:
    """Yes with a contact, or no with a reason. A yes may become a no until the other side has agreed too."""
    introduction, own = _lock(introduction_id), actor.place.partner_id
    if own not in (introduction.first_id, introduction.second_id) or not may_write(actor, own):
        raise PermissionDenied
    if refusal := why_not_move(introduction, IntroductionState.AGREED):
        raise ValidationError(refusal)
    if values["agrees"] and not introduction.other(own).is_listed:
        raise ValidationError(_("相手の団体が、いま登録中ではありません。事務局へお問い合わせください。"))
    before = Consent.objects.filter(introduction=introduction, partner=own).first()
    if before and all(getattr(before, name) == value for name, value in values.items()):
        return introduction
    Consent.objects.update_or_create(
        introduction=introduction, partner_id=own,
        defaults={**values, "answered_by": actor.user, "answered_at": timezone.now()},
    )  # fmt: skip
    record_event(action=Action.INTRODUCTION_ANSWERED, subject=introduction, actor=actor.user,
                 changes={"agrees": (before.agrees if before else None, values["agrees"])})  # fmt: skip
    if not values["agrees"]:
        _move(introduction, IntroductionState.DECLINED, actor)
        _tell(introduction, "matching.introduction_ended", [introduction.other(own)])
    elif introduction.consents.filter(agrees=True).count() == 2:
        _agreed(introduction, actor)
    return introduction


def _agreed(introduction: Introduction, actor: Actor) -> None:
    _move(introduction, IntroductionState.AGREED, actor)
    _tell(introduction, "matching.introduction_agreed", _both(introduction))
    for partner in _both(introduction):
        other = introduction.other(partner.pk)
        record_activity(
            partner=partner, kind=Activity.Kind.MATCHING,
            title=format_lazy("{}{}", str(other), gettext_lazy("との紹介に、双方が同意")),
            key=f"introduction:{introduction.pk}", path=f"/mypage/matching/introductions/{introduction.pk}/",
        )  # fmt: skip


@transaction.atomic
def withdraw_introduction(*, introduction: Introduction, reason: str, actor: Actor) -> None:
    only_staff(actor)
    if not reason.strip():
        raise ValidationError({"reason": _("理由を入力してください。")})
    introduction = _lock(introduction.pk)
    introduction.reason = reason.strip()
    _move(introduction, IntroductionState.WITHDRAWN, actor, reason)
    _tell(introduction, "matching.introduction_ended", _both(introduction))


@transaction.atomic
def begin_together(*, introduction_id: int, actor: Actor) -> Collaboration:
    """The record of what two introduced partners do. The second to press finds the first one's record."""
    introduction = _lock(introduction_id)
    if not any(may_write(actor, partner.pk) for partner in _both(introduction)):
        raise PermissionDenied
    if introduction.state != IntroductionState.AGREED:
        raise ValidationError(_("双方が紹介に同意してから、記録を始められます。"))
    collaboration, is_new = Collaboration.objects.get_or_create(
        introduction=introduction, defaults={"title": _title(introduction)[:120]}
    )
    if is_new:
        Side.objects.bulk_create(Side(collaboration=collaboration, partner=one) for one in _both(introduction))
        record_event(action=Action.COLLABORATION_BEGUN, subject=collaboration, actor=actor.user)
    return collaboration


def _title(introduction: Introduction) -> str:
    title = introduction.posting.title_for_others if introduction.posting else ""
    return title or _("%sの連携") % introduction


def keep_introduction_dates(*, today: date) -> None:
    """One nudge to whoever has not answered, and the end the day after the last."""
    for_each_row(due_for_nudge(today).values_list("pk", flat=True), _nudge)
    for_each_row(past_answering(today).values_list("pk", flat=True), partial(_lapse, today=today))


def _nudge(introduction_id: int) -> None:
    introduction = _lock(introduction_id)
    if introduction.is_open and introduction.nudged_at is None:
        introduction.nudged_at = timezone.now()
        introduction.save()
        answered = set(introduction.consents.values_list("partner_id", flat=True))
        silent = [partner for partner in _both(introduction) if partner.pk not in answered]
        _tell(introduction, "matching.introduction_nudge", silent)


def _lapse(introduction_id: int, today: date) -> None:
    introduction = _lock(introduction_id)
    if introduction.is_open and introduction.answer_until < today:
        _move(introduction, IntroductionState.LAPSED, Actor())
        _tell(introduction, "matching.introduction_ended", _both(introduction))


def _lock(introduction_id: int) -> Introduction:
    locked: Introduction = (
        Introduction.objects.select_for_update(of=("self",))
        .select_related("first", "second", "posting")
        .get(pk=introduction_id)
    )
    return locked


def _both(introduction: Introduction) -> list[Partner]:
    return [introduction.first, introduction.second]


def _move(introduction: Introduction, state: IntroductionState, actor: Actor, reason: str = "") -> None:
    """The row is locked. The office that proposed it is told, unless it ended it itself."""
    if refusal := why_not_move(introduction, state):
        raise ValidationError(refusal)
    before, introduction.state, introduction.ended_at = introduction.state, state, timezone.now()
    introduction.save()
    record_event(action=ACTIONS[state], subject=introduction, actor=actor.user, changes={"state": (before, state)},
                 reason=reason)  # fmt: skip
    if state != IntroductionState.WITHDRAWN:
        tell_office(message="matching.introduction_for_office", key=state, about=introduction)


def _tell(introduction: Introduction, message: str, partners: list[Partner]) -> None:
    for partner in partners:
        tell_owners(message=message, partner=partner, key=str(introduction.pk), data={}, about=introduction)
