import pytest
from django.utils.translation import override

from partners.vocabulary.industries import DIVISIONS, GROUPS, GROUPS_OF, belongs
from partners.vocabulary.municipalities import REGIONS, municipalities, region_choices, regions, with_check_digit
from partners.vocabulary.roles import OF_COMPANIES, OF_GROUPS


@pytest.mark.parametrize(
    ("five", "six"),
    [("14000", "140007"), ("13000", "130001"), ("35000", "350001"), ("14100", "141003"), ("14130", "141305"), ("14150", "141500")],
)  # fmt: skip
def test_check_digits_are_those_published(five: str, six: str) -> None:
    assert with_check_digit(five) == six


@pytest.mark.parametrize(("prefecture", "count"), [("140007", 33 + 28), ("130001", 62), ("350001", 19)])
def test_every_municipality_of_the_prefecture_is_there_once(prefecture: str, count: int) -> None:
    found = municipalities(prefecture)
    assert len(found) == count
    assert all(code.startswith(prefecture[:2]) for code in found)
    assert {place.region for place in found.values()} == set(regions(prefecture))


def test_a_ward_belongs_to_its_city_and_region() -> None:
    ward = municipalities("140007")[with_check_digit("14151")]
    assert (ward.full_name, ward.region) == ("相模原市緑区", "県央地域")


@pytest.mark.parametrize(
    ("prefecture", "five", "label"),
    [
        ("140007", "14201", "Yokosuka City"),
        ("140007", "14151", "Midori Ward, Sagamihara City"),
        ("130001", "13101", "Chiyoda Ward"),
        ("130001", "13421", "Ogasawara Village"),
        ("350001", "35305", "Suo-Oshima Town"),
    ],
)
def test_an_english_page_names_places_in_latin_letters(prefecture: str, five: str, label: str) -> None:
    with override("en"):
        assert municipalities(prefecture)[with_check_digit(five)].label == label


@pytest.mark.parametrize("prefecture", ["140007", "130001", "350001"])
def test_nothing_of_the_official_lists_is_without_an_english_name(prefecture: str) -> None:
    with override("en"):
        places = [place.label for place in municipalities(prefecture).values()]
        names = places + [label for _name, label in region_choices(prefecture)]
        names += [str(name) for name in DIVISIONS.values()] + [str(name) for _division, name in GROUPS.values()]
    assert all(name.isascii() for name in names)
    assert len(set(places)) == len(places)


def test_an_unknown_prefecture_has_none() -> None:
    assert municipalities("010006") == {}
    assert all(REGIONS.values())


def test_ninety_nine_major_groups_fill_twenty_divisions() -> None:
    assert [int(code) for code in GROUPS] == list(range(1, 100))
    assert {letter for letter, _ in GROUPS.values()} == set(DIVISIONS)
    assert belongs("39", "G") and not belongs("39", "E") and not belongs("00", "A")
    assert list(GROUPS_OF["F"]) == ["33", "34", "35", "36"]


def test_the_handbook_names_seven_and_nine_roles() -> None:
    assert (len(OF_GROUPS), len(OF_COMPANIES)) == (7, 9)
