from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from partners.edits import changed_since, merged, stamp_of

VALUES = st.dictionaries(
    st.sampled_from(["phone", "goals", "founded_on", "capital"]),
    st.text(max_size=5) | st.lists(st.integers(1, 17)) | st.dates() | st.integers() | st.none(),
)


@given(VALUES)
def test_what_nobody_changed_has_not_changed(values: dict[str, Any]) -> None:
    assert changed_since(stamp_of(values), values) == []


def test_what_somebody_changed_is_named() -> None:
    seen = stamp_of({"phone": "1", "goals": [7], "founded_on": date(2015, 4, 1)})
    assert changed_since(seen, {"phone": "1", "goals": [7, 13], "founded_on": date(2015, 4, 2)}) == [
        "goals", "founded_on",
    ]  # fmt: skip


@given(st.text())
def test_a_stamp_that_cannot_be_read_has_seen_nothing(stamp: str) -> None:
    assert changed_since(stamp, {"phone": "1"}) == ["phone"]


def test_two_edits_of_different_fields_are_both_kept() -> None:
    before = {"phone": "1", "fax": "2"}
    now = before | {"fax": "the other's"}
    assert merged({"phone": "mine", "fax": "2"}, stamp_of(before), now) == {"phone": "mine", "fax": "the other's"}


def test_of_two_edits_of_one_field_the_one_being_typed_is_proposed() -> None:
    before = {"phone": "1"}
    assert merged({"phone": "mine"}, stamp_of(before), {"phone": "the other's"}) == {"phone": "mine"}
