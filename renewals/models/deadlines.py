"""Extension: deadlines moved to a later day by decision, for everybody, for some, or for one partner; reversible.

Suspensions and removals, which move dates too, are the partner's dated facts (partners.models.Fact).
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from portal.tenancy.models import TenantModel


class Extension(TenantModel):
    class Kind(models.TextChoices):
        BOTH = "", _("更新と活動報告の両方")
        RENEWAL = "renewal", _("更新だけ")
        REPORT = "report", _("活動報告だけ")

    due_from = models.DateField(_("延ばす期限の始まり"))
    due_to = models.DateField(_("延ばす期限の終わり"))
    until = models.DateField(_("新しい期限"))
    kind = models.CharField(_("対象の期限"), max_length=10, choices=Kind.choices, blank=True, default=Kind.BOTH)
    is_for_all = models.BooleanField(_("すべての団体"), default=False)
    # Whom it was meant for, in the words of the day: "第3期", "横浜市".
    meant_for = models.CharField(_("対象の団体"), max_length=200)
    reason = models.TextField(_("理由"))
    recorded_on = models.DateField(_("決定日"), default=timezone.localdate)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("決めた人")
    )
    withdrawn_on = models.DateField(_("取り消した日"), null=True)
    withdrawn_because = models.TextField(_("取り消した理由"), blank=True)

    class Meta:
        verbose_name = _("期限の延長")
        verbose_name_plural = _("期限の延長")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_from__lte=models.F("due_to"), due_to__lte=models.F("until")),
                name="extension_moves_to_a_later_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.meant_for} {self.due_from}–{self.due_to} → {self.until}"


class ExtendedPartner(TenantModel):
    """Whom an extension reaches that is not for all: as they were when it was decided."""

    extension = models.ForeignKey(Extension, on_delete=models.CASCADE, related_name="partners")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")

    database_rights: ClassVar[str] = "SELECT, INSERT, DELETE"

    class Meta:
        verbose_name = _("延長の対象")
        verbose_name_plural = _("延長の対象")
        constraints = [
            models.UniqueConstraint(fields=["programme", "extension", "partner"], name="extended_once_per_partner")
        ]
        indexes = [models.Index(fields=["programme", "partner"], name="extended_by_partner")]
