"""Pages used as they are: sent twice, from two windows, with the back button, or after somebody else was first."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from matching.models import Application, Case, Collaboration, Posting, Progress
from matching.services.applications import answer_application
from matching.services.postings import end_posting, submit_posting
from matching.states import ApplicationState, CollaborationState, PostingState
from partners.models import Member
from portal.tenancy.models import Programme
from tests.factories import MATCH, make_acting, make_match, make_member, make_partner, make_posting, make_record
from tests.mailbox import letters
from tests.sessions import signed_in


@pytest.fixture
def poster(in_kanagawa: Programme) -> Member:
    return make_member(email="poster@aoba.example.jp")


@pytest.fixture
def applicant(in_kanagawa: Programme) -> Member:
    return make_member(partner=make_partner(name="NPO法人はま"), email="taro@hama.example.jp")


@pytest.fixture
def poster_browser(in_kanagawa: Programme, poster: Member) -> Client:
    return signed_in(poster.user, in_kanagawa, poster)


@pytest.fixture
def applicant_browser(in_kanagawa: Programme, applicant: Member) -> Client:
    return signed_in(applicant.user, in_kanagawa, applicant)


def wish(**texts: Any) -> dict[str, Any]:
    return {"title": "海岸清掃", "reach": "open", "theme": "ごみを数える", "goals": [14], "revision": 0,
            "contact_name": "港 みどり", "contact_email": "midori@minato.example.jp"} | texts  # fmt: skip


def test_a_new_posting_sent_twice_is_one_draft(poster_browser: Client) -> None:
    address = reverse("my_matching:new", args=["wish"])
    revision = Posting().revision
    pages = [poster_browser.post(address, wish(revision=revision)) for _press in range(2)]
    assert [page.status_code for page in pages] == [302, 302]
    assert pages[0]["Location"] == pages[1]["Location"]
    assert Posting.objects.count() == 1
    poster_browser.post(address, wish(revision=revision, title="砂浜の清掃"))
    assert Posting.objects.count() == 2


def test_what_was_typed_stays_when_the_posting_was_submitted_in_another_window(
    poster_browser: Client, poster: Member
) -> None:
    posting = make_posting(poster.partner, state=PostingState.DRAFT, submitted_at=None, listed_at=None)
    submit_posting(posting_id=posting.pk, actor=make_acting(poster))
    address = reverse("my_matching:edit", args=[posting.pk])
    answer = poster_browser.post(address, wish(revision=posting.revision, theme="一晩かけて考えた文"))
    assert "一晩かけて考えた文" in answer.text
    assert "の募集は変えられません" in answer.text
    assert Posting.objects.get().theme != "一晩かけて考えた文"
    assert poster_browser.get(address).status_code == 302


def test_what_was_typed_stays_when_the_posting_closed_meanwhile(
    poster: Member, applicant_browser: Client, applicant: Member
) -> None:
    posting = make_posting(poster.partner)
    make_match(posting, applicant.partner, state=ApplicationState.WITHDRAWN)
    address = reverse("my_matching:apply", args=[posting.pk])
    assert applicant_browser.get(address).status_code == 200
    answer = applicant_browser.post(address, MATCH | {"message": ""})
    assert answer.status_code == 200
    end_posting(posting_id=posting.pk, state=PostingState.CLOSED, actor=make_acting(poster))
    answer = applicant_browser.post(address, MATCH | {"message": "一晩かけて考えた文"})
    assert "一晩かけて考えた文" in answer.text
    assert "応募できません" in answer.text
    assert applicant_browser.get(address).status_code == 302


def test_applying_twice_leads_to_the_one_application(
    in_kanagawa: Programme, poster: Member, applicant_browser: Client
) -> None:
    address = reverse("my_matching:apply", args=[make_posting(poster.partner).pk])
    pages = [applicant_browser.post(address, MATCH) for _press in range(2)]
    assert [page.status_code for page in pages] == [302, 302]
    assert pages[0]["Location"] == pages[1]["Location"]
    assert Application.objects.count() == 1
    assert len(letters(in_kanagawa, message="matching.application_received")) == 1


@pytest.mark.parametrize("second", [ApplicationState.ACCEPTED, ApplicationState.DECLINED])
def test_an_answer_sent_twice_is_explained(
    in_kanagawa: Programme, poster: Member, applicant: Member, poster_browser: Client, second: str
) -> None:
    application = make_match(make_posting(poster.partner), applicant.partner)
    address = reverse("my_matching:application", args=[application.pk])
    assert poster_browser.post(address, {"state": "accepted", "answer": "ぜひ。"}).status_code == 302
    again = poster_browser.post(address, {"state": second, "answer": "やはり。"}, follow=True)
    assert again.status_code == 200
    assert "この応募は「連携する」になっています。" in again.text
    assert Application.objects.get().answer == "ぜひ。"
    assert len(letters(in_kanagawa, message="matching.application_answered")) == 1


def test_whoever_may_not_answer_is_still_refused(poster: Member, applicant: Member, applicant_browser: Client) -> None:
    application = make_match(make_posting(poster.partner), applicant.partner)
    address = reverse("my_matching:application", args=[application.pk])
    assert applicant_browser.post(address, {"state": "accepted"}).status_code == 403
    answer_application(
        application_id=application.pk, state=ApplicationState.ACCEPTED, answer="", actor=make_acting(poster)
    )
    assert applicant_browser.post(address, {"state": "accepted"}).status_code == 403


def test_a_report_sent_twice_is_one(
    in_kanagawa: Programme, poster: Member, applicant: Member, poster_browser: Client
) -> None:
    record = make_record(make_match(make_posting(poster.partner), applicant.partner, state="accepted"))
    address = reverse("my_matching:report", args=[record.pk])
    typed = {"step": "talk", "on": timezone.localdate().isoformat(), "text": "話し合いました。", "figure": ""}
    for _press in range(2):
        assert poster_browser.post(address, typed).status_code == 302
    assert Progress.objects.count() == 1
    assert len(letters(in_kanagawa, message="matching.progress_reported")) == 1
    poster_browser.post(address, typed | {"text": "もう一度話し合いました。"})
    assert Progress.objects.count() == 2


@pytest.mark.parametrize("page", ["plan", "outcome"])
def test_nobody_is_let_type_what_cannot_be_saved(
    poster: Member, applicant: Member, poster_browser: Client, page: str
) -> None:
    record = make_record(make_match(make_posting(poster.partner), applicant.partner, state="accepted"))
    address = reverse(f"my_matching:{page}", args=[record.pk])
    assert poster_browser.get(address).status_code == 200
    Collaboration.objects.update(state=CollaborationState.REPORTED)
    told = poster_browser.get(address, follow=True)
    assert told.redirect_chain[0][0].endswith(reverse("my_matching:record", args=[record.pk]))
    assert "いまは「" in told.text
    typed = {"outcome": "一晩かけて考えた文", "purpose": "一晩かけて考えた文", "target": "百人", "measures": "人数",
             "target_on": timezone.localdate().isoformat(), "revision": 0}  # fmt: skip
    late = poster_browser.post(address, typed)
    assert "一晩かけて考えた文" in late.text
    assert "いまは「" in late.text


def test_a_new_case_sent_twice_is_one_draft(poster_browser: Client) -> None:
    typed = {"title": "浜の記録", "year": Case(year=2026).year, "revision": 1, "category": "event"}
    pages = [poster_browser.post(reverse("my_cases:new"), typed) for _press in range(2)]
    assert [page.status_code for page in pages] == [302, 302]
    assert pages[0]["Location"] == pages[1]["Location"]
    assert Case.objects.count() == 1
