"""What each side of a joint meeting decides for itself. What one side learns of the other: exchange.py."""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.attendance import is_changed
from meetings.models import JoiningDetails, JointGuest, JointHost, JointPerson, Meeting, NamesConsent, Seat
from meetings.services.meetings import save_meeting
from meetings.services.seats import lock_meeting
from meetings.states import JOINT_TRANSITIONS, JointState, MeetingState
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.tenancy.models import Programme
from portal.tenancy.scope import current_programme
from portal.web.access import Actor, only_staff
from portal.web.steps import refuse_wrong_step, state_now

# What a meeting says of itself, as it stands on the guest's pages. Who may see it and when sign-up closes there is for
# the guest to say.
SHARED = (
    "kind", "title", "theme_label", "fiscal_year", "starts_at", "ends_at", "doors_at", "summary", "text", "audience", "fee",
    "goals", "format", "venue", "venue_address",
)  # fmt: skip
JOINING = ("url", "room", "passcode", "note", "shown_from")


def facts_of(joint: JointGuest) -> dict[str, Any]:
    """What the host says: of the meeting, the places, who of the guest's people was there; after a yes, the way in."""
    meeting = joint.meeting
    is_off = meeting.is_cancelled or joint.state == JointState.ENDED
    is_on = joint.state == JointState.ACCEPTED and not is_off
    joining = JoiningDetails.objects.filter(meeting=meeting).first() if is_on else None
    return {
        "meeting": {name: getattr(meeting, name) for name in SHARED},
        "cohosts": [f"主催：{current_programme()}", *meeting.cohost_names],
        "places": {"onsite": joint.onsite_places, "online": joint.online_places},
        "joining": {name: getattr(joining, name) for name in JOINING} if joining else None,
        "note": joint.note,
        "notice": meeting.notice,
        "is_off": is_off,
        "attended": [str(uid) for uid in joint.people.filter(attended_at__isnull=False).values_list("uid", flat=True)],
    }


def shared_values(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a meeting out of kept facts."""
    values = {name: Meeting._meta.get_field(name).to_python(facts["meeting"][name]) for name in SHARED}  # type: ignore[union-attr]
    return values | {"cohosts": "\n".join(facts["cohosts"])}


# --- The host --------------------------------------------------------------------------------------------------------


@transaction.atomic
def invite_programme(
    *, meeting: Meeting, guest: Programme, onsite_places: int, online_places: int, note: str, actor: Actor
) -> JointGuest:
    only_staff(actor)
    meeting = lock_meeting(meeting.pk)
    is_coming = meeting.state == MeetingState.PUBLISHED and meeting.ends_at > timezone.now()
    if not is_coming or JointHost.objects.filter(meeting=meeting).exists():
        raise ValidationError(_("自分の事業が主催する、公開したこれからの会だけ、合同で開けます。"))
    if guest == current_programme():
        raise ValidationError({"guest": _("ほかの事業を選んでください。")})
    if JointGuest.objects.filter(meeting=meeting, guest=guest).exists():
        raise ValidationError({"guest": _("この事業は、もう招いています。")})
    joint = JointGuest.objects.create(
        meeting=meeting, guest=guest, onsite_places=onsite_places, online_places=online_places, note=note,
        asked_by=actor.user,
    )  # fmt: skip
    record_event(action=Action.JOINT_ASKED, subject=joint, actor=actor.user, changes={"guest": (None, guest.slug)})
    return joint


@transaction.atomic
def change_places(*, joint: JointGuest, actor: Actor, fields: Collection[str]) -> None:
    """The named fields: the places, and what is said to the other office. The exchange takes them across."""
    only_staff(actor)
    before = JointGuest.objects.select_for_update(of=("self",)).get(pk=joint.pk)
    if before.state not in (JointState.ASKED, JointState.ACCEPTED):
        raise ValidationError(state_now(before))
    if fields:
        joint.save(update_fields=list(fields))


@transaction.atomic
def end_joint(*, joint: JointGuest, actor: Actor) -> None:
    """The guest's meeting is called off with the next exchange; its people are told there."""
    only_staff(actor)
    joint = JointGuest.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=joint.pk)
    if joint.meeting.ends_at <= timezone.now():
        raise ValidationError(_("この会は、もう終わりました。"))
    enter(joint, JointState.ENDED, actor)


