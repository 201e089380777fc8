"""The states of a mail, how it may go from one to the next, and what is reported of it after it was handed over."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    QUEUED = "queued", _("送信待ち")
    SENDING = "sending", _("送信中")
    DEFERRED = "deferred", _("再送待ち")
    SENT = "sent", _("受け渡し済み")
    FAILED = "failed", _("送信できず")
    CANCELLED = "cancelled", _("取りやめ")


class Report(models.TextChoices):
    """From receiving servers, and from our own pages; it changes no state, since the mail has left us."""

    DELIVERED = "delivered", _("相手のサーバーに到着")
    DELAYED = "delayed", _("相手のサーバーで遅延")
    SOFT = "soft", _("届かず（一時的な理由）")
    HARD = "hard", _("届かず（宛先なし）")
    COMPLAINT = "complaint", _("迷惑メールとして申告")
    OPENED = "opened", _("案内のページを表示")


# What takes an address for dead.
FATAL = [Report.SOFT, Report.HARD, Report.COMPLAINT]


TRANSITIONS: dict[State, set[State]] = {
    # Sent from where it waits: by a worker that had been taken for lost, and was only slow.
    State.QUEUED: {State.SENDING, State.SENT, State.CANCELLED},
    # Given back untouched; or, after its worker was killed, found again by another one.
    State.SENDING: {State.QUEUED, State.SENDING, State.DEFERRED, State.SENT, State.FAILED, State.CANCELLED},
    State.DEFERRED: {State.QUEUED, State.SENDING, State.SENT, State.CANCELLED},
    # Staff send it again, or put it aside.
    State.FAILED: {State.QUEUED, State.CANCELLED},
    State.SENT: set(),
    # By a worker that had it in hand when the rest of a run was called off.
    State.CANCELLED: {State.SENT},
}

# What delivery still has to look at.
OPEN = (State.QUEUED, State.SENDING, State.DEFERRED)


def sources(state: State) -> list[State]:
    """The states from which a mail may come to this one."""
    return [source for source, targets in TRANSITIONS.items() if state in targets]
