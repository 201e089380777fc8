"""Survey: what those who came to a meeting are asked afterwards, or what all partners of a segment are asked.

Who is asked, and whether they have answered, stands in Ticket: a person who came, or an organisation. What they said
stands in Reply, which belongs to its ticket, or in AnonymousReply, which knows nothing but its survey: no person, no
partner, no time, no order.
"""

import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from meetings.models.meetings import Meeting
from meetings.states import SurveyState
from partners.models import Fact, Partner
from partners.states import PartnerState
from portal.notices.models import ForSegment
from portal.tenancy.models import TenantModel


class Survey(ForSegment):
    """Of a meeting or of a segment of partners, never both; of neither, it is a template."""

    title = models.CharField(_("題名"), max_length=120)
    text = models.TextField(_("はじめの言葉"), blank=True, max_length=1000)
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="surveys", verbose_name=_("会"),
        help_text=_("この会に出席した方に、一人ずつ聞きます。"),
    )  # fmt: skip
    is_anonymous = models.BooleanField(
        _("無記名"), default=True,
        help_text=_(
            "だれの回答かを、どこにも残しません。結果は、終了したあと、回答が5件以上あるときにだけ見られます。"
            "団体に聞くときは、外してください。"
        ),
    )  # fmt: skip
    closes_at = models.DateTimeField(_("締切"), null=True, blank=True)
    state = models.CharField(
        _("状態"), max_length=10, choices=SurveyState.choices, default=SurveyState.DRAFT, editable=False
    )

    class Meta:
        verbose_name = _("アンケート")
        verbose_name_plural = _("アンケート")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(meeting=None) | models.Q(segment=""), name="a_survey_of_partners_has_no_meeting"
            ),
            models.CheckConstraint(
                condition=models.Q(state=SurveyState.DRAFT)
                | (models.Q(closes_at__isnull=False) & (models.Q(meeting__isnull=False) | ~models.Q(segment=""))),
                name="an_open_survey_asks_somebody_until_a_time",
            ),
            # A colleague may change the answer, so that it has to be found again.
            models.CheckConstraint(
                condition=models.Q(segment="") | models.Q(is_anonymous=False), name="a_survey_of_partners_has_names"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        problems = self.segment_problems() if self.segment else {}
        if self.segment and self.meeting_id:
            problems["segment"] = _("会と団体は、どちらか一方だけを選んでください。")
        if self.segment and self.is_anonymous:
            problems["is_anonymous"] = _(
                "団体の回答は、同じ団体の方が締切まで変えられるように、記名です。「無記名」を外してください。"
            )
        if problems:
            raise ValidationError(problems)

    @property
    def asks_partners(self) -> bool:
        return bool(self.segment)

    def is_open_at(self, now: datetime) -> bool:
        return self.state == SurveyState.OPEN and self.closes_at is not None and now < self.closes_at

    def is_over_at(self, now: datetime) -> bool:
        return self.state != SurveyState.DRAFT and not self.is_open_at(now)


class SurveyQuestion(TenantModel):
    class Kind(models.TextChoices):
        ONE = "one", _("一つ選ぶ")
        SEVERAL = "several", _("いくつでも選ぶ")
        SCALE = "scale", _("5段階")
        TEXT = "text", _("文章")

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="questions")
    text = models.CharField(_("質問"), max_length=200)
    kind = models.CharField(_("答え方"), max_length=10, choices=Kind.choices, default=Kind.SCALE)
    choices = ArrayField(
        models.CharField(max_length=60), verbose_name=_("選択肢"), default=list, blank=True,
        help_text=_("コンマで区切って並べます。5段階のときは、1と5の言葉を書けます。例：不満, 満足"),
    )  # fmt: skip
    is_required = models.BooleanField(_("必須"), default=False)
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)

    class Meta:
        verbose_name = _("質問")
        verbose_name_plural = _("質問")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        if self.kind in (self.Kind.ONE, self.Kind.SEVERAL) and len(self.choices) < 2:
            raise ValidationError({"choices": _("選択肢を、2つ以上入力してください。")})
        if self.kind == self.Kind.SCALE and len(self.choices) not in (0, 2):
            raise ValidationError({"choices": _("1と5の言葉を、2つ入力してください。")})

    @property
    def options(self) -> list[tuple[str, str]]:
        """What is kept, and what is shown."""
        if self.kind == self.Kind.TEXT:
            return []
        if self.kind != self.Kind.SCALE:
            return [(choice, choice) for choice in self.choices]
        low, high = self.choices or ["", ""]
        words = {"1": low, "5": high}
        return [(step, f"{step}（{words[step]}）" if words.get(step) else step) for step in "12345"]


def new_token() -> str:
    return get_random_string(40)


class TicketQuerySet(models.QuerySet["Ticket"]):
    def of_partners(self) -> "TicketQuerySet":
        return self.filter(email="")

    def counted(self) -> "TicketQuerySet":
        """Without the organisations that were no partners any more on the day of the deadline."""
        ended = Fact.objects.open().filter(
            partner=models.OuterRef("partner"), field=Fact.Field.STATE, value=PartnerState.ENDED,
            since__lte=models.OuterRef("survey__closes_at__date"),
        )  # fmt: skip
        return self.exclude(models.Exists(ended), email="")


class Ticket(TenantModel):
    """Whoever is asked. It says that they have answered, never when or what.

    A person who came to a meeting, with the secret address in their mail; or an organisation, whose people sign in.
    """

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="tickets", verbose_name=_("アンケート"))
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("団体"))
    # Both empty for an organisation.
    name = models.CharField(_("氏名"), max_length=80, blank=True)
    email = models.EmailField(_("メールアドレス"), blank=True)
    language = models.CharField(max_length=8, default="ja")
    token = models.CharField(max_length=40, default=new_token, editable=False)
    has_answered = models.BooleanField(_("回答済み"), default=False)

    objects: ClassVar = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("アンケートの宛先")
        verbose_name_plural = _("アンケートの宛先")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "survey", "email"], condition=~models.Q(email=""), name="one_ticket_per_person"
            ),
            models.UniqueConstraint(
                fields=["programme", "survey", "partner"], condition=models.Q(email=""), name="one_ticket_per_partner"
            ),
            models.UniqueConstraint(fields=["programme", "token"], name="one_ticket_per_token"),
        ]

    def __str__(self) -> str:
        return self.name or self.partner.name


class Reply(TenantModel):
    """Of somebody who knows that their name stands with it. By the question's number."""

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="reply")
    answers = models.JSONField(_("回答"), default=dict)
    answered_at = models.DateTimeField(_("回答日時"), default=timezone.now)
    # One more for each change by an organisation; its form says which one it was filled in from.
    revision = models.PositiveIntegerField(default=1, editable=False)

    def __str__(self) -> str:
        return str(self.ticket)


class AnonymousReply(TenantModel):
    """Nobody's. The key is random and changes with each further reply (services/surveys.py)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="anonymous_replies")
    answers = models.JSONField(_("回答"), default=dict)

    # Never changed in place: they are drawn and laid back together.
    database_rights: ClassVar[str] = "SELECT, INSERT, DELETE"

    def __str__(self) -> str:
        return str(_("無記名の回答"))
