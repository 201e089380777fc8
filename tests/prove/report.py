"""What was tried, with counts, printed when the run is over."""

TRIED: dict[str, object] = {}


def note(what: str, count: object) -> None:
    TRIED[what] = count
    print(f"  {what}: {count}")
