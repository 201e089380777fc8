import pytest

from partners.vocabulary.industries import DIVISIONS, GROUPS, belongs, groups_of
from partners.vocabulary.municipalities import REGIONS, municipalities, regions, with_check_digit
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


def test_an_unknown_prefecture_has_none() -> None:
    assert municipalities("010006") == {}
    assert all(REGIONS.values())


def test_ninety_nine_major_groups_fill_twenty_divisions() -> None:
    assert [int(code) for code in GROUPS] == list(range(1, 100))
    assert {letter for letter, _ in GROUPS.values()} == set(DIVISIONS)
    assert belongs("39", "G") and not belongs("39", "E") and not belongs("00", "A")
    assert list(groups_of("F")) == ["33", "34", "35", "36"]


def test_the_handbook_names_seven_and_nine_roles() -> None:
    assert (len(OF_GROUPS), len(OF_COMPANIES)) == (7, 9)
