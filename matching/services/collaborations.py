"""One record of all sides: begun from an application, reported by either, confirmed by the other, reviewed by staff."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.models import Application, Collaboration, Confirmation, LogoLicence, Progress, Side
from matching.queries.collaborations import PHOTOS, due_for_follow_up, why_no_logo
from matching.rules import may_write
from matching.states import COLLABORATION_TRANSITIONS, ApplicationState, CollaborationState
from matching.vocabulary import Logo, Step
from partners.models import Activity, Partner
from partners.services.records import lock_partner, record_activity
from partners.services.telling import tell_office, tell_owners
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.files.models import StoredFile
from portal.files.queries import has_pending
from portal.files.services import set_files
from portal.tenancy.rounds import for_each_row
from portal.web.access import Actor, only_staff
from portal.web.steps import state_now

NEWER_PLAN = gettext_lazy("ほかの方が先に計画を変えました。新しい計画を確かめてから、もう一度保存してください。")


@transaction.atomic
def begin_collaboration(*, application_id: int, actor: Actor) -> Collaboration:
    """From talks on there is something to report. The second to press finds the first one's record."""
    application = Application.objects.select_for_update(of=("self",)).select_related("posting").get(pk=application_id)
    sides = (application.posting.partner_id, application.partner_id)
    if not any(may_write(actor, side) for side in sides):
        raise PermissionDenied
    if application.state not in (ApplicationState.TALKING, ApplicationState.ACCEPTED):
        raise ValidationError(_("相談か連携が始まってから、報告できます。"))
    collaboration, is_new = Collaboration.objects.get_or_create(
        application=application, defaults={"title": application.title}
    )
    if is_new:
        Side.objects.bulk_create(Side(collaboration=collaboration, partner_id=side) for side in sides)
        record_event(action=Action.COLLABORATION_BEGUN, subject=collaboration, actor=actor.user)
    return collaboration


@transaction.atomic
def write_plan(*, collaboration_id: int, revision: int, values: Mapping[str, Any], actor: Actor) -> Collaboration:
    """Purpose, target and measures: whoever writes has agreed; the others are asked again.

    `revision` is the plan that the writer has read: a newer one is not written over unseen.
    """
    collaboration, side = lock_own_side(collaboration_id, actor)
    refuse_when_finished(collaboration)
    if collaboration.plan_revision != revision:
        raise ValidationError(NEWER_PLAN)
    for name, value in values.items():
        setattr(collaboration, name, value)
    collaboration.plan_revision += 1
    collaboration.save()
    side.agreed_revision = collaboration.plan_revision
    side.save()
    record_event(action=Action.COLLABORATION_PLANNED, subject=collaboration, actor=actor.user)
    _tell_others(collaboration, "matching.plan_written", str(collaboration.plan_revision), side)
    return collaboration


@transaction.atomic
def agree_plan(*, collaboration_id: int, revision: int, actor: Actor) -> None:
    """With the version that was on the page, and no other."""
    collaboration, side = lock_own_side(collaboration_id, actor)
    refuse_when_finished(collaboration)
    if collaboration.plan_revision != revision or not revision:
        raise ValidationError(_("計画がいま変わりました。新しい内容を確かめてから、もう一度押してください。"))
    side.agreed_revision = revision
    side.save()
    record_event(action=Action.COLLABORATION_AGREED, subject=collaboration, actor=actor.user)


@transaction.atomic
def report_progress(
    *, collaboration_id: int, values: Mapping[str, Any], photos: Sequence[StoredFile], actor: Actor
) -> Progress:
    """Any number of times; after the end only what became of it. The same form, sent twice, is one report."""
    collaboration, side = lock_own_side(collaboration_id, actor)
    if collaboration.state == CollaborationState.ENDED:
        raise ValidationError(_("この記録は終わっています。"))
    same: Progress | None = collaboration.reports.filter(partner_id=side.partner_id, **values).first()
    if same and not has_pending(photos):
        return same
    report = Progress.objects.create(
        collaboration=collaboration, partner_id=side.partner_id, written_by=actor.user, **values
    )
    set_files(owner=report, slot=PHOTOS, files=photos, actor=actor.user)
    record_event(action=Action.COLLABORATION_REPORTED, subject=report, actor=actor.user)
    _tell_others(collaboration, "matching.progress_reported", str(report.pk), side)
    for one in collaboration.sides.select_related("partner"):
        _on_timeline(one.partner, collaboration, f"progress:{report.pk}", Step(report.step).label, report.on)
    return report


