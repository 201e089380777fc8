"""Reads of joint meetings: on the sign-up form, on the host's list, and what waits for the guest's staff."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.models import JointHost, JointPerson, Meeting, NamesConsent, SignUp
from meetings.models.meetings import MeetingQuerySet
from meetings.states import JointState
from portal.tenancy.models import Feature, Programme
from portal.web.registry import WorkItem, WorkQueue


def with_host(meetings: MeetingQuerySet, partner_id: int) -> MeetingQuerySet:
    """Each with the programme that hosts it, if another one does, and the organisation's consent: in the same query."""
    own = NamesConsent.objects.filter(sign_up__meeting=OuterRef("pk"), sign_up__partner=partner_id)
    return meetings.select_related("joint_host__host").annotate(shares_names=Exists(own))


def host_of(meeting: Meeting) -> Programme | None:
    bond: JointHost | None = getattr(meeting, "joint_host", None)
    return bond.host if bond else None


def reads_names(sign_up: SignUp) -> Programme | None:
    """The host that reads who comes; none without consent."""
    agreed = NamesConsent.objects.filter(sign_up=sign_up)
    bond = JointHost.objects.filter(Exists(agreed), meeting=sign_up.meeting_id).select_related("host").first()
    return bond.host if bond else None


def guests_people(meeting: Meeting) -> list[JointPerson]:
    """Who comes from other programmes, one list for the host: by programme and organisation."""
    found = JointPerson.objects.filter(joint__meeting=meeting).select_related("joint__guest")
    return list(found.order_by("joint", "organisation", "id"))


def _items() -> Sequence[WorkItem]:
    asked = JointHost.objects.filter(state=JointState.ASKED).select_related("host").order_by("received_at")[:200]
    return [
        WorkItem(str(bond), reverse("admin:meetings_jointhost_change", args=[bond.pk]), since=bond.received_at)
        for bond in asked
    ]


joint_queue = WorkQueue(
    label=_("合同開催の誘い"),
    url=lambda: reverse("admin:meetings_jointhost_changelist"),
    count=lambda: JointHost.objects.filter(state=JointState.ASKED).count(),
    items=_items,
    feature=Feature.MEETINGS,
)
