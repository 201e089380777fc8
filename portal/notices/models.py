"""Announcement: what stands on the board, for everybody, for partners, or for some of them. Mailing: one text to many
receivers by mail; the mails themselves, each with its own fate, are rows of the outbox. Genre and Subscription: what
people ask for, and stop, by themselves.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.notices.rules import unknown_placeholders
from portal.notices.states import MailingState
from portal.tenancy.models import TenantModel
from portal.web.registry import mail_segments

LONGEST_TEXT = 20_000


class ForSegment(TenantModel):
    """A name in portal.web.registry.mail_segments, and one of its choices."""

    segment = models.CharField(_("送る相手"), max_length=60, blank=True)
    choice = models.CharField(_("送る相手の絞り込み"), max_length=60, blank=True)

    class Meta:
        abstract = True

    # By segment, what its choices are called; one for all rows of a list, so that each segment is asked once.
    labels: dict[str, dict[str, str]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.labels = {}

    def segment_problems(self) -> dict[str, Any]:
        if self.segment not in mail_segments:
            return {"segment": _("送る相手を選んでください。")}
        if self.choice not in {value for value, _label in mail_segments[self.segment].choices()}:
            return {"choice": _("この送る相手にある絞り込みを選んでください。")}
        return {}

    @property
    def receivers_in_words(self) -> str:
        if self.segment not in mail_segments:
            return self.segment
        segment = mail_segments[self.segment]
        if not self.choice:
            return str(segment.label)
        if self.segment not in self.labels:
            self.labels[self.segment] = {value: str(label) for value, label in segment.choices()}
        return f"{segment.label}：{self.labels[self.segment].get(self.choice, self.choice)}"


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def shown_at(self, now: datetime) -> "AnnouncementQuerySet":
        """What is on the board at this moment, the pinned first."""
        until = models.Q(shown_until=None) | models.Q(shown_until__gt=now)
        return self.filter(until, shown_from__lte=now).order_by("-is_pinned", "-shown_from", "-id")

    def public(self) -> "AnnouncementQuerySet":
        return self.filter(audience=Announcement.Audience.PUBLIC)

    def for_partner(self, groups: Iterable[tuple[str, str]]) -> "AnnouncementQuerySet":
        """What somebody reads who is in these groups (segment and choice)."""
        theirs = ~models.Q(audience=Announcement.Audience.SEGMENT)
        for segment, choice in groups:
            theirs |= models.Q(segment=segment, choice=choice)
        return self.filter(theirs)

    def unread_by(self, user: Any) -> "AnnouncementQuerySet":
        return self.exclude(pk__in=AnnouncementReading.objects.filter(user=user).values("announcement"))


class Announcement(ForSegment):
    class Audience(models.TextChoices):
        PUBLIC = "public", _("すべての人")
        PARTNERS = "partners", _("パートナーだけ")
        SEGMENT = "segment", _("一部のパートナーだけ")

    # The slot of its files (portal/files).
    ATTACHMENT: ClassVar[str] = "attachment"

    title = models.CharField(_("題名"), max_length=80)
    text = models.TextField(
        _("本文"),
        validators=[MaxLengthValidator(LONGEST_TEXT)],
        help_text=_("空の行で段落を分けます。「## 」で始まる行は見出し、「- 」で始まる行は箇条書きになります。"),
    )
    audience = models.CharField(_("見せる相手"), max_length=10, choices=Audience.choices, default=Audience.PUBLIC)
    is_pinned = models.BooleanField(_("先頭に置く"), default=False)
    shown_from = models.DateTimeField(_("掲載の開始"), default=timezone.now)
    shown_until = models.DateTimeField(
        _("掲載の終わり"), null=True, blank=True, help_text=_("空のときは、ずっと掲載します。")
    )
    changed_at = models.DateTimeField(_("更新日時"), auto_now=True)

    objects: ClassVar = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("お知らせ")
        verbose_name_plural = _("お知らせ")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(shown_until=None) | models.Q(shown_until__gt=models.F("shown_from")),
                name="announcement_ends_after_it_begins",
                violation_error_message=_("掲載の終わりは、開始よりあとの日時にしてください。"),
            ),
            models.CheckConstraint(
                condition=models.Q(audience="segment") & ~models.Q(segment="")
                | ~models.Q(audience="segment") & models.Q(segment="", choice=""),
                name="announcement_names_its_segment",
                violation_error_message=_("「一部のパートナーだけ」のときは、見せるパートナーを選んでください。"),
            ),
        ]
        indexes = [models.Index(fields=["programme", "-shown_from"], name="announcement_by_time")]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.audience != self.Audience.SEGMENT:
            self.segment = self.choice = ""
        elif problems := self.segment_problems():
            raise ValidationError(problems)

    def is_shown_at(self, now: datetime) -> bool:
        return self.shown_from <= now and (self.shown_until is None or now < self.shown_until)


class AnnouncementReading(TenantModel):
    """That a person has opened an announcement on My Page."""

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    database_rights: ClassVar[str] = "SELECT, INSERT, DELETE"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "announcement", "user"], name="one_reading_per_person")
        ]


class MailReading(TenantModel):
    """That a person has opened on My Page what a mailing brought them."""

    mail = models.ForeignKey("outbox.OutgoingMail", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    database_rights: ClassVar[str] = "SELECT, INSERT, DELETE"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "mail", "user"], name="one_reading_of_a_mail")]


class GenreQuerySet(models.QuerySet["Genre"]):
    def by_mail(self) -> "GenreQuerySet":
        return self.exclude(kind=Genre.Kind.PRINTED)


class Genre(TenantModel):
    """Something that people ask for by themselves. Withdrawn by `is_offered`, never deleted: consents point to it."""

    class Kind(models.TextChoices):
        NEWSLETTER = "newsletter", _("ニュースレター")
        MAILING = "mailing", _("その他の案内メール")
        PRINTED = "printed", _("郵送の冊子")

    kind = models.CharField(_("種類"), max_length=12, choices=Kind.choices, default=Kind.NEWSLETTER)
    name = models.CharField(_("名称"), max_length=40)
    explanation = models.CharField(_("説明"), max_length=200, blank=True, help_text=_("内容や、お送りする回数の目安。"))
    position = models.PositiveSmallIntegerField(_("並び順"), default=50, help_text=_("小さいものが先に並びます。"))
    is_offered = models.BooleanField(
        _("申込みを受け付ける"), default=True, help_text=_("外しても、いま購読している方はそのままです。")
    )

    objects: ClassVar = GenreQuerySet.as_manager()

    class Meta:
        verbose_name = _("購読のジャンル")
        verbose_name_plural = _("購読のジャンル")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["programme", "name"], name="one_genre_per_name")]

    def __str__(self) -> str:
        return self.name


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def running(self) -> "SubscriptionQuerySet":
        return self.filter(ended_at=None)

    def of(self, user: Any) -> "SubscriptionQuerySet":
        return self.running().filter(user=user)


class Subscription(TenantModel):
    """A person's consent to be sent a genre, from one day until another. Taken up again, it is a new row."""

    class Ended(models.TextChoices):
        MY_PAGE = "my_page", _("マイページ")
        MAIL = "mail", _("メールの配信停止")
        STAFF = "staff", _("事務局")

    # The wording that was agreed to (templates/notices/consent.html); a new wording has a new number.
    WORDING: ClassVar[str] = "1"

    genre = models.ForeignKey(Genre, on_delete=models.PROTECT, related_name="subscriptions", verbose_name=_("ジャンル"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("購読者")
    )
    # Stands in the address that ends it without signing in, and nothing else can be done with it.
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    began_at = models.DateTimeField(_("同意した日時"), default=timezone.now)
    wording = models.CharField(_("同意の文面"), max_length=20, default=WORDING)
    ended_at = models.DateTimeField(_("止めた日時"), null=True, blank=True)
    ended_through = models.CharField(_("止めた方法"), max_length=10, choices=Ended.choices, blank=True)

    # Deleted only with all that is held on the person.
    database_rights: ClassVar[str] = "SELECT, INSERT, UPDATE, DELETE"
    objects: ClassVar = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("購読")
        verbose_name_plural = _("購読")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "key"], name="one_subscription_per_key"),
            models.UniqueConstraint(
                fields=["programme", "genre", "user"],
                condition=models.Q(ended_at=None),
                name="one_running_subscription",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_through="")
                | models.Q(ended_at__isnull=False) & ~models.Q(ended_through=""),
                name="subscription_that_ended_says_how",
            ),
        ]
        indexes = [models.Index(fields=["programme", "user"], name="subscription_by_user")]

    def __str__(self) -> str:
        return f"{self.genre}：{self.user.email}"


