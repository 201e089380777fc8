"""Board: the room's questions and ideas during a meeting, sent by telephone. Idea: one of them. Backing: "me too".
LiveQuestion: what staff ask the room, and LiveAnswer what a telephone has chosen.

Whoever takes part is nobody to the portal: an idea knows the name that was typed, if any, and nothing of the telephone.
Backings and answers know a random number that the telephone's browser keeps for this board alone.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from meetings.models.meetings import Meeting
from meetings.states import IdeaState, SurveyState
from portal.tenancy.models import TenantModel

# Read from a screen and typed by hand: without letters and digits that look alike.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_code() -> str:
    return get_random_string(8, ALPHABET)


class Board(TenantModel):
    title = models.CharField(_("題名"), max_length=120, help_text=_("例：みなさんの質問とアイデア"))
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="boards", verbose_name=_("会"))
    text = models.CharField(
        _("呼びかけ"), max_length=300, blank=True, help_text=_("送る画面と、会場の画面の上に出ます。")
    )
    shows_first = models.BooleanField(
        _("届いたらすぐに見せる"), default=False, help_text=_("外すと、事務局が見せるまで、ほかの人には見えません。")
    )
    code = models.CharField(_("番号"), max_length=8, default=new_code, editable=False)
    state = models.CharField(
        _("状態"), max_length=10, choices=SurveyState.choices, default=SurveyState.DRAFT, editable=False
    )

    class Meta:
        verbose_name = _("会場の質問とアイデア")
        verbose_name_plural = _("会場の質問とアイデア")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["programme", "code"], name="one_board_per_code")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state == SurveyState.OPEN


class IdeaQuerySet(models.QuerySet["Idea"]):
    def visible(self) -> "IdeaQuerySet":
        return self.filter(state__in=[IdeaState.SHOWN, IdeaState.ANSWERED])


class Idea(TenantModel):
    class Kind(models.TextChoices):
        QUESTION = "question", _("質問")
        IDEA = "idea", _("アイデア")

    board = models.ForeignKey(
        Board, on_delete=models.CASCADE, related_name="ideas", verbose_name=_("会場の質問とアイデア")
    )
    kind = models.CharField(_("種類"), max_length=10, choices=Kind.choices, default=Kind.QUESTION)
    text = models.CharField(_("内容"), max_length=200)
    name = models.CharField(_("お名前"), max_length=40, blank=True)
    state = models.CharField(_("状態"), max_length=10, choices=IdeaState.choices)
    sent_at = models.DateTimeField(_("届いた日時"), default=timezone.now)
    # Of the form that was sent: pressed twice, it is one idea.
    form_key = models.UUIDField(editable=False)

    objects: ClassVar = IdeaQuerySet.as_manager()

    class Meta:
        verbose_name = _("質問やアイデア")
        verbose_name_plural = _("質問やアイデア")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["programme", "form_key"], name="one_idea_per_form")]
        indexes = [models.Index(fields=["programme", "board", "state"], name="idea_by_board")]

    def __str__(self) -> str:
        return self.text[:40]


class Backing(TenantModel):
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="backings")
    device = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "idea", "device"], name="one_backing_per_device")]

    def __str__(self) -> str:
        return str(self.idea)


class LiveQuestion(TenantModel):
    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="questions")
    text = models.CharField(_("質問"), max_length=120)
    choices = ArrayField(
        models.CharField(max_length=40), verbose_name=_("選択肢"), help_text=_("コンマで区切って並べます。")
    )
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)
    state = models.CharField(
        _("状態"), max_length=10, choices=SurveyState.choices, default=SurveyState.DRAFT, editable=False
    )

    class Meta:
        verbose_name = _("会場への質問")
        verbose_name_plural = _("会場への質問")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        if len(set(self.choices or [])) < 2:
            raise ValidationError({"choices": _("選択肢を、2つ以上入力してください。")})

    @property
    def is_open(self) -> bool:
        return self.state == SurveyState.OPEN


class LiveAnswer(TenantModel):
    """The place of the choice in its question, counted from 0."""

    question = models.ForeignKey(LiveQuestion, on_delete=models.CASCADE, related_name="answers")
    device = models.CharField(max_length=32)
    choice = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "question", "device"], name="one_live_answer_per_device")
        ]

    def __str__(self) -> str:
        return str(self.question)
