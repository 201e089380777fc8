"""What staff do with a meeting. Everybody who has a place in it is told in the same transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import Meeting, Mode, Seat
from meetings.queries.meetings import meeting_settings
from meetings.rules import closing_of
from meetings.services.seats import fill_seats, lock_meeting
from meetings.services.talks import tell_speakers
from meetings.services.telling import tell_seat
from meetings.states import MEETING_TRANSITIONS, MeetingState
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.files.models import StoredFile
from portal.files.services import set_files
from portal.notices.models import Mailing
from portal.web.access import Actor, only_staff
from portal.web.dates import span
from portal.web.links import absolute_url
from portal.web.steps import refuse_wrong_step, state_now
from portal.web.text import inside_quotes

MATERIALS = "materials"
# The same weekday, most often of the next month.
NEXT_TIME = timedelta(weeks=4)
COPIED_ROWS = ("items", "questions", "invitations")


@transaction.atomic
def save_meeting(*, meeting: Meeting, actor: Actor, fields: Collection[str] = ()) -> None:
    """A new one, or the named fields of one that exists. More places are given to those who wait, at once."""
    only_staff(actor)
    is_new = meeting.pk is None
    if not is_new:
        before = lock_meeting(meeting.pk)
        _take_over(meeting, before, fields)
        _refuse_if_too_small(meeting, before)
    meeting.closes_at = meeting.closing_by_hand or closing_of(meeting.starts_at, meeting_settings().closing_rule)
    meeting.save(update_fields=None if is_new else [*fields, "closes_at", "changed_at"])
    if not is_new:
        fill_seats(meeting=meeting, now=timezone.now())


def _take_over(meeting: Meeting, before: Meeting, fields: Collection[str]) -> None:
    """What is not saved is as it stands now, not as it was when the page was made."""
    for field in Meeting._meta.concrete_fields:
        if field.name not in fields:
            setattr(meeting, field.attname, getattr(before, field.attname))


def _refuse_if_too_small(meeting: Meeting, before: Meeting) -> None:
    for mode in Mode:
        taken = Seat.objects.taking().filter(meeting=before, mode=mode).count()
        if taken and mode not in meeting.modes:
            raise ValidationError({"format": _("%(mode)sで参加する方が%(count)d人います。") % _words(mode, taken)})
        waiting = Seat.objects.waiting().filter(meeting=before, mode=mode).count()
        if waiting and mode not in meeting.modes:
            raise ValidationError(
                {"format": _("%(mode)sのキャンセル待ちの方が%(count)d人います。") % _words(mode, waiting)}
            )
        capacity = meeting.capacity(mode)
        if capacity is not None and capacity < taken:
            raise ValidationError(
                {f"{mode}_capacity": _("%(mode)sで参加する方が%(count)d人います。定員はそれより少なくできません。") % _words(mode, taken)}
            )  # fmt: skip


def _words(mode: Mode, count: int) -> dict[str, Any]:
    return {"mode": mode.label, "count": count}


@transaction.atomic
def publish_meeting(*, meeting: Meeting, actor: Actor) -> None:
    meeting = _entered(meeting, MeetingState.PUBLISHED, actor)
    record_event(action=Action.MEETING_PUBLISHED, subject=meeting, actor=actor.user)


@transaction.atomic
def move_meeting(
    *, meeting: Meeting, starts_at: datetime, ends_at: datetime, notice: str, actor: Actor, now: datetime | None = None
) -> int:
    """To another time; everybody who has a place or waits for one is told. How many."""
    only_staff(actor)
    now = now or timezone.now()
    meeting = lock_meeting(meeting.pk)
    if meeting.state != MeetingState.PUBLISHED:
        raise ValidationError(state_now(meeting))
    if starts_at <= now or ends_at <= starts_at:
        raise ValidationError(_("これからの日時を、開始、終了の順に入力してください。"))
    before = span(timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at))
    meeting.starts_at, meeting.ends_at, meeting.notice = starts_at, ends_at, notice
    # What staff chose for the former day says nothing about the new one.
    meeting.closing_by_hand = None
    meeting.closes_at = closing_of(starts_at, meeting_settings().closing_rule)
    meeting.sequence += 1
    meeting.save()
    after = span(timezone.localtime(starts_at), timezone.localtime(ends_at))
    record_event(
        action=Action.MEETING_MOVED, subject=meeting, actor=actor.user, changes={"starts_at": (before, after)},
        reason=notice,
    )  # fmt: skip
    # Sign-up may be open again: who waits for a free place is asked.
    fill_seats(meeting=meeting, now=now)
    return _tell_everybody(meeting, "meetings.moved", {"before": before})


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, reason: str, actor: Actor) -> int:
    """It does not take place; everybody who has a place or waits for one is told. How many."""
    meeting = _entered(meeting, MeetingState.CANCELLED, actor)
    meeting.notice = reason
    meeting.sequence += 1
    meeting.save()
    record_event(action=Action.MEETING_CANCELLED, subject=meeting, actor=actor.user, reason=reason)
    return _tell_everybody(meeting, "meetings.called_off", {})


def _tell_everybody(meeting: Meeting, message: str, data: dict[str, Any]) -> int:
    seats = Seat.objects.standing().filter(meeting=meeting).select_related("sign_up__partner")
    for seat in seats:
        tell_seat(message=message, seat=seat, meeting=meeting, data=data)
    tell_speakers(meeting)
    return len(seats)


@transaction.atomic
def duplicate_meeting(*, meeting: Meeting, actor: Actor) -> Meeting:
    """A draft with the same words, four weeks later; without its people, its materials and its address to join."""
    only_staff(actor)
    rows = {name: list(getattr(meeting, name).all()) for name in COPIED_ROWS}
    source, copy = meeting.pk, Meeting.objects.get(pk=meeting.pk)
    _as_new(copy)
    fresh = Meeting()
    copy.state, copy.sequence, copy.uid, copy.notice = MeetingState.DRAFT, 0, fresh.uid, ""
    copy.starts_at, copy.ends_at = copy.starts_at + NEXT_TIME, copy.ends_at + NEXT_TIME
    copy.opens_at, copy.closing_by_hand, copy.fiscal_year = None, None, None
    copy.title = _("%sの写し") % copy.title[:100]
    save_meeting(meeting=copy, actor=actor)
    for row in (row for several in rows.values() for row in several):
        _as_new(row)
        row.meeting = copy
        row.save()
    record_event(
        action=Action.ROW_ADDED, subject=copy, actor=actor.user, changes={"title": (None, copy.title)},
        reason=f"#{source}",
    )  # fmt: skip
    return copy


def _as_new(row: Model) -> None:
    row.pk = None
    row._state.adding = True  # noqa: SLF001 - Django's own way of copying a row


@transaction.atomic
def draft_announcement(*, meeting: Meeting, segment: str, choice: str, actor: Actor) -> Mailing:
    """A mailing about the meeting, to be read over, counted and started like any other."""
    only_staff(actor)
    if meeting.state != MeetingState.PUBLISHED:
        raise ValidationError(_("公開してから、案内のメールを用意してください。"))
    lines = [
        "{団体名}\n{氏名} 様",
        _("「%s」のご案内です。") % inside_quotes(meeting.title),
        _("日時：%s") % span(timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)),
        _("開催方法：%s") % meeting.get_format_display(),
        meeting.summary,
        _("くわしい内容と申込み：\n%s") % absolute_url(page_of(meeting)),
    ]
    mailing = Mailing(
        subject=meeting.title[:40], text="\n\n".join(line for line in lines if line), segment=segment, choice=choice,
        written_by=actor.user,
    )  # fmt: skip
    mailing.full_clean()
    mailing.save()
    record_event(
        action=Action.ROW_ADDED, subject=mailing, actor=actor.user, changes={"subject": (None, mailing.subject)}
    )
    return mailing


def page_of(meeting: Meeting) -> str:
    """Where a receiver reads about it: what is not for everybody stands behind sign-in."""
    return reverse("meetings:detail" if meeting.is_public else "my_meetings:detail", args=[meeting.pk])


@transaction.atomic
def set_materials(*, meeting: Meeting, files: Sequence[StoredFile], actor: Actor) -> None:
    only_staff(actor)
    set_files(owner=meeting, slot=MATERIALS, files=files, actor=actor.user)
    record_event(
        action=Action.ROW_CHANGED, subject=meeting, actor=actor.user, changes={"materials": (None, len(files))}
    )


def _entered(meeting: Meeting, state: MeetingState, actor: Actor) -> Meeting:
    only_staff(actor)
    meeting = lock_meeting(meeting.pk)
    refuse_wrong_step(meeting, state, MEETING_TRANSITIONS)
    meeting.state = state
    meeting.save()
    return meeting
