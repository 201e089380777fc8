"""python -m portal.local demo | reset. PORT and PORTAL_HOME are read from the environment."""

import os
import re
import sys
from pathlib import Path

from portal.local import demo
from portal.local.home import Home, Refusal


def main(command: str) -> int:
    home = Home(Path(os.environ.get("PORTAL_HOME") or "var").absolute())
    if command == "reset":
        return demo.reset(home)
    port = os.environ.get("PORT") or "8000"
    if not (re.fullmatch("[0-9]{1,5}", port) and 0 < int(port) < 65536):
        raise Refusal(f"PORT must be a number from 1 to 65535, not {port!r}.")
    return demo.run(home, int(port))


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except Refusal as refusal:
        sys.exit(f"\n{refusal}")
