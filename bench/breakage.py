"""Each part of the running portal is killed under a light load of real writes, the disk is full, a new release comes.

Lost is what was acknowledged and is not there afterwards. "Told" got the page that says what to do; "cut" lost their
connection, which the proxy in front tries again or answers itself; "other" got anything else, which must be nobody. Well
again counts from the fault to the arrival of the first mail that was asked for after the last refusal.
"""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.mail_server import MailServer
from bench.parts import PAUSE, ROOT, RunningPortal
from bench.stack import Stack
from bench.table import Row, Table
from bench.writes import ACKNOWLEDGED, CUT, OTHER, TOLD, Load, lost, twice

SLOW = True
# Under load before the fault, and at least so long after it.
BEFORE, AFTER = 2.0, 6.0
# How far the clock of the portal's processes jumps, and for how long.
WRONG, WRONG_FOR = {"ahead": 3600.0, "behind": -3600.0}, 4.0
# By then it is well again, or not at all.
PATIENCE = 180.0
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "var", "tests", "docs", "__pycache__", ".*_cache")
# A column as a later release would add it: filled in by the database where the former release does not know it.
MODEL = "    receipt = models.CharField(_("
NEW_COLUMN = '    channel = models.CharField(max_length=10, db_default="web")\n'


def run(stack: Stack) -> Table:
    from portal.inquiries.models import InquiryKind
    from portal.tenancy.models import Programme
    from portal.tenancy.scope import programme_scope

    with programme_scope(Programme.objects.get(slug="kanagawa")), MailServer(stack.home.path) as mail:
        kind = next(kind.pk for kind in InquiryKind.objects.all() if kind.takes_files and not kind.questions.exists())
        with RunningPortal(stack, mail) as portal:
            load = Load(portal.address, kind)
            first = load.write("sign-in")
            wait_until(lambda: first.to in {mail.to for mail in portal.mail.arrivals()})
            rows = [row(portal, load, name, fault) for name, fault in faults(portal).items()]
            rows += [full_disk(portal, load)]
    failed = [
        one.name for one in rows if one.values["lost"] or one.values["other"] or one.values["well again s"] is None
    ]
    return Table(
        "Breakage: each fault under a light load of sign-in mails, applications and inquiries",
        rows,
        [
            __doc__.strip().rpartition("\n\n")[2].replace("\n", " "),
            f"Whatever was killed is started again after {PAUSE:.0f} s, as Docker or systemd does; nobody does anything else.",
            "Full disk: writing more than 1 MB fails in the web processes; a disk full for Postgres itself is not tried here.",
            *([f"FAILED: {', '.join(failed)}."] if failed else []),
        ],
        holds=not failed,
    )


def faults(portal: RunningPortal) -> dict[str, Callable[[], None]]:
    killed = ("Postgres", "Valkey", "worker", "beat", "web 1", "mail server")
    kills: dict[str, Callable[[], None]] = {f"{name} killed": portal.parts[name].kill for name in killed}
    clocks = {f"clock an hour {way}, then right": lambda by=by: wrong_clock(portal, by) for way, by in WRONG.items()}
    return {"no fault": lambda: None} | kills | {"a release with a migration": lambda: release(portal)} | clocks


def wrong_clock(portal: RunningPortal, by: float) -> None:
    portal.set_clock(by)
    time.sleep(WRONG_FOR)
    portal.set_clock(0)


def row(portal: RunningPortal, load: Load, name: str, fault: Callable[[], None]) -> Row:
    print(f"  {name} …", file=sys.stderr, flush=True)
    load.writes.clear()
    with load.running():
        time.sleep(BEFORE)
        began = time.time()
        fault()
        time.sleep(AFTER)
        try:
            wait_until(lambda: well_again(portal, load, began) is not None)
        except TimeoutError:
            print(f"  {name}: not well again", file=sys.stderr, flush=True)
    return outcome(portal, load, name, began)


def outcome(portal: RunningPortal, load: Load, name: str, began: float) -> Row:
    from django.db import connection

    # Of the database that was killed.
    connection.close()
    writes = list(load.writes)
    try:
        wait_until(lambda: not lost(writes, portal.mail.arrivals()), pause=1)
    except TimeoutError:
        print(*lost(writes, portal.mail.arrivals()), sep="\n", file=sys.stderr)
    well = well_again(portal, load, began)
    for said in {write.said for write in writes if write.outcome == OTHER}:
        print(f"  {said}", file=sys.stderr)
    return Row(name, {
        "tried": len(writes),
        **{kind: sum(write.outcome == kind for write in writes) for kind in (ACKNOWLEDGED, TOLD, CUT, OTHER)},
        "lost": len(lost(writes, portal.mail.arrivals())),
        "mails twice": twice(writes, portal.mail.arrivals()),
        "well again s": None if well is None else well - began,
        "slowest write s": max(write.ended - write.began for write in writes),
    })  # fmt: skip


def well_again(portal: RunningPortal, load: Load, began: float) -> float | None:
    """When the first mail arrived that was asked for after the fault and after the last refusal."""
    writes = list(load.writes)
    last = max([began, *(write.ended for write in writes if write.outcome != ACKNOWLEDGED)])
    after = {write.to for write in writes if write.outcome == ACKNOWLEDGED and write.began >= last}
    return min((mail.at for mail in portal.mail.arrivals() if mail.to in after), default=None)


def full_disk(portal: RunningPortal, load: Load) -> Row:
    """Uploads below and above the size from which Django writes them to a temporary file first; other writes go on."""
    print("  a full disk …", file=sys.stderr, flush=True)
    load.writes.clear()
    began = time.time()
    with load.running():
        with portal.full_disk():
            for size in (1_500_000, 4_000_000) * 3:
                load.write("inquiry", pdf(size))
        for size in (1_500_000, 4_000_000):
            assert load.write("inquiry", pdf(size)).outcome == ACKNOWLEDGED, load.writes[-1]
        wait_until(lambda: well_again(portal, load, began) is not None)
    return outcome(portal, load, "no room for uploads", began)


def pdf(size: int) -> bytes:
    return b"%PDF-1.7\n" + random.Random(1).randbytes(size) + b"\nstartxref\n0\n%%EOF\n"


def release(portal: RunningPortal) -> None:
    """The next release, in a folder of its own: migrated while the former one answers, then started beside it."""
    folder = portal.stack.home.path / "release"
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    models = folder / "portal" / "inquiries" / "models.py"
    models.write_text(models.read_text().replace(MODEL, NEW_COLUMN + MODEL, 1))
    for command in (("makemigrations", "inquiries"), ("migrate",)):
        subprocess.run(
            [sys.executable, "manage.py", *command, "--verbosity=0"],
            check=True,
            cwd=folder,
            env=os.environ | {"EMAIL_URL": portal.mail.url, "PYTHONPATH": str(folder)},
        )
    # For a while the former release runs on the new tables.
    time.sleep(AFTER)
    portal.deploy(Path(folder))


def wait_until(is_so: Callable[[], bool], pause: float = 0.2) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(pause)
