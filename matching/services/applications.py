"""Applying, answering, taking back. The posting is locked first, then the application, so that all wait for each other."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from matching.models import Application, Posting
from matching.queries.postings import matching_settings, why_not_apply
from matching.rules import may_write
from matching.services.postings import lock_posting, move_posting
from matching.states import ANSWERS, ApplicationState, PostingState
from partners.models import Activity
from partners.services.records import record_activity
from partners.services.telling import tell_owners
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.tenancy.rounds import for_each_row
from portal.web.access import Actor
from portal.web.closed_days import ORDINARY_CLOSED_DAYS, open_days_before


@transaction.atomic
def apply_for(*, posting_id: int, values: Mapping[str, Any], actor: Actor) -> Application:
    posting = lock_posting(posting_id)
    # One that ended a moment ago is said to have ended.
    if posting.is_open and not Posting.objects.visible_to(actor).filter(pk=posting.pk).exists():
        raise PermissionDenied
    if refusal := why_not_apply(actor, posting):
        raise ValidationError(refusal)
    if not may_write(actor, actor.place.partner_id):
        raise PermissionDenied
    application = Application.objects.create(
        posting=posting, partner_id=actor.place.partner_id, sent_by=actor.user, **values
    )
    record_event(action=Action.MATCH_APPLIED, subject=application, actor=actor.user)
    _tell_poster(application, "matching.application_received", "")
    record_activity(
        partner=application.partner, kind=Activity.Kind.MATCHING, title=f"「{posting}」に応募"[:200],
        key=f"application:{application.pk}", path=f"/mypage/matching/applications/{application.pk}/",
    )  # fmt: skip
    return application


def why_not_answer(application: Application, state: ApplicationState) -> str:
    if state not in application.next_states:
        return _("この応募は「%s」になっています。") % application.get_state_display()
    return ""


@transaction.atomic
def answer_application(*, application_id: int, state: ApplicationState, answer: str, actor: Actor) -> Application:
    """Yes, let us talk, or no with a reason; the posting's own state follows."""
    application, posting = _locked(application_id)
    if not may_write(actor, posting.partner_id) or state not in ANSWERS:
        raise PermissionDenied
    if state == ApplicationState.DECLINED and not answer.strip():
        raise ValidationError({"answer": _("見送るときは、理由を入力してください。")})
    _move(application, state, Action.MATCH_ANSWERED, actor, answer)
    if state == ApplicationState.TALKING and posting.state == PostingState.LISTED:
        move_posting(posting, PostingState.IN_TALKS, actor)
    elif state == ApplicationState.ACCEPTED:
        _agreed(application, posting, actor)
    else:
        _talks_over(posting, actor)
    tell_owners(message="matching.application_answered", partner=application.partner,
                key=f"{application.pk}:{state}", data={}, also=application.sent_by, about=application)  # fmt: skip
    return application


@transaction.atomic
def withdraw_application(*, application_id: int, reason: str, actor: Actor) -> Application:
    application, posting = _locked(application_id)
    if not may_write(actor, application.partner_id):
        raise PermissionDenied
    _move(application, ApplicationState.WITHDRAWN, Action.MATCH_WITHDRAWN, actor, "", reason)
    _talks_over(posting, actor)
    _tell_poster(application, "matching.application_withdrawn", "")
    return application


def nudge_for_answers(*, today: date) -> None:
    """Once for each application that has waited so many days on which the office is open."""
    last = open_days_before(today, matching_settings().nudge_days, ORDINARY_CLOSED_DAYS)
    waiting = Application.objects.filter(state=ApplicationState.SENT, nudged_at=None, sent_at__date__lte=last)
    for_each_row(waiting.values_list("pk", flat=True), _nudge)


def _nudge(application_id: int) -> None:
    application, _posting = _locked(application_id)
    if application.state == ApplicationState.SENT and application.nudged_at is None:
        application.nudged_at = timezone.now()
        application.save()
        _tell_poster(application, "matching.application_nudge", "")


def _locked(application_id: int) -> tuple[Application, Posting]:
    posting_id = Application.objects.values_list("posting_id", flat=True).get(pk=application_id)
    posting = lock_posting(posting_id)
    application = (
        Application.objects.select_for_update(of=("self",)).select_related("partner", "sent_by").get(pk=application_id)
    )
    application.posting = posting
    return application, posting


def _move(
    application: Application, state: ApplicationState, action: Action, actor: Actor, answer: str, reason: str = ""
) -> None:
    if refusal := why_not_answer(application, state):
        raise ValidationError(refusal)
    before, application.state = application.state, state
    application.answer = answer.strip() or application.answer
    if state in ANSWERS:
        now = timezone.now()
        application.answered_at = application.answered_at or now
        if state == ApplicationState.TALKING:
            application.talks_at = application.talks_at or now
        elif state == ApplicationState.ACCEPTED:
            application.accepted_at = now
    application.save()
    record_event(
        action=action,
        subject=application,
        actor=actor.user,
        changes={"state": (before, state)},
        reason=reason,
    )


def _agreed(application: Application, posting: Posting, actor: Actor) -> None:
    """The first yes decides the posting; it may take more than one on."""
    if PostingState.AGREED in posting.next_states:
        move_posting(posting, PostingState.AGREED, actor)
    for partner, other in ((posting.partner, application.partner), (application.partner, posting.partner)):
        record_activity(
            partner=partner, kind=Activity.Kind.COLLABORATION, title=f"「{application.title}」で{other}との連携を決定"[:200],
            key=f"agreed:{application.pk}", path=f"/mypage/matching/applications/{application.pk}/",
        )  # fmt: skip


def _talks_over(posting: Posting, actor: Actor) -> None:
    talking = Application.objects.filter(posting=posting, state=ApplicationState.TALKING)
    if posting.state == PostingState.IN_TALKS and not talking.exists():
        move_posting(posting, PostingState.LISTED, actor)


def _tell_poster(application: Application, message: str, key: str) -> None:
    posting = application.posting
    tell_owners(message=message, partner=posting.partner, key=f"{application.pk}:{key}", data={},
                also=posting.created_by, about=application)  # fmt: skip
