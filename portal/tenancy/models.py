"""Programme (the tenant), its host names, and the base of every table that belongs to a programme."""

import ipaddress
import re
import time
from collections.abc import Iterable
from copy import copy
from typing import Any, ClassVar
from zlib import crc32

from django.contrib.postgres.fields import ArrayField
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.tenancy.palettes import PALETTE_NAMES, PALETTES, TONES, contrast_problems
from portal.tenancy.scope import current_programme_id

HOST_LIFETIME = 60
# No programme may forget sooner who did what.
LEAST_RECORD_YEARS = 3
# What a changed programme leaves in the cache for a moment, so that a reader who looked before the change does not
# put the old one back.
FORGOTTEN, FORGOTTEN_LIFETIME = "forgotten", 5
# By host: until when this process believes its own memory, and the programme.
near_hosts: dict[str, tuple[float, "Programme"]] = {}
NEAR_SECONDS = 0.5


class Feature(models.TextChoices):
    """What a programme may switch on or off. A switched-off feature has no pages, no menu entries and no mails."""

    REGISTRATION = "registration", _("登録申請")
    DIRECTORY = "directory", _("パートナー一覧の公開")
    MEETINGS = "meetings", _("交流会・セミナー")
    MATCHING = "matching", _("連携募集")
    RENEWALS = "renewals", _("活動報告")
    CASES = "cases", _("連携事例")
    NEWS = "news", _("お知らせ")
    INQUIRIES = "inquiries", _("お問い合わせ")
    STATISTICS = "statistics", _("統計の公開")
    PASSWORD_SIGN_IN = "password_sign_in", _("パスワードでのログイン")
    UNCONFIRMED_MEMBERS = "unconfirmed_members", _("確認前の会員のログイン")
    LOCAL_GROUPS = "local_groups", _("地域会")


class Language(models.TextChoices):
    JAPANESE = "ja", "日本語"
    ENGLISH = "en", "English"
    EASY = "easy", "やさしい日本語"


class PasswordRule(models.TextChoices):
    """What a partner's password must be, where a programme allows passwords (portal/accounts/passwords.py)."""

    LONG = "long", _("12文字以上（文字の種類は問わない）")
    MIXED = "mixed", _("8文字以上で、英字・数字・記号をそれぞれ含む")


def all_features() -> list[str]:
    return [Feature.REGISTRATION, Feature.DIRECTORY, Feature.MEETINGS, Feature.MATCHING, Feature.RENEWALS,
            Feature.CASES, Feature.NEWS, Feature.INQUIRIES, Feature.STATISTICS]  # fmt: skip


def all_languages() -> list[str]:
    return list(Language.values)


def valid_prefecture_code(value: str) -> None:
    """JIS X 0401/0402 with check digit: the weighted sum of five digits, complement of eleven."""
    if not re.fullmatch(r"[0-9]{6}", value):
        raise ValidationError(_("6桁の数字で入力してください。"))
    total = sum(int(digit) * weight for digit, weight in zip(value, (6, 5, 4, 3, 2), strict=False))
    if int(value[5]) != (11 - total % 11) % 10:
        raise ValidationError(_("検査数字が合いません。番号を確かめてください。"))


def valid_network(value: str) -> None:
    try:
        ipaddress.ip_network(value)
    except ValueError as error:
        raise ValidationError(_("ネットワークは「192.0.2.0/24」の形で入力してください。")) from error


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def public(self) -> "ProgrammeQuerySet":
        return self.filter(is_public=True)


class ProgrammeManager(models.Manager.from_queryset(ProgrammeQuerySet)):  # type: ignore[misc]
    def for_host(self, host: str) -> "Programme | None":
        """Asked on every request, so kept for a minute; a saved programme or host is forgotten at once.

        Each process remembers it for half a second more, so that a kept page needs only one question to Redis.
        """
        until, near = near_hosts.get(host, (0.0, None))
        if near is not None and time.monotonic() < until:
            return copy(near)
        programme = self._for_host(host)
        if programme is not None:
            near_hosts[host] = (time.monotonic() + NEAR_SECONDS, copy(programme))
        return programme

    def _for_host(self, host: str) -> "Programme | None":
        cache, key = caches["platform"], f"host:{host}"
        known = cache.get(key)
        if isinstance(known, Programme):
            return known
        programme = self.filter(hosts__name=host).first()
        if programme and known is None:
            cache.add(key, programme, HOST_LIFETIME)
        return programme  # type: ignore[no-any-return]


