"""Partners of the former scheme that have not moved over yet: that they were asked to, and the staff's look at them."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner, PartnerQuerySet
from partners.states import PartnerState
from portal.tenancy.models import TenantModel


class MovingPartners(models.Manager["Partner"]):
    def get_queryset(self) -> PartnerQuerySet:
        moving = PartnerQuerySet(self.model, using=self._db).filter(is_migrated=False)
        return moving.exclude(state=PartnerState.ENDED)


class MovingPartner(Partner):
    objects: ClassVar[Any] = MovingPartners()

    class Meta:
        proxy = True
        verbose_name = _("移行の済んでいない団体")
        verbose_name_plural = _("移行の済んでいない団体")


class MovingMail(TenantModel):
    """A partner was asked to check its data: the first time, and each reminder, once."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="moving_mails")
    # 1 is the request; the next ones are reminders.
    time = models.PositiveSmallIntegerField(_("回"))
    sent_at = models.DateTimeField(_("送信日時"), default=timezone.now)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("移行のお願い")
        verbose_name_plural = _("移行のお願い")
        ordering = ["time"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "partner", "time"], name="one_moving_mail_per_time")
        ]

    def __str__(self) -> str:
        return f"{self.partner_id}: {self.time}"
