"""Japan's public holidays by the rules of the law, for 2007 (when the law took its present form) to 2099."""

from datetime import date, timedelta
from functools import cache

MONDAY, SUNDAY = 0, 6
DAY = timedelta(days=1)

# Month and day, the first year, the name.
FIXED = [
    (1, 1, 2007, "元日"),
    (2, 11, 2007, "建国記念の日"),
    (2, 23, 2020, "天皇誕生日"),
    (4, 29, 2007, "昭和の日"),
    (5, 3, 2007, "憲法記念日"),
    (5, 4, 2007, "みどりの日"),
    (5, 5, 2007, "こどもの日"),
    (8, 11, 2016, "山の日"),
    (11, 3, 2007, "文化の日"),
    (11, 23, 2007, "勤労感謝の日"),
]

# Month, which Monday of it, the name.
MONDAYS = [(1, 2, "成人の日"), (7, 3, "海の日"), (9, 3, "敬老の日"), (10, 2, "スポーツの日")]

# Years for which parliament moved days: the Games of 2020 and 2021.
MOVED = {
    2020: {"海の日": (7, 23), "スポーツの日": (7, 24), "山の日": (8, 10)},
    2021: {"海の日": (7, 22), "スポーツの日": (7, 23), "山の日": (8, 8)},
}

# Days that were holidays once: the change of emperors.
ONCE = {
    2019: {(5, 1): "即位の日", (10, 22): "即位礼正殿の儀"},
}


def holiday_name(day: date) -> str | None:
    return holidays_of(day.year).get(day)


@cache
def holidays_of(year: int) -> dict[date, str]:
    """All holidays of a calendar year, with the days that the law adds between and after them."""
    named = _named(year)
    days = dict(named)
    for day in sorted(named):
        # A holiday on a Sunday is made up for on the next day that is none itself.
        if day.weekday() == SUNDAY:
            days[_first_after(day, named)] = "振替休日"
    for day in sorted(named):
        between = day + DAY
        if between not in days and between + DAY in named:
            days[between] = "国民の休日"
    return dict(sorted(days.items()))


def _named(year: int) -> dict[date, str]:
    moved = MOVED.get(year, {})
    names = {name: (month, day) for month, day, first, name in FIXED if year >= first}
    names |= {name: (month, _nth_monday(year, month, nth)) for month, nth, name in MONDAYS}
    names |= {"春分の日": (3, _equinox(year, 20.8431)), "秋分の日": (9, _equinox(year, 23.2488))}
    if year <= 2018:
        names["天皇誕生日"] = (12, 23)
    names |= moved
    days = {date(year, month, day): name for name, (month, day) in names.items()}
    return days | {date(year, *once): name for once, name in ONCE.get(year, {}).items()}


def _nth_monday(year: int, month: int, nth: int) -> int:
    first = (MONDAY - date(year, month, 1).weekday()) % 7 + 1
    return first + 7 * (nth - 1)


def _equinox(year: int, in_1980: float) -> int:
    """The day of the month; the usual approximation, right for 1980 to 2099."""
    return int(in_1980 + 0.242194 * (year - 1980)) - (year - 1980) // 4


def _first_after(day: date, holidays: dict[date, str]) -> date:
    day += DAY
    while day in holidays:
        day += DAY
    return day
