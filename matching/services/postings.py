"""A posting's way: written, checked by the office, listed, extended, ended. Each step locks the row and says why not."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.models import Application, Designation, Posting
from matching.queries.postings import due_for_notice, end_of_listing, matching_settings, overdue
from matching.rules import may_write
from matching.services.searching import searched_in_posting
from matching.states import POSTING_TRANSITIONS, ApplicationState, PostingState
from matching.vocabulary import Reach
from partners.models import Activity, Partner
from partners.services.records import lock_partner, record_activity
from partners.services.telling import tell_office, tell_owners
from partners.states import PartnerState
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.files.models import StoredFile
from portal.files.queries import has_pending
from portal.files.services import set_files
from portal.tenancy.rounds import for_each_row
from portal.web.access import Actor, only_staff
from portal.web.content import content_changed
from portal.web.steps import state_now

ATTACHMENTS = "attachments"
NEWER_POSTING = gettext_lazy(
    "ほかの方が先にこの募集を変えました。ほかの方が保存した内容を確かめてから、もう一度保存してください。"
)
# By the state that it leads to.
ACTIONS = {
    PostingState.SUBMITTED: Action.POSTING_SUBMITTED,
    PostingState.RETURNED: Action.POSTING_RETURNED,
    PostingState.LISTED: Action.POSTING_LISTED,
    PostingState.IN_TALKS: Action.POSTING_IN_TALKS,
    PostingState.AGREED: Action.POSTING_AGREED,
    PostingState.CLOSED: Action.POSTING_CLOSED,
    PostingState.WITHDRAWN: Action.POSTING_WITHDRAWN,
    PostingState.EXPIRED: Action.POSTING_EXPIRED,
}


def lock_posting(posting_id: int) -> Posting:
    posting: Posting = Posting.objects.select_for_update(of=("self",)).select_related("partner").get(pk=posting_id)
    return posting


def why_not_move(posting: Posting, state: PostingState) -> str:
    if state not in POSTING_TRANSITIONS[PostingState(posting.state)]:
        return state_now(posting)
    return ""


def move_posting(posting: Posting, state: PostingState, actor: Actor, reason: str = "") -> None:
    """The row is locked. What the public sees follows."""
    if refusal := why_not_move(posting, state):
        raise ValidationError(refusal)
    before, posting.state = posting.state, state
    posting.save()
    record_event(
        action=ACTIONS[state], subject=posting, actor=actor.user, changes={"state": (before, state)}, reason=reason
    )
    content_changed()


@transaction.atomic
def start_posting(*, values: Mapping[str, Any], is_short: bool, files: Sequence[StoredFile], actor: Actor) -> Posting:
    if not may_write(actor, actor.place.partner_id):
        raise PermissionDenied
    # The same form, sent twice, is one draft.
    partner = lock_partner(actor.place.partner_id)
    drafts = Posting.objects.filter(partner=partner, is_short=is_short, created_by=actor.user, state=PostingState.DRAFT)
    same: Posting | None = drafts.filter(**values).first()
    if same and not has_pending(files):
        return same
    posting = Posting(partner=partner, is_short=is_short, created_by=actor.user)
    return _write(posting, values, files, actor)


@transaction.atomic
def edit_posting(
    *, posting_id: int, revision: int, values: Mapping[str, Any], files: Sequence[StoredFile], actor: Actor
) -> Posting:
    """A listed one goes back to be checked, where the programme wants that."""
    posting = lock_posting(posting_id)
    if not may_write(actor, posting.partner_id):
        raise PermissionDenied
    if not posting.is_editable:
        raise ValidationError(_("「%s」の募集は変えられません。") % posting.get_state_display())
    if posting.revision != revision:
        raise ValidationError(NEWER_POSTING)
    posting.revision += 1
    was_listed = posting.state == PostingState.LISTED
    before = {name: getattr(posting, name) for name in values}
    posting = _write(posting, values, files, actor)
    if posting.state != PostingState.DRAFT:
        changes = {name: (before[name], value) for name, value in values.items() if before[name] != value}
        personal = ("contact_name", "contact_phone", "contact_email")
        record_event(
            action=Action.POSTING_CHANGED, subject=posting, actor=actor.user, changes=changes, personal=personal
        )
    if was_listed and matching_settings().checks_edits:
        if lacking := posting.missing:
            raise ValidationError(_("まだ入力していない項目があります：%s") % "、".join(lacking))
        _submit(posting, actor)
    return posting


def _write(posting: Posting, values: Mapping[str, Any], files: Sequence[StoredFile], actor: Actor) -> Posting:
    for name, value in values.items():
        setattr(posting, name, value)
    posting.folded = searched_in_posting(posting)
    posting.save()
    if posting.reach == Reach.OPEN:
        posting.designations.all().delete()
    set_files(owner=posting, slot=ATTACHMENTS, files=files, actor=actor.user)
    if posting.is_open:
        content_changed()
    return posting


@transaction.atomic
def name_partner(*, posting_id: int, partner: Partner, actor: Actor) -> None:
    posting = _nameable(posting_id, actor)
    if partner.pk == posting.partner_id:
        raise ValidationError(_("自分の団体は指名できません。"))
    if not partner.is_listed:
        raise ValidationError(_("登録中の団体だけを指名できます。"))
    most = matching_settings().most_designees
    if posting.designations.exclude(partner=partner).count() >= most:
        raise ValidationError(_("指名できるのは%d団体までです。先に、ほかの団体を外してください。") % most)
    Designation.objects.get_or_create(posting=posting, partner=partner)


@transaction.atomic
def unname_partner(*, posting_id: int, partner: Partner, actor: Actor) -> None:
    posting = _nameable(posting_id, actor)
    posting.designations.filter(partner=partner).delete()


def _nameable(posting_id: int, actor: Actor) -> Posting:
    """Whom it names is part of what the office checks: fixed while it is out."""
    posting = lock_posting(posting_id)
    if not may_write(actor, posting.partner_id):
        raise PermissionDenied
    if posting.state not in (PostingState.DRAFT, PostingState.RETURNED):
        raise ValidationError(_("指名する団体は、下書きか差戻しのときだけ変えられます。"))
    if not posting.is_named:
        raise ValidationError(_("公開の範囲が「公開」の募集では、団体を指名しません。"))
    return posting


def why_not_submit(posting: Posting) -> str:
    if refusal := why_not_move(posting, PostingState.SUBMITTED):
        return refusal
    if lacking := posting.missing:
        return _("まだ入力していない項目があります：%s") % "、".join(lacking)
    if posting.is_named and not posting.designations.exists():
        return _("指名する団体を選んでください。")
    return ""


@transaction.atomic
def submit_posting(*, posting_id: int, actor: Actor) -> Posting:
    posting = _own(posting_id, actor)
    if refusal := why_not_submit(posting):
        raise ValidationError(refusal)
    _submit(posting, actor)
    return posting


def _submit(posting: Posting, actor: Actor) -> None:
    posting.submitted_at = timezone.now()
    move_posting(posting, PostingState.SUBMITTED, actor)
    tell_office(message="matching.posting_for_office", key=_round(posting), about=posting)


def _round(posting: Posting) -> str:
    """Names one round of checking, so that each has its own mails."""
    return str(int(posting.submitted_at.timestamp())) if posting.submitted_at else ""


@transaction.atomic
def list_posting(*, posting: Posting, actor: Actor, comment: str = "") -> Posting:
    """The office has checked it: it is out, those it names are told, and it stands on the partner's timeline."""
    only_staff(actor)
    posting = lock_posting(posting.pk)
    if posting.state != PostingState.SUBMITTED:
        raise ValidationError(why_not_move(posting, PostingState.RETURNED) or _("確認待ちではありません。"))
    if posting.partner.state != PartnerState.REGISTERED:
        raise ValidationError(_("登録中でない団体の募集は公開できません。"))
    posting.comment, posting.listed_at = comment.strip(), timezone.now()
    posting.checked_title, posting.first_listed_at = posting.title, posting.first_listed_at or posting.listed_at
    posting.listed_until = end_of_listing(timezone.localdate(), matching_settings())
    move_posting(posting, PostingState.LISTED, actor)
    _tell_poster(posting, "matching.posting_listed", _round(posting))
    for designation in posting.designations.select_related("partner"):
        tell_owners(message="matching.designated", partner=designation.partner, key=str(posting.pk), data={},
                    about=posting)  # fmt: skip
    record_activity(partner=posting.partner, kind=Activity.Kind.MATCHING, title=f"「{posting}」の募集を公開"[:200],
                    key=f"posting:{posting.pk}", path=f"/mypage/matching/postings/{posting.pk}/")  # fmt: skip
    return posting


