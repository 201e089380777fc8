from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.web import dates


@pytest.mark.parametrize(
    ("day", "japanese", "english"),
    [
        (date(2026, 11, 21), "令和8年", "Reiwa 8"),
        (date(2019, 5, 1), "令和元年", "Reiwa 1"),
        (date(2019, 4, 30), "平成31年", "Heisei 31"),
        (date(1989, 1, 8), "平成元年", "Heisei 1"),
        (date(1989, 1, 7), "昭和64年", "Showa 64"),
        (date(1926, 12, 25), "昭和元年", "Showa 1"),
        (date(1926, 12, 24), "大正15年", "Taisho 15"),
        (date(1912, 7, 30), "大正元年", "Taisho 1"),
        (date(1912, 7, 29), "明治45年", "Meiji 45"),
        (date(1868, 10, 22), "", ""),
    ],
)
def test_the_era_changes_with_the_day(day: date, japanese: str, english: str) -> None:
    assert dates.era_year(day) == japanese
    assert dates.era_year(day, "en") == english
    assert dates.era_year(datetime.combine(day, time(23, 59))) == japanese


def test_a_day_is_written_with_its_weekday() -> None:
    day = date(2026, 11, 21)
    assert dates.long_day(day) == dates.long_day(day, "easy") == "2026年11月21日（土）"
    assert dates.long_day(day, with_era=True) == "2026年（令和8年）11月21日（土）"
    assert dates.long_day(day, "en") == "Saturday 21 November 2026"
    assert dates.long_day(day, "en", with_era=True) == "Saturday 21 November 2026 (Reiwa 8)"


def test_a_time_is_written_without_needless_minutes() -> None:
    assert dates.clock(time(17)) == "17時"
    assert dates.clock(time(13, 5)) == "13時5分"
    assert dates.clock(time(13, 5), "en") == "13:05"


def test_from_when_to_when() -> None:
    start = datetime(2026, 12, 10, 13, 30)
    assert dates.span(start, datetime(2026, 12, 10, 16)) == "2026年12月10日（木）13時30分〜16時"
    assert dates.span(start, datetime(2026, 12, 11, 16)) == "2026年12月10日（木）13時30分〜2026年12月11日（金）16時"
    assert dates.span(start, datetime(2026, 12, 10, 16), "en") == "Thursday 10 December 2026, 13:30 to 16:00"


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2026, 3, 31), 2025), (date(2026, 4, 1), 2026), (date(2026, 12, 31), 2026), (date(2027, 1, 1), 2026)],
)
def test_the_fiscal_year_begins_in_april(day: date, year: int) -> None:
    assert dates.fiscal_year_of(day) == year


@pytest.mark.parametrize(
    ("year", "name"),
    [
        (2026, "2026年度（令和8年度）"),
        (2019, "2019年度（令和元年度）"),
        (2018, "2018年度（平成30年度）"),
        (1989, "1989年度（平成元年度）"),
        (1988, "1988年度（昭和63年度）"),
    ],
)
def test_a_fiscal_year_has_one_era(year: int, name: str) -> None:
    assert dates.fiscal_year_name(year, with_era=True) == name
    assert dates.fiscal_year_name(year) == f"{year}年度"
    assert dates.fiscal_year_name(year, "en") == f"fiscal year {year}"


@given(some.dates(date(1868, 10, 23)))
def test_every_day_since_meiji_has_an_era(day: date) -> None:
    assert dates.era_year(day).endswith("年")
    assert dates.era_year(day, "en")
