"""Meeting: an event of the programme, and what is written about it. Who takes part stands in seats.py."""

import uuid
from datetime import datetime, time
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models.groups import LocalGroup
from meetings.rules import TOKYO, ClosingRule
from meetings.states import MeetingState
from partners.models import Partner
from portal.tenancy.models import TenantModel
from portal.web.access import Actor
from portal.web.content import PublicRow
from portal.web.dates import fiscal_year_of

LONGEST_TEXT = 20_000
RICH = _("空の行で段落を分けます。「## 」で始まる行は見出し、「- 」で始まる行は箇条書きになります。")


class MeetingSettings(TenantModel):
    """The programme's rules for sign-up."""

    closing_days = models.PositiveSmallIntegerField(
        _("締切：開催の何日前"), default=1, validators=[MaxValueValidator(60)]
    )
    closing_time = models.TimeField(
        _("締切：時刻"), default=time(12), help_text=_("この時刻ちょうどから、申込みを受け付けません。")
    )
    counts_open_days = models.BooleanField(
        _("閉庁日を数えない"), default=False, help_text=_("土日、祝日、年末年始を除いて、何日前かを数えます。")
    )
    offer_hours = models.PositiveSmallIntegerField(
        _("空席のご案内の期限（時間）"), default=24, validators=[MaxValueValidator(168)],
        help_text=_("キャンセル待ちの方に席を取り置く時間です。0のときは、ご案内せずにすぐ参加を確定します。"),
    )  # fmt: skip
    prefers_new = models.BooleanField(
        _("参加者のいない団体を優先"), default=False,
        help_text=_("キャンセル待ちで、まだ席のない団体の方を先にご案内します。外すと、申込みの順です。"),
    )  # fmt: skip
    reminder_time = models.TimeField(
        _("前日のお知らせの時刻"), default=time(15), help_text=_("参加が確定した方に、前日のこの時刻に送ります。")
    )

    class Meta:
        verbose_name = _("申込みの決まり")
        verbose_name_plural = _("申込みの決まり")
        constraints = [models.UniqueConstraint(fields=["programme"], name="one_meeting_settings_per_programme")]

    def __str__(self) -> str:
        return str(_("申込みの決まり"))

    @property
    def closing_rule(self) -> ClosingRule:
        return ClosingRule(self.closing_days, self.closing_time, self.counts_open_days)


class Mode(models.TextChoices):
    ONSITE = "onsite", _("会場")
    ONLINE = "online", _("オンライン")


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def announced(self) -> "MeetingQuerySet":
        """Also what was cancelled: whoever looks for it is told."""
        return self.exclude(state=MeetingState.DRAFT)

    def public(self) -> "MeetingQuerySet":
        return self.announced().filter(visibility=Meeting.Visibility.PUBLIC)

    def visible_to(self, actor: Actor) -> "MeetingQuerySet":
        """Staff see everything; a partner's people what is for all, for their region, for a group of theirs, for them."""
        if actor.is_staff():
            return self.all()
        if actor.membership is None:
            return self.public()
        return self.visible_to_partner(Partner.objects.get(pk=actor.membership.partner_id))

    def visible_to_partner(self, partner: Partner) -> "MeetingQuerySet":
        kinds = Meeting.Visibility
        theirs = (
            models.Q(visibility__in=[kinds.PUBLIC, kinds.PARTNERS])
            | models.Q(visibility=kinds.INVITED, pk__in=Invitation.objects.filter(partner=partner).values("meeting"))
            | models.Q(visibility=kinds.GROUP, group__in=LocalGroup.objects.of(partner).values("pk"))
        )
        if partner.region:
            theirs |= models.Q(visibility=kinds.REGION, region=partner.region)
        return self.announced().filter(theirs)

    def of_year(self, year: int) -> "MeetingQuerySet":
        """Those that count to a fiscal year: as staff said, otherwise by the day."""
        start, end = (datetime(one, 4, 1, tzinfo=TOKYO) for one in (year, year + 1))
        by_day = models.Q(fiscal_year=None, starts_at__gte=start, starts_at__lt=end)
        return self.filter(models.Q(fiscal_year=year) | by_day)

    def upcoming(self, now: datetime) -> "MeetingQuerySet":
        return self.filter(ends_at__gt=now).order_by("starts_at", "id")

    def past(self, now: datetime) -> "MeetingQuerySet":
        return self.filter(ends_at__lte=now).order_by("-starts_at", "-id")


