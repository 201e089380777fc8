"""Consultations on the pages: from the list to the reservation, its change and its end."""

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from meetings.models import Reservation, Slot
from meetings.services.draws import hold_draw
from meetings.states import MeetingState
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole
from tests.factories import make_consultation, make_reservation, make_slot

AsMember = Callable[..., Client]


def typed(slot: Slot, second: Slot | None = None, **fields: object) -> dict[str, object]:
    return {"first": slot.pk, "second": second.pk if second else "", "topic": "販路を広げたい", "seen": "0", **fields}


def test_from_the_list_to_the_reservation(as_member: AsMember, kanagawa: Programme) -> None:
    member = as_member(MemberRole.EDITOR, contact_phone="045-111-2222", contact_name="港 みどり")
    with programme_scope(kanagawa):
        slot = make_slot(capacity=3)
        make_consultation("下書きの相談", state=MeetingState.DRAFT)
    address = f"/mypage/consultations/{slot.consultation_id}/"
    page = member.get("/mypage/consultations/").text
    assert "専門家カウンセリング" in page
    assert "下書きの相談" not in page
    assert "残り3件" in member.get(address).text
    form = member.get(f"{address}reserve/", {"slot": slot.pk}).text
    # The member's data as registered, to read; a link leads to where it is changed.
    assert "045-111-2222" in form
    assert "港 みどり" in form
    assert 'href="/mypage/profile/"' in form
    assert "第2希望" not in form
    asked = member.post(f"{address}reserve/", typed(slot)).text
    assert "まだ申し込んでいません" in asked
    done = member.post(f"{address}reserve/", typed(slot, _send="1"), follow=True).text
    assert "予約が決まりました" in done
    assert "残り2件" in member.get(address).text


def test_a_lottery_says_how_many_apply_and_when_it_is_drawn(as_member: AsMember, kanagawa: Programme) -> None:
    member = as_member()
    with programme_scope(kanagawa):
        slot = make_slot(mode="lottery", capacity=2)
        other = make_slot(slot.consultation, mode="lottery")
        make_reservation(slot, other)
    address = f"/mypage/consultations/{slot.consultation_id}/"
    page = member.get(address).text
    assert "定員2件、申込み：第1希望1件、第2希望0件" in page
    assert "に抽選" in page
    done = member.post(f"{address}reserve/", typed(slot, other, _send="1"), follow=True).text
    assert "抽選待ち" in done
    with programme_scope(kanagawa):
        hold_draw(consultation_id=slot.consultation_id, now=slot.consultation.draw_at)
        mine = Reservation.objects.get(topic="販路を広げたい", partner__name="株式会社あおばソーラー")
    result = member.get(f"/mypage/reservations/{mine.pk}/").text
    assert "2件のうちの" in result
    assert "くじの値" in result


def test_who_lost_corrects_what_it_is_about_and_keeps_the_turn(as_member: AsMember, kanagawa: Programme) -> None:
    member = as_member()
    with programme_scope(kanagawa):
        slot = make_slot(mode="lottery")
        other = make_slot(slot.consultation, mode="lottery")
        for _ in range(2):
            make_reservation(slot)
        make_reservation(other)
    address = f"/mypage/consultations/{slot.consultation_id}/reserve/"
    member.post(address, typed(slot, other, _send="1"))
    with programme_scope(kanagawa):
        # No place is left for anybody who applied.
        Slot.objects.update(held=1)
        hold_draw(consultation_id=slot.consultation_id, now=slot.consultation.draw_at)
        mine = Reservation.objects.get(topic="販路を広げたい", partner__name="株式会社あおばソーラー")
        assert mine.state == "lost"
    form = member.get(address).text
    assert "第2希望" in form
    corrected = typed(slot, other, seen=mine.revision) | {"topic": "資金繰り"}
    assert "くじの順番は、そのままです" in member.post(address, corrected).text
    done = member.post(address, corrected | {"_send": "1"}, follow=True).text
    assert "変更を受け付けました" in done
    with programme_scope(kanagawa):
        now = Reservation.objects.get(pk=mine.pk)
        assert (now.topic, now.state, now.turn, now.second) == ("資金繰り", "lost", mine.turn, other)


