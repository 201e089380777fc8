"""What was so on a past day, what was asked to be changed, and what a partner has done."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from partners.states import ChangeState
from portal.tenancy.models import TenantModel


class FactQuerySet(models.QuerySet["Fact"]):
    def on(self, day: date) -> "FactQuerySet":
        """What was so at the end of that day."""
        return self.filter(since__lte=day).filter(models.Q(until=None) | models.Q(until__gt=day))

    def open(self) -> "FactQuerySet":
        return self.filter(until=None)


class Fact(TenantModel):
    """A value that a field of a partner had from one day until another. Statistics of a past day read only this.

    Fields with several values (goals, themes) have one row for each value.
    """

    class Field(models.TextChoices):
        STATE = "state", _("状態")
        ENDING = "ending", _("終了の理由")
        NAME = "name", _("名称")
        KIND = "kind", _("区分")
        BATCH = "batch", _("期")
        MUNICIPALITY = "municipality", _("市区町村")
        INDUSTRY_DIVISION = "industry_division", _("業種")
        GOALS = "goals", _("目標")
        THEMES = "themes", _("テーマ")

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="facts")
    field = models.CharField(_("項目"), max_length=20, choices=Field.choices)
    value = models.CharField(_("値"), max_length=200)
    since = models.DateField(_("いつから"))
    # The first day on which it was no longer so.
    until = models.DateField(_("いつまで"), null=True)

    objects: ClassVar = FactQuerySet.as_manager()

    class Meta:
        verbose_name = _("事実")
        verbose_name_plural = _("事実")
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "partner", "field", "value"],
                condition=models.Q(until=None),
                name="one_open_fact_per_value",
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")), name="fact_ends_after_it_began"
            ),
        ]
        indexes = [models.Index(fields=["programme", "field", "value", "since"], name="fact_by_value")]

    def __str__(self) -> str:
        return f"{self.field}={self.value} {self.since}–{self.until or ''}"


class ChangeRequestQuerySet(models.QuerySet["ChangeRequest"]):
    def asked(self) -> "ChangeRequestQuerySet":
        return self.filter(state=ChangeState.ASKED)

    def approved_for_later(self) -> "ChangeRequestQuerySet":
        return self.filter(state=ChangeState.APPROVED, applied_at=None)

    def waiting(self) -> "ChangeRequestQuerySet":
        """Not decided yet, or decided for a day that has not come."""
        return self.filter(state__in=[ChangeState.ASKED, ChangeState.APPROVED], applied_at=None)


class ChangeRequest(TenantModel):
    """A partner asks for a change of what the programme keeps: mostly its name. To leave is such a change too."""

    class Field(models.TextChoices):
        NAME = "name", _("名称")
        KIND = "kind", _("団体の区分")
        APPROVED_ON = "approved_on", _("承認日")
        LEAVING = "state", _("退会")

    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="change_requests", verbose_name=_("団体")
    )
    field = models.CharField(_("項目"), max_length=40, choices=Field.choices)
    before = models.CharField(_("今の値"), max_length=200)
    after = models.CharField(_("新しい値"), max_length=200)
    kana = models.CharField(_("新しいフリガナ"), max_length=300, blank=True)
    effective_on = models.DateField(_("変わる日"))
    reason = models.TextField(_("理由"))
    state = models.CharField(_("状態"), max_length=12, choices=ChangeState.choices, default=ChangeState.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("申請した人")
    )
    asked_at = models.DateTimeField(_("申請日時"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("決めた人")
    )
    decided_at = models.DateTimeField(_("決定日時"), null=True)
    comment = models.TextField(_("事務局から"), blank=True)
    # An approved change waits for its day.
    applied_at = models.DateTimeField(_("反映日時"), null=True)

    objects: ClassVar = ChangeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("変更の申請")
        verbose_name_plural = _("変更の申請")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "partner", "field"],
                condition=models.Q(state=ChangeState.ASKED),
                name="one_open_change_request_per_field",
            ),
            models.CheckConstraint(
                condition=models.Q(applied_at=None) | models.Q(state=ChangeState.APPROVED),
                name="only_approved_changes_are_applied",
            ),
        ]
        indexes = [models.Index(fields=["programme", "state", "asked_at"], name="change_request_by_state")]

    def __str__(self) -> str:
        return f"{self.partner}：{self.summary}"

    @property
    def is_leaving(self) -> bool:
        return self.field == self.Field.LEAVING

    @property
    def is_open(self) -> bool:
        return self.state == ChangeState.ASKED

    @property
    def is_waiting(self) -> bool:
        """May still be taken back."""
        return self.is_open or (self.state == ChangeState.APPROVED and self.applied_at is None)

    @property
    def before_in_words(self) -> str:
        return self._in_words(self.before)

    @property
    def after_in_words(self) -> str:
        return str(_("退会")) if self.is_leaving else self._in_words(self.after)

    @property
    def summary(self) -> str:
        if self.is_leaving:
            return str(_("退会"))
        words = {"label": self.get_field_display(), "before": self.before_in_words, "after": self.after_in_words}
        return gettext("%(label)s：%(before)s → %(after)s") % words

    def _in_words(self, value: str) -> str:
        column: Any = Partner._meta.get_field(self.field)
        return str(dict(column.flatchoices).get(value, value))


class Activity(TenantModel):
    """One line of a partner's timeline (利用履歴). Written by record_activity alone; the yearly report is drafted from it."""

    class Kind(models.TextChoices):
        REGISTRATION = "registration", _("登録")
        PROFILE = "profile", _("登録情報")
        MEETING = "meeting", _("交流会・セミナー")
        SPEAKING = "speaking", _("登壇")
        MATCHING = "matching", _("連携募集")
        COLLABORATION = "collaboration", _("連携")
        REPORT = "report", _("活動報告")
        CALL = "call", _("県の呼びかけ")

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="activities", verbose_name=_("団体"))
    on = models.DateField(_("日付"))
    kind = models.CharField(_("種類"), max_length=20, choices=Kind.choices)
    title = models.CharField(_("内容"), max_length=200)
    path = models.CharField(_("ページ"), max_length=300, blank=True)
    # Says what it is about, so that the same thing is written once: "meeting:12:attended"
    key = models.CharField(max_length=100)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("利用履歴")
        verbose_name_plural = _("利用履歴")
        ordering = ["-on", "-id"]
        constraints = [models.UniqueConstraint(fields=["programme", "partner", "key"], name="one_activity_per_key")]
        indexes = [models.Index(fields=["programme", "partner", "-on"], name="activity_by_partner")]

    def __str__(self) -> str:
        return self.in_words

    @property
    def in_words(self) -> str:
        """The title is kept in Japanese, and read in the reader's language where it is one of ours."""
        return gettext(self.title) if self.title else ""


