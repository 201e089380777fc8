import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.files.names import LONGEST, checked_name, extension_of, shown
from portal.files.refusals import Refused


@pytest.mark.parametrize(
    "name",
    [
        "企画書.pdf",
        "令和8年度　企画書（最終版）_株式会社髙﨑製作所_20261120.docx",
        "神社と福祉.pdf",
        "葛\U000e0100.txt",
        "👨\u200d👩\u200d👧.png",
        'what? "quoted" <1>: a*b|c.pdf',
        "a" * (LONGEST - 4) + ".pdf",
        "concert.txt",
        "CON会議.txt",
    ],
)
def test_ordinary_names_stay_as_they_are(name: str) -> None:
    assert checked_name(name) == name


def test_a_name_from_a_mac_is_composed_and_old_kanji_stay() -> None:
    assert checked_name(" か\u3099くふ神.pdf ") == "がくふ神.pdf"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../../etc/passwd", "name_characters"),
        ("..\\..\\boot.ini", "name_characters"),
        ("/etc/passwd.pdf", "name_characters"),
        ("C:\\企画書.pdf", "name_characters"),
        ("a\0.pdf", "name_characters"),
        ("a\r\nContent-Type: text/html.pdf", "name_characters"),
        ("見積\u202efdp.exe", "name_characters"),
        ("\u2066隔離\u2069.pdf", "name_characters"),
        ("zero\u200bwidth.pdf", "name_characters"),
        ("行\u2028区切り.pdf", "name_characters"),
        ("長" * 296 + ".pdf", "name_too_long"),
        ("CON.txt", "name_reserved"),
        ("nul", "name_reserved"),
        ("com1.tar.gz", "name_reserved"),
        ("LPT9 .docx", "name_reserved"),
        ("", "name_missing"),
        ("   ", "name_missing"),
        ("...", "name_missing"),
    ],
)
def test_names_that_hide_or_break_something_are_refused(name: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        checked_name(name)
    assert refused.value.code == reason


def test_the_sentence_shows_the_name_without_what_is_invisible() -> None:
    with pytest.raises(Refused, match="見積□fdp.exe"):
        checked_name("見積\u202efdp.exe")
    with pytest.raises(Refused, match=r"（300文字）.*120文字まで.*「長{28}…長長長長長長.pdf」"):
        checked_name("長" * 296 + ".pdf")


@given(st.text(max_size=400))
def test_any_text_is_a_name_or_refused(name: str) -> None:
    try:
        checked = checked_name(name)
    except Refused as refused:
        assert "\u202e" not in refused.messages[0]
    else:
        assert checked_name(checked) == checked
        assert "/" not in checked
        assert len(shown(checked)) <= 40


@pytest.mark.parametrize(
    ("name", "extension"), [("a.PDF", ".pdf"), ("a.tar.gz", ".gz"), ("a", ""), (".htaccess", ""), ("a.", ".")]
)
def test_the_extension_is_what_stands_behind_the_last_dot(name: str, extension: str) -> None:
    assert extension_of(name) == extension