@transaction.atomic
def return_posting(*, posting: Posting, actor: Actor, reason: str) -> Posting:
    only_staff(actor)
    posting = lock_posting(posting.pk)
    if not reason.strip():
        raise ValidationError({"reason": _("直していただきたい点を入力してください。")})
    posting.comment = reason.strip()
    move_posting(posting, PostingState.RETURNED, actor)
    _tell_poster(posting, "matching.posting_returned", _round(posting))
    return posting


@transaction.atomic
def end_posting(*, posting_id: int, state: PostingState, actor: Actor, reason: str = "") -> Posting:
    """Closed or withdrawn, by its own people or by the office; whoever still waits for an answer is told."""
    posting = lock_posting(posting_id)
    if not (may_write(actor, posting.partner_id) or actor.is_staff()):
        raise PermissionDenied
    if actor.is_staff():
        only_staff(actor)
        if not reason.strip():
            raise ValidationError({"reason": _("理由を入力してください。")})
        posting.comment = reason.strip()
    move_posting(posting, state, actor, reason)
    for application in Application.objects.open().filter(posting=posting).select_related("partner"):
        before, application.state = application.state, ApplicationState.LAPSED
        application.save()
        record_event(
            action=Action.MATCH_LAPSED, subject=application, actor=actor.user,
            changes={"state": (before, application.state)},
        )  # fmt: skip
        tell_owners(message="matching.application_lapsed", partner=application.partner, key=str(application.pk),
                    data={}, also=application.sent_by, about=application)  # fmt: skip
    if actor.is_staff():
        _tell_poster(posting, "matching.posting_ended", str(state))
    return posting


