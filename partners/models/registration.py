"""How an organisation becomes a partner: the programme's rules for it, the batches, the applications."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.fields import Section
from partners.intake import Rhythm
from partners.models.partner import Partner
from partners.states import APPLICATION_TRANSITIONS, ApplicationState
from portal.accounts import keys
from portal.tenancy.models import Language, TenantModel
from portal.web.content import PublicRow
from portal.web.models import EnteredOnBehalf

KEEP_DRAFTS = timedelta(days=90)
OPEN_STATES = [state for state, following in APPLICATION_TRANSITIONS.items() if following]


def usual_sections() -> list[str]:
    return [Section.BASIC, Section.PLACE, Section.BUSINESS, Section.INITIATIVES, Section.COLLABORATION, Section.CONTACT]


class RegistrationSettings(PublicRow):
    """One row a programme: who may register, how often applications are closed, what a profile holds."""

    rhythm = models.CharField(
        _("締切の周期"), max_length=12, default=Rhythm.MONTHLY,
        choices=[(Rhythm.MONTHLY, _("毎月末")), (Rhythm.QUARTERLY, _("四半期末")), (Rhythm.YEARLY, _("年度末")),
                 (Rhythm.ROLLING, _("随時"))],
    )  # fmt: skip
    answer_days = models.PositiveSmallIntegerField(
        _("締切から結果までの日数"), default=0, help_text=_("0のときは、締切の翌月末です。")
    )
    # [{"ja": "…", "en": "…"}], each to be confirmed by the applicant and checked by staff
    requirements = models.JSONField(_("登録の要件"), default=list, blank=True)
    sections = ArrayField(
        models.CharField(max_length=20, choices=Section.choices),
        verbose_name=_("登録情報の構成"),
        default=usual_sections,
    )
    has_soft_gate = models.BooleanField(
        _("移行の済んでいない団体の参加を止める"), default=True,
        help_text=_("止められた団体は、ログインと閲覧だけができます。"),
    )  # fmt: skip
    # Also of partners that an undone import has deleted: a number never goes to another organisation by itself.
    highest_number = models.PositiveIntegerField(default=0, editable=False)
    keep_closed_months = models.PositiveSmallIntegerField(
        _("不登録・取下げの申請を残す月数"), default=12,
        help_text=_("過ぎた申請は、個人情報を消し、件数などの数値だけを残します。0のときは消しません。"),
    )  # fmt: skip
    migration_due_on = models.DateField(_("移行の期限"), null=True, blank=True)

    class Meta:
        verbose_name = _("登録の設定")
        verbose_name_plural = _("登録の設定")
        constraints = [models.UniqueConstraint(fields=["programme"], name="one_registration_settings")]

    def __str__(self) -> str:
        return str(_("登録の設定"))

    def clean(self) -> None:
        if self.sections and Section.BASIC not in self.sections:
            raise ValidationError({"sections": _("基本情報は外せません。")})


class Batch(PublicRow):
    """Applications that were closed on the same day, or an old cohort (期) with a label of its own."""

    label = models.CharField(_("期"), max_length=40, blank=True, help_text=_("例：第7期"))
    closes_on = models.DateField(_("締切日"))
    approved_on = models.DateField(_("承認日"), null=True, blank=True)

    class Meta:
        verbose_name = _("期")
        verbose_name_plural = _("期")
        ordering = ["-closes_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "closes_on", "label"], name="one_batch_per_day_and_label")
        ]

    def __str__(self) -> str:
        return self.label or f"{self.closes_on.year}年{self.closes_on.month}月受付分"


class ApplicationQuerySet(models.QuerySet["Application"]):
    def open(self) -> "ApplicationQuerySet":
        """Not decided yet."""
        return self.filter(state__in=OPEN_STATES)

    def forgotten(self, now: datetime) -> "ApplicationQuerySet":
        """Drafts that nobody has touched for long: they hold personal data, and nobody waits for them."""
        return self.filter(state=ApplicationState.DRAFT, changed_at__lt=now - KEEP_DRAFTS)

    def to_forget(self, before: datetime) -> "ApplicationQuerySet":
        """Rejected or withdrawn long ago, and still with personal data."""
        closed = (ApplicationState.REJECTED, ApplicationState.WITHDRAWN)
        return self.filter(state__in=closed, decided_at__lt=before, forgotten_at=None)

    def waiting(self) -> "ApplicationQuerySet":
        """For the staff to decide, the first answer first."""
        return self.filter(state=ApplicationState.SENT).order_by("answer_by", "id")


class Application(EnteredOnBehalf, TenantModel):
    """An application for registration, from the verified address to the decision.

    Whoever holds the mailed link is the applicant: it is derived from `seed` (portal/accounts/keys.py), and only its
    hash is stored.
    """

    seed = models.BinaryField(default=keys.new_seed, editable=False)
    link_hash = models.CharField(max_length=64, editable=False)
    email = models.EmailField(_("メールアドレス"))
    language = models.CharField(max_length=8, choices=Language.choices, default=Language.JAPANESE)
    state = models.CharField(_("状態"), max_length=12, choices=ApplicationState.choices, default=ApplicationState.DRAFT)
    # What was typed, as lists of texts by the names of fields.py; `requirements` (the confirmed ones) beside them.
    data = models.JSONField(_("内容"), default=dict)
    name = models.CharField(_("名称"), max_length=200, blank=True)
    receipt = models.CharField(_("受付番号"), max_length=20, blank=True)
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, null=True, related_name="applications", verbose_name=_("期")
    )
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now)
    changed_at = models.DateTimeField(_("更新日時"), default=timezone.now)
    sent_at = models.DateTimeField(_("申請日時"), null=True)
    answer_by = models.DateField(_("回答予定日"), null=True)
    # What the officer has checked, by the keys of registration.checklist_of
    checklist = ArrayField(models.TextField(), verbose_name=_("審査の確認"), default=list, blank=True)
    comment = models.TextField(_("申請者への連絡"), blank=True)
    decided_at = models.DateTimeField(_("決定日時"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("決めた人")
    )
    # When its personal data were deleted (services/forgetting.py).
    forgotten_at = models.DateTimeField(_("個人情報を消した日時"), null=True)
    partner = models.OneToOneField(
        Partner, on_delete=models.PROTECT, null=True, related_name="application", verbose_name=_("登録した団体")
    )

    objects: ClassVar = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("登録申請")
        verbose_name_plural = _("登録申請")
        ordering = ["-id"]
        constraints = [
            *EnteredOnBehalf.Meta.constraints,
            models.UniqueConstraint(fields=["programme", "link_hash"], name="one_application_per_link"),
            models.UniqueConstraint(
                fields=["programme", "email"],
                condition=models.Q(state=ApplicationState.DRAFT),
                name="one_draft_application_per_address",
            ),
            models.UniqueConstraint(
                fields=["programme", "receipt"], condition=~models.Q(receipt=""), name="one_application_per_receipt"
            ),
            models.CheckConstraint(
                condition=models.Q(state=ApplicationState.DRAFT) | models.Q(sent_at__isnull=False, batch__isnull=False),
                name="sent_application_has_its_batch",
            ),
        ]
        indexes = [models.Index(fields=["programme", "state", "answer_by"], name="application_by_state")]

    def __str__(self) -> str:
        return f"{self.receipt} {self.name}".strip() or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.link_hash:
            self.link_hash = keys.hash_of(self.link_token)
        super().save(*args, **kwargs)

    @property
    def link_token(self) -> str:
        return keys.link_token(self.seed, "application")

    @property
    def is_editable(self) -> bool:
        """By the applicant."""
        return self.state in (ApplicationState.DRAFT, ApplicationState.RETURNED)


class ApplicationVersion(TenantModel):
    """What was sent each time: a returned and corrected application keeps its first text."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="versions")
    data = models.JSONField()
    sent_at = models.DateTimeField(_("申請日時"))
    # Why it was sent back, if it was.
    returned_at = models.DateTimeField(_("差戻し日時"), null=True)
    comment = models.TextField(_("差戻しの理由"), blank=True)

    class Meta:
        verbose_name = _("申請の版")
        verbose_name_plural = _("申請の版")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.sent_at:%Y-%m-%d %H:%M}"
