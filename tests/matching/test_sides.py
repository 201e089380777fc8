"""A further side of a collaboration: asked, in with its own yes, and then a side like the others."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from matching.models import Collaboration, Progress, Side, SideInvitation
from matching.queries.sides import due
from matching.services.collaborations import (
    accept_logo_terms,
    agree_plan,
    approve_outcome,
    confirm_report,
    report_progress,
    send_outcome,
    write_plan,
)
from matching.services.sides import MOST_QUESTIONS, answer_invitation, ask_to_join, take_back_invitation
from matching.states import CollaborationState, InvitationState
from matching.vocabulary import Logo
from partners.models import Activity, Member
from partners.services.records import index_partners
from partners.states import PartnerState
from portal.accounts import limits
from portal.audit.models import AuditEvent
from portal.tenancy.models import Programme
from portal.web.access import MemberRole, StaffRole
from tests.factories import make_acting, make_actor, make_match, make_member, make_partner, make_posting, make_record
from tests.mailbox import letters
from tests.sessions import signed_in

NOTE = "会場を貸してください。"


@pytest.fixture
def people(in_kanagawa: Programme) -> list[Member]:
    """Of the two sides, and of a third partner."""
    return [
        make_member(partner=make_partner(name=name), email=f"{number}@example.jp")
        for number, name in enumerate(("青葉商事", "NPO法人はま", "港運輸"))
    ]


@pytest.fixture
def record(people: list[Member]) -> Collaboration:
    return make_record(make_match(make_posting(people[0].partner), people[1].partner, state="accepted"))


def ask(record: Collaboration, people: list[Member]) -> SideInvitation:
    return ask_to_join(collaboration_id=record.pk, partner=people[2].partner, note=NOTE, actor=make_acting(people[0]))


def refused(deed: Callable[..., Any], *values: Any, **options: Any) -> str:
    with pytest.raises(ValidationError) as refusal:
        deed(*values, **options)
    return " ".join(refusal.value.messages)


def test_three_sides_see_confirm_and_get_the_logo(in_kanagawa: Programme, people: list[Member], record: Any) -> None:
    actors = [make_acting(person) for person in people]
    write_plan(collaboration_id=record.pk, revision=0, values={"purpose": "海を守る"}, actor=actors[0])
    ask(record, people)
    answer_invitation(invitation_id=SideInvitation.objects.get().pk, joins=True, actor=actors[2])
    assert Activity.objects.filter(partner=people[2].partner, title__contains="の連携に参加").exists()
    for actor in actors[1:]:
        agree_plan(collaboration_id=record.pk, revision=1, actor=actor)
    values = {"step": "talk", "on": record.started_on, "text": "話し合いました。"}
    report = report_progress(collaboration_id=record.pk, values=values, photos=[], actor=actors[2])
    for actor in actors[:2]:
        confirm_report(report_id=report.pk, comment="確かに。", actor=actor)
    assert report.confirmations.count() == 2
    send_outcome(collaboration_id=record.pk, values={"outcome": "きれいになりました。"}, actor=actors[1])
    approve_outcome(collaboration=record, actor=make_actor(StaffRole.OFFICER, in_kanagawa))
    for person, actor in zip(people, actors, strict=True):
        assert letters(in_kanagawa, to=person.user.email, message="matching.outcome_approved")
        licence = accept_logo_terms(logo=Logo.COLLABORATION, collaboration_id=record.pk, actor=actor)
        assert licence.partner == person.partner
        page = signed_in(person.user, in_kanagawa, person).get(reverse("my_matching:record", args=[record.pk])).text
        assert "話し合いました。" in page


def test_before_its_yes_it_knows_the_name_and_the_sides_alone(
    in_kanagawa: Programme, people: list[Member], record: Any
) -> None:
    Progress.objects.create(collaboration=record, partner=people[0].partner, step="talk", on=record.started_on,
                            text="内輪の話")  # fmt: skip
    made, browser = ask(record, people), signed_in(people[2].user, in_kanagawa, people[2])
    [told] = letters(in_kanagawa, to=people[2].user.email)
    page = browser.get(reverse("my_matching:invitation", args=[made.pk])).text
    for text in (told.text, page):
        assert record.title in text
        assert NOTE in text
        assert "内輪の話" not in text
    assert browser.get(reverse("my_matching:record", args=[record.pk])).status_code == 404
    assert [one.url for one in due(make_acting(people[2]), {})] == [reverse("my_matching:invitation", args=[made.pk])]
    assert letters(in_kanagawa, to=people[1].user.email, message="matching.side_proposed")
    stranger = make_member(partner=make_partner(name="山の会"))
    other = signed_in(stranger.user, in_kanagawa, stranger)
    assert other.get(reverse("my_matching:invitation", args=[made.pk])).status_code == 404
    assert other.post(reverse("my_matching:take_back_invitation", args=[made.pk])).status_code == 404


def test_asked_twice_is_one_question(in_kanagawa: Programme, people: list[Member], record: Any) -> None:
    assert ask(record, people) == ask(record, people)
    assert len(letters(in_kanagawa, to=people[2].user.email)) == 1
    assert AuditEvent.objects.filter(action="side.asked").count() == 1


@pytest.mark.parametrize("end", ["decline", "take_back"])
def test_a_no_and_taking_back_leave_it_out(in_kanagawa: Programme, people: list[Member], record: Any, end: str) -> None:
    made = ask(record, people)
    if end == "decline":
        answer_invitation(invitation_id=made.pk, joins=False, actor=make_acting(people[2]))
        told, message = people[1], "matching.side_answered"
    else:
        take_back_invitation(invitation_id=made.pk, actor=make_acting(people[1]))
        told, message = people[2], "matching.side_taken_back"
    assert letters(in_kanagawa, to=told.user.email, message=message)
    assert Side.objects.filter(collaboration=record).count() == 2
    assert "このお願いは" in refused(answer_invitation, invitation_id=made.pk, joins=True, actor=make_acting(people[2]))
    if end == "decline":
        assert "この連携への参加を見送りました" in refused(ask, record, people)
    else:
        assert ask(record, people).is_open


def test_after_a_no_nobody_asks_the_same_again(in_kanagawa: Programme, people: list[Member], record: Any) -> None:
    """Nor another of the sides; in another collaboration one may."""
    answer_invitation(invitation_id=ask(record, people).pk, joins=False, actor=make_acting(people[2]))
    sent = len(letters(in_kanagawa, to=people[2].user.email))
    assert "もう一度お願いできません" in refused(
        ask_to_join, collaboration_id=record.pk, partner=people[2].partner, note=NOTE, actor=make_acting(people[1])
    )
    assert len(letters(in_kanagawa, to=people[2].user.email)) == sent
    index_partners([people[2].partner])
    asking = signed_in(people[0].user, in_kanagawa, people[0])
    page = reverse("my_matching:add_side", args=[record.pk])
    assert "参加をお願いする" not in asking.get(page, {"q": "港"}).text
    assert "見送り" in asking.get(page, {"q": "港"}).text
    answer = asking.post(f"{page}?q=港", {"add": people[2].partner.pk, "note": NOTE})
    assert "もう一度お願いできません" in answer.text
    assert ask(make_record(make_match(make_posting(people[0].partner), people[1].partner, state="accepted")), people)


def test_asking_and_taking_back_comes_to_an_end(in_kanagawa: Programme, people: list[Member], record: Any) -> None:
    for _time in range(MOST_QUESTIONS):
        take_back_invitation(invitation_id=ask(record, people).pk, actor=make_acting(people[0]))
    assert "回までです" in refused(ask, record, people)


def test_a_partner_asks_only_so_many_a_day(people: list[Member], record: Any) -> None:
    [(most, _seconds)] = limits.SIDE_INVITATIONS.rates
    for _time in range(most):
        assert limits.allow(limits.SIDE_INVITATIONS, people[0].partner.pk)
    assert "明日もう一度" in refused(ask, record, people)
    assert not SideInvitation.objects.exists()


def test_who_may_not_and_what_is_not_asked(people: list[Member], record: Any) -> None:
    made = ask(record, people)
    viewer = make_member(MemberRole.VIEWER, people[2].partner)
    for actor in (make_acting(people[0]), make_acting(viewer)):
        with pytest.raises(PermissionDenied):
            answer_invitation(invitation_id=made.pk, joins=True, actor=actor)
    for actor in (make_acting(people[2]), make_acting(make_member(MemberRole.VIEWER, people[0].partner))):
        with pytest.raises(PermissionDenied):
            take_back_invitation(invitation_id=made.pk, actor=actor)
        with pytest.raises(PermissionDenied):
            ask_to_join(collaboration_id=record.pk, partner=make_partner(), note=NOTE, actor=actor)
    asked: dict[str, Any] = {"collaboration_id": record.pk, "note": NOTE, "actor": make_acting(people[0])}
    assert "すでに加わって" in refused(ask_to_join, partner=people[1].partner, **asked)
    assert "登録中の団体だけ" in refused(ask_to_join, partner=make_partner(state=PartnerState.SUSPENDED), **asked)
    assert "お願いしたいこと" in refused(ask_to_join, partner=make_partner(), **(asked | {"note": " "}))


@pytest.mark.parametrize("state", [CollaborationState.REPORTED, CollaborationState.ENDED])
def test_nobody_joins_what_is_being_reviewed_or_over(people: list[Member], record: Any, state: str) -> None:
    made = ask(record, people)
    Collaboration.objects.update(state=state)
    assert "いまは「" in refused(answer_invitation, invitation_id=made.pk, joins=True, actor=make_acting(people[2]))
    made.refresh_from_db()
    assert made.state == InvitationState.ASKED
    answer_invitation(invitation_id=made.pk, joins=False, actor=make_acting(people[2]))


def test_asking_and_answering_on_the_pages(in_kanagawa: Programme, people: list[Member], record: Any) -> None:
    index_partners([person.partner for person in people])
    asking, asked = (signed_in(person.user, in_kanagawa, person) for person in (people[0], people[2]))
    page = reverse("my_matching:add_side", args=[record.pk])
    assert "参加をお願いする" in asking.get(page, {"q": "港"}).text
    names = asking.get(reverse("my_matching:find_side", args=[record.pk]), {"q": "港"}).json()
    assert [one["name"] for one in names["offers"]] == ["港運輸"]
    assert not asking.get(reverse("my_matching:find_side", args=[record.pk]), {"q": "はま"}).json()["offers"]
    empty = asking.post(f"{page}?q=港", {"add": people[2].partner.pk, "note": " "})
    assert "お願いしたいことを入力してください。" in empty.text
    asking.post(f"{page}?q=港", {"add": people[2].partner.pk, "note": NOTE})
    made = SideInvitation.objects.get()
    assert "取りやめる" in asking.get(reverse("my_matching:record", args=[record.pk])).text
    answer = asked.post(reverse("my_matching:invitation", args=[made.pk]), {"answer": "join"})
    assert answer.url.endswith(reverse("my_matching:record", args=[record.pk]))  # type: ignore[attr-defined]
    assert asked.get(answer.url).status_code == 200  # type: ignore[attr-defined]


def test_names_that_a_designation_offers(in_kanagawa: Programme, people: list[Member]) -> None:
    """Listed partners alone, without oneself and without who is named already."""
    gone = make_partner(name="港の旧会社", state=PartnerState.SUSPENDED)
    index_partners([*(person.partner for person in people), gone])
    posting = make_posting(people[2].partner, people[1].partner, reach="named", state="draft")
    browser, address = (
        signed_in(people[2].user, in_kanagawa, people[2]),
        reverse("my_matching:find_designee", args=[posting.pk]),
    )
    offers = {
        query: browser.get(address, {"q": query}).json()["offers"] for query in ("青葉", "はま", "港", "", "会社")
    }
    assert [one["name"] for one in offers.pop("青葉")] == ["青葉商事"]
    assert not any(offers.values())
    other = signed_in(people[0].user, in_kanagawa, people[0])
    assert other.get(address, {"q": "青葉"}).status_code == 404
