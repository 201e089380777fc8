"""Posting: a partner seeks others for a collaboration. Designation: whom it wants to have. Application: the answer to
a posting. MatchingSettings: the programme's rules.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.proposal import ALL, missing
from matching.states import (
    APPLICATION_TRANSITIONS,
    EDITABLE_POSTINGS,
    OPEN_APPLICATIONS,
    OPEN_POSTINGS,
    POSTING_TRANSITIONS,
    STANDING_APPLICATIONS,
    UNCHECKED_POSTINGS,
    ApplicationState,
    PostingState,
)
from matching.vocabulary import Category, Check, Method, Reach
from partners.models import Partner
from partners.states import PartnerState
from partners.vocabulary.roles import Role
from portal.tenancy.models import TenantModel
from portal.web.access import Actor


def text_of(name: str) -> Any:
    return models.TextField(ALL[name].label, blank=True, max_length=4000)


def several_of(label: Any, choices: Any) -> Any:
    return ArrayField(models.CharField(max_length=40, choices=choices), verbose_name=label, default=list, blank=True)


class PostingQuerySet(models.QuerySet["Posting"]):
    def open(self) -> "PostingQuerySet":
        return self.filter(state__in=OPEN_POSTINGS)

    def public(self) -> "PostingQuerySet":
        """What everybody may read."""
        return self.open().exclude(reach=Reach.NAMED).filter(partner__state=PartnerState.REGISTERED)

    def visible_to(self, actor: Actor) -> "PostingQuerySet":
        """The one rule of who may know of a posting; every page, list, count, file and address asks it.

        Staff: whatever was ever submitted. A partner: its own, what is open to everybody, what it is named for as
        long as that is open, and what it has applied to once that is checked. Everybody else: what is public.
        """
        if actor.is_staff():
            return self.exclude(submitted_at=None)
        if actor.membership is None:
            return self.public()
        return self.known_to(actor.membership.partner_id)

    def known_to(self, own: int) -> "PostingQuerySet":
        """By the key of a partner."""
        named = Exists(Designation.objects.filter(posting=OuterRef("pk"), partner=own))
        applied = Exists(Application.objects.filter(posting=OuterRef("pk"), partner=own))
        is_open = Q(state__in=OPEN_POSTINGS, partner__state=PartnerState.REGISTERED)
        # Taken back while it was checked anew, it stays unchecked.
        known = Q(applied, listed_at__gte=F("submitted_at")) & ~Q(state__in=UNCHECKED_POSTINGS)
        return self.filter(Q(partner=own) | (is_open & (~Q(reach=Reach.NAMED) | Q(named))) | known)


class Posting(TenantModel):
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="postings", verbose_name=_("募集する団体")
    )
    state = models.CharField(_("状態"), max_length=12, choices=PostingState.choices, default=PostingState.DRAFT)
    reach = models.CharField(_("公開の範囲"), max_length=16, choices=Reach.choices, default=Reach.OPEN)
    is_short = models.BooleanField(_("かんたんな募集"), default=False)

    title = models.CharField(_("件名"), max_length=100)
    # As the office last checked it.
    checked_title = models.CharField(max_length=100, blank=True, editable=False)
    category = models.CharField(_("連携の種類"), max_length=12, choices=Category.choices, blank=True)
    methods = several_of(_("連携の形"), Method.choices)
    goals = ArrayField(models.SmallIntegerField(), verbose_name=_("SDGsの目標"), default=list, blank=True)
    region = models.CharField(_("地域"), max_length=40, blank=True)
    starts_on = models.DateField(_("取組の開始"), null=True, blank=True)
    ends_on = models.DateField(_("取組の終了"), null=True, blank=True)

    background = text_of("background")
    voices = text_of("voices")
    theme = text_of("theme")
    what = text_of("what")
    why = text_of("why")
    who = text_of("who")
    when = text_of("when")
    where = text_of("where")
    how = text_of("how")
    how_much = text_of("how_much")
    asked_people = text_of("asked_people")
    asked_goods = text_of("asked_goods")
    asked_money = text_of("asked_money")
    asked_information = text_of("asked_information")
    budget = text_of("budget")
    track_record = text_of("track_record")

    # The table of roles
    brings = several_of(_("わたしたちが担うこと"), Role.choices)
    seeks = several_of(_("お願いしたい役割"), Role.choices)
    checks = several_of(_("書く前の確認"), Check.choices)

    contact_name = models.CharField(_("担当者の氏名"), max_length=80, blank=True)
    contact_phone = models.CharField(_("電話"), max_length=30, blank=True)
    contact_email = models.EmailField(_("担当者のメールアドレス"), blank=True)

    # The last day on which it is listed.
    listed_until = models.DateField(_("募集の期限"), null=True, blank=True)
    comment = models.TextField(_("事務局から"), blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(_("提出日時"), null=True, editable=False)
    listed_at = models.DateTimeField(_("公開日時"), null=True, editable=False)
    # Written once, as are the other moments that the numbers count: a past day keeps its number.
    first_listed_at = models.DateTimeField(null=True, editable=False)
    # The words that search looks in, folded.
    folded = models.TextField(default="", editable=False)
    # Counted up with each change of the text, so that a second editor's form is noticed to be old.
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects: ClassVar = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("募集案件")
        verbose_name_plural = _("募集案件")
        ordering = ["-listed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[PostingState.DRAFT, PostingState.WITHDRAWN]) | Q(submitted_at__isnull=False),
                name="what_goes_on_was_submitted",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=OPEN_POSTINGS) | Q(listed_until__isnull=False), name="what_is_open_has_an_end"
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "state", "listed_until"], name="posting_by_state"),
            models.Index(fields=["programme", "partner"], name="posting_by_partner"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_POSTINGS

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE_POSTINGS

    @property
    def is_public(self) -> bool:
        return self.is_open and self.reach != Reach.NAMED and self.partner.is_listed

    @property
    def title_for_others(self) -> str:
        """A new title that nobody has checked yet is its own people's and the office's alone."""
        if self.state not in UNCHECKED_POSTINGS and self.listed_at and self.submitted_at:
            return self.title if self.listed_at >= self.submitted_at else self.checked_title
        return self.checked_title

    @property
    def is_named(self) -> bool:
        return self.reach != Reach.OPEN

    @property
    def next_states(self) -> set[PostingState]:
        return POSTING_TRANSITIONS[PostingState(self.state)]

    @property
    def missing(self) -> list[str]:
        """What must still be said before it can be submitted."""
        return [str(label) for label in missing(vars(self), self.is_short)]

    @property
    def tone(self) -> str:
        tones = {"listed": "success", "in_talks": "info", "agreed": "info", "submitted": "info", "returned": "warning",
                 "expired": "warning"}  # fmt: skip
        return tones.get(self.state, "")


class Designation(TenantModel):
    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="designations")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("指名する団体"))

    class Meta:
        verbose_name = _("指名")
        verbose_name_plural = _("指名")
        constraints = [
            models.UniqueConstraint(fields=["programme", "posting", "partner"], name="one_designation_per_partner")
        ]

    def __str__(self) -> str:
        return self.partner.name


class SentApplicationQuerySet(models.QuerySet["Application"]):
    def open(self) -> "SentApplicationQuerySet":
        return self.filter(state__in=OPEN_APPLICATIONS)

    def visible_to(self, actor: Actor) -> "SentApplicationQuerySet":
        """Both sides and staff; nobody else knows who applied where."""
        if actor.is_staff():
            return self
        if actor.membership is None:
            return self.none()
        own = actor.membership.partner_id
        return self.filter(Q(partner=own) | Q(posting__partner=own))


class Application(TenantModel):
    posting = models.ForeignKey(
        Posting, on_delete=models.PROTECT, related_name="applications", verbose_name=_("募集案件")
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("応募した団体"))
    state = models.CharField(_("状態"), max_length=12, choices=ApplicationState.choices, default=ApplicationState.SENT)
    message = models.TextField(_("メッセージ"), max_length=4000)
    method = models.CharField(_("連携の形"), max_length=12, choices=Method.choices)
    duties = models.TextField(_("だれが何をするか"), max_length=4000)
    contact_name = models.CharField(_("担当者の氏名"), max_length=80)
    contact_phone = models.CharField(_("電話"), max_length=30, blank=True)
    contact_email = models.EmailField(_("担当者のメールアドレス"))
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(_("応募日時"), default=timezone.now)
    answer = models.TextField(_("回答"), blank=True)
    # When it was first answered, whatever came of it later.
    answered_at = models.DateTimeField(_("最初の回答"), null=True)
    nudged_at = models.DateTimeField(_("回答をうながした日時"), null=True)
    talks_at = models.DateTimeField(null=True, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar = SentApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("応募")
        verbose_name_plural = _("応募")
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "posting", "partner"],
                condition=~Q(state=ApplicationState.WITHDRAWN),
                name="one_application_per_posting_and_partner",
            )
        ]
        indexes = [models.Index(fields=["programme", "state", "sent_at"], name="match_application_by_state")]

    def __str__(self) -> str:
        return f"{self.partner}：{self.posting}"

    @property
    def title(self) -> str:
        """Of the posting, as both sides may read it."""
        return self.posting.title_for_others

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_APPLICATIONS

    @property
    def shows_contacts(self) -> bool:
        """Each side sees whom to write to at the other, for as long as there is something to write about."""
        if self.state == ApplicationState.WITHDRAWN:
            return False
        return self.posting.is_open or self.state in STANDING_APPLICATIONS

    @property
    def next_states(self) -> set[ApplicationState]:
        return APPLICATION_TRANSITIONS[ApplicationState(self.state)]

    @property
    def tone(self) -> str:
        return {"sent": "warning", "talking": "info", "accepted": "success"}.get(self.state, "")


class MatchingSettings(TenantModel):
    """One row a programme."""

    checks_edits = models.BooleanField(
        _("公開した募集の変更を、もう一度確認する"), default=True,
        help_text=_("「はい」のとき、公開中の募集を変えると確認待ちに戻ります。"),
    )  # fmt: skip
    most_designees = models.PositiveSmallIntegerField(
        _("一つの募集で指名できる団体の数"), default=1, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    listed_days = models.PositiveSmallIntegerField(
        _("募集を載せる日数"), default=90, validators=[MinValueValidator(7), MaxValueValidator(730)],
        help_text=_("延長したときも、この日数だけ先になります。"),
    )  # fmt: skip
    notice_days = models.PositiveSmallIntegerField(_("期限の何日前に知らせるか"), default=7)
    nudge_days = models.PositiveSmallIntegerField(
        _("応募への回答をうながすまでの開庁日数"), default=7, validators=[MinValueValidator(1)]
    )

    introduction_days = models.PositiveSmallIntegerField(
        _("紹介への回答を待つ日数"), default=14, validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text=_("双方の回答がそろわないまま過ぎると、紹介は終わります。"),
    )  # fmt: skip
    introduction_notice_days = models.PositiveSmallIntegerField(
        _("紹介への回答を、期限の何日前にうながすか"), default=4, validators=[MinValueValidator(1)]
    )

    class Meta:
        verbose_name = _("連携募集の設定")
        verbose_name_plural = _("連携募集の設定")
        constraints = [models.UniqueConstraint(fields=["programme"], name="one_matching_settings")]

    def __str__(self) -> str:
        return str(_("連携募集の設定"))
