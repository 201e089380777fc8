"""The kinds of inquiries with what is asked and answered up front (programme content), and the inquiries with their threads."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, Value, When
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.accounts import keys
from portal.inquiries.states import InquiryState
from portal.tenancy.models import Language, TenantModel
from portal.web.access import Actor, MemberRole
from portal.web.content import PublicRow
from portal.web.models import EnteredOnBehalf

MARKUP = _("空の行で段落を分けます。「## 」で始まる行は見出し、「- 」で始まる行は箇条書きになります。")
IN_ENGLISH = _("空のときは、英語のページにも日本語で示します。")


class Worded(PublicRow):
    """A row that says things in two languages: `title` and `title_en`."""

    class Meta:
        abstract = True

    def local(self, field: str) -> str:
        return (getattr(self, f"{field}_en") if get_language() == "en" else "") or getattr(self, field)


class InquiryKindQuerySet(models.QuerySet["InquiryKind"]):
    def open_to(self, audience: str) -> "InquiryKindQuerySet":
        return self.filter(is_open=True, audience__in=(InquiryKind.Audience.ALL, audience))


class InquiryKind(Worded):
    class Audience(models.TextChoices):
        ALL = "all", _("すべての人")
        PUBLIC = "public", _("登録していない人だけ")
        PARTNERS = "partners", _("パートナーだけ")

    title = models.CharField(_("種類"), max_length=60, help_text=_("例：登録申請について"))
    title_en = models.CharField(_("種類（英語）"), max_length=120, blank=True, help_text=IN_ENGLISH)
    guidance = models.TextField(_("案内"), blank=True, help_text=MARKUP)
    guidance_en = models.TextField(_("案内（英語）"), blank=True, help_text=IN_ENGLISH)
    audience = models.CharField(_("だれが使えるか"), max_length=10, choices=Audience.choices, default=Audience.ALL)
    takes_files = models.BooleanField(_("ファイルを受け取る"), default=True)
    answer_days = models.PositiveSmallIntegerField(
        _("回答の目安（開庁日）"), default=5, help_text=_("この日数のうちに答えます。問い合わせる方にも示します。")
    )
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)
    is_open = models.BooleanField(_("受付中"), default=True)

    objects: ClassVar = InquiryKindQuerySet.as_manager()

    class Meta:
        verbose_name = _("問い合わせの種類")
        verbose_name_plural = _("問い合わせの種類")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.title


class KindQuestion(Worded):
    """What a kind asks beside the text: one line, or a choice."""

    kind = models.ForeignKey(InquiryKind, on_delete=models.CASCADE, related_name="questions")
    label = models.CharField(_("質問"), max_length=80)
    label_en = models.CharField(_("質問（英語）"), max_length=160, blank=True)
    choices = models.TextField(_("選択肢"), blank=True, help_text=_("1行に1つ。空のときは、1行の文で答えます。"))
    is_required = models.BooleanField(_("必須"), default=False)
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)

    class Meta:
        verbose_name = _("種類ごとの質問")
        verbose_name_plural = _("種類ごとの質問")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.label

    @property
    def options(self) -> list[str]:
        return [line.strip() for line in self.choices.splitlines() if line.strip()]


class KindAnswer(Worded):
    """An answer that stands before the form: よくある質問."""

    kind = models.ForeignKey(InquiryKind, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(_("よくある質問"), max_length=120)
    question_en = models.CharField(_("よくある質問（英語）"), max_length=240, blank=True)
    answer = models.TextField(_("答え"), help_text=MARKUP)
    answer_en = models.TextField(_("答え（英語）"), blank=True)
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)

    class Meta:
        verbose_name = _("よくある質問")
        verbose_name_plural = _("よくある質問")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.question


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def waiting(self) -> "InquiryQuerySet":
        """For an answer, the first to be answered first."""
        return self.filter(state=InquiryState.WAITING).order_by("answer_by", "id")

    def visible_to(self, actor: Actor) -> "InquiryQuerySet":
        """On My Page: a person's own, and for an organisation's owners what its people asked (rules.may_see)."""
        if actor.membership is None:
            return self.none()
        found = self.filter(partner_id=actor.membership.partner_id, user__isnull=False)
        return found if actor.is_member(MemberRole.OWNER) else found.filter(user=actor.user)

    def with_news_for(self, actor: Actor) -> "InquiryQuerySet":
        """`has_news`: an answer that whoever asked has not opened. A colleague's reading takes no mark away."""
        unread = _later_than("asker_saw", is_answer=True)
        return self.annotate(has_news=Case(When(user=actor.user, then=unread), default=Value(False)))

    def with_news_for_staff(self) -> "InquiryQuerySet":
        """`has_news`: something was written since those who answer last looked."""
        return self.annotate(has_news=_later_than("staff_saw", is_answer=False))

    def to_forget(self, closed_before: datetime) -> "InquiryQuerySet":
        return self.filter(state=InquiryState.CLOSED, closed_at__lt=closed_before, forgotten_at=None)


def _later_than(seen: str, *, is_answer: bool) -> models.Exists:
    texts = InquiryMessage.objects.filter(inquiry=models.OuterRef("pk"), is_answer=is_answer)
    return models.Exists(texts.filter(pk__gt=models.OuterRef(seen)))


