"""Page: a text of a programme's own, such as its privacy policy. Staff write it; the public reads it."""

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Language, TenantModel
from portal.web.content import content_changed


class Page(TenantModel):
    class Slug(models.TextChoices):
        SITE_POLICY = "site-policy", _("サイトポリシー")
        PRIVACY = "privacy", _("個人情報の取扱い")
        ACCESSIBILITY = "accessibility", _("ウェブアクセシビリティ方針")

    slug = models.CharField(_("ページ"), max_length=40, choices=Slug.choices)
    language = models.CharField(_("言語"), max_length=8, choices=Language.choices, default=Language.JAPANESE)
    title = models.CharField(_("題名"), max_length=80)
    body = models.TextField(
        _("本文"),
        help_text=_("空の行で段落を分けます。「## 」で始まる行は見出し、「- 」で始まる行は箇条書きになります。"),
    )
    updated_at = models.DateTimeField(_("更新日時"), auto_now=True)

    class Meta:
        verbose_name = _("ページ")
        verbose_name_plural = _("ページ")
        constraints = [
            models.UniqueConstraint(fields=["programme", "slug", "language"], name="one_page_per_language"),
        ]

    def __str__(self) -> str:
        return self.title

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        content_changed()
