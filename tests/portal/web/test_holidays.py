from datetime import date

import pytest

from portal.web.holidays import holiday_name, holidays_of

# As the Cabinet Office published them: an ordinary year, the new emperor's, the two of the Games, and two with a
# holiday between holidays.
PUBLISHED = {
    2018: "1/1 1/8 2/11 2/12 3/21 4/29 4/30 5/3 5/4 5/5 7/16 8/11 9/17 9/23 9/24 10/8 11/3 11/23 12/23 12/24",
    2019: "1/1 1/14 2/11 3/21 4/29 4/30 5/1 5/2 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/23 10/14 10/22 11/3 11/4 11/23",
    2020: "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/23 7/24 8/10 9/21 9/22 11/3 11/23",
    2021: "1/1 1/11 2/11 2/23 3/20 4/29 5/3 5/4 5/5 7/22 7/23 8/8 8/9 9/20 9/23 11/3 11/23",
    2023: "1/1 1/2 1/9 2/11 2/23 3/21 4/29 5/3 5/4 5/5 7/17 8/11 9/18 9/23 10/9 11/3 11/23",
    2024: "1/1 1/8 2/11 2/12 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/22 9/23 10/14 11/3 11/4 11/23",
    2025: "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 11/23 11/24",
    2026: "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23",
    2027: "1/1 1/11 2/11 2/23 3/21 3/22 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23",
    2032: "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/21 9/22 10/11 11/3 11/23",
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_published_years(year: int) -> None:
    published = [date(year, *map(int, day.split("/"))) for day in PUBLISHED[year].split()]
    assert list(holidays_of(year)) == published


def test_days_have_their_names() -> None:
    assert holiday_name(date(2026, 9, 22)) == "国民の休日"
    assert holiday_name(date(2024, 9, 23)) == "振替休日"
    assert holiday_name(date(2024, 9, 22)) == "秋分の日"
    assert holiday_name(date(2024, 9, 24)) is None


def test_equinoxes_move() -> None:
    spring = {
        year: next(d.day for d, name in holidays_of(year).items() if name == "春分の日") for year in range(2023, 2037)
    }
    assert [year for year, day in spring.items() if day == 21] == [2023, 2027, 2031, 2035]