@transaction.atomic
def extend_posting(*, posting_id: int, actor: Actor) -> Posting:
    """By one more period from today; also what has expired."""
    posting = _own(posting_id, actor)
    if posting.state != PostingState.EXPIRED and not posting.is_open:
        raise ValidationError(why_not_move(posting, PostingState.LISTED))
    before, posting.listed_until = posting.listed_until, end_of_listing(timezone.localdate(), matching_settings())
    if posting.state == PostingState.EXPIRED:
        move_posting(posting, PostingState.LISTED, actor)
    posting.save()
    record_event(
        action=Action.POSTING_EXTENDED, subject=posting, actor=actor.user,
        changes={"listed_until": (before, posting.listed_until)},
    )  # fmt: skip
    content_changed()
    return posting


def expire_postings(*, today: date) -> None:
    """Says when a posting is about to end, and ends it the day after. Any number of times, also after missed days."""
    for_each_row(due_for_notice(today).values_list("pk", flat=True), _give_notice)
    for_each_row(overdue(today).values_list("pk", flat=True), partial(_expire, today=today))


def _give_notice(posting_id: int) -> None:
    posting = lock_posting(posting_id)
    if posting.is_open:
        _tell_poster(posting, "matching.posting_expiring", str(posting.listed_until))


def _expire(posting_id: int, today: date) -> None:
    posting = lock_posting(posting_id)
    if posting.is_open and posting.listed_until and posting.listed_until < today:
        move_posting(posting, PostingState.EXPIRED, Actor())
        _tell_poster(posting, "matching.posting_expired", str(posting.listed_until))


def _own(posting_id: int, actor: Actor) -> Posting:
    posting = lock_posting(posting_id)
    if not may_write(actor, posting.partner_id):
        raise PermissionDenied
    return posting


def _tell_poster(posting: Posting, message: str, key: str) -> None:
    """The partner's owners, and who wrote it."""
    tell_owners(message=message, partner=posting.partner, key=f"{posting.pk}:{key}", data={}, also=posting.created_by,
                about=posting)  # fmt: skip