class Inquiry(EnteredOnBehalf, TenantModel):
    """One question and what follows. Whoever asked without signing in comes back by the mailed link; staff enter what came
    by telephone or at the counter."""

    seed = models.BinaryField(default=keys.new_seed, editable=False)
    link_hash = models.CharField(max_length=64, editable=False)
    # Of the form it was sent with: sent twice, it is kept once.
    form_key = models.UUIDField(editable=False)
    receipt = models.CharField(_("受付番号"), max_length=20)
    kind = models.ForeignKey(InquiryKind, on_delete=models.PROTECT, related_name="inquiries", verbose_name=_("種類"))
    state = models.CharField(_("状態"), max_length=10, choices=InquiryState.choices, default=InquiryState.WAITING)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("利用者")
    )
    # The partner for which the person asked; none for the public. What staff entered shows it to staff alone: who rang up
    # did not sign in.
    partner_id = models.BigIntegerField(null=True)
    name = models.CharField(_("氏名"), max_length=80)
    organisation = models.CharField(_("団体"), max_length=200, blank=True)
    # Only whoever telephoned or came by may have none.
    email = models.EmailField(_("メールアドレス"), blank=True)
    phone = models.CharField(_("電話"), max_length=40, blank=True)
    language = models.CharField(_("言語"), max_length=8, choices=Language.choices, default=Language.JAPANESE)
    # [[question, answer], …] in the words in which it was asked.
    answers = models.JSONField(_("種類ごとの質問"), default=list)

    sent_at = models.DateTimeField(_("受付日時"), default=timezone.now)
    # Since when who asked has been waiting; and by when an answer is promised.
    waiting_since = models.DateTimeField(_("待ちはじめ"), default=timezone.now)
    answer_by = models.DateField(_("回答の期限"))
    first_answer_by = models.DateField(_("最初の回答の期限"))
    first_answered_at = models.DateTimeField(_("最初の回答"), null=True)
    closed_at = models.DateTimeField(_("完了した日時"), null=True, editable=False)
    # When what is personal was deleted; the figures stay.
    forgotten_at = models.DateTimeField(_("個人情報を消した日時"), null=True, editable=False)

    # The newest text that each side has opened.
    asker_saw = models.BigIntegerField(default=0, editable=False)
    staff_saw = models.BigIntegerField(default=0, editable=False)

    objects: ClassVar = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("お問い合わせ")
        verbose_name_plural = _("お問い合わせ")
        ordering = ["-id"]
        constraints = [
            *EnteredOnBehalf.Meta.constraints,
            models.CheckConstraint(
                condition=~models.Q(email="") | ~models.Q(entered_through="") | models.Q(forgotten_at__isnull=False),
                name="inquiry_without_address_was_entered_by_staff",
            ),
            models.CheckConstraint(
                condition=models.Q(state=InquiryState.CLOSED, closed_at__isnull=False)
                | (~models.Q(state=InquiryState.CLOSED) & models.Q(closed_at=None, forgotten_at=None)),
                name="closed_inquiry_says_since_when",
            ),
            models.UniqueConstraint(fields=["programme", "link_hash"], name="one_inquiry_per_link"),
            models.UniqueConstraint(fields=["programme", "form_key"], name="one_inquiry_per_form"),
            models.UniqueConstraint(fields=["programme", "receipt"], name="one_inquiry_per_receipt"),
            models.CheckConstraint(
                condition=models.Q(user=None, partner_id=None)
                | models.Q(user__isnull=False, partner_id__isnull=False)
                | (models.Q(user=None, partner_id__isnull=False) & ~models.Q(entered_through="")),
                name="inquiry_by_the_public_or_by_a_partner",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=InquiryState.ANSWERED) | models.Q(first_answered_at__isnull=False),
                name="answered_inquiry_has_an_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "state", "answer_by"], name="inquiry_by_state"),
            models.Index(fields=["programme", "partner_id", "-id"], name="inquiry_by_partner"),
            models.Index(fields=["programme", "-sent_at"], name="inquiry_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.receipt} {self.kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.link_hash:
            self.link_hash = keys.hash_of(self.link_token)
        super().save(*args, **kwargs)

    @property
    def link_token(self) -> str:
        return keys.link_token(self.seed, "inquiry")

    @property
    def is_public(self) -> bool:
        """Asked without signing in."""
        return self.user_id is None

    @property
    def is_late(self) -> bool:
        return self.answer_by < timezone.localdate()


class InquiryMessage(TenantModel):
    """One text of a thread, of whoever asks or of the office. Never changed: each side relies on what was said."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="messages")
    is_answer = models.BooleanField(_("事務局から"), default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("書いた人")
    )
    text = models.TextField(_("本文"))
    at = models.DateTimeField(_("日時"), default=timezone.now)
    # Of the form it was sent with, as of an inquiry.
    form_key = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("お問い合わせの本文")
        verbose_name_plural = _("お問い合わせの本文")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["programme", "form_key"], name="one_message_per_form")]
        indexes = [models.Index(fields=["programme", "inquiry", "id"], name="messages_of_inquiry")]


class ReplyTemplate(TenantModel):
    title = models.CharField(_("題名"), max_length=80)
    kind = models.ForeignKey(
        InquiryKind, on_delete=models.CASCADE, null=True, blank=True, related_name="templates", verbose_name=_("種類"),
        help_text=_("空のときは、どの種類の回答でも選べます。"),
    )  # fmt: skip
    text = models.TextField(_("本文"))
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)

    class Meta:
        verbose_name = _("回答のひな形")
        verbose_name_plural = _("回答のひな形")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.title
