"""Applying, answering, taking back; and each refusal with its reason."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from matching.models import Application, Posting
from matching.services.applications import answer_application, apply_for, nudge_for_answers, withdraw_application
from matching.services.postings import edit_posting, end_posting
from matching.states import ApplicationState, PostingState
from partners.models import Activity, Partner
from partners.states import PartnerState
from portal.audit.models import AuditEvent
from portal.tenancy.models import Programme
from portal.web.access import Actor, MemberRole
from tests.factories import MATCH, make_acting, make_match, make_member, make_partner, make_posting
from tests.mailbox import letters
from tests.sessions import signed_in


@dataclass
class Pair:
    programme: Programme
    posting: Posting
    poster: Actor
    applicant: Actor

    def apply(self, actor: Actor | None = None) -> Application:
        return apply_for(posting_id=self.posting.pk, values=MATCH, actor=actor or self.applicant)

    def answer(self, application: Application, state: ApplicationState, answer: str = "理由") -> Application:
        return answer_application(application_id=application.pk, state=state, answer=answer, actor=self.poster)

    @property
    def state(self) -> str:
        return Posting.objects.get(pk=self.posting.pk).state


@pytest.fixture
def pair(in_kanagawa: Programme) -> Pair:
    poster = make_member(email="poster@aoba.example.jp")
    applicant = make_member(partner=make_partner(name="NPO法人はま"), email="taro@hama.example.jp")
    return Pair(in_kanagawa, make_posting(poster.partner), make_acting(poster), make_acting(applicant))


def why_not(pair: Pair, actor: Actor | None = None) -> str:
    with pytest.raises(ValidationError) as refusal:
        pair.apply(actor)
    return " ".join(refusal.value.messages)


def test_the_poster_is_told_with_contacts(pair: Pair) -> None:
    application = pair.apply()
    [told] = letters(pair.programme, to="poster@aoba.example.jp")
    assert told.message == "matching.application_received"
    assert MATCH["contact_email"] in told.text
    assert Activity.objects.get(partner=application.partner).title == f"「{pair.posting}」に応募"


def test_one_cannot_apply_for_ones_own_posting(pair: Pair) -> None:
    assert why_not(pair, pair.poster) == "自分の団体の募集には応募できません。"


def test_one_cannot_apply_twice_but_again_after_taking_back(pair: Pair) -> None:
    first = pair.apply()
    assert "すでに応募" in why_not(pair)
    withdraw_application(application_id=first.pk, reason="", actor=pair.applicant)
    assert pair.apply().pk != first.pk


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": PartnerState.SUSPENDED}, "ただいまご利用を止めています"),
        ({"is_migrated": False}, "新しい制度への移行"),
        ({"state": PartnerState.UNCONFIRMED, "number": None}, "登録の内容を確認しています"),
    ],
)
def test_whoever_may_not_take_part_is_told_why(pair: Pair, fields: dict[str, Any], words: str) -> None:
    assert words in why_not(pair, make_acting(make_member(partner=make_partner(**fields))))


def test_a_posting_that_is_over_takes_none(pair: Pair) -> None:
    withdraw_application(application_id=pair.apply().pk, reason="", actor=pair.applicant)
    Posting.objects.update(state=PostingState.CLOSED)
    assert why_not(pair) == "この募集は「募集終了」のため、応募できません。"


def test_what_one_does_not_see_one_cannot_apply_for(pair: Pair) -> None:
    Posting.objects.update(reach="named")
    with pytest.raises(PermissionDenied):
        pair.apply()


def test_a_viewer_cannot_apply(pair: Pair) -> None:
    with pytest.raises(PermissionDenied):
        pair.apply(make_acting(make_member(MemberRole.VIEWER, make_partner())))


def test_the_posting_follows_the_answers(pair: Pair) -> None:
    application = pair.apply()
    pair.answer(application, ApplicationState.TALKING)
    assert pair.state == PostingState.IN_TALKS
    pair.answer(application, ApplicationState.DECLINED)
    assert pair.state == PostingState.LISTED
    other = make_match(pair.posting, make_partner())
    pair.answer(other, ApplicationState.ACCEPTED)
    assert pair.state == PostingState.AGREED
    kinds = Activity.objects.filter(key=f"agreed:{other.pk}").values_list("partner", "kind")
    assert set(kinds) == {(pair.posting.partner_id, "collaboration"), (other.partner_id, "collaboration")}


def test_a_no_needs_a_reason_and_reaches_the_applicant(pair: Pair) -> None:
    application = pair.apply()
    with pytest.raises(ValidationError, match="理由を入力してください"):
        pair.answer(application, ApplicationState.DECLINED, " ")
    pair.answer(application, ApplicationState.DECLINED, "今年は予定が合いません。")
    [told] = letters(pair.programme, to="taro@hama.example.jp")
    assert "今年は予定が合いません。" in told.text
    with pytest.raises(ValidationError, match="見送り"):
        pair.answer(application, ApplicationState.ACCEPTED)


def test_only_the_poster_answers(pair: Pair) -> None:
    application = pair.apply()
    with pytest.raises(PermissionDenied):
        answer_application(
            application_id=application.pk, state=ApplicationState.ACCEPTED, answer="", actor=pair.applicant
        )


def test_a_nudge_after_seven_open_days_once(pair: Pair) -> None:
    """Sent on Friday 6 November 2026; the seventh open day after it is Tuesday 17."""
    application = pair.apply()
    sent = timezone.make_aware(datetime(2026, 11, 6, 12))
    Application.objects.filter(pk=application.pk).update(sent_at=sent)
    nudge_for_answers(today=date(2026, 11, 16))
    assert not letters(pair.programme, message="matching.application_nudge")
    for _again in range(2):
        nudge_for_answers(today=date(2026, 11, 17))
    assert len(letters(pair.programme, message="matching.application_nudge")) == 1


def test_the_list_of_what_came_in(pair: Pair) -> None:
    """募集した案件への応募一覧, with contacts, and in as many queries with three rows as with one."""
    make_match(pair.posting)
    poster = signed_in(pair.poster.user, pair.programme, None)
    text = poster.get(reverse("my_matching:applications")).text
    assert MATCH["contact_email"] in text
    assert MATCH["contact_phone"] in text


def test_the_second_page_of_what_was_sent(pair: Pair) -> None:
    for number in range(31):
        make_match(make_posting(pair.posting.partner, title=f"募集{number:02d}"),
                   Partner.objects.get(name="NPO法人はま"))  # fmt: skip
    applicant = signed_in(pair.applicant.user, pair.programme, None)
    address = reverse("my_matching:applications")
    first = applicant.get(address).text
    assert "?sent=2" in first
    assert "募集00" not in first
    assert "募集00" in applicant.get(f"{address}?sent=2").text


PHONE = "045-111-2222"


@pytest.mark.parametrize(
    ("posting", "application", "shown"),
    [
        (PostingState.LISTED, None, False),
        (PostingState.LISTED, ApplicationState.WITHDRAWN, False),
        (PostingState.LISTED, ApplicationState.SENT, True),
        (PostingState.IN_TALKS, ApplicationState.DECLINED, True),
        (PostingState.CLOSED, ApplicationState.ACCEPTED, True),
        (PostingState.CLOSED, ApplicationState.DECLINED, False),
        (PostingState.EXPIRED, ApplicationState.LAPSED, False),
    ],
)
def test_contacts_are_between_poster_and_applicant_while_there_is_something_to_write_about(
    pair: Pair, posting: PostingState, application: ApplicationState | None, shown: bool
) -> None:
    Posting.objects.update(state=posting, contact_phone=PHONE)
    browser = signed_in(pair.applicant.user, pair.programme, None)
    page = reverse("my_matching:posting", args=[pair.posting.pk])
    if application is None:
        assert PHONE not in browser.get(page).text
        return
    match = make_match(pair.posting, Partner.objects.get(name="NPO法人はま"), state=application)
    assert (PHONE in browser.get(page).text) is shown
    assert (PHONE in browser.get(reverse("my_matching:application", args=[match.pk])).text) is shown
    poster = signed_in(pair.poster.user, pair.programme, None)
    assert PHONE in poster.get(page).text
    assert (MATCH["contact_phone"] in poster.get(reverse("my_matching:applications")).text) is shown


def test_an_edit_that_is_not_checked_yet_is_not_shown_to_applicants(pair: Pair) -> None:
    match = pair.apply()
    Posting.objects.update(state=PostingState.SUBMITTED, theme="確かめていない文")
    browser = signed_in(pair.applicant.user, pair.programme, None)
    posting = reverse("my_matching:posting", args=[pair.posting.pk])
    assert browser.get(posting).status_code == 404
    assert posting not in browser.get(reverse("my_matching:application", args=[match.pk])).text


def test_a_title_that_is_not_checked_yet_is_not_shown_to_applicants(pair: Pair) -> None:
    """In no list, page or mail; taken back, it stays unseen."""
    match = pair.apply()
    Posting.objects.update(checked_title=pair.posting.title)
    edit_posting(posting_id=pair.posting.pk, revision=1, values={"title": "確かめていない題"}, files=[],
                 actor=pair.poster)  # fmt: skip
    browser = signed_in(pair.applicant.user, pair.programme, None)
    pages = [reverse("my_matching:applications"), reverse("my_matching:application", args=[match.pk]),
             reverse("my_matching:withdraw_application", args=[match.pk])]  # fmt: skip
    for page in pages:
        shown = browser.get(page).text
        assert pair.posting.title in shown
        assert "確かめていない題" not in shown
    pair.answer(match, ApplicationState.TALKING)
    [letter] = letters(pair.programme, to=pair.applicant.user.email, message="matching.application_answered")
    assert "確かめていない題" not in letter.text
    end_posting(posting_id=pair.posting.pk, state=PostingState.WITHDRAWN, actor=pair.poster)
    assert browser.get(reverse("my_matching:posting", args=[pair.posting.pk])).status_code == 404
    assert "確かめていない題" not in browser.get(pages[0]).text


def test_an_answer_is_not_kept_on_record_for_ever(pair: Pair) -> None:
    pair.answer(pair.apply(), ApplicationState.DECLINED, "今年は予定が合いません。")
    assert not AuditEvent.objects.exclude(reason="").exists()


def test_answering_on_the_page(pair: Pair) -> None:
    application = make_match(pair.posting)
    address = reverse("my_matching:application", args=[application.pk])
    poster = signed_in(pair.poster.user, pair.programme, None)
    refused = poster.post(address, {"state": "declined", "answer": ""})
    assert "見送るときは、理由を入力してください。" in refused.text
    poster.post(address, {"state": "accepted", "answer": "よろしくお願いします。"})
    application.refresh_from_db()
    assert (application.state, application.answer) == ("accepted", "よろしくお願いします。")
    assert application.answered_at is not None
