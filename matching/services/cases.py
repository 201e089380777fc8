"""A case's way to the public: written by its sides, agreed to by each, checked by the office. Whoever takes the consent
back takes the page away, in the same moment and without a reason.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.models import Case, CaseSide, Collaboration
from matching.queries.case_drafts import draft_from, side_of
from matching.queries.cases import CASE_PHOTOS, missing_of
from matching.rules import acts_for, may_write
from matching.services.searching import searched_in_case
from matching.states import CASE_TRANSITIONS, CaseState, CollaborationState
from partners.models import Activity
from partners.services.records import lock_partner, record_activity
from partners.services.telling import tell_office, tell_owners
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.files.models import StoredFile
from portal.files.queries import has_pending
from portal.files.services import copy_files, set_files
from portal.web.access import Actor, MemberRole, only_staff
from portal.web.content import content_changed
from portal.web.steps import state_now

NEWER_CASE = gettext_lazy("ほかの方が先にこの事例を変えました。新しい内容を確かめてから、もう一度保存してください。")
ACTIONS = {
    CaseState.ASKED: Action.CASE_ASKED,
    CaseState.SUBMITTED: Action.CASE_SUBMITTED,
    CaseState.RETURNED: Action.CASE_RETURNED,
    CaseState.PUBLISHED: Action.CASE_PUBLISHED,
    CaseState.WITHDRAWN: Action.CASE_WITHDRAWN,
    CaseState.DISCARDED: Action.CASE_DISCARDED,
}


@transaction.atomic
def begin_case(*, collaboration_id: int, actor: Actor) -> Case:
    """From an approved record, with everything that was typed there. The second to press finds the first one's case."""
    record = (
        Collaboration.objects.select_for_update(of=("self",))
        .select_related("application__posting")
        .get(pk=collaboration_id)
    )
    sides = set(record.sides.values_list("partner_id", flat=True))
    if actor.place.partner_id not in sides or not may_write(actor, actor.place.partner_id):
        raise PermissionDenied
    if record.state != CollaborationState.APPROVED:
        raise ValidationError(_("成果報告が承認されると、事例をつくれます。"))
    found: Case | None = Case.objects.exclude(state=CaseState.DISCARDED).filter(collaboration=record).first()
    if found:
        return found
    draft = draft_from(record)
    case = Case(collaboration=record, created_by=actor.user, **draft.values)
    _add(case, draft.sides, actor)
    copy_files(files=draft.photos, owner=case, slot=CASE_PHOTOS, is_shown=True)
    return case


@transaction.atomic
def start_case(*, values: Mapping[str, Any], photos: Sequence[StoredFile], actor: Actor) -> Case:
    """An initiative of one partner, without a record."""
    if not may_write(actor, actor.place.partner_id):
        raise PermissionDenied
    # The same form, sent twice, is one draft.
    partner = lock_partner(actor.place.partner_id)
    drafts = Case.objects.of(partner.pk).filter(collaboration=None, created_by=actor.user, state=CaseState.DRAFT)
    same: Case | None = drafts.filter(**values).first()
    if same and not has_pending(photos):
        return same
    case = Case(created_by=actor.user, **values)
    _add(case, [side_of(partner)], actor)
    set_files(owner=case, slot=CASE_PHOTOS, files=photos, actor=actor.user, is_shown=True)
    return case


def _add(case: Case, sides: Sequence[CaseSide], actor: Actor) -> None:
    case.save()
    for side in sides:
        side.case = case
        side.save()
    _index(case)
    record_event(action=Action.CASE_BEGUN, subject=case, actor=actor.user)


@transaction.atomic
def write_case(
    *, case_id: int, revision: int, values: Mapping[str, Any], photos: Sequence[StoredFile], actor: Actor
) -> Case:
    """`revision` is the version that the writer has read: a newer one is not written over unseen."""
    case = _writable(case_id, revision, actor)
    for name, value in values.items():
        setattr(case, name, value)
    set_files(owner=case, slot=CASE_PHOTOS, files=photos, actor=actor.user, is_shown=True)
    _changed(case, actor)
    return case


@transaction.atomic
def write_side(*, case_id: int, side_id: int, revision: int, values: Mapping[str, Any], actor: Actor) -> Case:
    """Any side may write any part: nothing of it is seen by others before all have agreed."""
    case = _writable(case_id, revision, actor)
    side = case.sides.get(pk=side_id)
    for name, value in values.items():
        setattr(side, name, value)
    side.save()
    _changed(case, actor)
    return case


