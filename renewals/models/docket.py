"""Docket: the steps before a registration is removed, each on record. Nothing in it follows by itself."""

from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from portal.tenancy.models import TenantModel
from renewals.stages import OPEN_DOCKETS, DocketState

# What fairness asks for before a hearing: so many notices, with so much time after each.
NOTICES = 2
AFTER_A_NOTICE = timedelta(days=14)
RESTORED_WITHIN = timedelta(days=365)


class DocketQuerySet(models.QuerySet["Docket"]):
    def open(self) -> "DocketQuerySet":
        return self.filter(state__in=OPEN_DOCKETS)


class Docket(TenantModel):
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="dockets", verbose_name=_("団体"))
    state = models.CharField(_("状態"), max_length=12, choices=DocketState.choices, default=DocketState.OPEN)
    opened_at = models.DateTimeField(_("始めた日時"), default=timezone.now)
    # Why removal could be considered, in the words of that day.
    why = models.TextField(_("検討の理由"))

    objects: ClassVar = DocketQuerySet.as_manager()

    class Meta:
        verbose_name = _("取消しの手続")
        verbose_name_plural = _("取消しの手続")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "partner"], condition=models.Q(state__in=OPEN_DOCKETS), name="one_open_docket"
            )
        ]
        indexes = [models.Index(fields=["programme", "state", "opened_at"], name="docket_by_state")]

    def __str__(self) -> str:
        return str(self.partner)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_DOCKETS

    @property
    def number(self) -> str:
        return f"{timezone.localdate(self.opened_at).year}-{self.pk}"

    def latest(self, kind: "DocketEntry.Kind") -> "DocketEntry | None":
        found: DocketEntry | None = self.entries.filter(kind=kind).order_by("-id").first()
        return found

    @property
    def has_open_request(self) -> bool:
        """The partner has asked for grace, and nobody has answered yet."""
        Kind = DocketEntry.Kind  # noqa: N806 - the class's own name
        kinds = (Kind.GRACE_ASKED, Kind.GRACE_GRANTED, Kind.GRACE_REFUSED)
        last = self.entries.filter(kind__in=kinds).order_by("-id").first()
        return last is not None and last.kind == Kind.GRACE_ASKED


class DocketEntry(TenantModel):
    """One step. Written once, never changed."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("検討を始めた")
        NOTICE = "notice", _("通知を送った")
        CALL = "call", _("電話をした")
        GRACE_ASKED = "grace_asked", _("団体から猶予の申出")
        GRACE_GRANTED = "grace_granted", _("猶予を認めた")
        GRACE_REFUSED = "grace_refused", _("猶予を認めなかった")
        HEARING_SET = "hearing_set", _("意見を聴く日を決めた")
        HEARD = "heard", _("意見を聴いた")
        REMOVED = "removed", _("登録を取り消した")
        CLOSED = "closed", _("手続を終えた")
        RESTORED = "restored", _("登録を元に戻した")

    docket = models.ForeignKey(Docket, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(_("種類"), max_length=16, choices=Kind.choices)
    on = models.DateField(_("日付"), default=timezone.localdate)
    text = models.TextField(_("内容"), blank=True)
    # A hearing's day, the day until which grace was asked for or given.
    until = models.DateField(_("いつまで・いつ"), null=True)
    # Of a hearing alone.
    hour = models.TimeField(_("時刻"), null=True)
    place = models.CharField(_("場所"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("行った人")
    )
    at = models.DateTimeField(_("記録日時"), default=timezone.now)

    database_rights: ClassVar[str] = "SELECT, INSERT, DELETE"

    class Meta:
        verbose_name = _("手続の記録")
        verbose_name_plural = _("手続の記録")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.on} {self.get_kind_display()}"

    @property
    def has_letter(self) -> bool:
        """Told by mail and, printed, by post."""
        return self.kind in (self.Kind.NOTICE, self.Kind.HEARING_SET)

    @property
    def what_until(self) -> str:
        """What the day in `until` is."""
        if self.kind == self.Kind.HEARING_SET:
            return gettext("意見を聴く日")
        return gettext("申し出た期限") if self.kind == self.Kind.GRACE_ASKED else gettext("新しい期限")


def hearing_may_be_set_on(notice: DocketEntry) -> date:
    return notice.on + AFTER_A_NOTICE
