"""OutgoingMail: one mail to one receiver, from the moment it is decided until the mail server has it. MailReport: what
became of it then. DeadAddress: where mail does not arrive. MailText: what staff write in the place of a standard text."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.outbox import placeholders
from portal.outbox.addresses import split_address
from portal.outbox.messages import Attachment, Message, Priority, messages
from portal.outbox.states import FATAL, OPEN, Report, State
from portal.tenancy.models import Language, TenantModel
from portal.tenancy.scope import current_programme

LONGEST_TEXT = 20_000


def new_message_id() -> str:
    """Never changes for a row, so that the receiving server can drop a second copy."""
    return f"<{uuid.uuid4().hex}@{split_address(current_programme().sender)[1]}>"


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def about(self, subject: models.Model) -> "OutgoingMailQuerySet":
        return self.filter(about_type=subject._meta.label_lower, about_id=str(subject.pk))

    def due(self, now: datetime) -> "OutgoingMailQuerySet":
        """What may be claimed: waiting mails whose time has come, and mails whose worker was lost."""
        return self.filter(state__in=OPEN, is_held=False, due_at__lte=now).order_by("priority", "due_at", "id")

    def locked(self) -> "OutgoingMailQuerySet":
        """These rows, locked in the order of their keys: of two who change many, neither waits for the other."""
        rows = self.order_by("id").select_for_update(of=("self",))
        return OutgoingMail.objects.filter(pk__in=list(rows.values_list("id", flat=True)))


class OutgoingMail(TenantModel):
    message = models.CharField(_("種類"), max_length=80)
    priority = models.PositiveSmallIntegerField(_("優先度"), choices=Priority.choices)
    dedupe_key = models.CharField(max_length=200)
    to = models.CharField(_("宛先"), max_length=320)
    # Of a mailing, who had this address then: what it brought stays theirs when they change it.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("受け取る方")
    )
    domain = models.CharField(_("宛先のドメイン"), max_length=253, blank=True)
    language = models.CharField(_("言語"), max_length=8, choices=Language.choices, default=Language.JAPANESE)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    # A model's label and key, not a foreign key: this app stands below those that send mail.
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.CharField(max_length=40, blank=True)
    message_id = models.CharField("Message-ID", max_length=300, default=new_message_id)

    state = models.CharField(_("状態"), max_length=12, choices=State.choices, default=State.QUEUED)
    # Staff stopped the run that it belongs to. Beside the state, so that what is on the wire meanwhile loses nothing.
    is_held = models.BooleanField(_("停止中"), default=False)
    created_at = models.DateTimeField(_("受付日時"), default=timezone.now)
    # The next attempt; while the mail is being sent, the moment at which its worker counts as lost.
    due_at = models.DateTimeField(_("次の送信"), default=timezone.now)
    lease = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(_("送信開始"), null=True)
    attempts = models.PositiveSmallIntegerField(_("回数"), default=0)
    finished_at = models.DateTimeField(_("完了日時"), null=True)
    # The mail server's last answer, or why we gave up.
    answer = models.TextField(_("サーバーの返答"), blank=True)
    # What was sent, unless it is secret.
    subject = models.TextField(_("件名"), blank=True)
    text = models.TextField(_("本文"), blank=True)

    # What its message fetched for the whole batch that it is sent in (Message.fetch).
    fetched: Any = None

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("送信メール")
        verbose_name_plural = _("送信メール")
        constraints = [
            models.UniqueConstraint(fields=["programme", "dedupe_key"], name="one_mail_per_dedupe_key"),
            models.CheckConstraint(
                condition=models.Q(state=State.SENDING, lease__isnull=False)
                | ~models.Q(state=State.SENDING) & models.Q(lease__isnull=True),
                name="mail_being_sent_has_a_lease",
            ),
        ]
        indexes = [
            models.Index(
                fields=["programme", "priority", "due_at", "id"],
                condition=models.Q(state__in=OPEN, is_held=False),
                name="mail_by_turn",
            ),
            models.Index(fields=["programme", "claimed_at"], name="mail_by_claim"),
            models.Index(fields=["programme", "message_id"], name="mail_by_message_id"),
            models.Index(fields=["programme", "to", "-created_at"], name="mail_by_receiver"),
            models.Index(
                fields=["programme", "user", "-created_at"],
                condition=models.Q(user__isnull=False),
                name="mail_by_person",
            ),
            models.Index(fields=["programme", "about_type", "about_id"], name="mail_by_subject"),
            models.Index(fields=["programme", "state", "-created_at"], name="mail_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.label} → {self.to}"

    @property
    def label(self) -> str:
        """What officers call this message."""
        return str(messages[self.message].label) if self.message in messages else self.message


class MailProblem(TenantModel):
    """An attempt that did not hand the mail over. The one that did is in the mail's own row."""

    mail = models.ForeignKey(OutgoingMail, on_delete=models.CASCADE, related_name="problems")
    at = models.DateTimeField(_("日時"), default=timezone.now)
    state = models.CharField(_("結果"), max_length=12, choices=State.choices)
    answer = models.TextField(_("サーバーの返答"))

    class Meta:
        verbose_name = _("送信の問題")
        verbose_name_plural = _("送信の問題")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.answer