class Mailing(ForSegment):
    subject = models.CharField(_("件名"), max_length=40, help_text=_("前に【事業の短い名称】が付きます。"))
    text = models.TextField(
        _("本文"),
        validators=[MaxLengthValidator(LONGEST_TEXT)],
        help_text=_(
            "{氏名} と {団体名} は、受け取る方ごとに置き換わります。署名と送信専用のことわりは、自動で付きます。"
        ),
    )
    genre = models.ForeignKey(
        Genre, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("購読のジャンル"),
        help_text=_(
            "選ぶと、送る相手のうち購読している方だけに送り、配信停止の案内が付きます。空のときは、登録に伴う大切な"
            "お知らせとして、購読に関わらず送ります。"
        ),
    )  # fmt: skip
    send_from = models.DateTimeField(
        _("送信の予約"), null=True, blank=True,
        help_text=_("空のときは、すぐに送ります。送る相手は、送る操作をしたときに決まります。"),
    )  # fmt: skip

    state = models.CharField(
        _("状態"), max_length=12, choices=MailingState.choices, default=MailingState.DRAFT, editable=False
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("作成者"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("送信開始日時"), null=True, editable=False)

    class Meta:
        verbose_name = _("一斉メール")
        verbose_name_plural = _("一斉メール")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=MailingState.DRAFT, started_at=None)
                | (~models.Q(state=MailingState.DRAFT) & models.Q(started_at__isnull=False)),
                name="mailing_that_started_says_when",
            )
        ]

    def __str__(self) -> str:
        return self.subject

    def clean(self) -> None:
        problems: dict[str, Any] = {
            name: _("使えない置き換えです：%s") % "、".join(unknown)
            for name in ("subject", "text")
            if (unknown := unknown_placeholders(getattr(self, name)))
        }
        if self.genre and self.genre.kind == Genre.Kind.PRINTED:
            problems["genre"] = _("郵送の冊子は、メールでは送れません。")
        if problems := problems | self.segment_problems():
            raise ValidationError(problems)
