"""What staff write between braces."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.outbox.messages import Placeholder
from portal.outbox.placeholders import STANDARD, as_context, fill, missing, unknown
from tests.portal.outbox.conftest import GREETING

NAME, LINK = Placeholder("氏名", "member.name"), Placeholder("リンク", "link|urlize", is_required=True)
MESSAGE = replace(GREETING, placeholders=(NAME, LINK))


def test_what_is_unknown_is_named_as_it_was_typed() -> None:
    assert unknown("{氏名}様 ｛ 会社 ｝ {{x}} { {% if %}", ["氏名"]) == ["｛ 会社 ｝", "{x}", "{% if %}"]


@pytest.mark.parametrize(
    ("text", "left_out"),
    [("", ["リンク"]), ("{氏名}", ["リンク"]), ("｛リンク｝", []), (f"前書き {{{STANDARD}}}", [])],
)
def test_what_a_mail_cannot_do_without(text: str, left_out: list[str]) -> None:
    assert missing(MESSAGE, text) == left_out


def test_a_message_that_declares_nothing_keeps_its_standard_text() -> None:
    assert missing(GREETING, "別の文面") == [STANDARD]
    assert missing(replace(GREETING, placeholders=(NAME,)), "別の文面") == []


def test_values_are_not_looked_into() -> None:
    assert fill("{氏名} {リンク}", {"氏名": "{リンク}", "リンク": "https://"}.__getitem__) == "{リンク} https://"


def test_placeholders_stand_where_the_values_would() -> None:
    assert as_context(MESSAGE) == {"member": {"name": "{氏名}"}, "link": "{リンク}"}


@given(st.text(alphabet="{}｛｝氏名% \n", max_size=40))
def test_any_text_is_filled_or_refused(text: str) -> None:
    if not unknown(text, ["氏名"]):
        assert "｛氏名｝" not in fill(text, lambda name: "山田")