def test_what_was_typed_stays_when_it_is_refused(as_member: AsMember, kanagawa: Programme) -> None:
    member = as_member()
    with programme_scope(kanagawa):
        slot = make_slot(mode="lottery")
        make_slot(slot.consultation)
    address = f"/mypage/consultations/{slot.consultation_id}/reserve/"
    page = member.post(address, typed(slot, slot, _send="1")).text
    assert "第1希望とは別の枠" in page
    assert "販路を広げたい" in page
    # A colleague was faster.
    member.post(address, typed(slot, _send="1"))
    late = member.post(address, typed(slot, topic="別の相談", _send="1")).text
    assert "入力のあいだに" in late
    assert "別の相談" in late


def test_change_cancel_and_undo(as_member: AsMember, kanagawa: Programme) -> None:
    member = as_member()
    with programme_scope(kanagawa):
        slot = make_slot()
        other = make_slot(slot.consultation)
    address = f"/mypage/consultations/{slot.consultation_id}/reserve/"
    member.post(address, typed(slot, _send="1"))
    with programme_scope(kanagawa):
        made = Reservation.objects.get()
    assert "予約の変更" in member.get(address).text
    member.post(address, typed(other, seen=made.revision, _send="1"))
    with programme_scope(kanagawa):
        assert Reservation.objects.get().slot == other
    own = f"/mypage/reservations/{made.pk}/"
    assert "元に戻せます" in member.get(f"{own}cancel/").text
    assert "取消しを元に戻す" in member.post(f"{own}cancel/", follow=True).text
    assert "取消しを元に戻しました" in member.post(f"{own}undo/", follow=True).text
    assert "予約確定" in member.get("/mypage/bookings/").text


def test_another_partners_reservation_does_not_exist(as_member: AsMember, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        one = make_reservation(make_slot())
    assert as_member().get(f"/mypage/reservations/{one.pk}/").status_code == 404


def test_who_only_reads_is_shown_no_way_to_reserve(as_member: AsMember, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        slot = make_slot()
    page = as_member(MemberRole.VIEWER).get(f"/mypage/consultations/{slot.consultation_id}/").text
    assert "この日程を選択" not in page


def test_pages_cost_the_same_with_many_slots(as_member: AsMember, kanagawa: Programme) -> None:
    member = as_member()
    with programme_scope(kanagawa):
        slot = make_slot(mode="lottery", capacity=30)
    pages = ["/mypage/consultations/", f"/mypage/consultations/{slot.consultation_id}/",
             f"/mypage/consultations/{slot.consultation_id}/reserve/", "/mypage/bookings/"]  # fmt: skip

    def costs() -> list[int]:
        found = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                assert member.get(page).status_code == 200
            found.append(len(queries))
        return found

    costs()  # what is remembered between visits
    before = costs()
    with programme_scope(kanagawa):
        for number in range(12):
            one = make_slot(make_consultation() if number % 3 == 0 else slot.consultation, mode="lottery")
            make_reservation(one, slot if one.consultation_id == slot.consultation_id else None)
    assert costs() == before


def test_who_was_given_the_second_choice_corrects_what_it_is_about(as_member: AsMember, kanagawa: Programme) -> None:
    member = as_member()
    with programme_scope(kanagawa):
        first = make_slot()
        second = make_slot(first.consultation)
        made = make_reservation(
            first, second, slot=second, state="confirmed", partner=member.member.partner, made_by=member.user
        )  # fmt: skip
    address = f"/mypage/consultations/{first.consultation_id}/reserve/"
    # Nothing of a second choice, which would be the slot that is held already.
    assert "第2希望" not in member.get(address).text
    form = typed(second, topic="採用について", seen=str(made.revision), _send="1")
    assert "予約が決まりました" in member.post(address, form, follow=True).text
    with programme_scope(kanagawa):
        made.refresh_from_db()
    assert (made.slot_id, made.topic) == (second.pk, "採用について")