def why_not_ask(case: Case) -> str:
    """Empty if the text may go to the other sides and the office now."""
    if not case.is_editable:
        return state_now(case)
    if lacking := missing_of(case):
        return _("まだ入力していない項目があります：%s") % _("、").join(lacking)
    if gone := [side.partner.name for side in case.sides.select_related("partner") if not side.partner.is_listed]:
        return _(
            "登録中でない団体があるため、この事例は公開できません：%s。この事例を取りやめると、登録中の団体だけで、連携記録から新しい事例をつくれます。"
        ) % _("、").join(gone)
    return ""


@transaction.atomic
def ask_consent(*, case_id: int, revision: int, actor: Actor) -> Case:
    """Who asks has agreed. When nobody else has to, it goes to the office at once."""
    case, side = _mine(case_id, actor)
    if refusal := why_not_ask(case):
        raise ValidationError(refusal)
    _same_text(case, revision)
    _agree(side, case)
    if _waited_for(case):
        case.asked_at = timezone.now()
        _move(case, CaseState.ASKED, actor)
        _tell_others(case, "matching.case_asked", side)
    else:
        _submit(case, actor)
    return case


@transaction.atomic
def agree_case(*, case_id: int, revision: int, actor: Actor) -> Case:
    """To the version that was on the page, and no other. The last one to agree sends it to the office."""
    case, side = _mine(case_id, actor)
    if case.state != CaseState.ASKED:
        raise ValidationError(state_now(case))
    _same_text(case, revision)
    if side.agreed_revision != revision:
        _agree(side, case)
        record_event(action=Action.CASE_AGREED, subject=case, actor=actor.user)
    if not _waited_for(case):
        _submit(case, actor)
    return case


@transaction.atomic
def withdraw_consent(*, case_id: int, actor: Actor) -> Case:
    """At any time, and also by a partner that may not take part now. What was public is gone."""
    case, side = _mine(case_id, actor, may_rest=True)
    before = case.state
    side.agreed_revision = 0
    side.save()
    _move(case, CaseState.WITHDRAWN, actor)
    _tell_others(case, "matching.case_withdrawn", side)
    if before == CaseState.PUBLISHED:
        tell_office(message="matching.case_gone_for_office", key=_now(), about=case)
    return case


@transaction.atomic
def discard_case(*, case_id: int, actor: Actor) -> Case:
    case, _side = _mine(case_id, actor)
    _move(case, CaseState.DISCARDED, actor)
    return case


# --- The office -------------------------------------------------------------------------------------------------------


def why_not_move(case: Case, state: CaseState) -> str:
    if state not in CASE_TRANSITIONS[CaseState(case.state)]:
        return state_now(case)
    return ""


def why_not_publish(case: Case) -> str:
    if refusal := why_not_move(case, CaseState.PUBLISHED):
        return refusal
    sides = list(case.sides.select_related("partner"))
    if any(side.agreed_revision != case.revision for side in sides):
        return _("まだ同意していない団体があります。")
    if not all(side.partner.is_listed for side in sides):
        return _("登録中でない団体の事例は公開できません。")
    return ""


@transaction.atomic
def publish_case(*, case: Case, actor: Actor, comment: str = "") -> Case:
    """With every side's consent to this text, read under the same lock as a withdrawal takes."""
    only_staff(actor)
    case = _lock(case.pk)
    if refusal := why_not_publish(case):
        raise ValidationError(refusal)
    case.comment, case.published_at = comment.strip(), timezone.now()
    _move(case, CaseState.PUBLISHED, actor)
    for side in case.sides.select_related("partner"):
        record_activity(
            partner=side.partner, kind=Activity.Kind.COLLABORATION, key=f"case:{case.pk}",
            title=format_lazy("「{}」：{}", str(case), gettext_lazy("連携事例の公開")), path=f"/mypage/cases/{case.pk}/",
        )  # fmt: skip
    _tell_all(case, "matching.case_published")
    return case


@transaction.atomic
def return_case(*, case: Case, actor: Actor, reason: str) -> Case:
    """Before it is public, or taken off afterwards."""
    only_staff(actor)
    if not reason.strip():
        raise ValidationError({"reason": _("直していただきたい点を入力してください。")})
    case = _lock(case.pk)
    case.comment = reason.strip()
    _move(case, CaseState.RETURNED, actor)
    _tell_all(case, "matching.case_returned")
    return case