@transaction.atomic
def set_guest_attendance(*, meeting: Meeting, present: Collection[int], was: Collection[int], actor: Actor) -> int:
    """The same for the guests' people. How many were there."""
    only_staff(actor)
    # As the exchange does: first the invitation, then its people.
    list(JointGuest.objects.select_for_update(of=("self",)).filter(meeting=meeting).order_by("pk"))
    people = list(JointPerson.objects.select_for_update(of=("self",)).filter(joint__meeting=meeting))
    changed = [person for person in people if is_changed(person.pk, person.attended_at is not None, present, was)]
    for person in changed:
        person.attended_at = timezone.now() if person.pk in present else None
    JointPerson.objects.bulk_update(changed, ["attended_at"])
    count = sum(person.attended_at is not None for person in people)
    if changed:
        record_event(
            action=Action.ATTENDANCE_SET, subject=meeting, actor=actor.user, changes={"guests": (None, count)}
        )  # fmt: skip
    return count


# --- The guest -------------------------------------------------------------------------------------------------------


@transaction.atomic
def accept_joint(*, bond: JointHost, actor: Actor) -> Meeting:
    """A draft of our own stands for the host's meeting: staff look it over, choose who sees it, and publish it."""
    only_staff(actor)
    bond = JointHost.objects.select_for_update(of=("self",)).get(pk=bond.pk)
    enter(bond, JointState.ACCEPTED, actor)
    places = bond.facts["places"]
    meeting = Meeting(
        onsite_capacity=places["onsite"], online_capacity=places["online"], contact="",
        visibility=Meeting.Visibility.PARTNERS, **shared_values(bond.facts),
    )  # fmt: skip
    save_meeting(meeting=meeting, actor=actor)
    record_event(action=Action.ROW_ADDED, subject=meeting, actor=actor.user, changes={"title": (None, meeting.title)})
    bond.meeting = meeting
    bond.save(update_fields=["meeting"])
    return meeting


@transaction.atomic
def decline_joint(*, bond: JointHost, answer: str, actor: Actor) -> None:
    only_staff(actor)
    bond = JointHost.objects.select_for_update(of=("self",)).get(pk=bond.pk)
    bond.answer = answer
    bond.save(update_fields=["answer"])
    enter(bond, JointState.DECLINED, actor)


def people_of(bond: JointHost) -> list[dict[str, Any]]:
    """Who comes, as the host may know it: by name only after consent."""
    if bond.meeting is None or bond.meeting.is_cancelled or bond.state == JointState.ENDED:
        return []
    seats = Seat.objects.confirmed().filter(meeting=bond.meeting).order_by("id")
    agreed = set(NamesConsent.objects.filter(sign_up__meeting=bond.meeting).values_list("sign_up", flat=True))
    found = []
    for seat in seats.select_related("sign_up__partner"):
        person = {"organisation": "", "name": "", "title": ""}
        if seat.sign_up_id in agreed:
            person = {"organisation": seat.sign_up.partner.name, "name": seat.name, "title": seat.title}
        found.append({"uid": str(seat.uid), "mode": seat.mode, **person})
    return found


def forget_joining(bond: JointHost) -> None:
    """It is over between the two: the host's way in stays nowhere here. Row locked."""
    bond.facts["joining"] = None
    bond.save(update_fields=["facts"])
    JoiningDetails.objects.filter(meeting=bond.meeting_id).delete()


def enter(row: JointGuest | JointHost, state: JointState, actor: Actor) -> None:
    """Row locked."""
    refuse_wrong_step(row, state, JOINT_TRANSITIONS)
    before, row.state = row.state, state
    row.save(update_fields=["state"])
    record_event(
        action=Action.JOINT_ENTERED, subject=row, actor=actor.user,
        changes={"state": (before, state)},
    )  # fmt: skip
