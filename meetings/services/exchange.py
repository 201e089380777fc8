"""The one place where two programmes meet: what the host says goes to the guest, and the guest's answer comes back.

No query crosses. Plain values cross, in the memory of one task that stands first in the host's scope, then in the
guest's, then in the host's again; all of it in one transaction. It brings each side to where the other is and writes only what
differs, so it may run at any time, and a round that was missed is made up for by the next.
"""

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model, ProtectedError, Q
from django.utils import timezone

from meetings.models import JoiningDetails, JointGuest, JointHost, JointPerson, Meeting, Mode, Seat
from meetings.services.attendance import set_attendance
from meetings.services.joint import enter, facts_of, forget_joining, people_of, shared_values
from meetings.services.meetings import cancel_meeting, move_meeting, save_meeting
from meetings.states import JOINT_TRANSITIONS, JointState, MeetingState
from portal.tenancy.models import Programme
from portal.tenancy.rounds import for_each_row
from portal.tenancy.scope import current_programme, programme_scope
from portal.web.access import Actor, StaffRole

# So long after a meeting its list is kept in step, and the names of the guests' people are kept by the host.
KEPT = timedelta(days=60)
# On record nobody stands for what follows from the other side.
CLOCK = Actor(staff_role=StaffRole.OFFICER)
OVER = (JointState.DECLINED, JointState.ENDED)
TIMES = ("starts_at", "ends_at")
PERSON = ("organisation", "name", "title", "mode")


@dataclass(frozen=True)
class Reply:
    """All that the host learns."""

    state: str
    answer: str = ""
    problem: str = ""
    waiting: int = 0
    people: tuple[dict[str, Any], ...] = ()


def exchange_all(*, now: datetime) -> None:
    """Of the programme as a host."""
    open_ones = JointGuest.objects.filter(is_settled=False, meeting__ends_at__gt=now - KEPT).filter(_is_its_turn(now))
    for_each_row(open_ones.values_list("pk", flat=True), lambda key: exchange(joint_id=key))
    past = JointPerson.objects.filter(joint__meeting__ends_at__lte=now - KEPT).exclude(name="", title="")
    if past.exists():
        past.update(name="", title="")


def _is_its_turn(now: datetime) -> Q:
    """Each minute until the meeting ends, then in one minute of each hour; and in the next, as the clock is not exact."""
    minutes = [now.minute, (now - timedelta(minutes=1)).minute]
    return Q(meeting__ends_at__gt=now) | Q(meeting__ends_at__minute__in=minutes)


@transaction.atomic
def exchange(*, joint_id: int) -> None:
    """The host's row is always locked first, so that two of these never wait for each other."""
    locked = JointGuest.objects.select_for_update(of=("self",)).select_related("meeting", "guest")
    joint, host = locked.get(pk=joint_id), current_programme()
    facts = json.loads(json.dumps(facts_of(joint), cls=DjangoJSONEncoder))
    with programme_scope(joint.guest):
        reply = receive(host=host, key=joint.key, facts=facts)
    hear(joint, reply)


# --- In the guest's scope --------------------------------------------------------------------------------------------


def receive(*, host: Programme, key: UUID, facts: dict[str, Any]) -> Reply:
    bond = JointHost.objects.select_for_update(of=("self",)).select_related("meeting").filter(key=key).first()
    if bond is None:
        if facts["is_off"]:
            return Reply(JointState.ENDED)
        bond = JointHost.objects.create(host=host, key=key, facts=facts)
    before = bond.facts["attended"]
    _keep(bond, {"facts": facts})
    _keep(bond, {"problem": _problem_of_following(bond, before)})
    called_off = bond.meeting is not None and bond.meeting.is_cancelled
    if (called_off or (facts["is_off"] and not bond.problem)) and bond.state not in OVER:
        enter(bond, JointState.ENDED, CLOCK)
    if bond.state in OVER:
        forget_joining(bond)
    waiting = Seat.objects.waiting().filter(meeting=bond.meeting).count() if bond.meeting else 0
    return Reply(bond.state, bond.answer, bond.problem, waiting, tuple(people_of(bond)))


def _problem_of_following(bond: JointHost, attended_before: Collection[str]) -> str:
    """Our meeting becomes what the host's is. A step that is refused is said to staff of both sides; the others go on."""
    meeting, problems = bond.meeting, []
    if meeting is None or meeting.is_cancelled:
        return ""
    attendance = partial(_follow_attendance, before=attended_before)
    steps = (_follow_time, _follow_content, _follow_places, _follow_joining, attendance)
    for step in (_follow_calling_off,) if bond.facts["is_off"] else steps:
        try:
            with transaction.atomic():
                step(bond, meeting)
        except ValidationError as refusal:
            problems += refusal.messages
            meeting.refresh_from_db()
    return "、".join(problems)[:300]


