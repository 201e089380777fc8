"""The states of a meeting and of a place in it, and how they may follow each other."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MeetingState(models.TextChoices):
    DRAFT = "draft", _("下書き")
    PUBLISHED = "published", _("公開中")
    CANCELLED = "cancelled", _("中止")


MEETING_TRANSITIONS: dict[MeetingState, set[MeetingState]] = {
    MeetingState.DRAFT: {MeetingState.PUBLISHED},
    MeetingState.PUBLISHED: {MeetingState.CANCELLED},
    MeetingState.CANCELLED: set(),
}


class SeatState(models.TextChoices):
    CONFIRMED = "confirmed", _("参加確定")
    WAITING = "waiting", _("キャンセル待ち")
    # A place has become free and is held for this person until an hour that was told.
    OFFERED = "offered", _("空席のご案内中")
    CANCELLED = "cancelled", _("取消し")
    # The held place was not taken in time.
    LAPSED = "lapsed", _("ご案内の期限切れ")
    # Told after sign-up had closed.
    ABSENT = "absent", _("欠席連絡")


SEAT_TRANSITIONS: dict[SeatState, set[SeatState]] = {
    SeatState.CONFIRMED: {SeatState.CANCELLED, SeatState.ABSENT},
    SeatState.WAITING: {SeatState.OFFERED, SeatState.CONFIRMED, SeatState.CANCELLED},
    SeatState.OFFERED: {SeatState.CONFIRMED, SeatState.LAPSED, SeatState.CANCELLED},
    SeatState.CANCELLED: {SeatState.CONFIRMED, SeatState.WAITING},
    SeatState.LAPSED: set(),
    SeatState.ABSENT: set(),
}
# Whoever is in one of these has a place or waits for one: nobody twice.
STANDING = (SeatState.CONFIRMED, SeatState.WAITING, SeatState.OFFERED)
# These fill the room.
TAKING = (SeatState.CONFIRMED, SeatState.OFFERED)


class ReservationState(models.TextChoices):
    APPLIED = "applied", _("抽選待ち")
    CONFIRMED = "confirmed", _("予約確定")
    # Not won in the draw; a place that becomes free goes to the next of these.
    LOST = "lost", _("落選（繰上げ待ち）")
    CANCELLED = "cancelled", _("取消し")
    # Told after the slot had closed, or not there.
    ABSENT = "absent", _("欠席")
    CALLED_OFF = "called_off", _("中止")
    DONE = "done", _("相談済み")


RESERVATION_TRANSITIONS: dict[ReservationState, set[ReservationState]] = {
    ReservationState.APPLIED: {
        ReservationState.APPLIED, ReservationState.CONFIRMED, ReservationState.LOST, ReservationState.CANCELLED,
        ReservationState.CALLED_OFF,
    },
    # Another slot may be one that is drawn.
    ReservationState.CONFIRMED: {
        ReservationState.CONFIRMED, ReservationState.APPLIED, ReservationState.CANCELLED, ReservationState.ABSENT,
        ReservationState.CALLED_OFF, ReservationState.DONE,
    },
    # What it is about may be corrected while one waits.
    ReservationState.LOST: {
        ReservationState.LOST, ReservationState.CONFIRMED, ReservationState.CANCELLED, ReservationState.CALLED_OFF,
    },
    ReservationState.CANCELLED: {ReservationState.APPLIED, ReservationState.CONFIRMED},
    ReservationState.ABSENT: {ReservationState.DONE},
    ReservationState.CALLED_OFF: set(),
    ReservationState.DONE: {ReservationState.ABSENT},
}  # fmt: skip
# An organisation has one of these in a consultation at a time.
RESERVED = (ReservationState.APPLIED, ReservationState.CONFIRMED, ReservationState.LOST)
# These have a place of their own.
PLACED = (ReservationState.CONFIRMED, ReservationState.DONE, ReservationState.ABSENT)


class TalkState(models.TextChoices):
    APPLIED = "applied", _("申込み")
    ACCEPTED = "accepted", _("受付済み")
    SCHEDULING = "scheduling", _("日程の調整中")
    CONFIRMED = "confirmed", _("登壇決定")
    DECLINED = "declined", _("見送り")
    WITHDRAWN = "withdrawn", _("取下げ")
    DONE = "done", _("登壇済み")


TALK_TRANSITIONS: dict[TalkState, set[TalkState]] = {
    TalkState.APPLIED: {TalkState.ACCEPTED, TalkState.DECLINED, TalkState.WITHDRAWN},
    TalkState.ACCEPTED: {TalkState.SCHEDULING, TalkState.DECLINED, TalkState.WITHDRAWN},
    TalkState.SCHEDULING: {TalkState.SCHEDULING, TalkState.CONFIRMED, TalkState.DECLINED, TalkState.WITHDRAWN},
    TalkState.CONFIRMED: {TalkState.DONE, TalkState.SCHEDULING, TalkState.WITHDRAWN},
    TalkState.DECLINED: set(),
    TalkState.WITHDRAWN: set(),
    TalkState.DONE: set(),
}


class SurveyState(models.TextChoices):
    """Of whatever is asked for a time: a theme poll, a questionnaire, a board of questions."""

    DRAFT = "draft", _("準備中")
    OPEN = "open", _("受付中")
    CLOSED = "closed", _("終了")


# What was closed is never opened again: its results may have been seen.
SURVEY_TRANSITIONS: dict[SurveyState, set[SurveyState]] = {
    SurveyState.DRAFT: {SurveyState.OPEN},
    SurveyState.OPEN: {SurveyState.CLOSED},
    SurveyState.CLOSED: set(),
}


class IdeaState(models.TextChoices):
    WAITING = "waiting", _("見せる前")
    SHOWN = "shown", _("見せている")
    ANSWERED = "answered", _("回答済み")
    HIDDEN = "hidden", _("隠した")


IDEA_TRANSITIONS: dict[IdeaState, set[IdeaState]] = {
    IdeaState.WAITING: {IdeaState.SHOWN, IdeaState.HIDDEN},
    IdeaState.SHOWN: {IdeaState.ANSWERED, IdeaState.HIDDEN},
    IdeaState.ANSWERED: {IdeaState.SHOWN, IdeaState.HIDDEN},
    IdeaState.HIDDEN: {IdeaState.SHOWN},
}


class JointState(models.TextChoices):
    """Of a meeting that two programmes hold together, as either side knows it."""

    ASKED = "asked", _("返事待ち")
    ACCEPTED = "accepted", _("合同で開く")
    DECLINED = "declined", _("見送り")
    ENDED = "ended", _("取りやめ")


JOINT_TRANSITIONS: dict[JointState, set[JointState]] = {
    JointState.ASKED: {JointState.ACCEPTED, JointState.DECLINED, JointState.ENDED},
    JointState.ACCEPTED: {JointState.ENDED},
    JointState.DECLINED: set(),
    JointState.ENDED: set(),
}
