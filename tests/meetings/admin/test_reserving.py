"""代理予約: staff find the partner that rings up, see what will happen, and book, change or cancel for it."""

from collections.abc import Callable

from django.test import Client

from meetings.models import Reservation, Slot
from partners.models import Member
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from tests.factories import make_consultation, make_member, make_partner, make_slot
from tests.mailbox import letters

AsStaff = Callable[..., Client]
ENTER = "/admin/meetings/reservation/enter/"


def typed(slot: Slot, caller: Member, **fields: object) -> dict[str, object]:
    usual = {
        "member": caller.pk, "entered_through": "phone", "entered_because": "電話で依頼", "seen": "0", "first": slot.pk,
        "second": "", "topic": "販路を広げたい",
    }  # fmt: skip
    return usual | fields


def test_from_the_call_to_the_reservation_and_its_end(
    as_staff: AsStaff, as_member: AsStaff, kanagawa: Programme
) -> None:
    officer, owner = as_staff(StaffRole.OFFICER), as_member(MemberRole.OWNER)
    with programme_scope(kanagawa):
        caller = Member.objects.select_related("partner").get(user=owner.user)
        slot = make_slot(capacity=3)
        other = make_slot(slot.consultation)
    start, partner = f"{ENTER}{slot.consultation_id}/", caller.partner
    assert start in officer.get(f"/admin/meetings/consultation/{slot.consultation_id}/change/").text
    assert f"{start}{partner.pk}/" in officer.get(start, {"q": partner.name[:4]}).text
    assert "見つかりません" in officer.get(start, {"q": "ありえない名前"}).text
    address, form = f"{start}{partner.pk}/", typed(slot, caller)
    assert caller.name in officer.get(address).text
    asked = officer.post(address, form).text
    assert "その場で決まります" in asked and "電話で依頼" in asked
    with programme_scope(kanagawa):
        assert not Reservation.objects.exists()
    done = officer.post(address, form | {"_send": "1"}, follow=True).text
    assert "代わりに予約しました" in done and "代理入力" in done and address in done
    with programme_scope(kanagawa):
        made = Reservation.objects.get()
        assert made.partner == partner and letters(kanagawa, caller.user.email)
    for page in ("/mypage/bookings/", "/mypage/consultations/", f"/mypage/reservations/{made.pk}/"):
        assert "事務局が代わりに予約" in owner.get(page).text
    # Somebody else was quicker: what was typed stays, and the next press is meant.
    overtaken = officer.post(address, typed(other, caller, _send="1")).text
    assert "この申込みが変わりました" in overtaken
    officer.post(address, typed(other, caller, _send="1", seen=made.revision))
    chosen = {"action": "free", "_selected_action": made.pk}
    seen = (
        officer.post("/admin/meetings/reservation/", chosen).text.partition('name="seen" value="')[2].partition('"')[0]
    )
    how = {"with-entered_through": "phone", "with-entered_because": "都合が悪くなった"}
    officer.post("/admin/meetings/reservation/", chosen | how | {"seen": seen})
    with programme_scope(kanagawa):
        made.refresh_from_db()
        assert (made.slot, made.state) == (other, "cancelled")
    # What was, in the history of use.
    assert "事務局が代わりに予約" in owner.get("/mypage/bookings/").text


def test_a_held_place_must_be_asked_for(as_staff: AsStaff, kanagawa: Programme) -> None:
    officer = as_staff(StaffRole.OFFICER)
    with programme_scope(kanagawa):
        caller, slot = make_member(), make_slot(held=1)
    address = f"{ENTER}{slot.consultation_id}/{caller.partner_id}/"
    assert "取り置き1件" in officer.get(address).text
    assert "取り置きの席だけがあります" in officer.post(address, typed(slot, caller)).text
    assert "取り置きの席を渡します" in officer.post(address, typed(slot, caller, uses_held="on")).text
    officer.post(address, typed(slot, caller, uses_held="True", _send="1"))
    with programme_scope(kanagawa):
        assert Reservation.objects.get().slot == slot


def test_who_may_not_take_part_and_what_is_not_published(as_staff: AsStaff, kanagawa: Programme) -> None:
    officer = as_staff(StaffRole.OFFICER)
    with programme_scope(kanagawa):
        slot, draft = make_slot(), make_consultation(state="draft")
        stopped = make_partner(state="suspended")
    page = officer.get(f"{ENTER}{slot.consultation_id}/{stopped.pk}/").text
    assert "この団体は、いま予約できません" in page and 'name="topic"' not in page
    assert officer.get(f"{ENTER}{draft.pk}/").status_code == 404
    with programme_scope(kanagawa):
        nobody = make_partner(number=99)
    assert "担当者がいません" in officer.get(f"{ENTER}{slot.consultation_id}/{nobody.pk}/").text


def test_another_programmes_partner_and_person_are_unknown(
    as_staff: AsStaff, kanagawa: Programme, tokyo: Programme
) -> None:
    officer = as_staff(StaffRole.OFFICER)
    with programme_scope(tokyo):
        stranger = make_member(partner=make_partner(name="都の団体"))
    with programme_scope(kanagawa):
        caller, slot = make_member(), make_slot()
    start = f"{ENTER}{slot.consultation_id}/"
    assert officer.get(f"{start}{stranger.partner_id}/").status_code == 404
    assert "見つかりません" in officer.get(start, {"q": "都の団体"}).text
    officer.post(f"{start}{caller.partner_id}/", typed(slot, caller, member=stranger.pk, _send="1"))
    with programme_scope(kanagawa):
        assert not Reservation.objects.exists()
