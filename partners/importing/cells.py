"""One cell's text → one value. Pure; each reader raises ValueError with the sentence that the dry run shows."""

import re
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from partners.numbers import plain

# The first and last day of each era. A year is counted from the era's first, so 平成31年 ends on 30 April 2019.
ERAS = {
    ("令和", "R"): (date(2019, 5, 1), date.max),
    ("平成", "H"): (date(1989, 1, 8), date(2019, 4, 30)),
    ("昭和", "S"): (date(1926, 12, 25), date(1989, 1, 7)),
    ("大正", "T"): (date(1912, 7, 30), date(1926, 12, 24)),
    ("明治", "M"): (date(1868, 1, 25), date(1912, 7, 29)),
}
ERA_BY_SIGN = {sign: days for signs, days in ERAS.items() for sign in signs}

WRITTEN = re.compile(
    r"(?P<era>令和|平成|昭和|大正|明治|[RHSTM])?\.?(?P<year>\d{1,4}|元)[年./-](?P<month>\d\d?)[月./-](?P<day>\d\d?)日?"
)
COMPACT = re.compile(r"(?P<era>)(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)")
WEEKDAY = re.compile(r"[(（]?[月火水木金土日](曜日?)?[)）]?$")
# A spreadsheet that lost its date format shows days since 1899-12-30.
SERIAL = re.compile(r"\d{5}")


def read_date(text: str) -> date:
    """2024-04-13, 2024/4/13（土）, 20240413, 令和6年4月13日, R6.4.13, 平成31年4月23日, 令和元年5月1日, wide digits too."""
    typed = re.sub(r"\s", "", plain(text)).upper()
    if SERIAL.fullmatch(typed):
        return date(1899, 12, 30) + timedelta(days=int(typed))
    match = WRITTEN.fullmatch(typed) or COMPACT.fullmatch(typed) or WRITTEN.fullmatch(WEEKDAY.sub("", typed))
    try:
        if match is None:
            raise ValueError
        first, last = ERA_BY_SIGN.get(match["era"] or "", (date(1868, 1, 25), date(2200, 1, 1)))
        year = 1 if match["year"] == "元" else int(match["year"])
        day = date(first.year + year - 1 if match["era"] else year, int(match["month"]), int(match["day"]))
    except ValueError as error:
        raise ValueError(_("日付として読めません：「%s」。例：2024-04-13、令和6年4月13日") % text[:40]) from error
    if not first <= day <= last:
        raise ValueError(_("「%s」という日付はありません。年号と年を確かめてください。") % text[:40])
    return day


def read_email(text: str) -> str:
    address = plain(text).replace("＠", "@").lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValueError(_("メールアドレスとして読めません：「%s」") % text[:80]) from error
    return address


def read_url(text: str) -> str:
    address = plain(text)
    if not re.fullmatch(r"https?://[^\s/]+\.[^\s]+", address):
        raise ValueError(_("ウェブサイトのアドレスは https:// から入力してください：「%s」") % text[:80])
    return address


def read_list(text: str) -> list[str]:
    """Several values in one cell, divided by commas, slashes, semicolons or line breaks."""
    return [part for part in (piece.strip() for piece in re.split(r"[,、，;；/／\n]+", text)) if part]


def read_goals(text: str) -> list[int]:
    """「7、13」「目標7 エネルギー」「SDG13」: the numbers of the goals, once each, in order."""
    numbers = sorted({int(number) for number in re.findall(r"\d+", plain(text))})
    if any(not 1 <= number <= 17 for number in numbers) or (text.strip() and not numbers):
        raise ValueError(_("SDGsの目標は1から17の番号で入力してください：「%s」") % text[:40])
    return numbers
