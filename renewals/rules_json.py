"""Rules to JSON and back: what a programme stores and edits is a plain object, and every mistake has a sentence."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from datetime import date, time
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from portal.web.closed_days import ClosedDays
from renewals.rulebook import CountsFrom, InvalidRules, RenewalDue, Rulebook, Rules, TakesOver, TermKind, problems_of

DEFAULTS = {field.name: field.default for field in fields(Rules) if field.default is not MISSING}


class Unreadable(Exception):
    """A value of the wrong kind, in words."""


def write_rules(rules: Rules) -> dict[str, Any]:
    return {field.name: _plain(getattr(rules, field.name)) for field in fields(Rules)} | {
        "renewal_due_by_cohort": {cohort: day.isoformat() for cohort, day in rules.renewal_due_by_cohort},
        "first_year_cutoff": "{:02}-{:02}".format(*rules.first_year_cutoff) if rules.first_year_cutoff else None,
        "closed": {field.name: _plain(getattr(rules.closed, field.name)) for field in fields(ClosedDays)},
    }


def read_rules(data: Mapping[str, Any]) -> Rules:
    """Raises InvalidRules with a sentence for each field that cannot be read; what is left out keeps its default."""
    values, errors = _read(data, READERS)
    for name in ("name", "effective_on"):
        if name not in data:
            errors[name] = _("必ず入力してください。")
    # Whatever could be read is checked too: nobody should learn of one mistake at a time.
    if errors := problems_of(DEFAULTS | values) | errors:
        raise InvalidRules(errors)
    return Rules(**values)


def read_rulebook(data: Iterable[Mapping[str, Any]]) -> Rulebook:
    return Rulebook(read_rules(version) for version in data)


def _plain(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, StrEnum):
        return value.value
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _read(
    data: Mapping[str, Any], readers: Mapping[str, Callable[[Any], Any]]
) -> tuple[dict[str, Any], dict[str, str]]:
    values, errors = {}, {}
    for name, value in data.items():
        if name not in readers:
            errors[name] = _("「%(name)s」という項目はありません。") % {"name": name}
            continue
        try:
            values[name] = readers[name](value)
        except Unreadable as error:
            errors[name] = str(error)
    return values, errors


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Unreadable(_("文字で入力してください。"))
    return value.strip()


def _number(value: Any) -> int:
    # JSON has no other whole numbers; True is an int to Python alone.
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unreadable(_("整数で入力してください。"))
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unreadable(_("「はい」か「いいえ」を選んでください。"))
    return value


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Unreadable(_("日付を2024-03-31の形で入力してください。")) from None


def _time(value: Any) -> time:
    try:
        return time.fromisoformat(value)
    except (TypeError, ValueError):
        raise Unreadable(_("時刻を09:00の形で入力してください。")) from None


def _day_of_year(value: Any) -> tuple[int, int]:
    try:
        # A leap day is no day of every year.
        day = date.fromisoformat(f"2023-{value}")
    except ValueError:
        raise Unreadable(_("月と日を06-30の形で入力してください。")) from None
    return day.month, day.day


def _one_of(kind: type[StrEnum]) -> Callable[[Any], StrEnum]:
    def read(value: Any) -> StrEnum:
        try:
            return kind(value)
        except ValueError:
            raise Unreadable(_("次から選んでください：%(choices)s") % {"choices": "、".join(kind)}) from None

    return read


def _list_of(read: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    def read_list(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise Unreadable(_("一覧で入力してください。"))
        return tuple(map(read, value))

    return read_list


def _optional(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value in (None, "") else read(value)


def _days_by_cohort(value: Any) -> tuple[tuple[str, date], ...]:
    if not isinstance(value, Mapping):
        raise Unreadable(_("期ごとに期限の日付を入力してください。"))
    return tuple((_text(cohort), _day(day)) for cohort, day in value.items())


def _closed_days(value: Any) -> ClosedDays:
    if not isinstance(value, Mapping):
        raise Unreadable(_("閉庁日の決まりを入力してください。"))
    values, errors = _read(value, {"weekends": _flag, "holidays": _flag, "year_end": _flag, "also": _list_of(_day)})
    if errors:
        raise Unreadable(" ".join(errors.values()))
    return ClosedDays(**values)


READERS: dict[str, Callable[[Any], Any]] = {
    "name": _text,
    "effective_on": _day,
    "takes_over": _one_of(TakesOver),
    "terms_ending_from": _optional(_day),
    "term": _one_of(TermKind),
    "renewal_due": _one_of(RenewalDue),
    "renewal_due_by_cohort": _days_by_cohort,
    "renewal_counts_from": _one_of(CountsFrom),
    "first_year_cutoff": _optional(_day_of_year),
    "reminder_days": _list_of(_number),
    "reminder_time": _time,
    "closed": _closed_days,
    **{field.name: _number for field in fields(Rules) if field.type in (int, "int")},
}
