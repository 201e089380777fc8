"""Two partners brought together by the office: both are asked, and contacts stand nowhere before both have agreed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from matching.models import Collaboration, Consent, Introduction, MatchingSettings
from matching.queries.introductions import board, partners_fitting, postings_fitting, waiting_introductions
from matching.services.introductions import (
    answer_introduction,
    begin_together,
    keep_introduction_dates,
    propose_introduction,
    withdraw_introduction,
)
from matching.states import IntroductionState, PostingState
from partners.models import Activity, Member
from partners.services.records import index_partners
from partners.states import PartnerState
from portal.audit.models import Action, AuditEvent
from portal.outbox.models import OutgoingMail
from portal.tenancy.models import Programme
from portal.web.access import Actor, MemberRole, StaffRole
from tests.factories import (
    CONSENT,
    make_acting,
    make_actor,
    make_introduction,
    make_match,
    make_member,
    make_partner,
    make_posting,
    make_staff,
)
from tests.mailbox import letters
from tests.sessions import signed_in

NO: dict[str, Any] = {"agrees": False, "reason": "今年は手いっぱいです。", "contact_name": "", "contact_phone": "",
                      "contact_email": ""}  # fmt: skip
NOTE = "海のごみに、ともに取り組んでいます。"


@dataclass
class Pair:
    programme: Programme
    one: Member
    other: Member
    officer: Actor

    def propose(self, **options: Any) -> Introduction:
        usual = {"one": self.one.partner, "other": self.other.partner, "posting": None, "note": NOTE}
        return propose_introduction(**(usual | {"actor": self.officer} | options))

    def answer(self, introduction: Introduction, member: Member, values: dict[str, Any]) -> Introduction:
        return answer_introduction(introduction_id=introduction.pk, values=values, actor=make_acting(member))

    def browser(self, member: Member) -> Client:
        return signed_in(member.user, self.programme, member)

    def told(self, member: Member) -> list[str]:
        return [letter.message for letter in letters(self.programme, to=member.user.email)]


@pytest.fixture
def pair(in_kanagawa: Programme) -> Pair:
    one = make_member(partner=make_partner(name="青葉商事"), email="owner@aoba.example.jp")
    other = make_member(partner=make_partner(name="NPO法人はま"), email="taro@hama.example.jp")
    return Pair(in_kanagawa, one, other, make_actor(StaffRole.OFFICER, in_kanagawa))


def refused(deed: Callable[..., Any], *values: Any, **options: Any) -> str:
    with pytest.raises(ValidationError) as refusal:
        deed(*values, **options)
    return " ".join(refusal.value.messages)


def test_both_are_asked_and_only_two_yeses_agree(pair: Pair) -> None:
    made = pair.propose()
    assert pair.told(pair.one) == pair.told(pair.other) == ["matching.introduction_proposed"]
    assert pair.answer(made, pair.one, CONSENT).is_open
    assert pair.answer(made, pair.other, CONSENT).state == IntroductionState.AGREED
    assert pair.told(pair.one) == pair.told(pair.other)
    assert pair.told(pair.one)[-1] == "matching.introduction_agreed"
    assert Activity.objects.filter(key=f"introduction:{made.pk}").count() == 2
    actions = AuditEvent.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == [Action.INTRODUCTION_PROPOSED, Action.INTRODUCTION_ANSWERED, Action.INTRODUCTION_ANSWERED,
                             Action.INTRODUCTION_AGREED]  # fmt: skip
    assert letters(pair.programme, to=pair.programme.email, message="matching.introduction_for_office")


def test_one_no_ends_it_and_its_reason_is_the_offices_alone(pair: Pair) -> None:
    made = pair.propose()
    pair.answer(made, pair.one, CONSENT)
    assert pair.answer(made, pair.other, NO).state == IntroductionState.DECLINED
    [told] = letters(pair.programme, to=pair.one.user.email, message="matching.introduction_ended")
    page = pair.browser(pair.one).get(reverse("my_matching:introduction", args=[made.pk])).text
    assert NO["reason"] not in told.text + page
    officer = signed_in(make_staff(StaffRole.OFFICER, pair.programme), pair.programme)
    assert NO["reason"] in officer.get(reverse("admin:matching_introduction_change", args=[made.pk])).text
    assert "見送り" in refused(pair.answer, made, pair.one, CONSENT)


def test_a_yes_may_become_a_no_and_a_press_twice_is_one_answer(pair: Pair) -> None:
    made = pair.propose()
    for _ in range(2):
        pair.answer(made, pair.one, CONSENT)
    assert AuditEvent.objects.filter(action=Action.INTRODUCTION_ANSWERED).count() == 1
    assert pair.answer(made, pair.one, NO).state == IntroductionState.DECLINED
    assert Consent.objects.get().contact_email == ""


SURFACES = ["my_matching:introductions", "my_matching:introduction", "mypage:home", "my_matching:board",
            "profile:activities", "admin"]  # fmt: skip


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("end", ["waiting", "declined", "withdrawn", "lapsed"])
def test_no_surface_shows_contacts_before_both_agreed(pair: Pair, surface: str, end: str) -> None:
    made = pair.propose()
    pair.answer(made, pair.one, CONSENT)
    match end:
        case "declined":
            pair.answer(made, pair.other, NO)
        case "withdrawn":
            withdraw_introduction(introduction=made, reason="取りやめます。", actor=pair.officer)
        case "lapsed":
            keep_introduction_dates(today=made.answer_until + timedelta(days=1))
    if surface == "admin":
        browser = signed_in(make_staff(StaffRole.APPROVER, pair.programme), pair.programme)
        pages = [reverse("admin:matching_introduction_change", args=[made.pk]),
                 reverse("admin:matching_introduction_changelist")]  # fmt: skip
    else:
        browser = pair.browser(pair.other)
        pages = [reverse(surface, args=[made.pk] if surface.endswith("introduction") else [])]
    for page in pages:
        answer = browser.get(page)
        assert answer.status_code == 200
        assert CONSENT["contact_phone"] not in answer.text
    mails = letters(pair.programme, to=pair.other.user.email) + letters(pair.programme, to=pair.programme.email)
    assert mails
    assert not [one for one in mails if CONSENT["contact_phone"] in one.text]
    assert CONSENT["contact_phone"] not in str(list(OutgoingMail.objects.values_list("data", flat=True)))
    assert CONSENT["contact_phone"] not in str(list(AuditEvent.objects.values_list("changes", "reason")))


def test_then_both_see_whom_to_write_to_and_may_begin(pair: Pair) -> None:
    made = pair.propose(posting=make_posting(pair.one.partner))
    assert "同意してから" in refused(begin_together, introduction_id=made.pk, actor=make_acting(pair.one))
    for member, phone in ((pair.one, "000-1"), (pair.other, "000-2")):
        pair.answer(made, member, CONSENT | {"contact_phone": phone})
    for member, phone in ((pair.one, "000-2"), (pair.other, "000-1")):
        assert phone in pair.browser(member).get(reverse("my_matching:introduction", args=[made.pk])).text
        pair.browser(member).post(reverse("my_matching:begin_together", args=[made.pk]))
    [record] = Collaboration.objects.all()
    assert record.title == made.posting.title
    assert {side.partner for side in record.sides.all()} == {pair.one.partner, pair.other.partner}


def test_nobody_else_knows_of_it(pair: Pair) -> None:
    made = pair.propose()
    stranger = make_member(partner=make_partner(name="港運輸"))
    browser = pair.browser(stranger)
    for route in ("my_matching:introduction", "my_matching:begin_together"):
        assert browser.post(reverse(route, args=[made.pk])).status_code == 404
    assert "NPO法人はま" not in browser.get(reverse("my_matching:introductions")).text
    viewer = make_member(MemberRole.VIEWER, pair.one.partner)
    for actor in (make_acting(stranger), make_acting(viewer), pair.officer):
        with pytest.raises(PermissionDenied):
            answer_introduction(introduction_id=made.pk, values=CONSENT, actor=actor)


def test_only_officers_propose_and_withdraw(pair: Pair) -> None:
    made = make_introduction()
    for actor in (make_acting(pair.one), make_actor(StaffRole.READ_ONLY, pair.programme)):
        with pytest.raises(PermissionDenied):
            pair.propose(actor=actor)
        with pytest.raises(PermissionDenied):
            withdraw_introduction(introduction=made, reason="理由", actor=actor)


def test_what_is_not_proposed(pair: Pair) -> None:
    one, other = pair.one.partner, pair.other.partner
    assert "異なる二つ" in refused(pair.propose, other=one)
    assert "理由を入力" in refused(pair.propose, note=" ")
    secret = make_posting(one, reach="named")
    assert "相手の団体には見えません" in refused(pair.propose, posting=secret)
    assert "どちらの団体の募集でもありません" in refused(pair.propose, posting=make_posting())
    answered = make_posting(one)
    make_match(answered, other)
    assert "すでに応募" in refused(pair.propose, posting=answered)
    pair.propose()
    assert "いま紹介しています" in refused(pair.propose, one=other, other=one)
    gone = make_partner(state=PartnerState.SUSPENDED)
    assert "登録中の団体だけ" in refused(pair.propose, other=gone)


def test_a_posting_that_is_checked_anew_is_not_shown_to_the_other_side(pair: Pair) -> None:
    posting = make_posting(pair.one.partner, title="まだ確かめていない題", state=PostingState.SUBMITTED)
    made = make_introduction(pair.one.partner, pair.other.partner, posting=posting)
    for route, keys in (("my_matching:introductions", []), ("my_matching:introduction", [made.pk])):
        assert posting.title not in pair.browser(pair.other).get(reverse(route, args=keys)).text


def test_one_nudge_and_the_end(pair: Pair) -> None:
    MatchingSettings.objects.create(introduction_days=10, introduction_notice_days=3)
    made, today = pair.propose(), timezone.localdate()
    assert made.answer_until == today + timedelta(days=10)
    pair.answer(made, pair.one, CONSENT)
    keep_introduction_dates(today=today + timedelta(days=6))
    assert "matching.introduction_nudge" not in pair.told(pair.other)
    for day in (7, 8, 10):
        keep_introduction_dates(today=today + timedelta(days=day))
    assert pair.told(pair.other).count("matching.introduction_nudge") == 1
    assert "matching.introduction_nudge" not in pair.told(pair.one)
    made.refresh_from_db()
    assert made.is_open
    for _ in range(2):
        keep_introduction_dates(today=today + timedelta(days=11))
    made.refresh_from_db()
    assert made.state == IntroductionState.LAPSED
    assert pair.told(pair.one).count("matching.introduction_ended") == 1


def test_taken_back_with_a_reason_that_both_read(pair: Pair) -> None:
    made = pair.propose()
    assert "理由" in refused(withdraw_introduction, introduction=made, reason=" ", actor=pair.officer)
    withdraw_introduction(introduction=made, reason="別の方法をご案内します。", actor=pair.officer)
    for member in (pair.one, pair.other):
        [told] = letters(pair.programme, to=member.user.email, message="matching.introduction_ended")
        assert "別の方法をご案内します。" in told.text
    assert "事務局が取下げ" in refused(pair.answer, made, pair.one, CONSENT)


def test_answering_on_the_page(pair: Pair) -> None:
    made = pair.propose()
    assert [one.url for one in waiting_introductions(make_acting(pair.one))] == [
        reverse("my_matching:introduction", args=[made.pk])
    ]
    browser, address = pair.browser(pair.one), reverse("my_matching:introduction", args=[made.pk])
    assert "見送るときは、理由を入力してください。" in browser.post(address, {"agrees": "no"}).text
    assert "紹介を受けるときは、入力してください。" in browser.post(address, {"agrees": "yes"}).text
    typed = {"agrees": "yes", "contact_name": "青葉 花子", "contact_email": "hanako@aoba.example.jp"}
    assert browser.post(address, typed).status_code == 302
    assert Consent.objects.get(partner=pair.one.partner).contact_name == "青葉 花子"
    assert not list(waiting_introductions(make_acting(pair.one)))


def test_the_board(pair: Pair) -> None:
    """By posting and by partner, with reasons; whoever is in touch already is left out."""
    one, other = pair.one.partner, pair.other.partner
    posting = make_posting(one, seeks=["venue"], goals=[14])
    other.offers, other.goals, one.goals = ["venue"], [14], [14]
    other.save()
    one.save()
    make_posting(one, title="二社だけの企画", reach="named", goals=[14])
    index_partners([one, other])
    [fit] = board(None)[1]
    assert [suggestion.item for suggestion in fit.partners] == [other]
    assert [suggestion.item for suggestion in postings_fitting(other)] == [posting]
    assert [suggestion.item for suggestion in partners_fitting(one)] == [other]
    officer = signed_in(make_staff(StaffRole.OFFICER, pair.programme), pair.programme)
    address = reverse("admin:matching_introduction_board")
    propose = reverse("admin:matching_introduction_propose") + f"?posting={posting.pk}&other={other.pk}"
    assert propose.replace("&", "&amp;") in officer.get(address).text
    assert "NPO法人はま" in officer.get(address, {"q": "はま"}).text
    assert posting.title in officer.get(address, {"partner": other.pk}).text
    assert officer.post(propose, {"note": NOTE}).status_code == 302
    assert Introduction.objects.get().posting == posting
    assert "いま紹介しています" in officer.post(propose, {"note": NOTE}).text
    assert not board(None)[1][0].partners
    reader = signed_in(make_staff(StaffRole.READ_ONLY, pair.programme), pair.programme)
    assert "/propose/" not in reader.get(address).text
