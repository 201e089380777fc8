"""Who fits whom: the reasons in words, nothing that the other has not shown, and what is left out."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.fitting import Profile, points, why_fits
from matching.queries.numbers import by_year
from matching.queries.suggestions import partners_for, postings_for
from matching.services.applications import answer_application
from matching.states import ApplicationState
from partners.vocabulary.roles import Role
from portal.tenancy.models import Programme
from tests.factories import make_acting, make_match, make_member, make_partner, make_posting

PLACES = st.sampled_from(["", "湘南地域", "県西地域"])
PROFILES = st.builds(
    Profile,
    offers=st.sets(st.sampled_from(Role.values)),
    needs=st.sets(st.sampled_from(Role.values)),
    goals=st.sets(st.integers(1, 17)),
    region=PLACES,
    is_experienced=st.booleans(),
)


@pytest.mark.parametrize(
    ("posting", "partner", "words"),
    [
        (Profile(needs=["place"]), Profile(offers=["place"]), ["お願いしたい役割を、提供できます：場の提供"]),
        (Profile(offers=["goods"]), Profile(needs=["goods"]), ["担える役割を、求めています：物品の提供"]),
        (Profile(goals=[14, 7]), Profile(goals=[7, 14]), ["同じ目標に取り組んでいます：エネルギー、海の豊かさ"]),
        (Profile(region="湘南地域"), Profile(region="湘南地域", is_experienced=True), []),
        (
            Profile(goals=[14], region="湘南地域"),
            Profile(goals=[14], region="湘南地域", is_experienced=True),
            ["同じ目標に取り組んでいます：海の豊かさ", "同じ地域です：湘南地域", "連携の経験があります"],
        ),
    ],
)
def test_reasons_in_words(posting: Profile, partner: Profile, words: list[str]) -> None:
    assert [str(reason) for reason in why_fits(posting, partner)] == words


@given(PROFILES, PROFILES, st.sampled_from(Role.values))
def test_one_more_offer_never_fits_less(posting: Profile, partner: Profile, role: Any) -> None:
    more = Profile({*partner.offers, role}, partner.needs, partner.goals, partner.region, partner.is_experienced)
    assert points(why_fits(posting, more)) >= points(why_fits(posting, partner))


def test_postings_for_a_partner(in_kanagawa: Programme) -> None:
    member = make_member(partner=make_partner(offers=["place"], goals=[7]))
    make_posting(seeks=["place"], goals=[], title="場所を探す募集")
    make_posting(seeks=[], goals=[7], title="同じ目標の募集")
    make_posting(seeks=["place"], reach="named", title="ほかの団体への指名")
    make_posting(member.partner, seeks=["place"], title="自分の募集")
    make_match(make_posting(seeks=["place"], title="応募した募集"), member.partner)
    found = postings_for(make_acting(member))
    assert [one.item.title for one in found] == ["場所を探す募集", "同じ目標の募集"]


def test_partners_for_a_posting_by_what_they_show(in_kanagawa: Programme) -> None:
    posting = make_posting(seeks=["place"], goals=[])
    shown = make_partner(name="見せる団体", offers=["place"])
    make_partner(name="見せない団体", offers=["place"], visibility={"offers": "staff"})
    assert [one.item for one in partners_for(posting)] == [shown]


def test_the_way_in_numbers(in_kanagawa: Programme) -> None:
    owner = make_member()
    posting = make_posting(owner.partner)
    for partner in (make_partner(), make_partner()):
        match = make_match(posting, partner)
    actor = make_acting(owner)
    for state in (ApplicationState.TALKING, ApplicationState.ACCEPTED):
        answer_application(application_id=match.pk, state=state, answer="", actor=actor)
    [year] = by_year()
    assert [count for _label, count in year.steps] == [1, 2, 1, 1, 0, 0]
    assert year.days_to_answer == 0
