import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.numbers import corporate_number, katakana, phone, postal_code, whole_number


@pytest.mark.parametrize("number", ["1000020140007", "8000020130001", "2000020350001"])
def test_published_corporate_numbers_pass(number: str) -> None:
    assert corporate_number(number) == number
    wide = number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert corporate_number(f" {wide[:1]}－{wide[1:]} ") == number


@given(place=st.integers(1, 12), digit=st.integers(0, 9))
def test_a_wrong_digit_is_caught_except_for_nought_and_nine(place: int, digit: int) -> None:
    number = "1000020140007"
    typed = f"{number[:place]}{digit}{number[place + 1 :]}"
    if {int(number[place]), digit} <= {0, 9} or typed == number:
        assert corporate_number(typed) == typed
    else:
        with pytest.raises(ValueError, match="検査数字"):
            corporate_number(typed)


@pytest.mark.parametrize("typed", ["", "123", "12345678901234", "１２３４５６７８９０１２a", "T1000020140007"])
def test_what_is_no_corporate_number_says_so(typed: str) -> None:
    with pytest.raises(ValueError, match="13桁"):
        corporate_number(typed)


@pytest.mark.parametrize("typed", ["2318588", "231-8588", "〒２３１ー８５８８", " 231−8588 "])
def test_postal_codes_come_into_one_form(typed: str) -> None:
    assert postal_code(typed) == "231-8588"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("０４５（２１０）１１１１", "045-210-1111"), ("045 210 1111", "045-210-1111"), ("0452101111", "0452101111"),
     ("+81-45-210-1111", "+81-45-210-1111"), ("045ー210ー1111", "045-210-1111")],
)  # fmt: skip
def test_phone_numbers_keep_their_parts(typed: str, stored: str) -> None:
    assert phone(typed) == stored


@pytest.mark.parametrize("typed", ["", "なし", "110", "045-210-1111 内線5"])
def test_what_is_no_phone_number_says_so(typed: str) -> None:
    with pytest.raises(ValueError, match="電話番号"):
        phone(typed)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("ｶﾌﾞｼｷｶﾞｲｼｬ", "カブシキガイシャ"), ("かながわ", "カナガワ"), ("アオバ　ソーラー", "アオバ ソーラー")],
)
def test_readings_become_full_width_katakana(typed: str, stored: str) -> None:
    assert katakana(typed) == stored


def test_kanji_is_no_reading() -> None:
    with pytest.raises(ValueError, match="カタカナ"):
        katakana("神奈川")


def test_numbers_may_carry_commas_and_wide_digits() -> None:
    assert whole_number("１０，０００") == 10000
    with pytest.raises(ValueError, match="数字"):
        whole_number("-1")


@given(st.text(max_size=40))
def test_anything_typed_is_read_or_refused_with_a_sentence(text: str) -> None:
    for read in (corporate_number, postal_code, phone, whole_number, katakana):
        try:
            stored = read(text)
        except ValueError as error:
            assert str(error).endswith(("。", "0000", "8588"))
        else:
            assert read(str(stored)) == stored  # the stored form is a fixed point
