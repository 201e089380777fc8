"""A programme's own pages and logos, and what staff put on the items of every app: who has it, what was said, who
must agree. An item is named by its model's label and key, so that no app needs tables of its own for this.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from portal.tenancy.models import Language, TenantModel
from portal.web.content import PublicRow
from portal.web.states import ApprovalState


class Page(PublicRow):
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
            models.UniqueConstraint(
                fields=["programme", "slug", "language"],
                name="one_page_per_language",
                violation_error_message=_("このページは、この言語ですでにあります。一覧から開いて直してください。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Logo(TenantModel):
    """A logo that the programme has or had, so that a former one can come back. The one in use stands in Programme."""

    digest = models.CharField(max_length=64)
    image = models.BinaryField()
    image_type = models.CharField(max_length=20)

    database_rights: ClassVar[str] = "SELECT, INSERT"

    class Meta:
        verbose_name = _("ロゴ")
        verbose_name_plural = _("ロゴ")
        constraints = [models.UniqueConstraint(fields=["programme", "digest"], name="one_row_per_logo")]

    def __str__(self) -> str:
        return self.digest[:12]


class AboutQuerySet(models.QuerySet[Any]):
    def about(self, subject: models.Model) -> Self:
        return self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))


class About(TenantModel):
    """The base of what is attached to an item of any app."""

    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)

    objects = AboutQuerySet.as_manager()

    class Meta:
        abstract = True


class Assignment(About):
    """Who has an item in hand. No row: nobody has."""

    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("担当")
    )

    class Meta:
        verbose_name = _("担当")
        verbose_name_plural = _("担当")
        constraints = [
            models.UniqueConstraint(fields=["programme", "subject_type", "subject_id"], name="one_assignee_per_item")
        ]
        indexes = [models.Index(fields=["programme", "assignee"], name="assignments_by_assignee")]

    def __str__(self) -> str:
        return str(self.assignee)


class Comment(About):
    """What staff say to each other about an item. Partners never see it."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("書いた人")
    )
    at = models.DateTimeField(_("日時"), auto_now_add=True)
    text = models.TextField(_("コメント"), max_length=2000)

    class Meta:
        verbose_name = _("コメント")
        verbose_name_plural = _("コメント")
        ordering = ["id"]
        indexes = [models.Index(fields=["programme", "subject_type", "subject_id", "id"], name="comments_by_subject")]

    def __str__(self) -> str:
        return self.text


class ApprovalRequest(About):
    """Something that one person asks and another one must agree to before it is done."""

    # The entry in portal.web.registry.approvals that does it.
    name = models.CharField(max_length=60)
    title = models.CharField(_("対象"), max_length=200)
    what = models.TextField(_("内容"))
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(_("状態"), max_length=12, choices=ApprovalState.choices, default=ApprovalState.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("依頼した人")
    )
    asked_at = models.DateTimeField(_("依頼日時"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("決めた人"), null=True
    )
    decided_at = models.DateTimeField(_("決定日時"), null=True)
    note = models.TextField(_("決定の理由"), blank=True)

    class Meta:
        verbose_name = _("承認依頼")
        verbose_name_plural = _("承認依頼")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name", "subject_type", "subject_id"],
                condition=models.Q(state=ApprovalState.ASKED),
                name="one_open_request_per_item",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ApprovalState.APPROVED) | ~models.Q(decided_by=models.F("asked_by")),
                name="nobody_approves_their_own_request",
            ),
            models.CheckConstraint(
                condition=models.Q(state=ApprovalState.ASKED, decided_by=None, decided_at=None)
                | (~models.Q(state=ApprovalState.ASKED) & models.Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="decided_means_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["programme", "state", "asked_at"], name="requests_by_state")]

    def __str__(self) -> str:
        return self.title


class Channel(models.TextChoices):
    PHONE = "phone", _("電話")
    FAX = "fax", _("FAX")
    COUNTER = "counter", _("窓口")
    POST = "post", _("郵送")
    MAIL = "mail", _("メール")

    @property
    def on_record(self) -> str:
        """Its name as the record keeps it, in whatever language somebody pressed the button."""
        with override(settings.LANGUAGE_CODE):
            return str(self.label)


@dataclass(frozen=True)
class OnBehalf:
    """代理入力: how it came in, and why staff enter it."""

    how: Channel
    why: str

    @property
    def reason(self) -> str:
        return f"{self.how.on_record}：{self.why}"

    @classmethod
    def typed(cls, typed: Mapping[str, Any]) -> Self:
        """Of the cleaned data of an OnBehalfForm."""
        return cls(Channel(typed["entered_through"]), typed["entered_because"])

    def marks(self, user: Any) -> dict[str, Any]:
        """The fields of EnteredOnBehalf."""
        return {"entered_by": user, "entered_through": self.how.value, "entered_because": self.why}


class EnteredOnBehalf(models.Model):
    """代理入力: staff entered this row for a partner. Mixed into what partners otherwise enter themselves."""

    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, editable=False,
        verbose_name=_("代理入力した人"),
    )  # fmt: skip
    entered_through = models.CharField(
        _("受付方法"), max_length=10, choices=Channel.choices, blank=True, editable=False
    )
    entered_because = models.CharField(_("代理入力の理由"), max_length=200, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(entered_by=None, entered_through="", entered_because="")
                | (models.Q(entered_by__isnull=False) & ~models.Q(entered_through="") & ~models.Q(entered_because="")),
                name="%(app_label)s_%(class)s_on_behalf_says_who_how_why",
            )
        ]

    @property
    def is_on_behalf(self) -> bool:
        return bool(self.entered_through)