def _follow_calling_off(bond: JointHost, meeting: Meeting) -> None:
    """A draft goes, unless staff have hung something on it: then it stays as their own. What is past, was."""
    if meeting.state == MeetingState.DRAFT:
        bond.meeting = None
        bond.save(update_fields=["meeting"])
        with suppress(ProtectedError), transaction.atomic():
            meeting.delete()
    elif meeting.ends_at > timezone.now():
        cancel_meeting(meeting=meeting, reason=bond.facts["notice"] or "主催者の都合によります。", actor=CLOCK)
        meeting.refresh_from_db()


def _follow_time(bond: JointHost, meeting: Meeting) -> None:
    """Whoever has a place is told by the services that staff use."""
    told = shared_values(bond.facts)
    if meeting.state == MeetingState.DRAFT:
        _save(meeting, {name: told[name] for name in TIMES})
    elif any(getattr(meeting, name) != told[name] for name in TIMES):
        move_meeting(
            meeting=meeting, starts_at=told["starts_at"], ends_at=told["ends_at"], notice=bond.facts["notice"], actor=CLOCK
        )  # fmt: skip
        meeting.refresh_from_db()


def _follow_content(bond: JointHost, meeting: Meeting) -> None:
    _save(meeting, {name: value for name, value in shared_values(bond.facts).items() if name not in TIMES})


def _follow_places(bond: JointHost, meeting: Meeting) -> None:
    """Nobody loses a place that was given."""
    taking, told = Seat.objects.taking().filter(meeting=meeting), bond.facts["places"]
    _save(meeting, {f"{mode}_capacity": max(told[mode], taking.filter(mode=mode).count()) for mode in Mode})


def _save(meeting: Meeting, values: Mapping[str, Any]) -> None:
    if changed := _put(meeting, values):
        save_meeting(meeting=meeting, actor=CLOCK, fields=changed)


def _follow_joining(bond: JointHost, meeting: Meeting) -> None:
    told, joining = bond.facts["joining"], JoiningDetails.objects.filter(meeting=meeting).first()
    if told is not None:
        values = {name: JoiningDetails._meta.get_field(name).to_python(value) for name, value in told.items()}  # type: ignore[union-attr]
        if joining is None:
            JoiningDetails.objects.create(meeting=meeting, **values)
        else:
            _keep(joining, values)
    elif joining is not None:
        joining.delete()


def _follow_attendance(bond: JointHost, meeting: Meeting, *, before: Collection[str]) -> None:
    """`before`: whom the host had ticked when it last told us. Ticks of our own, which it never made, stay."""
    told = set(bond.facts["attended"])
    seats = Seat.objects.confirmed().filter(meeting=meeting)
    came = set(seats.filter(uid__in=told, attended_at__isnull=True).values_list("pk", flat=True))
    gone = set(seats.filter(uid__in=set(before) - told, attended_at__isnull=False).values_list("pk", flat=True))
    if came or gone:
        set_attendance(meeting=meeting, present=came, was=gone, actor=CLOCK)


# --- In the host's scope ---------------------------------------------------------------------------------------------


def hear(joint: JointGuest, reply: Reply) -> None:
    if reply.state in JOINT_TRANSITIONS[JointState(joint.state)]:
        enter(joint, JointState(reply.state), CLOCK)
    told = {"answer": reply.answer, "problem": reply.problem, "waiting": reply.waiting}
    _keep(joint, told | {"is_settled": reply.state in OVER})
    coming = {str(person["uid"]): person for person in reply.people}
    known = {str(person.uid): person for person in joint.people.all()}
    if gone := known.keys() - coming.keys():
        joint.people.filter(uid__in=gone).delete()
    fresh = [JointPerson(joint=joint, **coming[uid]) for uid in coming if uid not in known]
    JointPerson.objects.bulk_create(fresh)
    changed = [
        row for uid, row in known.items() if uid in coming and _put(row, {name: coming[uid][name] for name in PERSON})
    ]
    # Whether they came is for the host's staff to say.
    JointPerson.objects.bulk_update(changed, PERSON)


# --- Only what differs -----------------------------------------------------------------------------------------------


def _put(row: Model, values: Mapping[str, Any]) -> list[str]:
    """Which columns are new. Not saved yet."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def _keep(row: Model, values: Mapping[str, Any]) -> None:
    if changed := _put(row, values):
        row.save(update_fields=changed)
