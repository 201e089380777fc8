"""Collaboration: what its sides do together, as one record of all of them. LogoLicence: who may use which logo."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.models.introduction import Introduction
from matching.models.posting import Application
from matching.states import COLLABORATION_TRANSITIONS, UNFINISHED, CollaborationState
from matching.vocabulary import Logo, Outcome, Step
from partners.models import Partner
from portal.tenancy.models import TenantModel
from portal.web.access import Actor


class CollaborationQuerySet(models.QuerySet["Collaboration"]):
    def visible_to(self, actor: Actor) -> "CollaborationQuerySet":
        """Its sides and staff."""
        if actor.is_staff():
            return self
        if actor.membership is None:
            return self.none()
        sides = Side.objects.filter(collaboration=OuterRef("pk"), partner=actor.membership.partner_id)
        return self.filter(Exists(sides))


class Collaboration(TenantModel):
    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, null=True, related_name="collaboration", verbose_name=_("応募")
    )
    introduction = models.OneToOneField(
        Introduction, on_delete=models.PROTECT, null=True, related_name="collaboration", verbose_name=_("紹介")
    )
    state = models.CharField(
        _("状態"), max_length=12, choices=CollaborationState.choices, default=CollaborationState.RUNNING
    )
    title = models.CharField(_("取組の名前"), max_length=120)
    started_on = models.DateField(_("開始日"), default=timezone.localdate)

    # The plan: agreed by all sides at the start
    purpose = models.TextField(_("共有する目的"), max_length=2000, blank=True)
    target = models.TextField(_("目標（どれくらい）"), max_length=2000, blank=True)
    target_on = models.DateField(_("いつまでに"), null=True, blank=True)
    measures = models.TextField(_("評価のものさし"), max_length=2000, blank=True)
    plan_revision = models.PositiveIntegerField(default=0, editable=False)

    # The outcome report
    outcome = models.TextField(_("成果"), max_length=4000, blank=True)
    outcomes = ArrayField(
        models.CharField(max_length=20, choices=Outcome.choices),
        verbose_name=_("得られたもの"),
        default=list,
        blank=True,
    )
    figures = models.TextField(_("数値で見る成果"), max_length=2000, blank=True)
    effect = models.TextField(_("社会的課題への効果"), max_length=2000, blank=True)
    reported_at = models.DateTimeField(_("成果報告の日時"), null=True)
    # Written once, for the numbers.
    first_reported_at = models.DateTimeField(null=True, editable=False)
    comment = models.TextField(_("事務局から"), blank=True)
    approved_at = models.DateTimeField(_("承認日時"), null=True)
    asked_follow_up = models.BooleanField(default=False, editable=False)

    objects: ClassVar = CollaborationQuerySet.as_manager()

    class Meta:
        verbose_name = _("連携記録")
        verbose_name_plural = _("連携記録")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=CollaborationState.APPROVED) | Q(approved_at__isnull=False),
                name="approved_collaboration_has_its_day",
            )
        ]
        indexes = [models.Index(fields=["programme", "state"], name="collaboration_by_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def next_states(self) -> set[CollaborationState]:
        return COLLABORATION_TRANSITIONS[CollaborationState(self.state)]

    @property
    def tone(self) -> str:
        return {"running": "info", "reported": "info", "returned": "warning", "approved": "success"}.get(self.state, "")


class Side(TenantModel):
    """A partner in a collaboration, and the version of the plan that it has agreed to."""

    collaboration = models.ForeignKey(Collaboration, on_delete=models.CASCADE, related_name="sides")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("団体"))
    agreed_revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("連携する団体")
        verbose_name_plural = _("連携する団体")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "collaboration", "partner"], name="one_side_per_collaboration_and_partner"
            )
        ]

    def __str__(self) -> str:
        return self.partner.name


class Progress(TenantModel):
    """One report of one side: any number of times, seen by all sides and by staff at once."""

    collaboration = models.ForeignKey(Collaboration, on_delete=models.CASCADE, related_name="reports")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(_("種類"), max_length=12, choices=Step.choices)
    on = models.DateField(_("日付"))
    text = models.TextField(_("内容"), max_length=4000)
    figure = models.CharField(_("数値"), max_length=200, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("経過の報告")
        verbose_name_plural = _("経過の報告")
        ordering = ["-on", "-id"]

    def __str__(self) -> str:
        return f"{self.on} {self.get_step_display()}"


class Confirmation(TenantModel):
    """Another side has read a report and says that it was so, or adds something."""

    report = models.ForeignKey(Progress, on_delete=models.CASCADE, related_name="confirmations")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    comment = models.CharField(_("コメント"), max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("確認")
        verbose_name_plural = _("確認")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "report", "partner"], name="one_confirmation_per_side")
        ]


class LogoLicenceQuerySet(models.QuerySet["LogoLicence"]):
    def barring(self) -> "LogoLicenceQuerySet":
        """Revoked by staff, who have not lifted it: the same logo is not given again."""
        return self.exclude(revoked_at=None).filter(lifted_at=None)


class LogoLicence(TenantModel):
    """A partner has accepted the terms of a logo; the collaboration logo belongs to one collaboration."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("団体"))
    logo = models.CharField(_("ロゴ"), max_length=14, choices=Logo.choices)
    collaboration = models.ForeignKey(
        Collaboration, on_delete=models.PROTECT, null=True, related_name="licences", verbose_name=_("連携記録")
    )
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("同意した人")
    )
    accepted_at = models.DateTimeField(_("同意した日時"), default=timezone.now)
    revoked_at = models.DateTimeField(_("取り消した日時"), null=True)
    reason = models.TextField(_("取消しの理由"), blank=True)
    # From then on the partner may accept the terms anew.
    lifted_at = models.DateTimeField(_("取消しを解いた日時"), null=True)

    objects: ClassVar = LogoLicenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("ロゴの使用許諾")
        verbose_name_plural = _("ロゴの使用許諾")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "partner", "logo"], condition=Q(revoked_at=None, collaboration=None),
                name="one_licence_of_registration_logo",
            ),
            models.UniqueConstraint(
                fields=["programme", "partner", "collaboration"], condition=Q(revoked_at=None),
                name="one_licence_per_side",
            ),
            models.CheckConstraint(
                condition=Q(logo=Logo.REGISTRATION, collaboration=None)
                | Q(logo=Logo.COLLABORATION, collaboration__isnull=False),
                name="collaboration_logo_has_a_collaboration",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.partner}"

    @property
    def number(self) -> str:
        return f"{'R' if self.logo == Logo.REGISTRATION else 'C'}-{self.pk:05d}"