@transaction.atomic
def confirm_report(*, report_id: int, comment: str, actor: Actor) -> None:
    """One press of another side; a comment may be added. Pressed twice, it is said once."""
    report = Progress.objects.select_related("collaboration").get(pk=report_id)
    _collaboration, side = lock_own_side(report.collaboration_id, actor)
    if report.partner_id == side.partner_id:
        raise ValidationError(_("自分の団体の報告は、相手の団体が確認します。"))
    _confirmation, is_new = Confirmation.objects.get_or_create(
        report=report, partner_id=side.partner_id, defaults={"comment": comment.strip()}
    )
    if is_new:
        record_event(action=Action.COLLABORATION_CONFIRMED, subject=report, actor=actor.user)


def why_not_move(collaboration: Collaboration, state: CollaborationState) -> str:
    if state not in COLLABORATION_TRANSITIONS[CollaborationState(collaboration.state)]:
        return state_now(collaboration)
    return ""


@transaction.atomic
def send_outcome(*, collaboration_id: int, values: Mapping[str, Any], actor: Actor) -> Collaboration:
    collaboration, side = lock_own_side(collaboration_id, actor)
    for name, value in values.items():
        setattr(collaboration, name, value)
    collaboration.reported_at = timezone.now()
    collaboration.first_reported_at = collaboration.first_reported_at or collaboration.reported_at
    _move(collaboration, CollaborationState.REPORTED, Action.OUTCOME_SENT, actor)
    key = str(int(collaboration.reported_at.timestamp()))
    tell_office(message="matching.outcome_for_office", key=key, about=collaboration)
    _tell_others(collaboration, "matching.outcome_sent", key, side)
    return collaboration


@transaction.atomic
def end_collaboration(*, collaboration_id: int, actor: Actor) -> None:
    """Without an outcome: what was reported stays."""
    collaboration, side = lock_own_side(collaboration_id, actor)
    _move(collaboration, CollaborationState.ENDED, Action.COLLABORATION_ENDED, actor)
    _tell_others(collaboration, "matching.collaboration_ended", "", side)


@transaction.atomic
def approve_outcome(*, collaboration: Collaboration, actor: Actor, comment: str = "") -> None:
    """The collaboration logo is open to every side from now on."""
    only_staff(actor)
    collaboration = _lock(collaboration.pk)
    collaboration.comment, collaboration.approved_at = comment.strip(), timezone.now()
    _move(collaboration, CollaborationState.APPROVED, Action.OUTCOME_APPROVED, actor)
    for side in collaboration.sides.select_related("partner"):
        _on_timeline(
            side.partner, collaboration, f"outcome:{collaboration.pk}", gettext_lazy("成果の承認"), timezone.localdate()
        )
        _tell(side, collaboration, "matching.outcome_approved", "")


@transaction.atomic
def return_outcome(*, collaboration: Collaboration, actor: Actor, reason: str) -> None:
    only_staff(actor)
    if not reason.strip():
        raise ValidationError({"reason": _("直していただきたい点を入力してください。")})
    collaboration = _lock(collaboration.pk)
    collaboration.comment = reason.strip()
    _move(collaboration, CollaborationState.RETURNED, Action.OUTCOME_RETURNED, actor)
    for side in collaboration.sides.select_related("partner"):
        _tell(side, collaboration, "matching.outcome_returned", str(collaboration.reported_at))


def ask_for_follow_up(*, today: date) -> None:
    for_each_row(due_for_follow_up(today).values_list("pk", flat=True), _ask_for_follow_up)


def _ask_for_follow_up(collaboration_id: int) -> None:
    collaboration = _lock(collaboration_id)
    collaboration.asked_follow_up = True
    collaboration.save()
    for side in collaboration.sides.select_related("partner"):
        _tell(side, collaboration, "matching.follow_up", "")


