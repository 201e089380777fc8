"""Who was there: what the ticks on a page change, and what a conferencing tool's list tells. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from portal.web.folding import fold

# How the tools call these columns, folded.
ADDRESSES = ("user email", "email", "メール", "メールアドレス", "ユーザーのメール")
NAMES = ("name (original name)", "name", "名前", "氏名", "名前(元の名前)", "full name", "参加者")


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody who has a place."""

    key: int
    name: str
    email: str


@dataclass
class Found:
    present: set[int] = field(default_factory=set)
    # Lines that name nobody who has a place, or somebody who cannot be told from another.
    unknown: list[str] = field(default_factory=list)


def is_changed(key: int, is_set: bool, present: Collection[int], was: Collection[int]) -> bool:
    """Only a tick that is not the one that stood on the page says anything; what is set so already stays."""
    return (key in present) != (key in was) and (key in present) != is_set


def columns_of(headings: Sequence[str]) -> tuple[str | None, str | None]:
    """The headings of addresses and of names."""
    plain = {_plain(heading): heading for heading in headings}
    pick = [next((plain[_plain(one)] for one in known if _plain(one) in plain), None) for known in (ADDRESSES, NAMES)]
    return pick[0], pick[1]


def match(rows: Iterable[Mapping[str, str]], headings: Sequence[str], expected: Iterable[Expected]) -> Found:
    """A person who came in several times is there once."""
    people = list(expected)
    by_email = {one.email.lower(): one.key for one in people}
    by_name: dict[str, list[int]] = {}
    for one in people:
        by_name.setdefault(_plain(one.name), []).append(one.key)
    address_column, name_column = columns_of(headings)
    found = Found()
    for row in rows:
        email = row.get(address_column or "", "").strip().lower()
        name = row.get(name_column or "", "").strip()
        # 「山田花子（株式会社みほん）」 and "山田 花子 (Hanako)" are the same person.
        keys = [by_email[email]] if email in by_email else by_name.get(_plain(name.split("(")[0].split("（")[0]), [])
        if len(keys) == 1:
            found.present.add(keys[0])
        elif (line := name or email) and line not in found.unknown:
            found.unknown.append(line)
    return found


def _plain(text: str) -> str:
    return "".join(fold(text).split())
