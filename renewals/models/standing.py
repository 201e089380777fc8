"""Standing: how a partner stood when the daily task last looked, so that it looks again only when something can differ.

Pages never read the state from here: they ask the arithmetic, which is always right. Lists and counts do.
"""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models import Member, Partner
from portal.tenancy.models import TenantModel
from renewals.states import LABELS, State


class StandingQuerySet(models.QuerySet["Standing"]):
    def to_look_at(self, today: date) -> "StandingQuerySet":
        """Something can differ: a day has come, or the partner's own row was changed."""
        return self.filter(Q(look_again_on__lte=today) | ~Q(seen_revision=F("partner__revision")))


class Standing(TenantModel):
    partner = models.OneToOneField(Partner, on_delete=models.CASCADE, related_name="standing", verbose_name=_("団体"))
    state = models.CharField(
        _("状態"), max_length=20, choices=[(state.value, LABELS[state]) for state in State],
        default=State.NOT_REGISTERED.value,
    )  # fmt: skip
    # Since the day on which the daily task first saw it.
    state_since = models.DateField(_("いつから"), null=True)
    # The due date that is next, open or coming.
    due_on = models.DateField(_("次の期限"), null=True)
    look_again_on = models.DateField(_("次に確かめる日"), null=True)
    seen_revision = models.PositiveIntegerField(default=0, editable=False)

    # What the office has set.
    earlier_renewals = models.PositiveSmallIntegerField(
        _("記録より前の更新の回数"),
        default=0,
        help_text=_("前の仕組みで済ませた更新の回数です。期間の計算に使います。"),
    )
    silent_because = models.TextField(_("お知らせを止めた理由"), blank=True)
    silent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("お知らせを止めた人"),
    )  # fmt: skip

    objects: ClassVar = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("提出の状況")
        verbose_name_plural = _("提出の状況")
        ordering = ["due_on", "partner_id"]
        indexes = [
            models.Index(fields=["programme", "look_again_on"], name="standing_to_look_at"),
            models.Index(fields=["programme", "state", "due_on"], name="standing_by_state"),
        ]

    def __str__(self) -> str:
        return str(self.partner)

    @property
    def is_silent(self) -> bool:
        return bool(self.silent_because)


class Reminder(TenantModel):
    """One that was sent to a partner. The key names duty, due date and day, so the database knows "never twice"."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="reminders")
    key = models.CharField(max_length=80)
    planned_on = models.DateField(_("予定の日"))
    sent_on = models.DateField(_("送った日"))

    database_rights: ClassVar[str] = "SELECT, INSERT, DELETE"

    class Meta:
        verbose_name = _("期限のお知らせ")
        verbose_name_plural = _("期限のお知らせ")
        ordering = ["-sent_on", "-id"]
        constraints = [models.UniqueConstraint(fields=["programme", "partner", "key"], name="no_reminder_twice")]

    @property
    def due_on(self) -> date:
        """Of the deadline that it was about: the key's last part but one."""
        return date.fromisoformat(self.key.rsplit(":", 2)[1])


class DutyMail(TenantModel):
    """Whether a person wants the mails about deadlines, where they chose. Otherwise owners and editors get them."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="duty_mail")
    wants = models.BooleanField(_("期限のお知らせを受け取る"), default=True)

    class Meta:
        verbose_name = _("お知らせの受取り")
        verbose_name_plural = _("お知らせの受取り")
