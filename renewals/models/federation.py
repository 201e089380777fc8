"""Once-only: a report that goes to another programme as well. Two tables, each inside one programme: what was sent from
here, and what arrived here. Neither knows the other's rows (docs/decisions/once-only.md).
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Programme, TenantModel
from renewals.models.reports import Report


class Forwarding(TenantModel):
    """A person of a partner asked for it. Whether it was of use there is not told back."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="forwardings")
    to = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", verbose_name=_("送り先の事業"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("送った人")
    )
    asked_at = models.DateTimeField(_("送った日時"), default=timezone.now)
    # By the task that enters the other programme.
    carried_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("ほかの事業への送付")
        verbose_name_plural = _("ほかの事業への送付")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "report", "to", "asked_by"], name="sent_once_to_each_programme"
            )
        ]


class Arrival(TenantModel):
    """A draft from another programme. Only the person who sent it sees it, until they hand it in here."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("送った人")
    )
    # Names the report it was copied from, so that it arrives once. For a machine; `source` is for people.
    origin = models.CharField(max_length=60, editable=False)
    source = models.CharField(_("写し元"), max_length=200)
    fiscal_year = models.PositiveSmallIntegerField(_("年度"), null=True)
    # As the report's form reads it.
    content = models.JSONField(_("内容"))
    # Keys of the pictures, which wait as if the person had just sent them.
    photos = ArrayField(models.UUIDField(), default=list)
    arrived_at = models.DateTimeField(_("届いた日時"), default=timezone.now)
    # What it became.
    report = models.ForeignKey(
        Report, on_delete=models.PROTECT, null=True, related_name="arrivals", verbose_name=_("活動報告")
    )

    class Meta:
        verbose_name = _("ほかの事業からの下書き")
        verbose_name_plural = _("ほかの事業からの下書き")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "user", "origin"], name="arrives_once"),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def what(self) -> str:
        """Stands in the address of the page where it is handed in."""
        return "renewal" if self.fiscal_year is None else str(self.fiscal_year)