class MailAttachment(TenantModel):
    mail = models.ForeignKey(OutgoingMail, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(_("ファイル名"), max_length=120)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()

    class Meta:
        verbose_name = _("添付ファイル")
        verbose_name_plural = _("添付ファイル")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def as_given(self) -> Attachment:
        return Attachment(self.name, self.content_type, bytes(self.content))


class MailReport(TenantModel):
    """What became of a mail after it was handed over."""

    mail = models.ForeignKey(OutgoingMail, on_delete=models.CASCADE, related_name="reports")
    kind = models.CharField(_("結果"), max_length=12, choices=Report.choices)
    at = models.DateTimeField(_("日時"), default=timezone.now)
    words = models.CharField(_("相手のサーバーの説明"), max_length=500, blank=True)
    # Names the report, so that it counts once however often it comes.
    key = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("到着の報告")
        verbose_name_plural = _("到着の報告")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["programme", "key"], name="one_report_per_key")]

    def __str__(self) -> str:
        return f"{Report(self.kind).label} {self.words}"


class DeadAddressQuerySet(models.QuerySet["DeadAddress"]):
    def now(self) -> "DeadAddressQuerySet":
        return self.filter(ended_at=None)


class DeadAddress(TenantModel):
    """Mail does not arrive there, as far as we know. Bulk mail to it is held, sign-in mail is still tried."""

    address = models.CharField(_("アドレス"), max_length=320)
    kind = models.CharField(_("理由"), max_length=12, choices=[(kind.value, kind.label) for kind in FATAL])
    words = models.CharField(_("相手のサーバーの説明"), max_length=500, blank=True)
    mail = models.ForeignKey(
        OutgoingMail, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("きっかけのメール")
    )
    since = models.DateTimeField(_("いつから"), default=timezone.now)
    ended_at = models.DateTimeField(_("解除の日時"), null=True)

    objects: ClassVar = DeadAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("届かないアドレス")
        verbose_name_plural = _("届かないアドレス")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "address"],
                condition=models.Q(ended_at=None),
                name="one_open_mark_per_address",
            ),
            models.CheckConstraint(condition=models.Q(address=Lower("address")), name="dead_address_is_lower_case"),
        ]
        indexes = [models.Index(fields=["programme", "address"], name="dead_address_by_address")]

    def __str__(self) -> str:
        return self.address


class MailText(TenantModel):
    """A message in staff's own words. What was once in use is never changed: the next version is another row."""

    message = models.CharField(_("メール"), max_length=80)
    language = models.CharField(_("言語"), max_length=8, choices=Language.choices, default=Language.JAPANESE)
    subject = models.CharField(
        _("件名"),
        max_length=40,
        blank=True,
        help_text=_("空のときは、標準の件名になります。前に【事業の短い名称】が付きます。"),
    )
    text = models.TextField(_("本文"), validators=[MaxLengthValidator(LONGEST_TEXT)])
    is_in_use = models.BooleanField(_("使用中"), default=False, editable=False)
    # The latest beginning; empty as long as it is a draft.
    used_since = models.DateTimeField(_("使い始め"), null=True, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("作成者"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("メールの文面")
        verbose_name_plural = _("メールの文面")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "message", "language"],
                condition=models.Q(is_in_use=True),
                name="one_text_in_use_per_message_and_language",
            ),
            models.CheckConstraint(
                condition=models.Q(is_in_use=False) | models.Q(used_since__isnull=False),
                name="mail_text_in_use_since_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}（{Language(self.language).label}）"

    @property
    def label(self) -> str:
        return str(messages[self.message].label) if self.message in messages else self.message

    def clean(self) -> None:
        if self.message not in messages or messages[self.message].is_fixed:
            raise ValidationError(_("このメールの文面は、差し替えられません。"))
        problems = {field: list(self._problems(field, messages[self.message])) for field in ("subject", "text")}
        if found := {field: sentences for field, sentences in problems.items() if sentences}:
            raise ValidationError(found)

    def _problems(self, field: str, message: Message) -> Iterator[str]:
        typed, names = getattr(self, field), placeholders.names_of(message)
        known = [*names, placeholders.STANDARD] if field == "text" else names
        if unknown := placeholders.unknown(typed, known):
            yield gettext("使えない差込みがあります：%s") % "、".join(unknown)
        if field == "subject" and not typed.isprintable():
            yield gettext("件名は1行で入力してください。")
        if field == "text" and (missing := placeholders.missing(message, typed)):
            yield gettext("本文に必要な差込みがありません：%s") % "、".join(f"{{{name}}}" for name in missing)
        if field == "text" and message.plain_only and placeholders.LINK.search(typed):
            yield gettext("このメールにはリンクを書けません。リンクのあるメールを受け取らない携帯電話へ送るためです。")
