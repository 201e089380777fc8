"""A meeting that Kanagawa holds together with Tokyo: two partners of Tokyo come, one with its name known to the host."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from meetings.models import JointGuest, JointHost, Meeting
from meetings.services.exchange import exchange
from meetings.services.joint import accept_joint, invite_programme
from meetings.services.meetings import publish_meeting, save_meeting
from meetings.services.seats import Person, sign_up
from partners.models import Partner
from partners.states import PartnerState
from portal.local.data.standing import owner_of, staff
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.closed_days import ORDINARY_CLOSED_DAYS, next_open_day

TITLE = "神奈川・東京 合同交流会「県境をこえて組む」"


def load() -> None:
    """After every programme: one stands in the scope of the other's answer."""
    programmes = {one.slug: one for one in Programme.objects.filter(slug__in=("kanagawa", "tokyo"))}
    host, guest = programmes["kanagawa"], programmes["tokyo"]
    with programme_scope(host):
        if JointGuest.objects.exists():
            return
        joint = _invite(guest)
        exchange(joint_id=joint.pk)
    with programme_scope(guest):
        _answer()
    with programme_scope(host):
        exchange(joint_id=joint.pk)


def _invite(guest: Programme) -> JointGuest:
    officer = staff(StaffRole.OFFICER)
    day = next_open_day(timezone.localdate() + timedelta(days=40), ORDINARY_CLOSED_DAYS)
    starts_at = timezone.make_aware(datetime.combine(day, time(14)))
    meeting = Meeting(
        title=TITLE, kind=Meeting.Kind.PARTNER, visibility=Meeting.Visibility.PARTNERS, starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2), online_capacity=60,
        summary="東京の事業と合同で開きます。販路、人材、脱炭素の三つの部屋に分かれて、組める相手を探します。",
    )  # fmt: skip
    save_meeting(meeting=meeting, actor=officer)
    publish_meeting(meeting=meeting, actor=officer)
    meeting.refresh_from_db()
    return invite_programme(
        meeting=meeting, guest=guest, onsite_places=0, online_places=20, actor=officer,
        note="ものづくりの団体どうしをつなぎたく、ごいっしょいただけるとうれしいです。",
    )  # fmt: skip


def _answer() -> None:
    officer = staff(StaffRole.OFFICER)
    meeting = accept_joint(bond=JointHost.objects.get(), actor=officer)
    publish_meeting(meeting=meeting, actor=officer)
    registered = Partner.objects.filter(state=PartnerState.REGISTERED).order_by("number")
    # The partners of owner@tokyo and, without consent, of owner@kanagawa (people.py).
    for partner, agrees in ((registered[0], True), (registered[2], False)):
        owner = owner_of(partner)
        people = [Person(owner.place.person_name, owner.user.email, "online", "代表")]
        sign_up(meeting_id=meeting.pk, people=people, answers={}, note="", actor=owner, shares_names=agrees)