def forget_hosts(names: Iterable[str]) -> None:
    forgotten = {f"host:{name}": FORGOTTEN for name in names}

    def forget() -> None:
        near_hosts.clear()
        caches["platform"].set_many(forgotten, FORGOTTEN_LIFETIME)

    transaction.on_commit(forget, using="default")


class Programme(models.Model):
    slug = models.SlugField(_("識別名"), unique=True, max_length=40)
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(_("名称（英語）"), max_length=120)
    operator = models.CharField(
        _("運営する団体"), max_length=80, help_text=_("ヘッダーで名称の上に示します。例：神奈川県")
    )
    operator_en = models.CharField(_("運営する団体（英語）"), max_length=120)
    prefecture_code = models.CharField(
        _("全国地方公共団体コード"), max_length=6, validators=[valid_prefecture_code], help_text=_("検査数字を含む6桁")
    )
    introduction = models.TextField(_("紹介文"), help_text=_("ホームの最初に示す、1〜2文の説明です。"))
    introduction_en = models.TextField(_("紹介文（英語）"))
    introduction_easy = models.TextField(_("紹介文（やさしい日本語）"), blank=True)

    sender = models.EmailField(_("送信元アドレス"))
    short_name = models.CharField(
        _("短い名称"), max_length=12, help_text=_("メールの件名の【】に入ります。12文字まで。")
    )
    office = models.CharField(_("担当部署"), max_length=120)
    office_en = models.CharField(_("担当部署（英語）"), max_length=160)
    address = models.CharField(_("所在地"), max_length=200, blank=True)
    address_en = models.CharField(_("所在地（英語）"), max_length=200, blank=True)
    phone = models.CharField(_("電話"), max_length=40, blank=True)
    hours = models.CharField(_("受付時間"), max_length=80, blank=True)
    hours_en = models.CharField(_("受付時間（英語）"), max_length=120, blank=True)
    email = models.EmailField(_("問い合わせ先アドレス"))

    palette = models.CharField(_("配色"), max_length=20, choices=PALETTE_NAMES, default="blue")
    logo = models.BinaryField(_("ロゴ"), blank=True, default=b"", editable=False)
    logo_type = models.CharField(max_length=20, blank=True, editable=False)

    languages = ArrayField(
        models.CharField(max_length=8, choices=Language.choices), verbose_name=_("言語"), default=all_languages
    )
    features = ArrayField(
        models.CharField(max_length=30, choices=Feature.choices),
        verbose_name=_("機能"),
        default=all_features,
        blank=True,
    )
    password_rule = models.CharField(
        _("パスワードの決まり"), max_length=10, choices=PasswordRule.choices, default=PasswordRule.LONG
    )
    staff_networks = ArrayField(
        models.CharField(max_length=43, validators=[valid_network]),
        verbose_name=_("職員がログインできるネットワーク"),
        default=list,
        blank=True,
        help_text=_("例：192.0.2.0/24。空のときは、どこからでもログインできます。"),
    )
    # Names of deeds that need a second approver here; portal.web knows what there is to choose from.
    second_approval = ArrayField(
        models.CharField(max_length=60), verbose_name=_("二人目の承認が必要な操作"), default=list, blank=True
    )
    # Empty: for ever. The database deletes nothing younger (portal/audit/migrations/0003_retention.py).
    record_years = models.PositiveSmallIntegerField(
        _("記録を残す年数"), null=True, blank=True,
        validators=[MinValueValidator(LEAST_RECORD_YEARS), MaxValueValidator(100)],
        help_text=_("操作の記録は、この年数を過ぎると消えます。空のときは、消しません。3年以上で決めます。"),
    )  # fmt: skip
    # Empty: for ever (portal/inquiries/forgetting.py).
    inquiry_years = models.PositiveSmallIntegerField(
        _("完了したお問い合わせを残す年数"), null=True, blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("この年数を過ぎたお問い合わせは、氏名・連絡先・やりとりを消し、件数などの数値だけを残します。空のときは消しません。"),
    )  # fmt: skip
    wording = models.JSONField(_("言葉の言い換え"), default=dict, blank=True)
    # Counted up with every change of what the public sees (portal/web/content.py).
    content_version = models.PositiveBigIntegerField(default=1, editable=False)
    is_public = models.BooleanField(_("公開"), default=True, help_text=_("全体のホームの一覧に示します。"))

    objects: ClassVar[ProgrammeManager] = ProgrammeManager()

    class Meta:
        verbose_name = _("事業")
        verbose_name_plural = _("事業")
        ordering = ["prefecture_code", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(record_years=None) | models.Q(record_years__gte=LEAST_RECORD_YEARS),
                name="records_are_kept_for_years",
            )
        ]

    def __str__(self) -> str:
        return f"{self.operator} {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            # The public sees much of this row. Counted in the database, where others count too.
            self.content_version = F("content_version") + 1
        super().save(*args, **kwargs)
        self.refresh_from_db(fields=["content_version"])
        forget_hosts(self.hosts.values_list("name", flat=True))

    def clean(self) -> None:
        if problems := contrast_problems(PALETTES.get(self.palette, PALETTES["blue"])):
            raise ValidationError({"palette": problems})
        if Language.JAPANESE not in self.languages:
            raise ValidationError({"languages": _("日本語は外せません。")})
        if unknown := set(self.wording) - set(WORDS):
            raise ValidationError({"wording": _("言い換えられない言葉です：%s") % "、".join(sorted(unknown))})

    def has(self, feature: str) -> bool:
        return feature in self.features

    def word(self, key: str) -> str:
        """The programme's own word for a thing, or the common one in the page's language."""
        return self.wording.get(key, {}).get(get_language() or "ja") or str(WORDS[key])

    def local(self, field: str) -> str:
        """A text of this row in the page's language; Japanese where there is none."""
        language = get_language() or "ja"
        translated = getattr(self, f"{field}_{language}", "") if language != "ja" else ""
        return str(translated or getattr(self, field))

    @cached_property
    def primary_host(self) -> str:
        return self.hosts.get(is_primary=True).name

    @property
    def key_colour(self) -> str:
        """For drawings that stand outside of our stylesheet."""
        return dict(zip(TONES, PALETTES[self.palette], strict=True))["1000"]

    @property
    def brand_version(self) -> str:
        """Changes with the logo, so that browsers may keep it for long."""
        return f"{crc32(self.logo):x}"


