"""A pytest plugin: the embedded servers of one test run, and one migrated template database for all workers.

Loaded with `-p tests.servers`, before Django's settings are read. The controlling process starts the servers; the
workers inherit their addresses through the environment and copy the template (a copy takes a tenth of a second).
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from portal.local.environment import local_environment
from portal.local.home import Home, Refusal
from portal.local.postgres import Postgres
from portal.local.valkey import Valkey
from portal.web.translations import compile_all

TEMPLATE = "kakehashi"
SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
HOME = Home(Path(os.environ.get("KAKEHASHI_TEST_HOME") or tempfile.mkdtemp(prefix="kakehashi-test-")))
postgres = Postgres(HOME, SETTINGS)
valkey = Valkey(HOME)


def start() -> None:
    HOME.prepare()
    postgres.start()
    valkey.start()
    os.environ.update(
        local_environment(HOME, postgres, valkey, TEMPLATE, port=8000)
        | {
            "KAKEHASHI_TEST_HOME": str(HOME.path),
            "SECRET_KEY": secrets.token_urlsafe(50),
            "STATIC_FROM_SOURCE": "1",
            "LOG_LEVEL": "ERROR",
        }
    )
    compile_all()
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], check=True)


if not IS_WORKER:
    try:
        start()
    except Refusal as refusal:
        pytest.exit(str(refusal), returncode=3)


def pytest_unconfigure() -> None:
    if not IS_WORKER:
        valkey.stop()
        postgres.stop()
        shutil.rmtree(HOME.path, ignore_errors=True)
