"""LocalGroup (地域会): partners of one region who meet by themselves. GroupResult: what a group brings to the plenary.

Who belongs to a group is worked out from where the partner is and from what it wished: nobody keeps a list.
"""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from partners.vocabulary.municipalities import municipalities
from portal.tenancy.models import TenantModel
from portal.tenancy.scope import current_programme
from portal.web.content import PublicRow

LONGEST_TEXT = 20_000
PHOTOS, PAPERS = "photos", "papers"
RICH = _("空の行で段落を分けます。「## 」で始まる行は見出し、「- 」で始まる行は箇条書きになります。")


class LocalGroupQuerySet(models.QuerySet["LocalGroup"]):
    def open(self) -> "LocalGroupQuerySet":
        return self.filter(is_open=True)

    def of(self, partner: Partner) -> "LocalGroupQuerySet":
        """Those of the partner's region that it has not left, and those elsewhere that it has joined."""
        wishes = GroupWish.objects.filter(partner=partner)
        theirs = models.Q(pk__in=wishes.filter(is_in=True).values("group"))
        if partner.region:
            theirs |= models.Q(region=partner.region) & ~models.Q(pk__in=wishes.filter(is_in=False).values("group"))
        return self.open().filter(theirs)

    def partners(self) -> "models.QuerySet[Partner]":
        """Who belongs to one of these, of those who are registered now."""
        wishes = GroupWish.objects.filter(group=models.OuterRef("pk"), partner=models.OuterRef(models.OuterRef("pk")))
        is_in, has_left = (models.Exists(wishes.filter(is_in=is_in)) for is_in in (True, False))
        of_region = models.Q(region=models.OuterRef("group_region")) & ~models.Q(region="") & ~has_left
        homes = [
            models.When(municipality=code, then=models.Value(place.region))
            for code, place in municipalities(current_programme().prefecture_code).items()
        ]
        home = models.Case(*homes, default=models.Value(""))
        groups = self.filter(is_in | of_region)
        return Partner.objects.listed().alias(group_region=home).filter(models.Exists(groups))


class LocalGroup(TenantModel):
    name = models.CharField(_("名称"), max_length=60)
    region = models.CharField(
        _("地域"), max_length=40, blank=True,
        help_text=_("この地域のパートナーは、はじめから入ります。空のときは、希望した団体だけが入ります。"),
    )  # fmt: skip
    summary = models.CharField(_("ひとことの紹介"), max_length=120, blank=True)
    text = models.TextField(
        _("会の紹介"), blank=True, validators=[MaxLengthValidator(LONGEST_TEXT)], help_text=RICH
    )  # fmt: skip
    is_open = models.BooleanField(
        _("活動中"), default=True, help_text=_("外すと、パートナーのページに出なくなり、メールの送り先にもなりません。")
    )
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)

    objects: ClassVar = LocalGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("地域会")
        verbose_name_plural = _("地域会")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name"],
                name="one_group_per_name",
                violation_error_message=_("同じ名称の地域会があります。"),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def partners(self) -> "models.QuerySet[Partner]":
        """Who belongs to it, of those who are registered now."""
        return LocalGroup.objects.filter(pk=self.pk).partners()


class GroupWish(TenantModel):
    """What a partner said: to belong to a group from elsewhere, or not to although it is of the region."""

    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="wishes", verbose_name=_("地域会"))
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+", verbose_name=_("団体"))
    is_in = models.BooleanField(_("入る"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("日時"), default=timezone.now)

    class Meta:
        verbose_name = _("地域会の希望")
        verbose_name_plural = _("地域会の希望")
        constraints = [models.UniqueConstraint(fields=["programme", "group", "partner"], name="one_wish_per_group")]

    def __str__(self) -> str:
        return f"{self.group}：{self.partner}"


class GroupResultQuerySet(models.QuerySet["GroupResult"]):
    def for_partners(self) -> "GroupResultQuerySet":
        return self.filter(is_shown=True)

    def public(self) -> "GroupResultQuerySet":
        return self.filter(is_shown=True, audience=GroupResult.Audience.PUBLIC)


class GroupResult(PublicRow):
    class Audience(models.TextChoices):
        PUBLIC = "public", _("すべての人")
        PARTNERS = "partners", _("登録パートナー")

    group = models.ForeignKey(LocalGroup, on_delete=models.PROTECT, related_name="results", verbose_name=_("地域会"))
    meeting = models.ForeignKey(
        "meetings.Meeting", on_delete=models.SET_NULL, null=True, blank=True, related_name="results",
        verbose_name=_("報告する会"), help_text=_("この会のページにも載ります。"),
    )  # fmt: skip
    title = models.CharField(_("題名"), max_length=120)
    text = models.TextField(
        _("話し合ったこと、決まったこと"), validators=[MaxLengthValidator(LONGEST_TEXT)], help_text=RICH
    )
    photos_alt = models.CharField(
        _("写真の説明"),
        max_length=200,
        blank=True,
        help_text=_("写真を見られない方のために、写っているものを書きます。"),
    )
    audience = models.CharField(_("見せる相手"), max_length=10, choices=Audience.choices, default=Audience.PARTNERS)
    is_shown = models.BooleanField(_("公開する"), default=False)
    made_at = models.DateTimeField(_("作成日時"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("更新日時"), auto_now=True)

    objects: ClassVar = GroupResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("地域会の報告")
        verbose_name_plural = _("地域会の報告")
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meetings:group_result", args=[self.pk])

    @property
    def is_public(self) -> bool:
        return self.is_shown and self.audience == self.Audience.PUBLIC
