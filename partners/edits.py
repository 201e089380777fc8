"""Two people edit the same thing: nothing is overwritten unseen. Pure.

A form carries a stamp of the values that it showed. When it is sent, the values of that moment are held against the
stamp: what somebody else has changed meanwhile is shown first, and what was not touched here keeps the other's value.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any


class ChangedMeanwhile(ValueError):
    """Somebody else has changed what the form showed; `names` says what."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def stamp_of(values: Mapping[str, Any]) -> str:
    return " ".join(f"{name}:{_mark(value)}" for name, value in values.items())


def changed_since(stamp: str, now: Mapping[str, Any]) -> list[str]:
    """The names of values that are not what they were. A stamp that cannot be read knows nothing: all of them."""
    seen = _read(stamp)
    return [name for name, value in now.items() if seen.get(name) != _mark(value)]


def merged(typed: Mapping[str, Any], stamp: str, now: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed where it is something new, otherwise what stands there now."""
    seen = _read(stamp)
    return {name: now[name] if seen.get(name) == _mark(value) else value for name, value in typed.items()}


def _read(stamp: str) -> dict[str, str]:
    return dict(part.split(":", 1) for part in stamp.split() if ":" in part)


def _mark(value: Any) -> str:
    return sha256(json.dumps(value, default=str).encode()).hexdigest()[:16]
