"""A partner asks to speak; staff accept, find a day, confirm or decline; the partner is told of each step by mail."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import Meeting, Talk
from meetings.services.seats import lock_meeting, refuse_who_may_not_take_part
from meetings.states import TALK_TRANSITIONS, MeetingState, TalkState
from partners.models import Activity, Member, Partner
from partners.services.records import record_activity
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.files.models import StoredFile
from portal.files.services import set_files
from portal.outbox.services import queue_mail
from portal.web.access import Actor, MemberRole, only_staff
from portal.web.steps import refuse_wrong_step

SHEET, SLIDES = "sheet", "slides"
# So long before the deadline those whose materials are missing are reminded.
REMIND_BEFORE = timedelta(days=3)


@transaction.atomic
def ask_to_speak(*, form_key: UUID, values: Mapping[str, Any], sheet: Sequence[StoredFile], actor: Actor) -> Talk:
    """Pressed twice, it is asked once: the same form gives the request that exists."""
    refuse_who_may_not_take_part(actor)
    # The second press waits for the first.
    partner = Partner.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.place.partner_id)
    sent: Talk | None = Talk.objects.filter(form_key=form_key, partner=partner).first()
    if sent:
        return sent
    if not sheet and not values.get("summary"):
        raise ValidationError({"summary": _("話の概要を入力するか、記入した登壇概要シートを付けてください。")})
    talk = Talk.objects.create(form_key=form_key, partner=partner, asked_by=actor.user, **values)
    set_files(owner=talk, slot=SHEET, files=sheet, actor=actor.user)
    record_event(action=Action.TALK_ASKED, subject=talk, actor=actor.user)
    _tell(talk, "meetings.talk_received", "applied")
    return talk


@transaction.atomic
def move_talk(*, talk: Talk, state: TalkState, actor: Actor, comment: str = "") -> Talk:
    """Accept, decline, confirm, done."""
    only_staff(actor)
    # The meeting first, so that it is not called off at the same moment.
    planned = Talk.objects.get(pk=talk.pk).meeting_id
    meeting = lock_meeting(planned) if planned else None
    talk = _locked(talk)
    if talk.meeting_id != planned:
        raise ValidationError(_("登壇する会が、たった今変わりました。もう一度確かめてください。"))
    if state in (TalkState.CONFIRMED, TalkState.DONE):
        if meeting is None:
            raise ValidationError(_("先に、登壇する会を決めてください。"))
        if meeting.is_cancelled:
            raise ValidationError(_("この会は中止になりました。ほかの会を選んでください。"))
    if state == TalkState.DONE and talk.meeting and talk.meeting.starts_at > timezone.now():
        raise ValidationError(_("会が始まってから、登壇済みにしてください。"))
    _enter(talk, state, actor, comment)
    if state == TalkState.DONE and talk.meeting:
        record_activity(
            partner=talk.partner, kind=Activity.Kind.SPEAKING, title=f"{talk.meeting.title}で登壇：{talk.title}"[:200],
            key=f"talk:{talk.pk}:done", on=timezone.localdate(talk.meeting.starts_at),
            path=reverse("my_meetings:talk", args=[talk.pk]),
        )  # fmt: skip
    return talk


@transaction.atomic
def schedule_talk(
    *,
    talk: Talk,
    meeting: Meeting,
    at: time | None,
    materials_due_on: date | None,
    comment: str,
    actor: Actor,
) -> Talk:
    """Proposes a meeting and a time; again, if another one suits better."""
    only_staff(actor)
    meeting = lock_meeting(meeting.pk)
    talk = _locked(talk)
    if meeting.state == MeetingState.CANCELLED or meeting.ends_at <= timezone.now():
        raise ValidationError(_("これからの会を選んでください。"))
    if materials_due_on and materials_due_on > timezone.localdate(meeting.starts_at):
        raise ValidationError(_("資料の締切は、開催日までの日にしてください。"))
    talk.meeting, talk.at, talk.materials_due_on = meeting, at, materials_due_on
    _enter(talk, TalkState.SCHEDULING, actor, comment)
    return talk


@transaction.atomic
def withdraw_talk(*, talk: Talk, actor: Actor) -> Talk:
    _refuse_strangers(talk, actor)
    talk = _locked(talk)
    _enter(talk, TalkState.WITHDRAWN, actor, "")
    return talk


@transaction.atomic
def set_slides(*, talk: Talk, files: Sequence[StoredFile], actor: Actor) -> None:
    _refuse_strangers(talk, actor)
    talk = _locked(talk)
    if not talk.takes_materials:
        raise ValidationError(_("いまは、資料を受け付けていません。"))
    set_files(owner=talk, slot=SLIDES, files=files, actor=actor.user)
    record_event(action=Action.TALK_FILES_SET, subject=talk, actor=actor.user, changes={"rows": (None, len(files))})


@transaction.atomic
def remind_of_materials(*, now: datetime) -> int:
    """Those whose materials are missing, once for each deadline; nobody else."""
    today = timezone.localdate(now)
    slides = StoredFile.objects.filter(owner_type=Talk._meta.label_lower, slot=SLIDES, owner_id=OuterRef("pk"))
    due = Talk.objects.filter(
        Q(reminded_for=None) | ~Q(reminded_for=F("materials_due_on")),
        ~Exists(slides),
        state=TalkState.CONFIRMED,
        meeting__state=MeetingState.PUBLISHED,
        materials_due_on__gte=today,
        materials_due_on__lte=today + REMIND_BEFORE,
    )
    talks = list(due.select_for_update(of=("self",)).select_related("partner"))
    for talk in talks:
        _tell(talk, "meetings.talk_materials", f"materials:{talk.materials_due_on}")
        talk.reminded_for = talk.materials_due_on
    Talk.objects.bulk_update(talks, ["reminded_for"])
    return len(talks)


def tell_speakers(meeting: Meeting) -> None:
    """That the meeting at which they speak, or might, has another time or does not take place. Meeting locked."""
    states = [TalkState.SCHEDULING, TalkState.CONFIRMED]
    for talk in Talk.objects.filter(meeting=meeting, state__in=states).select_related("partner"):
        _tell(talk, "meetings.talk_meeting", str(meeting.sequence))


def _locked(talk: Talk) -> Talk:
    found: Talk = Talk.objects.select_for_update(of=("self",)).select_related("partner", "meeting").get(pk=talk.pk)
    return found


def _refuse_strangers(talk: Talk, actor: Actor) -> None:
    if not actor.is_member(MemberRole.EDITOR) or actor.place.partner_id != talk.partner_id:
        raise PermissionDenied


def _enter(talk: Talk, state: TalkState, actor: Actor, comment: str) -> None:
    refuse_wrong_step(talk, state, TALK_TRANSITIONS)
    before, talk.state, talk.comment = talk.state, state, comment
    talk.save()
    event = record_event(action=Action.TALK_MOVED, subject=talk, actor=actor.user, changes={"state": (before, state)})
    if state != TalkState.DONE:
        _tell(talk, "meetings.talk_moved", str(event.pk))


def _tell(talk: Talk, message: str, key: str) -> None:
    """Whoever asked, and the partner's owners."""
    people = Member.objects.active().filter(partner=talk.partner).select_related("user")
    for member in people:
        if member.is_owner or member.user_id == talk.asked_by_id:
            queue_mail(
                message=message,
                to=member.user.email,
                dedupe_key=f"{message}:{talk.pk}:{key}:{member.pk}",
                data={"talk": talk.pk, "member": member.pk, "state": talk.state},
                language=member.user.reads,
                about=talk,
            )
