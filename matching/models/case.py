"""Case: a collaboration told to everybody, in the form of the collaboration handbook. CaseSide: a partner in it, what it
did and got, and the version of the text that it agrees to see published.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.models.collaboration import Collaboration
from matching.models.posting import several_of
from matching.states import CASE_TRANSITIONS, CONSENTED_CASES, EDITABLE_CASES, READ_BY_OFFICE, CaseState
from matching.vocabulary import Category, Method, Outcome
from partners.models import Partner
from partners.states import PartnerState
from partners.vocabulary.roles import Role
from portal.tenancy.models import TenantModel
from portal.web.access import Actor


class CaseQuerySet(models.QuerySet["Case"]):
    def public(self) -> "CaseQuerySet":
        """What everybody may read: published, and every side agrees to this very text and is registered."""
        unsure = CaseSide.objects.filter(case=OuterRef("pk")).exclude(
            agreed_revision=F("case__revision"), partner__state=PartnerState.REGISTERED
        )
        return self.filter(~Exists(unsure), state=CaseState.PUBLISHED)

    def of(self, partner_id: int) -> "CaseQuerySet":
        return self.filter(Exists(CaseSide.objects.filter(case=OuterRef("pk"), partner=partner_id)))

    def visible_to(self, actor: Actor) -> "CaseQuerySet":
        """The one rule of who may know of a case; every page, list, feed, file and address asks it.

        Staff: what waits for them or is published. Its sides: always. Everybody else: what is public.
        """
        if actor.is_staff():
            return self.filter(state__in=READ_BY_OFFICE)
        if actor.membership is None:
            return self.public()
        return self.public() | self.of(actor.membership.partner_id)


class Case(TenantModel):
    # None: an initiative that a partner tells of by itself.
    collaboration = models.ForeignKey(
        Collaboration, on_delete=models.PROTECT, null=True, related_name="cases", verbose_name=_("連携記録")
    )
    state = models.CharField(_("状態"), max_length=12, choices=CaseState.choices, default=CaseState.DRAFT)

    title = models.CharField(_("事例の名前"), max_length=120)
    category = models.CharField(_("連携の種類"), max_length=12, choices=Category.choices, blank=True)
    methods = several_of(_("連携の形"), Method.choices)
    goals = ArrayField(models.SmallIntegerField(), verbose_name=_("SDGsの目標"), default=list, blank=True)
    region = models.CharField(_("地域"), max_length=40, blank=True)
    year = models.PositiveSmallIntegerField(_("取組の年度"))
    outline = models.TextField(_("連携の概要"), max_length=4000, blank=True)
    results = models.TextField(_("連携の成果"), max_length=4000, blank=True)
    figures = models.TextField(_("数値で見る成果"), max_length=2000, blank=True)
    effect = models.TextField(_("社会的課題への効果"), max_length=2000, blank=True)
    money = models.TextField(_("お金の流れ"), max_length=1000, blank=True)
    supporters = models.TextField(_("協力者"), max_length=1000, blank=True)
    # One line for each photo, in their order.
    captions = models.TextField(_("写真の説明"), max_length=1200, blank=True)

    # Counted up with each change of any text: a consent holds for one version alone.
    revision = models.PositiveIntegerField(default=1, editable=False)
    comment = models.TextField(_("事務局から"), blank=True)
    awarded_in = models.PositiveSmallIntegerField(_("受賞の年度"), null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now, editable=False)
    asked_at = models.DateTimeField(_("同意を求めた日時"), null=True, editable=False)
    submitted_at = models.DateTimeField(_("提出日時"), null=True, editable=False)
    published_at = models.DateTimeField(_("公開日時"), null=True, editable=False)
    # The words that search looks in, folded.
    folded = models.TextField(default="", editable=False)

    objects: ClassVar = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("連携事例")
        verbose_name_plural = _("連携事例")
        ordering = ["-published_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "collaboration"], condition=~Q(state=CaseState.DISCARDED),
                name="one_case_per_collaboration",
            ),
            models.CheckConstraint(
                condition=~Q(state=CaseState.PUBLISHED)
                | Q(submitted_at__isnull=False, published_at__isnull=False),
                name="what_is_published_was_submitted",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["programme", "state", "-published_at"], name="case_by_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE_CASES

    @property
    def is_consented(self) -> bool:
        return self.state in CONSENTED_CASES

    @property
    def next_states(self) -> set[CaseState]:
        return CASE_TRANSITIONS[CaseState(self.state)]

    @property
    def tone(self) -> str:
        tones = {
            "published": "success",
            "asked": "info",
            "submitted": "info",
            "returned": "warning",
            "withdrawn": "warning",
        }
        return tones.get(self.state, "")


class CaseSide(TenantModel):
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="sides")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("団体"))
    # 0: not asked yet, or taken back.
    agreed_revision = models.PositiveIntegerField(default=0, editable=False)

    roles = several_of(_("担った役割"), Role.choices)
    does = models.TextField(_("取組の内容"), max_length=2000, blank=True)
    outcomes = several_of(_("得られたもの"), Outcome.choices)
    gains = models.TextField(_("この団体の成果"), max_length=2000, blank=True)
    key_person = models.CharField(_("キーパーソン（役職と氏名）"), max_length=120, blank=True)
    interview = models.TextField(_("キーパーソンに聞く"), max_length=4000, blank=True)
    strengths = models.TextField(_("この団体の強み"), max_length=2000, blank=True)

    # Reference data, as it was when the case was written
    address = models.CharField(_("住所"), max_length=200, blank=True)
    founded = models.CharField(_("設立"), max_length=60, blank=True)
    purpose = models.CharField(_("事業の目的・内容"), max_length=500, blank=True)
    members = models.CharField(_("会員数・従業員数"), max_length=60, blank=True)
    awards = models.CharField(_("受賞歴など"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("事例の団体")
        verbose_name_plural = _("事例の団体")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "case", "partner"], name="one_side_per_case_and_partner")
        ]
        indexes = [models.Index(fields=["programme", "partner"], name="case_side_by_partner")]

    def __str__(self) -> str:
        return self.partner.name
