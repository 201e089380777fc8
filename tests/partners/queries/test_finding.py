"""The directory's search against the truth: plain LIKE on the folded text."""

import random

import pytest

from partners.fields import FIELDS, Visibility
from partners.models import Partner
from partners.queries.directory import FACETS, Facet
from partners.queries.finding import find_partners
from partners.search import words
from partners.services.records import add_partner, change_partner, show_partners
from partners.states import PartnerState
from partners.vocabulary.kinds import Kind
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor
from tests.factories import make_batch, make_partner

SYLLABLES = [
    "青葉",
    "みどり",
    "ソーラー",
    "ｴﾈﾙｷﾞｰ",
    "株式会社",
    "㈱",
    "NPO",
    "県央",
    "髙﨑",
    "高崎",
    "ﾊﾟﾝ",
    "ぱん",
    "の",
    "・",
    "１２",
    "12",
    "海",
    "ー",
]


@pytest.fixture
def crowd(in_kanagawa: Programme) -> list[Partner]:
    chance = random.Random(7)
    partners = [
        make_partner(
            name="".join(chance.choices(SYLLABLES, k=3)),
            kana="アオバ",
            summary="".join(chance.choices(SYLLABLES, k=8)),
            goals=sorted(chance.sample(range(1, 18), 2)),
            state=chance.choice([PartnerState.REGISTERED] * 5 + [PartnerState.SUSPENDED]),
        )
        for _ in range(120)
    ]
    show_partners(partners)
    return partners


def test_five_hundred_queries_find_what_like_finds(crowd: list[Partner]) -> None:
    chance = random.Random(11)
    for _ in range(500):
        source = chance.choice(
            [chance.choice(crowd).summary, chance.choice(crowd).name, "".join(chance.choices(SYLLABLES, k=2))]
        )
        start = chance.randrange(len(source))
        query = source[start : start + chance.choice([1, 1, 2, 2, 3, 4, 6])]
        if chance.random() < 0.3:
            query = f"{query}　{chance.choice(SYLLABLES)}"
        expected = {
            partner.pk
            for partner in crowd
            if partner.is_listed and all(word in partner.folded for word in words(query))
        }
        assert set(find_partners(query).values_list("pk", flat=True)) == expected, query


def test_facets_narrow_by_each_and_widen_within_one(crowd: list[Partner]) -> None:
    listed = [partner for partner in crowd if partner.is_listed]
    found = set(find_partners(facets={"goal": ["7", "13"]}).values_list("pk", flat=True))
    assert found == {partner.pk for partner in listed if {7, 13} & set(partner.goals)}
    both = set(find_partners("青葉", facets={"goal": ["7"]}).values_list("pk", flat=True))
    assert both == {partner.pk for partner in listed if 7 in partner.goals and "青葉" in partner.folded}


def test_another_programme_finds_nothing_of_it(crowd: list[Partner], tokyo: Programme) -> None:
    with programme_scope(tokyo):
        assert not find_partners("青葉").exists()


# A value for every field that a partner is filtered by.
VALUES = {
    "kind": Kind.COMPANY,
    "municipality": "142123",
    "industry_division": "E",
    "goals": [7],
    "themes": ["plastic-zero"],
    "offers": ["place"],
    "needs": ["grant"],
}


@pytest.mark.parametrize("visibility", [Visibility.PARTNERS, Visibility.STAFF])
@pytest.mark.parametrize("facet", FACETS, ids=lambda facet: facet.name)
def test_nobody_is_found_by_what_they_do_not_show(in_kanagawa: Programme, facet: Facet, visibility: Visibility) -> None:
    values = VALUES | {"name": "甲", "number": 1, "batch": make_batch()}
    partner = add_partner(values=values, actor=Actor())
    value = getattr(partner, facet.reads)
    chosen = {facet.name: [str(value[0] if isinstance(value, list) else value)]}
    assert find_partners(facets=chosen).exists()
    change_partner(partner=partner, values={"visibility": dict.fromkeys(FIELDS, visibility)}, actor=Actor())
    is_always_public = not facet.field or FIELDS[facet.field].is_fixed
    assert find_partners(facets=chosen).exists() is is_always_public
    assert find_partners().exists()