class DailyFigures(TenantModel):
    """The published numbers as they were at the end of one day. Never changed; a correction stands beside it."""

    on = models.DateField(_("日付"))
    figures = models.JSONField(_("数値"))
    taken_at = models.DateTimeField(_("記録日時"), default=timezone.now)

    database_rights: ClassVar[str] = "SELECT, INSERT"

    class Meta:
        verbose_name = _("日ごとの数値")
        verbose_name_plural = _("日ごとの数値")
        ordering = ["-on"]
        constraints = [models.UniqueConstraint(fields=["programme", "on"], name="one_set_of_figures_per_day")]

    def __str__(self) -> str:
        return f"{self.on}"


class FiguresAmendment(TenantModel):
    """A published number of a past day was wrong: the right one, with its own day and its reason, beside it."""

    on = models.DateField(_("訂正する日"))
    # "partners", or what is counted with its value: "kind:company"
    figure = models.CharField(_("数値"), max_length=80)
    value = models.PositiveIntegerField(_("正しい値"))
    reason = models.CharField(_("訂正の理由"), max_length=300)
    amended_at = models.DateTimeField(_("訂正日時"), default=timezone.now)
    amended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("訂正した人")
    )

    database_rights: ClassVar[str] = "SELECT, INSERT"

    class Meta:
        verbose_name = _("数値の訂正")
        verbose_name_plural = _("数値の訂正")
        ordering = ["id"]
        indexes = [models.Index(fields=["programme", "on"], name="amendment_by_day")]

    def __str__(self) -> str:
        return f"{self.on} {self.figure}"
