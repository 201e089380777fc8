"""The states of an inquiry. Who asks writes again whenever they like; that brings it back to whoever answers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InquiryState(models.TextChoices):
    WAITING = "waiting", _("回答待ち")
    ANSWERED = "answered", _("回答済み")
    CLOSED = "closed", _("完了")


TRANSITIONS: dict[InquiryState, set[InquiryState]] = {
    # To itself: who asks adds something before they are answered.
    InquiryState.WAITING: {InquiryState.WAITING, InquiryState.ANSWERED, InquiryState.CLOSED},
    InquiryState.ANSWERED: {InquiryState.WAITING, InquiryState.ANSWERED, InquiryState.CLOSED},
    InquiryState.CLOSED: {InquiryState.WAITING, InquiryState.ANSWERED},
}
