"""Partner: an organisation of the programme, as it is now. What it was on a past day stands in history.py."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from partners.fields import FIELDS, Visibility
from partners.states import Ending, PartnerState
from partners.vocabulary.industries import DIVISIONS, GROUPS
from partners.vocabulary.kinds import Kind, PolicyTheme
from partners.vocabulary.municipalities import Municipality, municipalities
from partners.vocabulary.roles import Role
from portal.tenancy.models import TenantModel
from portal.tenancy.scope import current_programme


def new_certificate_code() -> str:
    """Short enough to be typed from paper: letters and digits that look unlike each other."""
    return get_random_string(10, "abcdefghjkmnpqrstuvwxyz23456789")


def text_of(name: str, length: int = 0, **options: Any) -> Any:
    """A column for a field of fields.py, with its label. Empty text, never NULL."""
    if length:
        return models.CharField(FIELDS[name].label, max_length=length, blank=True, **options)
    return models.TextField(FIELDS[name].label, blank=True, **options)


def number_of(name: str) -> Any:
    return models.PositiveBigIntegerField(FIELDS[name].label, null=True, blank=True)


def day_of(name: str) -> Any:
    return models.DateField(FIELDS[name].label, null=True, blank=True)


def several_of(name: str, choices: Any = None, length: int = 40) -> Any:
    return ArrayField(
        models.CharField(max_length=length, choices=choices), verbose_name=FIELDS[name].label, default=list, blank=True
    )


class PartnerQuerySet(models.QuerySet["Partner"]):
    def current(self) -> "PartnerQuerySet":
        """Whose people may sign in."""
        return self.exclude(state=PartnerState.ENDED)

    def listed(self) -> "PartnerQuerySet":
        """Whom the public directory shows."""
        return self.filter(state=PartnerState.REGISTERED)


class Partner(TenantModel):
    # Given by the programme
    number = models.PositiveIntegerField(_("登録番号"), null=True, blank=True)
    state = models.CharField(_("状態"), max_length=12, choices=PartnerState.choices, default=PartnerState.REGISTERED)
    batch = models.ForeignKey(
        "partners.Batch", on_delete=models.PROTECT, null=True, blank=True, related_name="partners", verbose_name=_("期")
    )
    ending = models.CharField(_("終了の理由"), max_length=12, choices=Ending.choices, blank=True)
    approved_on = models.DateField(_("承認日"), null=True, blank=True)
    certificate_dated_on = models.DateField(
        _("登録証の日付"), null=True, blank=True, help_text=_("空のときは承認日を使います。")
    )
    certificate_reissued_on = models.DateField(
        _("登録証の再発行日"), null=True, blank=True, help_text=_("名称が変わると自動で入り、登録証に載ります。")
    )
    # Stands in the address that the certificate's QR code leads to.
    certificate_code = models.CharField(
        _("登録証の確認番号"), max_length=16, default=new_certificate_code, editable=False
    )
    is_migrated = models.BooleanField(
        _("移行済み"), default=True, help_text=_("前の仕組みから移した団体は、情報を確かめるまで「いいえ」です。")
    )

    name = models.CharField(FIELDS["name"].label, max_length=200)
    kana = text_of("kana", 300)
    name_en = text_of("name_en", 200)
    common_name = text_of("common_name", 200)
    kind = text_of("kind", 20, choices=Kind.choices)
    corporate_number = text_of("corporate_number", 13)
    representative_title = text_of("representative_title", 80)
    representative_name = text_of("representative_name", 80)
    representative_kana = text_of("representative_kana", 120)
    founded_on = day_of("founded_on")
    established_on = day_of("established_on")

    postal_code = text_of("postal_code", 8)
    municipality = text_of("municipality", 6)
    address = text_of("address", 200)
    phone = text_of("phone", 30)
    fax = text_of("fax", 30)
    website = models.URLField(FIELDS["website"].label, max_length=500, blank=True)
    links = ArrayField(models.URLField(max_length=500), verbose_name=FIELDS["links"].label, default=list, blank=True)

    industry_division = text_of("industry_division", 1, choices=list(DIVISIONS.items()))
    industry_group = text_of("industry_group", 2, choices=[(code, name) for code, (_letter, name) in GROUPS.items()])
    capital = number_of("capital")
    capital_from_large = number_of("capital_from_large")
    employees_regular = number_of("employees_regular")
    employees_part = number_of("employees_part")
    employees_other = number_of("employees_other")
    officers = number_of("officers")
    member_count = number_of("member_count")
    office_name = text_of("office_name", 120)
    trading_area = text_of("trading_area", 200)
    affiliates = text_of("affiliates")

    summary = text_of("summary")
    economy = text_of("economy")
    society = text_of("society")
    environment = text_of("environment")
    published_at = models.URLField(FIELDS["published_at"].label, max_length=500, blank=True)
    goals = ArrayField(models.SmallIntegerField(), verbose_name=FIELDS["goals"].label, default=list, blank=True)
    themes = several_of("themes", PolicyTheme.choices)

    strengths = text_of("strengths")
    mission = text_of("mission")
    culture = text_of("culture")
    offers = several_of("offers", Role.choices)
    offers_note = text_of("offers_note")
    needs = several_of("needs", Role.choices)
    needs_note = text_of("needs_note")
    results = text_of("results")
    evaluation = text_of("evaluation")
    awards = text_of("awards")

    shipping = text_of("shipping")
    ability = text_of("ability", 120)
    processing = text_of("processing", 120)
    customers = text_of("customers")
    subcontractors = text_of("subcontractors")

    contact_name = text_of("contact_name", 80)
    contact_kana = text_of("contact_kana", 120)
    contact_department = text_of("contact_department", 120)
    contact_phone = text_of("contact_phone", 30)
    contact_extension = text_of("contact_extension", 20)
    contact_fax = text_of("contact_fax", 30)
    contact_email = models.EmailField(FIELDS["contact_email"].label, blank=True)

    # The key of the stored picture, so that lists show logos without asking for them.
    logo = models.CharField(_("ロゴ"), max_length=36, blank=True, editable=False)
    logo_alt = models.CharField(_("ロゴの説明"), max_length=120, blank=True)

    # Where the partner chose differently from FIELDS: {"phone": "partners"}
    visibility = models.JSONField(_("公開の範囲"), default=dict, blank=True)
    # What the directory's search reads (search.py): the public words, folded.
    folded = models.TextField(default="", editable=False)
    # Counted up with each change, so that a second editor's form is noticed to be old.
    revision = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("更新日時"), default=timezone.now, editable=False)

    objects: ClassVar = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("団体")
        verbose_name_plural = _("団体")
        ordering = ["number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="one_partner_per_number"),
            models.UniqueConstraint(fields=["programme", "certificate_code"], name="one_partner_per_certificate"),
            models.CheckConstraint(
                condition=models.Q(ending="") | models.Q(state=PartnerState.ENDED), name="only_what_ended_has_an_ending"
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "kana", "id"], name="partner_by_kana"),
            models.Index(fields=["programme", "-approved_on", "-id"], name="partner_by_approval"),
            models.Index(fields=["programme", "state"], name="partner_by_state"),
        ]

    def __str__(self) -> str:
        return self.name

    def visibility_of(self, name: str) -> Visibility:
        """Who sees a field: what the partner chose, unless the programme fixed it."""
        field = FIELDS[name]
        return field.visibility if field.is_fixed else Visibility(self.visibility.get(name, field.visibility))

    def is_public(self, name: str, sections: list[str]) -> bool:
        """Whether everybody may see a field, where the programme uses these sections of the profile."""
        return FIELDS[name].section in sections and self.visibility_of(name) is Visibility.PUBLIC

    @property
    def _place(self) -> Municipality | None:
        return municipalities(current_programme().prefecture_code).get(self.municipality)

    @property
    def municipality_codes(self) -> list[str]:
        return self._place.codes if self._place else []

    @property
    def municipality_name(self) -> str:
        return self._place.full_name if self._place else ""

    @property
    def municipality_label(self) -> str:
        """In the language of the page."""
        return self._place.label if self._place else ""

    @property
    def region(self) -> str:
        return self._place.region if self._place else ""

    @property
    def is_listed(self) -> bool:
        return self.state == PartnerState.REGISTERED


class Office(TenantModel):
    """A further office of a partner, beside the one in its own row."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="offices")
    name = models.CharField(_("事業所名"), max_length=120)
    postal_code = models.CharField(_("郵便番号"), max_length=8, blank=True)
    municipality = models.CharField(_("市区町村"), max_length=6, blank=True)
    address = models.CharField(_("所在地"), max_length=200)
    phone = models.CharField(_("電話"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("事業所")
        verbose_name_plural = _("事業所")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """Postal code, municipality and address in one line."""
        town = municipalities(current_programme().prefecture_code).get(self.municipality)
        parts = [f"〒{self.postal_code}" if self.postal_code else "", town.full_name if town else "", self.address]
        return " ".join(part for part in parts if part)

    @property
    def in_words(self) -> str:
        return "、".join(part for part in (self.name, self.place, self.phone) if part)


class Equipment(TenantModel):
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="equipment")
    name = models.CharField(_("設備名"), max_length=120)
    is_made_in_japan = models.BooleanField(_("国産"), default=True)
    maker = models.CharField(_("メーカー"), max_length=120, blank=True)
    units = models.PositiveIntegerField(_("台数"), default=1)
    remark = models.CharField(_("備考"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("設備")
        verbose_name_plural = _("設備")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def in_words(self) -> str:
        made = _("国産") if self.is_made_in_japan else _("国産でない")
        parts = (self.name, str(made), self.maker, str(_("%d台") % self.units), self.remark)
        return "、".join(part for part in parts if part)
