"""ThemePoll: which themes partners wish for. One vote per organisation, changeable until it closes."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models.talks import Theme
from meetings.states import SurveyState
from partners.models import Partner
from portal.tenancy.models import TenantModel


class AskedQuerySet(models.QuerySet["ThemePoll"]):
    def open_at(self, now: datetime) -> "AskedQuerySet":
        return self.filter(state=SurveyState.OPEN, closes_at__gt=now)

    def begun(self) -> "AskedQuerySet":
        return self.exclude(state=SurveyState.DRAFT)


class ThemePoll(TenantModel):
    title = models.CharField(_("題名"), max_length=120, help_text=_("例：来年度の交流会で取り上げたいテーマ"))
    text = models.TextField(_("説明"), blank=True, max_length=1000)
    most_choices = models.PositiveSmallIntegerField(
        _("選べる数"), default=3, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    takes_suggestions = models.BooleanField(_("ほかのテーマの提案も受ける"), default=True)
    shows_result = models.BooleanField(
        _("締切のあと、結果を登録パートナーに見せる"),
        default=True,
        help_text=_("どの団体が何に投票したかは見せません。"),
    )
    closes_at = models.DateTimeField(_("締切"), help_text=_("この時刻ちょうどから、投票を受け付けません。"))
    state = models.CharField(
        _("状態"), max_length=10, choices=SurveyState.choices, default=SurveyState.DRAFT, editable=False
    )

    objects: ClassVar = AskedQuerySet.as_manager()

    class Meta:
        verbose_name = _("テーマの投票")
        verbose_name_plural = _("テーマの投票")
        ordering = ["-closes_at", "-id"]

    def __str__(self) -> str:
        return self.title

    def is_open_at(self, now: datetime) -> bool:
        return self.state == SurveyState.OPEN and now < self.closes_at

    def is_over_at(self, now: datetime) -> bool:
        return self.state == SurveyState.CLOSED or (self.state == SurveyState.OPEN and now >= self.closes_at)


class PollOption(TenantModel):
    poll = models.ForeignKey(ThemePoll, on_delete=models.CASCADE, related_name="options")
    title = models.CharField(_("テーマ"), max_length=120)
    text = models.CharField(_("説明"), blank=True, max_length=300)
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)
    # What the vote led to: the theme that the programme now looks for speakers on.
    theme = models.ForeignKey(
        Theme, on_delete=models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("募集するテーマ")
    )

    class Meta:
        verbose_name = _("候補のテーマ")
        verbose_name_plural = _("候補のテーマ")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.title


class Vote(TenantModel):
    poll = models.ForeignKey(ThemePoll, on_delete=models.CASCADE, related_name="votes", verbose_name=_("テーマの投票"))
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("団体"))
    suggestion = models.CharField(_("ほかに取り上げてほしいテーマ"), blank=True, max_length=200)
    cast_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("投票した人")
    )
    cast_at = models.DateTimeField(_("投票した日時"), default=timezone.now)
    # One more for each change; a form says which one it was filled in from.
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("投票")
        verbose_name_plural = _("投票")
        constraints = [models.UniqueConstraint(fields=["programme", "poll", "partner"], name="one_vote_per_partner")]

    def __str__(self) -> str:
        return self.partner.name


class Choice(TenantModel):
    """One of the themes that a vote names."""

    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="choices")
    option = models.ForeignKey(PollOption, on_delete=models.CASCADE, related_name="choices")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "vote", "option"], name="one_choice_per_option")]

    def __str__(self) -> str:
        return str(self.option)
