"""LogoEdition: a programme's own files of one of its two logos. What a partner accepts for it is a LogoLicence."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.vocabulary import Logo
from portal.tenancy.models import TenantModel


class LogoEdition(TenantModel):
    """Files are never changed: another drawing is another edition. Without one in use, the portal's own is drawn."""

    logo = models.CharField(_("ロゴ"), max_length=14, choices=Logo.choices)
    number = models.PositiveIntegerField(_("版"))
    # Clean (matching/drawing.py). PNG and guidelines are files of this row; without them they are made from it.
    svg = models.TextField()
    note = models.CharField(_("この版について"), max_length=200, blank=True)
    is_in_use = models.BooleanField(_("使用中"), default=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("載せた職員")
    )
    added_at = models.DateTimeField(_("載せた日時"), default=timezone.now)

    class Meta:
        verbose_name = _("ロゴの版")
        verbose_name_plural = _("ロゴの版")
        ordering = ["logo", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "logo", "number"], name="one_edition_per_number"),
            models.UniqueConstraint(
                fields=["programme", "logo"], condition=Q(is_in_use=True), name="one_edition_in_use"
            ),
        ]

    def __str__(self) -> str:
        return str(_("%(logo)s 第%(number)d版")) % {"logo": self.get_logo_display(), "number": self.number}
