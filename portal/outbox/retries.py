"""When a mail that the server did not take is tried again: after 1, 2, 4 … minutes, then every six hours, for about
two days. Pure arithmetic."""

from datetime import timedelta

FIRST = timedelta(minutes=1)
LONGEST = timedelta(hours=6)
MOST_ATTEMPTS = 16


def pause_after(attempts: int, luck: float) -> timedelta | None:
    """The pause after this many attempts, a quarter more or less by `luck` (0 to 1); None: no further one."""
    if attempts >= MOST_ATTEMPTS:
        return None
    doubled: timedelta = min(FIRST * 2 ** (attempts - 1), LONGEST)
    return doubled * (0.75 + luck / 2)
