"""Two partners and the office at the same introduction at once: one end comes out, and everybody is told that one."""

from typing import Any

from matching.models import Consent, Introduction
from matching.services.introductions import answer_introduction, propose_introduction, withdraw_introduction
from matching.states import IntroductionState
from portal.outbox.models import OutgoingMail
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, StaffRole
from tests.factories import (
    CONSENT,
    make_acting,
    make_actor,
    make_introduction,
    make_member,
    make_partner,
    make_programme,
)
from tests.races.together import at_once


def world() -> dict[str, Any]:
    programme = make_programme("kanagawa")
    with programme_scope(programme):
        members = [make_member(), make_member(partner=make_partner(name="NPO法人はま"))]
        introduction = make_introduction(*(member.partner for member in members))
        actors = [make_acting(member) for member in members]
        officer = make_actor(StaffRole.OFFICER, programme)
    return {"programme": programme, "introduction": introduction, "actors": actors, "officer": officer,
            "partners": [member.partner for member in members]}  # fmt: skip


def ended() -> tuple[str, set[str]]:
    """The state, and which ends were told."""
    told = set(OutgoingMail.objects.values_list("message", flat=True))
    return Introduction.objects.get().state, told & {"matching.introduction_agreed", "matching.introduction_ended"}


def agree(introduction: Introduction, actor: Actor) -> Introduction:
    return answer_introduction(introduction_id=introduction.pk, values=CONSENT, actor=actor)


def test_both_answer_at_once(committed: None) -> None:
    """Neither yes misses the other."""
    at = world()
    won = at_once(at["programme"], *(lambda actor=actor: agree(at["introduction"], actor) for actor in at["actors"]))
    assert won == [True, True]
    with programme_scope(at["programme"]):
        assert ended() == (IntroductionState.AGREED, {"matching.introduction_agreed"})


def test_the_office_withdraws_while_the_second_agrees(committed: None) -> None:
    at = world()
    with programme_scope(at["programme"]):
        agree(at["introduction"], at["actors"][0])
    agreed, withdrawn = at_once(
        at["programme"],
        lambda: agree(at["introduction"], at["actors"][1]),
        lambda: withdraw_introduction(introduction=at["introduction"], reason="取りやめます。", actor=at["officer"]),
    )
    assert agreed != withdrawn
    with programme_scope(at["programme"]):
        state, told = ended()
        assert state == (IntroductionState.AGREED if agreed else IntroductionState.WITHDRAWN)
        assert told == {"matching.introduction_agreed" if agreed else "matching.introduction_ended"}
        assert Consent.objects.count() == (2 if agreed else 1)


def test_two_officers_propose_the_same_pair(committed: None) -> None:
    at = world()
    one, other = at["partners"]
    with programme_scope(at["programme"]):
        Introduction.objects.all().delete()
    pairs = [(one, other), (other, one), (one, other)]
    won = at_once(
        at["programme"],
        *(
            lambda pair=pair: propose_introduction(
                one=pair[0], other=pair[1], posting=None, note="理由", actor=at["officer"]
            )
            for pair in pairs
        ),
    )
    assert won.count(True) == 1
