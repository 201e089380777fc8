"""Video: a recording or another film, by theme. Feed: a partner's secret address for its calendar programs."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from meetings.models.meetings import Meeting
from meetings.models.talks import Theme
from partners.models import Partner
from portal.tenancy.models import TenantModel

CAPTIONS = "captions"


class VideoQuerySet(models.QuerySet["Video"]):
    def public(self) -> "VideoQuerySet":
        return self.filter(audience=Video.Audience.PUBLIC, is_shown=True)

    def for_partners(self) -> "VideoQuerySet":
        return self.filter(is_shown=True)


class Video(TenantModel):
    class Audience(models.TextChoices):
        PUBLIC = "public", _("すべての人")
        PARTNERS = "partners", _("登録パートナー")

    title = models.CharField(_("題名"), max_length=120)
    url = models.URLField(_("動画のアドレス"), max_length=500)
    meeting = models.ForeignKey(
        Meeting, on_delete=models.SET_NULL, null=True, blank=True, related_name="videos", verbose_name=_("録画した会")
    )
    theme = models.ForeignKey(
        Theme, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("テーマ")
    )
    recorded_on = models.DateField(_("収録日"))
    minutes = models.PositiveSmallIntegerField(_("長さ（分）"), null=True, blank=True)
    audience = models.CharField(_("見せる相手"), max_length=10, choices=Audience.choices, default=Audience.PARTNERS)
    has_captions = models.BooleanField(_("字幕あり"), default=False)
    summary = models.TextField(_("紹介"), blank=True, max_length=1000)
    # Who cannot hear, or has no time to look, reads what was said.
    transcript = models.TextField(_("書き起こし"), blank=True, validators=[MaxLengthValidator(200_000)])
    is_shown = models.BooleanField(_("公開する"), default=True)

    objects: ClassVar = VideoQuerySet.as_manager()

    class Meta:
        verbose_name = _("動画")
        verbose_name_plural = _("動画")
        ordering = ["-recorded_on", "-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_public(self) -> bool:
        return self.is_shown and self.audience == self.Audience.PUBLIC


def new_key() -> str:
    return get_random_string(48)


class Feed(TenantModel):
    """Whoever has the key reads which meetings the partner may come to. Ended by deleting the row."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=48, default=new_key, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "partner"], name="one_feed_per_partner"),
            models.UniqueConstraint(fields=["programme", "key"], name="one_feed_per_key"),
        ]

    def __str__(self) -> str:
        return str(self.partner)
