"""Our migrate builds each model once (portal/tenancy/management/commands/migrate.py); its tables are Django's own."""

import os
import re
import subprocess
import sys

from portal.local.environment import local_environment
from portal.local.postgres import BINARIES
from tests import servers

DJANGOS = """
import django
django.setup()
from django.core.management import call_command
from django.core.management.commands.migrate import Command
call_command(Command(), database="owner", verbosity=0)
"""


def test_the_tables_are_those_of_djangos_own_migrate() -> None:
    servers.postgres.create_database("djangos")
    environment = os.environ | local_environment(servers.HOME, servers.postgres, servers.valkey, "djangos", port=8000)
    subprocess.run([sys.executable, "-c", DJANGOS], check=True, env=environment)
    assert tables_of("djangos") == tables_of(servers.TEMPLATE)
    servers.postgres.drop_database("djangos")


def tables_of(database: str) -> str:
    dump = subprocess.run(
        [BINARIES / "pg_dump", "--schema-only", "--username=postgres", "--host", servers.HOME.sockets, database],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert dump.count("CREATE TABLE") > 100
    # A word of pg_dump's own, another one each time.
    return re.sub(r"^\\(un)?restrict .*$", "", dump, flags=re.MULTILINE)
