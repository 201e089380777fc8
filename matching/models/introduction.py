"""Introduction: the office brings two partners together. Consent: what one of them says to it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.models.posting import Posting
from matching.states import INTRODUCTION_TRANSITIONS, IntroductionState
from partners.models import Partner
from portal.tenancy.models import TenantModel
from portal.web.access import Actor


class IntroductionQuerySet(models.QuerySet["Introduction"]):
    def open(self) -> "IntroductionQuerySet":
        return self.filter(state=IntroductionState.PROPOSED)

    def of(self, partner_id: int) -> "IntroductionQuerySet":
        return self.filter(Q(first=partner_id) | Q(second=partner_id))

    def visible_to(self, actor: Actor) -> "IntroductionQuerySet":
        """Its two partners and staff; nobody else knows whom the office brings together."""
        if actor.is_staff():
            return self
        return self.none() if actor.membership is None else self.of(actor.membership.partner_id)


class Introduction(TenantModel):
    # The pair has no order: the smaller key stands first, so that it is the same pair from both ends.
    first = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("団体"))
    second = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("もう一方の団体"))
    posting = models.ForeignKey(
        Posting, on_delete=models.PROTECT, null=True, related_name="introductions", verbose_name=_("募集案件")
    )
    state = models.CharField(
        _("状態"), max_length=12, choices=IntroductionState.choices, default=IntroductionState.PROPOSED
    )
    note = models.TextField(_("紹介の理由"), max_length=2000)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("紹介した職員")
    )
    proposed_at = models.DateTimeField(_("紹介した日時"), default=timezone.now)
    # The last day on which both may answer.
    answer_until = models.DateField(_("回答の期限"))
    nudged_at = models.DateTimeField(_("回答をうながした日時"), null=True)
    ended_at = models.DateTimeField(_("決まった日時"), null=True)
    reason = models.TextField(_("取り下げた理由"), max_length=2000, blank=True)

    objects: ClassVar = IntroductionQuerySet.as_manager()

    class Meta:
        verbose_name = _("紹介")
        verbose_name_plural = _("紹介")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="introduction_has_two_partners_in_order"),
            models.UniqueConstraint(
                fields=["programme", "first", "second"], condition=Q(state=IntroductionState.PROPOSED),
                name="one_open_introduction_per_pair",
            ),
            models.CheckConstraint(
                condition=Q(state=IntroductionState.PROPOSED, ended_at=None)
                | (~Q(state=IntroductionState.PROPOSED) & Q(ended_at__isnull=False)),
                name="introduction_ends_when_it_is_over",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["programme", "state", "answer_until"], name="introduction_by_state")]

    def __str__(self) -> str:
        return str(_("%(first)s と %(second)s")) % {"first": self.first, "second": self.second}

    @property
    def is_open(self) -> bool:
        return self.state == IntroductionState.PROPOSED

    @property
    def shows_contacts(self) -> bool:
        """Only when both have said yes."""
        return self.state == IntroductionState.AGREED

    @property
    def next_states(self) -> set[IntroductionState]:
        return INTRODUCTION_TRANSITIONS[IntroductionState(self.state)]

    def other(self, partner_id: int) -> Partner:
        return self.second if partner_id == self.first_id else self.first

    @property
    def tone(self) -> str:
        return {"proposed": "warning", "agreed": "success"}.get(self.state, "")


class Consent(TenantModel):
    """Yes, with whom the other side may write to; or no, with the reason, which the office alone reads."""

    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="consents")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("団体"))
    agrees = models.BooleanField(_("回答"))
    reason = models.TextField(_("理由"), max_length=2000, blank=True)
    contact_name = models.CharField(_("担当者の氏名"), max_length=80, blank=True)
    contact_phone = models.CharField(_("電話"), max_length=30, blank=True)
    contact_email = models.EmailField(_("担当者のメールアドレス"), blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("回答日時"), default=timezone.now)

    class Meta:
        verbose_name = _("紹介への回答")
        verbose_name_plural = _("紹介への回答")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "introduction", "partner"], name="one_consent_per_side")
        ]

    def __str__(self) -> str:
        return str(_("紹介を受ける") if self.agrees else _("今回は見送る"))
