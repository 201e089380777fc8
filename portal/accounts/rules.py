"""What may be, as small questions without side effects."""

LONGEST_PATH = 1000


def is_safe_path(path: str) -> bool:
    """A place on this same host to go on to: a plain path and nothing else.

    Browsers read `//evil` and `/\\evil` as another host, and drop tabs and line breaks before they look.
    """
    return (
        path.startswith("/")
        and not path.startswith("//")
        and "\\" not in path
        and path.isprintable()
        and len(path) <= LONGEST_PATH
    )


def masked(address: str) -> str:
    """An address that its owner recognises, and nobody else learns: ha••••@ex•••••.jp"""
    local, _, domain = address.rpartition("@")
    name, dot, rest = domain.rpartition(".")
    return f"{_masked(local)}@{_masked(name)}{dot}{rest}"


def _masked(word: str) -> str:
    shown = 2 if len(word) > 3 else 1
    return word[:shown] + "•" * max(len(word) - shown, 2)
