from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.importing.cells import read_date, read_email, read_goals, read_list, read_url


@pytest.mark.parametrize(
    "typed",
    ["2024-04-13", "2024/4/13", "2024.4.13", "20240413", "令和6年4月13日", "令和６年４月１３日", "R6.4.13", "r6/04/13", "Ｒ６．４．１３",
     "2024年4月13日（土）", "2024年4月13日 土曜日", " 令和 6 年 4 月 13 日 ", "45395"],
)  # fmt: skip
def test_a_date_is_read_however_it_is_written(typed: str) -> None:
    assert read_date(typed) == date(2024, 4, 13)


@pytest.mark.parametrize(
    ("typed", "day"),
    [("平成31年4月23日", date(2019, 4, 23)), ("H31.4.30", date(2019, 4, 30)), ("令和元年5月1日", date(2019, 5, 1)),
     ("R1.5.1", date(2019, 5, 1)), ("昭和64年1月7日", date(1989, 1, 7)), ("平成元年1月8日", date(1989, 1, 8)),
     ("2024-02-29", date(2024, 2, 29)), ("明治45年7月29日", date(1912, 7, 29))],
)  # fmt: skip
def test_eras_begin_and_end_on_their_day(typed: str, day: date) -> None:
    assert read_date(typed) == day


@pytest.mark.parametrize("typed", ["令和元年4月30日", "平成31年5月1日", "H35.1.1", "S64.1.8", "1700-01-01"])
def test_a_date_outside_its_era_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="日付はありません"):
        read_date(typed)


@pytest.mark.parametrize(
    "typed", ["", "未定", "2023-02-29", "2024-13-01", "令和6年4月", "4/13", "令和０年4月1日", "6.4.13x"]
)
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="日付"):
        read_date(typed)


@given(st.dates(date(1873, 1, 1), date(2100, 12, 31)))
def test_western_dates_come_back(day: date) -> None:
    assert read_date(day.isoformat()) == read_date(f"{day.year}年{day.month}月{day.day}日") == day


def test_other_cells() -> None:
    assert read_email(" Ｔａｒｏ＠Example.jp ") == "taro@example.jp"
    assert read_url("https://example.jp/a?b=1") == "https://example.jp/a?b=1"
    assert read_list("場の提供、広報／ 人\n寄附") == ["場の提供", "広報", "人", "寄附"]
    assert read_goals("目標１３、7 エネルギー") == [7, 13]
    assert read_goals("") == []


@pytest.mark.parametrize(
    ("reader", "typed"),
    [(read_email, "taro"), (read_email, ""), (read_url, "www.example.jp"), (read_url, "javascript:alert(1)"),
     (read_goals, "18"), (read_goals, "全部")],
)  # fmt: skip
def test_what_does_not_fit_is_refused(reader, typed: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="。|：「"):
        reader(typed)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for reader in (read_date, read_email, read_url, read_goals):
        try:
            reader(text)
        except ValueError as refusal:
            assert str(refusal)