def why_not_award(case: Case) -> str:
    if case.state != CaseState.PUBLISHED:
        return _("公開中の事例だけを選べます。")
    return _("すでに受賞を記録しています。") if case.awarded_in else ""


@transaction.atomic
def award_case(*, case: Case, year: int, actor: Actor) -> Case:
    only_staff(actor)
    case = _lock(case.pk)
    if refusal := why_not_award(case):
        raise ValidationError(refusal)
    _set_award(case, year, Action.CASE_AWARDED, actor)
    _tell_all(case, "matching.case_awarded")
    return case


@transaction.atomic
def end_award(*, case: Case, reason: str, actor: Actor) -> Case:
    only_staff(actor)
    if not reason.strip():
        raise ValidationError({"reason": _("理由を入力してください。")})
    case = _lock(case.pk)
    if not case.awarded_in:
        raise ValidationError(_("受賞を記録していません。"))
    _set_award(case, None, Action.CASE_AWARD_ENDED, actor, reason)
    return case


def _set_award(case: Case, year: int | None, action: Action, actor: Actor, reason: str = "") -> None:
    before, case.awarded_in = case.awarded_in, year
    case.save()
    record_event(
        action=action, subject=case, actor=actor.user, changes={"awarded_in": (before, year)}, reason=reason.strip()
    )
    content_changed()


# --- What they share --------------------------------------------------------------------------------------------------


def _lock(case_id: int) -> Case:
    locked: Case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    return locked


def _mine(case_id: int, actor: Actor, may_rest: bool = False) -> tuple[Case, CaseSide]:
    case = _lock(case_id)
    side = CaseSide.objects.filter(case=case, partner=actor.place.partner_id).first()
    if side is None or not acts_for(actor, side.partner_id, MemberRole.EDITOR):
        raise PermissionDenied
    if not (may_rest or actor.may_take_part):
        raise PermissionDenied
    return case, side


def _writable(case_id: int, revision: int, actor: Actor) -> Case:
    case, _side = _mine(case_id, actor)
    if not case.is_editable:
        raise ValidationError(_("「%s」の事例は変えられません。") % case.get_state_display())
    if case.revision != revision:
        raise ValidationError(NEWER_CASE)
    return case


def _changed(case: Case, actor: Actor) -> None:
    case.revision += 1
    _index(case)
    record_event(action=Action.CASE_CHANGED, subject=case, actor=actor.user)


def _index(case: Case) -> None:
    case.folded = searched_in_case(case)
    case.save()


def _same_text(case: Case, revision: int) -> None:
    if case.revision != revision:
        raise ValidationError(_("内容がいま変わりました。新しい内容を確かめてから、もう一度押してください。"))


def _agree(side: CaseSide, case: Case) -> None:
    side.agreed_revision = case.revision
    side.save()


def _waited_for(case: Case) -> bool:
    return bool(case.sides.exclude(agreed_revision=case.revision).exists())


def _submit(case: Case, actor: Actor) -> None:
    case.submitted_at = timezone.now()
    _move(case, CaseState.SUBMITTED, actor)
    tell_office(message="matching.case_for_office", key=_now(), about=case)


def _move(case: Case, state: CaseState, actor: Actor) -> None:
    if refusal := why_not_move(case, state):
        raise ValidationError(refusal)
    before, case.state = case.state, state
    case.save()
    record_event(action=ACTIONS[state], subject=case, actor=actor.user, changes={"state": (before, state)})
    if CaseState.PUBLISHED in (before, state):
        content_changed()


def _now() -> str:
    """Names one step on the way, so that each has its own mails."""
    return timezone.now().isoformat()


def _tell_all(case: Case, message: str) -> None:
    _tell(case, message, case.sides.select_related("partner"))


def _tell_others(case: Case, message: str, mine: CaseSide) -> None:
    _tell(case, message, case.sides.select_related("partner").exclude(pk=mine.pk), {"by": mine.partner_id})


def _tell(case: Case, message: str, sides: Any, data: Mapping[str, Any] | None = None) -> None:
    key = f"{case.pk}:{_now()}"
    for side in sides:
        tell_owners(message=message, partner=side.partner, key=key, data=data or {}, about=case)
