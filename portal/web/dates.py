"""How days, times, fiscal years and eras are written on screen. Pure functions of a value and a language."""

from datetime import date, datetime, time

WEEKDAYS = "月火水木金土日"
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS_EN = ("January", "February", "March", "April", "May", "June", "July",
             "August", "September", "October", "November", "December")  # fmt: skip

# The first day of each era, newest first.
ERAS = [
    (date(2019, 5, 1), "令和", "Reiwa"),
    (date(1989, 1, 8), "平成", "Heisei"),
    (date(1926, 12, 25), "昭和", "Showa"),
    (date(1912, 7, 30), "大正", "Taisho"),
    (date(1868, 10, 23), "明治", "Meiji"),
]


def era_year(day: date, language: str = "ja") -> str:
    """令和8年, 令和元年; Reiwa 8. Empty before the eras that one emperor has."""
    for first, name, name_en in ERAS:
        if _day(day) >= first:
            year = day.year - first.year + 1
            return f"{name_en} {year}" if language == "en" else f"{name}{'元' if year == 1 else year}年"
    return ""


def long_day(day: date, language: str = "ja", with_era: bool = False) -> str:
    """2026年11月21日（土） · 2026年（令和8年）11月21日（土） · Saturday 21 November 2026"""
    if language == "en":
        text = f"{WEEKDAYS_EN[day.weekday()]} {day.day} {MONTHS_EN[day.month - 1]} {day.year}"
        return f"{text} ({era_year(day, 'en')})" if with_era and era_year(day) else text
    era = f"（{era_year(day)}）" if with_era and era_year(day) else ""
    return f"{day.year}年{era}{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"


def clock(moment: datetime | time, language: str = "ja") -> str:
    """17時 · 13時30分 · 13:30"""
    if language == "en":
        return f"{moment.hour}:{moment.minute:02d}"
    return f"{moment.hour}時{moment.minute}分" if moment.minute else f"{moment.hour}時"


def long_moment(moment: datetime, language: str = "ja") -> str:
    """2026年11月21日（土）13時30分 · Saturday 21 November 2026, 13:30"""
    return long_day(moment, language) + (", " if language == "en" else "") + clock(moment, language)


def span(start: datetime, end: datetime, language: str = "ja") -> str:
    """From when to when: 2026年12月10日（木）13時30分〜16時30分. The second day is named only if it is another one."""
    joint = " to " if language == "en" else "〜"
    last = clock(end, language) if _day(start) == _day(end) else long_moment(end, language)
    return long_moment(start, language) + joint + last


def fiscal_year_of(day: date) -> int:
    """The year that began in the April before."""
    return day.year if day.month >= 4 else day.year - 1


def fiscal_year_name(year: int, language: str = "ja", with_era: bool = False) -> str:
    """2026年度 · 2026年度（令和8年度） · fiscal year 2026"""
    if language == "en":
        return f"fiscal year {year}"
    # Seen from May: 2019 is 令和元年度 as a whole, though its April was still 平成.
    era = era_year(date(year, 5, 1))
    return f"{year}年度（{era}度）" if with_era and era else f"{year}年度"


def month_name(day: date, language: str = "ja") -> str:
    return MONTHS_EN[day.month - 1][:3] if language == "en" else f"{day.month}月"


def weekday_name(day: date, language: str = "ja") -> str:
    return WEEKDAYS_EN[day.weekday()][:3] if language == "en" else f"{WEEKDAYS[day.weekday()]}曜"


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value