# Words that programmes call differently. In templates: {% word "partner" %}.
WORDS = {
    "partner": _("パートナー"),
    "partners": _("登録パートナー"),
    "meetings": _("交流会・セミナー"),
    "matching": _("連携募集"),
    "reports": _("活動報告"),
    "register": _("登録申請"),
    "certificate": _("登録証"),
}


class ProgrammeHost(models.Model):
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="hosts")
    name = models.CharField(_("ホスト名"), max_length=253, unique=True)
    is_primary = models.BooleanField(_("リンクに使う"), default=False)

    class Meta:
        verbose_name = _("ホスト名")
        verbose_name_plural = _("ホスト名")
        constraints = [
            models.UniqueConstraint(
                fields=["programme"], condition=models.Q(is_primary=True), name="one_primary_host_per_programme"
            ),
            models.CheckConstraint(condition=models.Q(name=models.functions.Lower("name")), name="host_is_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        forget_hosts(ProgrammeHost.objects.filter(pk=self.pk).values_list("name", flat=True))
        super().save(*args, **kwargs)
        forget_hosts([self.name])

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        forget_hosts([self.name])
        return super().delete(*args, **kwargs)


class TenantModel(models.Model):
    """A row that belongs to one programme. The database shows it to no other; no code filters by programme."""

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, editable=False, related_name="+", default=current_programme_id
    )

    # What the application's role may do with the table; an append-only table says less.
    database_rights: ClassVar[str] = "SELECT, INSERT, UPDATE, DELETE"

    class Meta:
        abstract = True
