"""Who acts for a partner. Member: a person's place in it. Consent: what the person has agreed to."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from partners.states import MemberState, PartnerState
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import TenantModel
from portal.web.access import MemberRole


class MemberQuerySet(models.QuerySet["Member"]):
    def active(self) -> "MemberQuerySet":
        return self.filter(state=MemberState.ACTIVE)

    def who_may_enter(self) -> "MemberQuerySet":
        """Also those who were invited: their first sign-in makes them active."""
        return self.exclude(state=MemberState.DISABLED).exclude(partner__state=PartnerState.ENDED)

    def quiet_since(self, moment: datetime) -> "MemberQuerySet":
        """Active for longer, and not once signed in to this programme since then, as its record says."""
        signed_in = AuditEvent.objects.filter(action=Action.SIGNED_IN, actor=models.OuterRef("user"), at__gte=moment)
        return self.active().filter(~models.Exists(signed_in), since__lt=moment)

    def owners(self) -> "MemberQuerySet":
        return self.filter(role=MemberRole.OWNER)


class Member(TenantModel):
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="members", verbose_name=_("団体"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("氏名"), max_length=80)
    role = models.SmallIntegerField(
        _("役割"), choices=[(role.value, role.label) for role in MemberRole], default=MemberRole.VIEWER
    )
    state = models.CharField(_("状態"), max_length=12, choices=MemberState.choices, default=MemberState.INVITED)
    # When the state was last changed: invited, first signed in, or disabled.
    since = models.DateTimeField(default=timezone.now)

    objects: ClassVar = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("担当者")
        verbose_name_plural = _("担当者")
        ordering = ["-role", "id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "partner", "user"], name="one_place_per_person_and_partner"),
        ]
        indexes = [models.Index(fields=["programme", "user"], name="member_by_user")]

    def __str__(self) -> str:
        return self.name

    @property
    def role_name(self) -> str:
        """In the page's language."""
        return MemberRole(self.role).label

    @property
    def is_owner(self) -> bool:
        return self.role == MemberRole.OWNER


class Consent(TenantModel):
    """Said once at the first sign-in and again at each change; the latest row counts, none is ever changed."""

    # The wording that was shown: templates/mypage/purpose.html and ConsentForm. 2: a report is public as soon as it is handed in.
    WORDING: ClassVar[str] = "2"

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="consents")
    at = models.DateTimeField(_("日時"), default=timezone.now)
    wording = models.CharField(_("文面"), max_length=20, default=WORDING)
    shows_contact = models.BooleanField(_("連絡先の表示"), default=False)
    # Read by the yearly reports, before one is published.
    publishes_reports = models.BooleanField(_("報告の公開"), default=False)

    # Deleted only with all that is held on the person.
    database_rights: ClassVar[str] = "SELECT, INSERT, DELETE"

    class Meta:
        verbose_name = _("同意")
        verbose_name_plural = _("同意")
        ordering = ["-id"]
