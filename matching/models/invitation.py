"""SideInvitation: a partner is asked to be a further side of a collaboration. It sees the record when it has agreed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.models.collaboration import Collaboration, Side
from matching.states import INVITATION_TRANSITIONS, InvitationState
from partners.models import Partner
from portal.tenancy.models import TenantModel
from portal.web.access import Actor


class SideInvitationQuerySet(models.QuerySet["SideInvitation"]):
    def open(self) -> "SideInvitationQuerySet":
        return self.filter(state=InvitationState.ASKED)

    def visible_to(self, actor: Actor) -> "SideInvitationQuerySet":
        """Whoever is asked, the sides, and staff."""
        if actor.is_staff():
            return self
        if actor.membership is None:
            return self.none()
        own = actor.membership.partner_id
        sides = Side.objects.filter(collaboration=OuterRef("collaboration"), partner=own)
        return self.filter(Q(partner=own) | Exists(sides))


class SideInvitation(TenantModel):
    collaboration = models.ForeignKey(Collaboration, on_delete=models.CASCADE, related_name="invitations")
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("加わってほしい団体")
    )
    state = models.CharField(_("状態"), max_length=12, choices=InvitationState.choices, default=InvitationState.ASKED)
    note = models.TextField(_("お願いしたいこと"), max_length=1000)
    asking = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("声をかけた団体"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(_("声をかけた日時"), default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar = SideInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("連携への参加のお願い")
        verbose_name_plural = _("連携への参加のお願い")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "collaboration", "partner"], condition=Q(state=InvitationState.ASKED),
                name="one_open_invitation_per_collaboration_and_partner",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.partner}：{self.collaboration}"

    @property
    def is_open(self) -> bool:
        return self.state == InvitationState.ASKED

    @property
    def next_states(self) -> set[InvitationState]:
        return INVITATION_TRANSITIONS[InvitationState(self.state)]

    @property
    def tone(self) -> str:
        return {"asked": "warning", "joined": "success"}.get(self.state, "")
