"""What a programme tells its partners: benefits with whoever gives them, desks where help is found, examples of answers."""

import re
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.fields import FIELDS
from partners.vocabulary.municipalities import municipalities
from portal.tenancy.models import Language, TenantModel
from portal.tenancy.scope import current_programme
from portal.web.content import PublicRow


class Reachable(PublicRow):
    """Where somebody is reached. Numbers are text: some desks have two, some none."""

    postal_code = models.CharField(_("郵便番号"), max_length=8, blank=True)
    address = models.CharField(_("所在地"), max_length=200, blank=True)
    phone = models.CharField(_("電話"), max_length=80, blank=True, help_text=_("二つあるときは「又は」で続けます。"))
    fax = models.CharField(_("FAX"), max_length=80, blank=True)
    email = models.EmailField(_("メールアドレス"), blank=True)
    website = models.URLField(_("ウェブサイト"), max_length=500, blank=True)
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)
    is_shown = models.BooleanField(_("公開"), default=True)

    class Meta:
        abstract = True

    @property
    def phones(self) -> list[tuple[str, str]]:
        """(as written, as dialled): 「045-000-0000 又は 045-000-0001」 are two."""
        return [
            (part, re.sub(r"[^0-9+]", "", part))
            for part in (piece.strip() for piece in re.split(r"又は|または|、|,|／|/", self.phone))
            if part
        ]


class Benefit(Reachable):
    title = models.CharField(_("題名"), max_length=120)
    language = models.CharField(_("言語"), max_length=8, choices=Language.choices, default=Language.JAPANESE)
    body = models.TextField(
        _("本文"),
        help_text=_("空の行で段落を分けます。「## 」で始まる行は見出し、「- 」で始まる行は箇条書きになります。"),
    )
    owner = models.CharField(_("担当する機関"), max_length=120, help_text=_("例：神奈川産業振興センター"))
    # A bank reads these beside the certificate.
    is_for_banks = models.BooleanField(_("登録証の確認ページにも示す"), default=False)

    class Meta:
        verbose_name = _("メリット")
        verbose_name_plural = _("メリット")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.title


class SupportDesk(Reachable):
    name = models.CharField(_("窓口"), max_length=120)
    municipality = models.CharField(_("市区町村"), max_length=6, blank=True)
    hours = models.CharField(_("受付時間"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("相談窓口")
        verbose_name_plural = _("相談窓口")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def municipality_label(self) -> str:
        place = municipalities(current_programme().prefecture_code).get(self.municipality)
        return place.label if place else ""


def fields_with_examples() -> list[tuple[str, Any]]:
    """By name in the migrations, so that a new field needs none."""
    return [(field.name, field.label) for field in FIELDS.values()]


class FieldExample(TenantModel):
    """記入例 in the programme's own words, beside a field of the profile; without one, the usual example stands there."""

    field = models.CharField(_("項目"), max_length=40, choices=fields_with_examples)
    language = models.CharField(_("言語"), max_length=8, choices=Language.choices, default=Language.JAPANESE)
    text = models.CharField(_("記入例"), max_length=300, help_text=_("「例：」は自動で付きます。"))

    class Meta:
        verbose_name = _("記入例")
        verbose_name_plural = _("記入例")
        ordering = ["field", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "field", "language"],
                name="one_example_per_field_and_language",
                violation_error_message=_(
                    "この項目の記入例は、この言語ですでにあります。一覧から開いて直してください。"
                ),
            )
        ]

    def __str__(self) -> str:
        return str(FIELDS[self.field].label) if self.field in FIELDS else self.field
