"""Python loads this at its start where bench/parts.py puts the folder on its path: the wall clock of the portal's process
is as many seconds wrong as the file says. Time that passes (`time.monotonic`) goes on as ever, as in a real jump.
"""

import os
import time
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

WRONG_BY = Path(os.environ["CLOCK_WRONG_BY"])
true_time, true_now = time.time, timezone.now


def wrong_by() -> float:
    return float(WRONG_BY.read_text())


time.time = lambda: true_time() + wrong_by()
timezone.now = lambda: true_now() + timedelta(seconds=wrong_by())