class Meeting(PublicRow):
    class Kind(models.TextChoices):
        PARTNER = "partner", _("パートナー交流会")
        LOCAL = "local", _("地域会")
        SEMINAR = "seminar", _("セミナー")
        WORKSHOP = "workshop", _("ワークショップ")
        EXPLANATION = "explanation", _("説明会")
        CONSULTATION = "consultation", _("相談会")

    class Format(models.TextChoices):
        ONSITE = "onsite", _("会場")
        ONLINE = "online", _("オンライン")
        HYBRID = "hybrid", _("会場とオンライン")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("すべての人")
        PARTNERS = "partners", _("登録パートナー")
        REGION = "region", _("この地域の登録パートナー")
        GROUP = "group", _("この地域会に入っているパートナー")
        INVITED = "invited", _("招待したパートナー")

    kind = models.CharField(_("種類"), max_length=20, choices=Kind.choices, default=Kind.PARTNER)
    title = models.CharField(_("題名"), max_length=120)
    # 「１月（2月2日）」: the month of a theme, the fiscal year it counts to, and the day on which it takes place.
    theme_label = models.CharField(
        _("テーマの月など"),
        max_length=60,
        blank=True,
        help_text=_("例：１月のテーマ。開催日と別の月でもかまいません。"),
    )
    fiscal_year = models.PositiveSmallIntegerField(
        _("年度"), null=True, blank=True, validators=[MinValueValidator(2000), MaxValueValidator(2100)],
        help_text=_("空のときは、開催日の年度です。"),
    )  # fmt: skip
    starts_at = models.DateTimeField(_("開始"))
    ends_at = models.DateTimeField(_("終了"))
    doors_at = models.TimeField(_("受付の開始"), null=True, blank=True)
    region = models.CharField(_("地域"), max_length=40, blank=True)
    group = models.ForeignKey(
        LocalGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name=_("地域会")
    )
    state = models.CharField(
        _("状態"), max_length=12, choices=MeetingState.choices, default=MeetingState.DRAFT, editable=False
    )
    visibility = models.CharField(
        _("見せる相手"), max_length=12, choices=Visibility.choices, default=Visibility.PARTNERS
    )

    summary = models.CharField(_("ひとことの紹介"), max_length=120, blank=True, help_text=_("一覧に出ます。"))
    text = models.TextField(_("内容"), blank=True, validators=[MaxLengthValidator(LONGEST_TEXT)], help_text=RICH)
    audience = models.CharField(_("対象"), max_length=120, blank=True)
    fee = models.CharField(_("参加費"), max_length=60, blank=True, default="無料")
    goals = ArrayField(models.SmallIntegerField(), verbose_name=_("関連する目標"), default=list, blank=True)
    cohosts = models.TextField(_("共催・後援"), blank=True, help_text=_("1行に1団体を書きます。"))
    contact = models.TextField(
        _("問い合わせ先と配慮"), blank=True,
        help_text=_("担当、電話、手話通訳や資料の拡大などの申出の期限。空のときは、事務局の連絡先が出ます。"),
    )  # fmt: skip

    format = models.CharField(_("開催方法"), max_length=12, choices=Format.choices, default=Format.ONLINE)
    venue = models.CharField(_("会場"), max_length=120, blank=True)
    venue_address = models.CharField(_("会場の住所と行き方"), max_length=200, blank=True)
    onsite_capacity = models.PositiveIntegerField(
        _("会場の定員"), null=True, blank=True, help_text=_("空のときは、定員がありません。")
    )
    online_capacity = models.PositiveIntegerField(
        _("オンラインの定員"), null=True, blank=True, help_text=_("空のときは、定員がありません。")
    )

    takes_sign_ups = models.BooleanField(_("サイトで申込みを受け付ける"), default=True)
    most_people = models.PositiveSmallIntegerField(
        _("1団体の人数の上限"), default=3, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    opens_at = models.DateTimeField(
        _("申込みの開始"), null=True, blank=True, help_text=_("空のときは、公開してすぐに始まります。")
    )
    closing_by_hand = models.DateTimeField(
        _("申込みの締切"), null=True, blank=True, help_text=_("空のときは、事業の「申込みの決まり」から決まります。")
    )
    # Of the two that which counts; kept, so that lists need not work it out.
    closes_at = models.DateTimeField(_("締切"), editable=False)

    # In every calendar entry about it: counted up when it is moved or cancelled.
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    # Why it was moved or cancelled, for everybody who looks.
    notice = models.CharField(_("変更や中止のお知らせ"), max_length=300, blank=True, editable=False)
    changed_at = models.DateTimeField(_("更新日時"), auto_now=True)

    objects: ClassVar = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("交流会・セミナー")
        verbose_name_plural = _("交流会・セミナー")
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="meeting_ends_after_it_begins",
                violation_error_message=_("終了は、開始よりあとの日時にしてください。"),
            ),
            models.CheckConstraint(
                condition=models.Q(closes_at__lte=models.F("starts_at")),
                name="meeting_closes_before_it_begins",
                violation_error_message=_("申込みの締切は、開始までの日時にしてください。"),
            ),
            models.CheckConstraint(
                condition=~models.Q(visibility="region") | ~models.Q(region=""),
                name="meeting_for_a_region_names_it",
                violation_error_message=_("地域を選んでください。"),
            ),
            models.CheckConstraint(
                condition=~models.Q(visibility="group") | models.Q(group__isnull=False),
                name="meeting_for_a_group_names_it",
                violation_error_message=_("地域会を選んでください。"),
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "starts_at"], name="meeting_by_start"),
            models.Index(fields=["programme", "ends_at"], name="meeting_by_end"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meetings:detail", args=[self.pk])

    def clean(self) -> None:
        problems: dict[str, Any] = {}
        if self.has_onsite and not self.venue:
            problems["venue"] = _("会場を入力してください。")
        if self.closing_by_hand and self.starts_at and self.closing_by_hand > self.starts_at:
            problems["closing_by_hand"] = _("申込みの締切は、開始までの日時にしてください。")
        if problems:
            raise ValidationError(problems)

    @property
    def has_onsite(self) -> bool:
        return self.format in (self.Format.ONSITE, self.Format.HYBRID)

    @property
    def modes(self) -> list[Mode]:
        return list(Mode) if self.format == self.Format.HYBRID else [Mode(self.format)]

    def capacity(self, mode: str) -> int | None:
        """None: as many as come."""
        return self.onsite_capacity if mode == Mode.ONSITE else self.online_capacity

    @property
    def year(self) -> int:
        return self.fiscal_year or fiscal_year_of(timezone.localdate(self.starts_at))

    @property
    def is_cancelled(self) -> bool:
        return self.state == MeetingState.CANCELLED

    @property
    def is_public(self) -> bool:
        return self.visibility == self.Visibility.PUBLIC and self.state != MeetingState.DRAFT

    @property
    def cohost_names(self) -> list[str]:
        return [line.strip() for line in self.cohosts.splitlines() if line.strip()]


class ProgrammeItem(TenantModel):
    """One line of the programme of the day."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    at = models.TimeField(_("時刻"))
    title = models.CharField(_("内容"), max_length=120)
    who = models.CharField(_("登壇・進行"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("当日のプログラム")
        verbose_name_plural = _("当日のプログラム")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.at:%H:%M} {self.title}"


class Invitation(TenantModel):
    """A partner who is asked to a meeting that only the invited see."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="invitations")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+", verbose_name=_("団体"))

    class Meta:
        verbose_name = _("招待するパートナー")
        verbose_name_plural = _("招待するパートナー")
        constraints = [
            models.UniqueConstraint(fields=["programme", "meeting", "partner"], name="one_invitation_per_partner")
        ]

    def __str__(self) -> str:
        return self.partner.name


class JoiningDetails(TenantModel):
    """How to come in online. A table of its own, so that no page about a meeting reads it by the way."""

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="joining")
    url = models.URLField(_("参加用のアドレス"), max_length=500)
    room = models.CharField(_("ミーティングID"), max_length=60, blank=True)
    passcode = models.CharField(_("パスコード"), max_length=60, blank=True)
    note = models.TextField(_("参加のしかた"), blank=True)
    shown_from = models.DateTimeField(
        _("いつから見せるか"), null=True, blank=True, help_text=_("空のときは、前日のお知らせの時刻からです。")
    )

    class Meta:
        verbose_name = _("オンライン参加の案内")
        verbose_name_plural = _("オンライン参加の案内（確定した参加者だけが、決まった時から見ます）")

    def __str__(self) -> str:
        # Stands on record: without the address and the passcode.
        return str(_("オンライン参加の案内"))
