"""RuleVersion: one version of a programme's rules, as JSON of rules_json.py."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import TenantModel
from renewals.rulebook import Rules
from renewals.rules_json import read_rules
from renewals.stages import RuleState


class RuleVersionQuerySet(models.QuerySet["RuleVersion"]):
    def approved(self) -> "RuleVersionQuerySet":
        return self.filter(state=RuleState.APPROVED)


class RuleVersion(TenantModel):
    name = models.CharField(_("名前"), max_length=80)
    effective_on = models.DateField(_("施行日"))
    # All of it, name and day included, so that it can be read without this row.
    data = models.JSONField(_("内容"))
    state = models.CharField(_("状態"), max_length=12, choices=RuleState.choices, default=RuleState.DRAFT)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("作った人")
    )
    drafted_at = models.DateTimeField(_("作成日時"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("決めた人")
    )
    decided_at = models.DateTimeField(_("決定日時"), null=True)
    reason = models.TextField(_("理由"), blank=True)

    objects: ClassVar = RuleVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("期限のルール")
        verbose_name_plural = _("期限のルール")
        ordering = ["-effective_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "effective_on"],
                condition=models.Q(state=RuleState.APPROVED),
                name="one_approved_version_per_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.effective_on}）"

    @property
    def rules(self) -> Rules:
        return read_rules(self.data)
