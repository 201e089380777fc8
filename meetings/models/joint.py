"""A meeting that two programmes hold together. Each keeps rows of its own, which know each other by `key` alone.

JointGuest and JointPerson stand in the host's programme, JointHost and NamesConsent in the guest's. What goes across,
and when, stands in services/exchange.py and in docs/decisions/joint-meetings.md.
"""

import uuid

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models.meetings import Meeting, Mode
from meetings.models.seats import SignUp
from meetings.states import JointState
from portal.tenancy.models import Programme, TenantModel


class JointGuest(TenantModel):
    """Another programme, which is asked to let its partners take part in a meeting of ours."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="guests", verbose_name=_("合同で開く会")
    )  # fmt: skip
    guest = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", verbose_name=_("招く事業"))
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    onsite_places = models.PositiveSmallIntegerField(_("会場の割当て"), default=0)
    online_places = models.PositiveSmallIntegerField(_("オンラインの割当て"), default=0)
    note = models.CharField(
        _("相手の事務局への連絡"), max_length=300, blank=True, help_text=_("相手の職員だけが読みます。")
    )
    state = models.CharField(_("状態"), max_length=12, choices=JointState.choices, default=JointState.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("招いた人")
    )
    asked_at = models.DateTimeField(_("招いた日時"), default=timezone.now)
    # As the guest says.
    answer = models.CharField(_("相手からの返事"), max_length=300, blank=True)
    waiting = models.PositiveIntegerField(_("キャンセル待ち"), default=0)
    problem = models.CharField(_("反映できなかったこと"), max_length=300, blank=True)
    # Both sides know that nothing more will come.
    is_settled = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("合同開催（招く）")
        verbose_name_plural = _("合同開催（招く）")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "meeting", "guest"],
                name="one_joint_guest_per_meeting",
                violation_error_message=_("この事業は、もう招いています。"),
            ),
            models.UniqueConstraint(fields=["programme", "key"], name="one_joint_guest_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting}（{self.guest}）"


class JointPerson(TenantModel):
    """Somebody who comes from the guest's programme. Without consent nothing but that somebody comes, and how."""

    joint = models.ForeignKey(JointGuest, on_delete=models.CASCADE, related_name="people")
    # The place's, in the guest's programme.
    uid = models.UUIDField()
    organisation = models.CharField(_("団体"), max_length=200, blank=True)
    name = models.CharField(_("氏名"), max_length=80, blank=True)
    title = models.CharField(_("部署・役職"), max_length=120, blank=True)
    mode = models.CharField(_("参加方法"), max_length=10, choices=Mode.choices)
    attended_at = models.DateTimeField(_("出席の確認"), null=True)

    class Meta:
        verbose_name = _("合同開催の参加者")
        verbose_name_plural = _("合同開催の参加者")
        ordering = ["organisation", "id"]
        constraints = [models.UniqueConstraint(fields=["programme", "joint", "uid"], name="one_joint_person_per_seat")]

    def __str__(self) -> str:
        return self.name or str(_("お名前は伝えられていません"))


class JointHost(TenantModel):
    """Another programme has asked us to its meeting; once we accept, a meeting of our own stands for it here."""

    host = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", verbose_name=_("主催する事業"))
    key = models.UUIDField(editable=False)
    # What the host said last, as services/exchange.py wrote it.
    facts = models.JSONField(encoder=DjangoJSONEncoder)
    state = models.CharField(_("状態"), max_length=12, choices=JointState.choices, default=JointState.ASKED)
    meeting = models.OneToOneField(
        Meeting, on_delete=models.PROTECT, null=True, related_name="joint_host", verbose_name=_("こちらの会")
    )
    answer = models.CharField(_("返事"), max_length=300, blank=True)
    problem = models.CharField(_("反映できなかったこと"), max_length=300, blank=True)
    received_at = models.DateTimeField(_("届いた日時"), default=timezone.now)

    class Meta:
        verbose_name = _("合同開催（招かれる）")
        verbose_name_plural = _("合同開催（招かれる）")
        ordering = ["-received_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["programme", "key"], name="one_joint_host_per_key")]

    def __str__(self) -> str:
        return f"{self.facts['meeting']['title']}（{self.host}）"


class NamesConsent(TenantModel):
    """The people of a sign-up agreed that the host reads their names. Taken back by deleting the row."""

    sign_up = models.OneToOneField(SignUp, on_delete=models.CASCADE, related_name="names_consent")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.sign_up)
