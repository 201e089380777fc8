"""What was tried, with counts: told when the run is over, and with a test that fails."""

from collections import Counter

TRIED: dict[str, object] = {}
# Of all attacks together: tried, refused, leaks, 500s.
ATTACKS: Counter[str] = Counter({"tried": 0, "refused": 0, "leaks": 0, "500s": 0})


def note(what: str, count: object) -> None:
    TRIED[what] = count
    print(f"  {what}: {count}")


def attack(status: int, *, leaked: bool = False) -> None:
    """One thing that was sent, and how it was answered."""
    ATTACKS.update({"tried": 1, "refused": 400 <= status < 500, "leaks": leaked, "500s": status >= 500})
