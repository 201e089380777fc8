"""Reservations from the wish to the day, with a draw in between."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.utils import timezone

from meetings.models import Consultation, Draw, Reservation, Slot
from meetings.queries.draws import is_reproduced, proof_for
from meetings.queries.slots import SEGMENTS
from meetings.services.consultations import call_off_slot, cancel_consultation, hold_places, save_slot
from meetings.services.draws import hold_draw, hold_draws
from meetings.services.slots import Wish, cancel_reservation, enter_reservation, reserve, undo_cancelling
from meetings.services.steps import Overtaken
from meetings.states import ReservationState
from partners.models import Member
from partners.states import MemberState, PartnerState
from portal.audit.models import Action, AuditEvent
from portal.outbox.models import OutgoingMail
from portal.tenancy.models import Programme
from portal.tenancy.scope import current_programme
from portal.web.access import Actor, MemberRole, Refusal, StaffRole
from portal.web.models import Channel, OnBehalf
from tests.factories import make_actor, make_member, make_partner, make_reservation, make_slot
from tests.mailbox import letters
from tests.meetings.conftest import member_actor

APPLIED, CONFIRMED, LOST = ReservationState.APPLIED, ReservationState.CONFIRMED, ReservationState.LOST
LOTTERY = Slot.Mode.LOTTERY
SECOND = timedelta(seconds=1)
BY_PHONE = OnBehalf(Channel.PHONE, "電話で依頼")


def book(actor: Actor, first: Slot, second: Slot | None = None, **options: Any) -> Reservation:
    wish = Wish(first.pk, second.pk if second else None, "販路を広げたい", "午後")
    return reserve(consultation_id=first.consultation_id, wish=wish, actor=actor, **options)


def time_of_draw(consultation: Consultation) -> datetime:
    assert consultation.draw_at is not None
    return consultation.draw_at


def drawn(consultation: Consultation) -> Draw:
    held = hold_draw(consultation_id=consultation.pk, now=time_of_draw(consultation))
    assert held is not None
    return held


def messages() -> list[str]:
    return list(OutgoingMail.objects.order_by("id").values_list("message", flat=True))


def states() -> list[str]:
    return list(Reservation.objects.order_by("id").values_list("state", flat=True))


def test_whoever_comes_first_has_the_place_at_once(in_kanagawa: Programme) -> None:
    slot, actor = make_slot(), member_actor()
    made = book(actor, slot)
    assert (made.state, made.slot) == (CONFIRMED, slot)
    [letter] = letters(in_kanagawa, actor.user.email)
    assert "相談の予約が決まりました" in letter.subject
    assert "秋葉原 5階" in letter.text
    with pytest.raises(ValidationError, match="埋まりました"):
        book(member_actor(make_partner(name="次の団体")), slot)


def test_the_second_press_does_nothing_twice(in_kanagawa: Programme) -> None:
    slot, actor = make_slot(capacity=5), member_actor()
    assert book(actor, slot) == book(actor, slot)
    assert states() == [CONFIRMED]
    assert messages() == ["meetings.reservation_confirmed"]


def test_what_a_colleague_did_since_is_not_undone(in_kanagawa: Programme) -> None:
    partner, slot = make_partner(), make_slot()
    other = make_slot(slot.consultation)
    book(member_actor(partner), slot)
    colleague = member_actor(partner)
    with pytest.raises(Overtaken) as refusal:
        book(colleague, other)
    assert book(colleague, other, seen=refusal.value.revision).slot == other


def test_a_held_place_is_given_to_nobody(in_kanagawa: Programme) -> None:
    with pytest.raises(ValidationError, match="埋まりました"):
        book(member_actor(), make_slot(held=1))


def test_closing_to_the_second(in_kanagawa: Programme) -> None:
    slot = make_slot(capacity=3)
    early = book(member_actor(), slot, now=slot.closes_at - SECOND)
    with pytest.raises(ValidationError, match="終わりました"):
        book(member_actor(make_partner(name="遅い団体")), slot, now=slot.closes_at)
    actor = member_actor(early.partner)
    with pytest.raises(ValidationError, match="変更の締切"):
        book(actor, make_slot(slot.consultation), seen=early.revision, now=slot.closes_at)
    late = cancel_reservation(reservation=early, actor=actor, now=slot.closes_at)
    assert late.state == ReservationState.ABSENT


def test_who_may_not_take_part_reserves_nothing(in_kanagawa: Programme) -> None:
    slot = make_slot()
    with pytest.raises(Refusal):
        book(member_actor(is_suspended=True), slot)
    with pytest.raises(PermissionDenied):
        book(member_actor(role=MemberRole.VIEWER), slot)
    made = book(member_actor(), slot)
    with pytest.raises(PermissionDenied):
        cancel_reservation(reservation=made, actor=member_actor(make_partner(name="他の団体")))


def lottery(*, places: int = 1, applicants: int = 3, **fields: Any) -> tuple[Slot, list[Reservation]]:
    slot = make_slot(mode=LOTTERY, capacity=places, **fields)
    return slot, [make_reservation(slot) for _ in range(applicants)]


def test_the_draw_gives_each_place_and_tells_everybody_why(in_kanagawa: Programme) -> None:
    slot, applicants = lottery(places=2, applicants=5)
    held = drawn(slot.consultation)
    assert (states().count(CONFIRMED), states().count(LOST)) == (2, 3)
    assert is_reproduced(held)
    told = letters(in_kanagawa)
    assert len(told) == 5
    for one in applicants:
        one.refresh_from_db()
        proof = proof_for(one)
        assert proof is not None
        [letter] = [letter for letter in told if letter.to == one.made_by.email]
        assert all(reason in letter.text for reason in proof.reasons)
        assert ("当選しました" in letter.text) == one.is_confirmed


def test_a_draw_that_fails_keeps_no_other_from_its_turn(in_kanagawa: Programme) -> None:
    broken, fine = lottery()[0], lottery()[0]
    # As a draw that was begun by hand: its row stands already.
    Draw.objects.create(consultation=broken.consultation, seed="x", data={})
    Consultation.objects.filter(pk=broken.consultation_id).update(draw_at=F("closes_at"))
    hold_draws(now=time_of_draw(fine.consultation))
    assert Draw.objects.filter(consultation=fine.consultation).exists()


@pytest.mark.parametrize("is_all", [True, False])
def test_what_was_called_off_meanwhile_is_not_taken_back(is_all: bool, officer: Actor) -> None:
    slot, actor = make_slot(mode=LOTTERY), member_actor()
    make_slot(slot.consultation)
    made = book(actor, slot)
    cancel_reservation(reservation=made, actor=actor)
    if is_all:
        cancel_consultation(consultation=slot.consultation, reason="台風", actor=officer)
    else:
        call_off_slot(slot=slot, reason="台風", actor=officer)
    with pytest.raises(ValidationError, match="中止になった"):
        undo_cancelling(reservation=made, actor=actor)


def test_a_mailing_reaches_who_still_belongs_to_the_partner(in_kanagawa: Programme) -> None:
    slot, actor = make_slot(), member_actor()
    made = book(actor, slot)
    owner = make_member(MemberRole.OWNER, made.partner)
    colleague = make_member(MemberRole.EDITOR, made.partner)
    make_member(MemberRole.OWNER)
    segment, choice = SEGMENTS["meetings.reservations"], str(slot.consultation_id)

    def reached() -> set[str]:
        return {receiver.address for receiver in segment.receivers(choice)}

    assert reached() == {actor.user.email, owner.user.email}
    Member.objects.filter(user=actor.user).update(state=MemberState.DISABLED)
    assert reached() == {owner.user.email}
    assert [segment.has(choice, one) for one in (owner.user, actor.user, colleague.user)] == [True, False, False]


def test_a_draw_that_was_tampered_with_is_seen(in_kanagawa: Programme) -> None:
    slot, _applicants = lottery(places=1, applicants=2)
    held = drawn(slot.consultation)
    held.data["result"][0][1] = None
    assert not is_reproduced(held)


def test_the_draw_waits_for_its_time_is_caught_up_and_never_held_twice(in_kanagawa: Programme) -> None:
    slot, _applicants = lottery()
    at = time_of_draw(slot.consultation)
    hold_draws(now=at - SECOND)
    assert not Draw.objects.exists()
    # The clock stood still for a day.
    hold_draws(now=at + timedelta(days=1))
    first, told = Draw.objects.get(), messages()
    hold_draws(now=at + timedelta(days=2))
    assert (Draw.objects.get(), messages()) == (first, told)
    assert hold_draw(consultation_id=slot.consultation_id, now=at + timedelta(days=2)) is None


def test_a_slot_that_has_closed_before_the_draw_is_given_to_nobody(in_kanagawa: Programme) -> None:
    slot, _applicants = lottery()
    hold_draws(now=slot.closes_at)
    assert states() == [LOST] * 3


def test_the_second_choice_may_be_one_for_whoever_comes_first(in_kanagawa: Programme) -> None:
    slot = make_slot(mode=LOTTERY)
    other = make_slot(slot.consultation, capacity=5)
    for number in range(3):
        book(member_actor(make_partner(name=f"団体{number}")), slot, other)
    assert states() == [APPLIED] * 3
    drawn(slot.consultation)
    assert states() == [CONFIRMED] * 3
    assert Reservation.objects.filter(slot=other).count() == 2


def test_entries_close_and_what_is_left_is_open_after_the_draw(in_kanagawa: Programme) -> None:
    slot, _applicants = lottery(places=2, applicants=1)
    closes_at = time_of_draw(slot.consultation) - timedelta(hours=1)
    with pytest.raises(ValidationError, match="締め切りました"):
        book(member_actor(), slot, now=closes_at)
    drawn(slot.consultation)
    assert book(member_actor(), slot, now=closes_at + timedelta(hours=2)).state == CONFIRMED


def test_a_place_that_becomes_free_goes_to_the_next_turn(in_kanagawa: Programme) -> None:
    slot, _applicants = lottery(places=1, applicants=3)
    drawn(slot.consultation)
    winner, second, third = Reservation.objects.order_by("turn")
    cancel_reservation(reservation=winner, actor=member_actor(winner.partner))
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.slot, third.state) == (slot, LOST)
    assert messages()[-1] == "meetings.reservation_moved_up"
    with pytest.raises(ValidationError, match="ほかの方に決まりました"):
        undo_cancelling(reservation=winner, actor=member_actor(winner.partner))


def test_more_places_go_to_those_who_wait(in_kanagawa: Programme, officer: Actor) -> None:
    slot, _applicants = lottery(places=2, applicants=4, held=1)
    drawn(slot.consultation)
    assert states().count(CONFIRMED) == 1
    hold_places(slot=slot, held=0, actor=officer)
    assert states().count(CONFIRMED) == 2
    slot.refresh_from_db()
    slot.capacity = 4
    save_slot(slot=slot, actor=officer, fields=["capacity"])
    assert states().count(CONFIRMED) == 4


def test_cancelling_can_be_undone_for_ten_minutes(in_kanagawa: Programme) -> None:
    now: datetime = timezone.now()
    slot, actor = make_slot(), member_actor()
    made = book(actor, slot)
    cancel_reservation(reservation=made, actor=actor, now=now)
    back = undo_cancelling(reservation=made, actor=actor, now=now + timedelta(minutes=10) - SECOND)
    assert (back.state, back.slot) == (CONFIRMED, slot)
    cancel_reservation(reservation=made, actor=actor, now=now)
    with pytest.raises(ValidationError, match="10分"):
        undo_cancelling(reservation=made, actor=actor, now=now + timedelta(minutes=10))


def test_an_application_that_was_taken_back_is_in_no_draw(in_kanagawa: Programme) -> None:
    slot, applicants = lottery(places=1, applicants=2)
    left, stays = applicants
    cancel_reservation(reservation=left, actor=member_actor(left.partner))
    held = drawn(slot.consultation)
    assert held.data["entries"] == [[stays.pk, slot.pk, None]]
    with pytest.raises(ValidationError, match="抽選が済んだ"):
        undo_cancelling(reservation=left, actor=member_actor(left.partner))


def test_every_change_of_a_state_is_on_record(in_kanagawa: Programme) -> None:
    slot, _applicants = lottery(places=1, applicants=1)
    actor = member_actor(make_partner(name="記録の団体"))
    made = book(actor, slot)
    drawn(slot.consultation)
    made.refresh_from_db()
    cancel_reservation(reservation=made, actor=actor)
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {Action.RESERVATION_MADE, Action.DRAW_HELD, Action.RESERVATION_MOVED} <= actions


def enter(member: Member, slot: Slot, actor: Actor, *, second: Slot | None = None, **options: Any) -> Reservation:
    wish = Wish(slot.pk, second.pk if second else None, "販路を広げたい")
    return enter_reservation(
        consultation_id=slot.consultation_id, wish=wish, member_id=member.pk, on_behalf=BY_PHONE, actor=actor, **options
    )


def test_staff_book_change_and_cancel_for_a_partner(in_kanagawa: Programme, officer: Actor) -> None:
    caller = make_member(MemberRole.EDITOR)
    owner = make_member(partner=caller.partner)
    slot = make_slot(capacity=2)
    made = enter(caller, slot, officer)
    assert enter(caller, slot, officer) == made
    assert (made.state, made.partner, made.made_by, made.entered_by) == (
        CONFIRMED,
        caller.partner,
        caller.user,
        officer.user,
    )
    # Entered once, though pressed twice; told to who rang up and to the owner.
    told = letters(in_kanagawa)
    assert {letter.to for letter in told} == {caller.user.email, owner.user.email} and len(told) == 2
    assert all("受付：電話で承り、事務局が代わりに手続きしました。" in letter.text for letter in told)
    changed = enter(caller, make_slot(slot.consultation), officer, seen=made.revision)
    assert changed == made and changed.slot != slot
    cancel_reservation(reservation=made, actor=officer, on_behalf=BY_PHONE)
    assert states() == [ReservationState.CANCELLED]
    events = AuditEvent.objects.filter(subject_id=str(made.pk)).order_by("id")
    assert [event.action for event in events] == [
        Action.RESERVATION_MADE, Action.RESERVATION_CHANGED, Action.RESERVATION_MOVED,
    ]  # fmt: skip
    assert {(event.actor, event.reason) for event in events} == {(officer.user, "電話：電話で依頼")}


def test_what_the_partner_changes_itself_is_marked_no_more(officer: Actor) -> None:
    slot, partner = make_slot(), make_partner()
    colleague = member_actor(partner)
    made = enter(Member.objects.get(user=colleague.user), slot, officer)
    assert made.is_on_behalf
    again = book(colleague, make_slot(slot.consultation), seen=made.revision)
    assert again == made and not again.is_on_behalf


def test_the_rules_are_the_partners_own(officer: Actor) -> None:
    slot, caller = make_slot(), make_member()
    with pytest.raises(ValidationError, match="終わりました"):
        enter(caller, slot, officer, now=slot.closes_at)
    made = enter(caller, slot, officer)
    with pytest.raises(Overtaken):
        enter(caller, make_slot(slot.consultation), officer)
    with pytest.raises(ValidationError, match="埋まりました"):
        enter(make_member(partner=make_partner(name="次の団体")), slot, officer)
    suspended = make_member(partner=make_partner(name="停止の団体", state=PartnerState.SUSPENDED))
    with pytest.raises(ValidationError, match="ただいまご利用を止めています"):
        enter(suspended, make_slot(), officer)
    lottery_slot = make_slot(mode=LOTTERY)
    assert enter(caller, lottery_slot, officer).state == APPLIED
    for nobody in (member_actor(made.partner), make_actor(StaffRole.READ_ONLY, current_programme())):
        with pytest.raises(PermissionDenied):
            enter(caller, make_slot(), nobody)
        with pytest.raises(PermissionDenied):
            cancel_reservation(reservation=made, actor=nobody, on_behalf=BY_PHONE)
    with pytest.raises(PermissionDenied):
        cancel_reservation(reservation=made, actor=officer)


@pytest.mark.parametrize("mode", Slot.Mode)
def test_a_held_place_is_given_on_the_telephone_until_the_slot_begins(officer: Actor, mode: Slot.Mode) -> None:
    slot = make_slot(mode=mode, capacity=2, held=2)
    first, second = make_member(partner=make_partner(name="先")), make_member(partner=make_partner(name="次"))
    made = enter(first, slot, officer, uses_held=True, now=slot.starts_at - SECOND)
    slot.refresh_from_db()
    assert (made.state, made.slot, slot.held) == (CONFIRMED, slot, 1)
    # Pressed twice, one place is used.
    assert enter(first, slot, officer, uses_held=True) == made
    slot.refresh_from_db()
    assert slot.held == 1
    with pytest.raises(ValidationError, match="取り置きの席はありません"):
        enter(second, slot, officer, uses_held=True, now=slot.starts_at)
    Slot.objects.update(held=0, capacity=1)
    with pytest.raises(ValidationError, match="取り置きの席はありません"):
        enter(second, slot, officer, uses_held=True)
