"""Report: what a partner handed in for a fiscal year, or to renew a term. Published as soon as it is received."""

from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from partners.models import Consent, Member, Partner
from partners.states import PartnerState
from portal.tenancy.models import TenantModel
from portal.web.dates import fiscal_year_name
from portal.web.models import EnteredOnBehalf
from renewals.stages import ReportState

# The parts of a report, in the order of its pages. Nothing but the first must be written: anything done counts.
SECTIONS = {
    "business": _("主な取組"),
    "meetings": _("交流会・会議への参加"),
    "calls": _("呼びかけへの協力"),
    "collaborations": _("ほかの団体との連携"),
    "free": _("そのほか"),
}
PHOTOS = "photos"


class ReportQuerySet(models.QuerySet["Report"]):
    def public(self) -> "ReportQuerySet":
        """What everybody may read: received, not hidden, of a listed partner one of whose owners agrees to it."""
        latest = Consent.objects.filter(member=OuterRef("pk")).order_by("-id").values("publishes_reports")[:1]
        owners = Member.objects.active().owners().filter(partner=OuterRef("partner"))
        agreed = Exists(owners.annotate(agrees=Subquery(latest)).filter(agrees=True))
        return self.filter(
            agreed, state=ReportState.RECEIVED, hidden_on=None, partner__state=PartnerState.REGISTERED
        ).exclude(partner__number=None)

    def returned(self) -> "ReportQuerySet":
        return self.filter(state=ReportState.RETURNED)


class Report(EnteredOnBehalf, TenantModel):
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="reports", verbose_name=_("団体"))
    # Empty: the one that renews a term, and covers it.
    fiscal_year = models.PositiveSmallIntegerField(_("年度"), null=True)
    covers_from = models.DateField(_("報告する期間の始まり"))
    covers_to = models.DateField(_("報告する期間の終わり"))
    receipt = models.CharField(_("受付番号"), max_length=20)
    # Of the form it was sent with: sent twice, it is kept once.
    form_key = models.UUIDField(default=uuid4, editable=False)
    # The day that counts: for one that came on paper, the day on which it came.
    received_on = models.DateField(_("受付日"))
    # The day on which staff wrote it into the system (代理入力), from which it is known.
    entered_on = models.DateField(_("代理入力した日"), null=True)
    sent_at = models.DateTimeField(_("送信日時"), default=timezone.now)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("提出した人")
    )
    state = models.CharField(_("状態"), max_length=12, choices=ReportState.choices, default=ReportState.RECEIVED)

    business = models.TextField(SECTIONS["business"])
    meetings = models.TextField(SECTIONS["meetings"], blank=True)
    calls = models.TextField(SECTIONS["calls"], blank=True)
    collaborations = models.TextField(SECTIONS["collaborations"], blank=True)
    free = models.TextField(SECTIONS["free"], blank=True)
    goals = ArrayField(models.SmallIntegerField(), verbose_name=_("取り組んだSDGsの目標"), default=list, blank=True)
    # [["参加者数", "120人"], …]
    figures = models.JSONField(_("数字でみる成果"), default=list, blank=True)

    photos_alt = models.CharField(_("写真の説明"), max_length=200, blank=True)

    returned_on = models.DateField(_("差戻し日"), null=True)
    returned_because = models.TextField(_("差戻しの理由"), blank=True)
    corrected_on = models.DateField(_("訂正日"), null=True)
    hidden_on = models.DateField(_("公開を止めた日"), null=True)
    hidden_because = models.TextField(_("公開を止めた理由"), blank=True)

    # Counted up with each change, so that a second editor's form is noticed to be old.
    revision = models.PositiveIntegerField(default=1, editable=False)
    folded = models.TextField(default="", editable=False)

    objects: ClassVar = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("活動報告")
        verbose_name_plural = _("活動報告")
        ordering = ["-received_on", "-id"]
        constraints = [
            *EnteredOnBehalf.Meta.constraints,
            models.UniqueConstraint(fields=["programme", "receipt"], name="one_report_per_receipt"),
            models.UniqueConstraint(fields=["programme", "form_key"], name="one_report_per_form"),
            models.CheckConstraint(
                condition=models.Q(covers_from__lte=models.F("covers_to")), name="report_covers_a_stretch"
            ),
            models.CheckConstraint(
                condition=models.Q(hidden_on=None, hidden_because="")
                | (models.Q(hidden_on__isnull=False) & ~models.Q(hidden_because="")),
                name="hidden_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "partner", "fiscal_year"], name="report_by_partner"),
            models.Index(fields=["programme", "fiscal_year", "-received_on"], name="report_by_year"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.receipt}）"

    @property
    def title(self) -> str:
        """In the page's language: 2025年度 活動報告."""
        if self.fiscal_year is None:
            return gettext("登録の更新の活動報告")
        return gettext("%(year)sの活動報告") % {"year": fiscal_year_name(self.fiscal_year, get_language() or "ja")}

    @property
    def is_returned(self) -> bool:
        return self.state == ReportState.RETURNED

    @property
    def is_hidden(self) -> bool:
        return self.hidden_on is not None

    @property
    def sections(self) -> list[tuple[str, str]]:
        """Heading and text of what was written."""
        return [(str(label), getattr(self, name)) for name, label in SECTIONS.items() if getattr(self, name)]

    @property
    def content(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in (*SECTIONS, "goals", "figures", "photos_alt")}


class ReportVersion(TenantModel):
    """The text before each later change: what was once published can always be read again by staff."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="versions")
    content = models.JSONField()
    replaced_at = models.DateTimeField(_("直した日時"), default=timezone.now)
    replaced_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    database_rights: ClassVar[str] = "SELECT, INSERT, DELETE"

    class Meta:
        verbose_name = _("報告の版")
        verbose_name_plural = _("報告の版")
        ordering = ["id"]