@transaction.atomic
def accept_logo_terms(*, logo: Logo, collaboration_id: int | None, actor: Actor) -> LogoLicence:
    """By an owner or editor for the partner; the licence has a number, and stays on record when it is revoked."""
    partner = lock_partner(actor.place.partner_id)
    if not may_write(actor, partner.pk):
        raise PermissionDenied
    collaboration = None
    if logo == Logo.COLLABORATION and collaboration_id:
        collaboration = lock_own_side(collaboration_id, actor)[0]
    if refusal := why_no_logo(partner, logo, collaboration):
        raise ValidationError(refusal)
    licence, is_new = LogoLicence.objects.get_or_create(
        partner=partner, logo=logo, collaboration=collaboration, revoked_at=None, defaults={"accepted_by": actor.user}
    )
    if is_new:
        record_event(action=Action.LOGO_LICENSED, subject=licence, actor=actor.user)
    return licence


@transaction.atomic
def revoke_licence(*, licence: LogoLicence, reason: str, actor: Actor) -> None:
    only_staff(actor)
    if not reason.strip():
        raise ValidationError({"reason": _("理由を入力してください。")})
    licence = LogoLicence.objects.select_for_update(of=("self",)).select_related("partner").get(pk=licence.pk)
    if licence.revoked_at:
        raise ValidationError(_("すでに取り消しています。"))
    licence.revoked_at, licence.reason = timezone.now(), reason.strip()
    licence.save()
    record_event(action=Action.LOGO_REVOKED, subject=licence, actor=actor.user, reason=reason)
    tell_owners(message="matching.logo_revoked", partner=licence.partner, key=str(licence.pk), data={}, about=licence)


@transaction.atomic
def lift_revocation(*, licence: LogoLicence, reason: str, actor: Actor) -> None:
    """The partner may accept the terms again; the revoked licence stays what it is."""
    only_staff(actor)
    if not reason.strip():
        raise ValidationError({"reason": _("理由を入力してください。")})
    licence = LogoLicence.objects.select_for_update(of=("self",)).get(pk=licence.pk)
    if refusal := why_not_lift(licence):
        raise ValidationError(refusal)
    licence.lifted_at = timezone.now()
    licence.save()
    record_event(action=Action.LOGO_ALLOWED, subject=licence, actor=actor.user, reason=reason)


def why_not_lift(licence: LogoLicence) -> str:
    if not licence.revoked_at:
        return _("取り消していません。")
    return _("すでに取消しを解いています。") if licence.lifted_at else ""


def _lock(collaboration_id: int) -> Collaboration:
    locked: Collaboration = Collaboration.objects.select_for_update(of=("self",)).get(pk=collaboration_id)
    return locked


def lock_own_side(collaboration_id: int, actor: Actor) -> tuple[Collaboration, Side]:
    collaboration = _lock(collaboration_id)
    side = Side.objects.filter(collaboration=collaboration, partner=actor.place.partner_id).first()
    if side is None or not may_write(actor, side.partner_id):
        raise PermissionDenied
    return collaboration, side


def refuse_when_finished(collaboration: Collaboration) -> None:
    if not collaboration.is_unfinished:
        raise ValidationError(state_now(collaboration))


def _move(collaboration: Collaboration, state: CollaborationState, action: Action, actor: Actor) -> None:
    if refusal := why_not_move(collaboration, state):
        raise ValidationError(refusal)
    before, collaboration.state = collaboration.state, state
    collaboration.save()
    record_event(action=action, subject=collaboration, actor=actor.user, changes={"state": (before, state)})


def _on_timeline(partner: Partner, collaboration: Collaboration, key: str, what: Any, on: date) -> None:
    record_activity(
        partner=partner, kind=Activity.Kind.COLLABORATION, title=format_lazy("「{}」：{}", str(collaboration), what),
        key=key, on=on, path=f"/mypage/matching/records/{collaboration.pk}/",
    )  # fmt: skip


def _tell(side: Side, collaboration: Collaboration, message: str, key: str, **data: int) -> None:
    tell_owners(message=message, partner=side.partner, key=f"{collaboration.pk}:{key}", data=data, about=collaboration)


def _tell_others(collaboration: Collaboration, message: str, key: str, mine: Side) -> None:
    for side in collaboration.sides.select_related("partner").exclude(pk=mine.pk):
        _tell(side, collaboration, message, key, by=mine.partner_id)
