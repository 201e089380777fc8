"""deploy/backup.sh and deploy/restore.sh against each other: what is dropped comes back whole, its wall included."""

import os
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from portal.local.postgres import BINARIES
from tests import servers
from tests.site import demo_template

SCRIPTS = Path(__file__).parents[1] / "deploy"
LOGO = Path("files") / "1" / "logo.png"
# As root: the checkout may lie in a folder that is closed to everybody else.
PASSING_FOLDERS = f'exec {shutil.which("setpriv")} --inh-caps=+dac_override --ambient-caps=+dac_override "$@"'


@dataclass
class Place:
    """A database full of the demo's data, the files that belong to it, and where backups go."""

    database: str
    data: Path
    backups: Path

    def replace(self, command: str, script: str) -> None:
        """From now on the scripts find this instead."""
        self.commands.mkdir(exist_ok=True)
        (self.commands / command).write_text(f"#!/bin/sh\n{script}\n")
        (self.commands / command).chmod(0o755)

    @property
    def commands(self) -> Path:
        return self.data.parent / "commands"

    def run(self, script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        own = {
            "PATH": os.pathsep.join([str(self.commands), str(BINARIES), os.environ["PATH"]]),
            "PGHOST": str(servers.HOME.sockets),
            "PGDATABASE": self.database,
            "DATA_FOLDER": str(self.data),
            "BACKUPS": str(self.backups),
        }
        return subprocess.run(
            ["sh", SCRIPTS / script, *arguments], check=False, env=own, capture_output=True, text=True
        )

    def back_up(self) -> Path:
        made = self.run("backup.sh", "now")
        assert made.returncode == 0, made.stderr
        return Path(made.stdout.strip())

    def lose_everything(self) -> None:
        """From now on an empty database stands here, and no file."""
        self.database = f"{self.database}_empty"
        servers.postgres.create_database(self.database)
        shutil.rmtree(self.data)

    def connect(self, role: str) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(servers.postgres.url(role, self.database), autocommit=True)

    def change(self, statement: str) -> None:
        with servers.postgres.connect(self.database) as admin:
            admin.execute(statement.encode())


@contextmanager
def copy_of_the_demo(name: str) -> Iterator[str]:
    name = f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    servers.postgres.create_database(name, template=demo_template())
    yield name
    servers.postgres.drop_database(name)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """Read by all of these tests, since a copy takes longer than a backup. None changes what is in it."""
    with copy_of_the_demo("backup") as name:
        yield name


@pytest.fixture
def place(tmp_path: Path, database: str) -> Iterator[Place]:
    data = tmp_path / "data"
    (data / LOGO).parent.mkdir(parents=True)
    (data / LOGO).write_bytes(b"a picture")
    yield Place(database, data, tmp_path / "backups")
    servers.postgres.drop_database(f"{database}_empty")


def count_partners(connection: "psycopg.Connection[tuple[object, ...]]") -> int:
    [(count,)] = connection.execute("SELECT count(*) FROM partners_partner").fetchall()
    return int(str(count))


def test_what_is_dropped_comes_back_whole(place: Place) -> None:
    made = place.back_up()
    place.lose_everything()
    restored = place.run("restore.sh", made.name)
    assert restored.returncode == 0, restored.stderr
    assert (place.data / LOGO).read_bytes() == b"a picture"

    before = (made / "contents.txt").read_text().splitlines()
    with servers.postgres.connect(place.database) as admin:
        tables = admin.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        partners = count_partners(admin)
    counted = {line.split("|")[0].removeprefix("rows "): line.split("|")[1] for line in before if line[:5] == "rows "}
    assert set(counted) == {name for (name,) in tables}
    assert int(counted["partners_partner"]) == partners > 0
    # The next backup is the same, line by line.
    shutil.rmtree(made)
    assert (place.back_up() / "contents.txt").read_text().splitlines() == before

    with place.connect("kakehashi_app") as app:
        with pytest.raises(psycopg.errors.UndefinedObject, match="portal.programme"):
            count_partners(app)
        programmes = [key for (key,) in app.execute("SELECT id FROM tenancy_programme").fetchall()]
        seen = []
        for programme in programmes:
            app.execute("SELECT set_config('portal.programme', %s, false)", [str(programme)])
            seen.append(count_partners(app))
        assert sum(seen) == partners
        assert max(seen) < partners
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("ALTER TABLE partners_partner DISABLE ROW LEVEL SECURITY")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DELETE FROM audit_auditevent")
    with place.connect("kakehashi_owner") as owner, pytest.raises(psycopg.errors.UndefinedObject):
        count_partners(owner)


def test_a_database_that_holds_something_is_left_alone(place: Place) -> None:
    made = place.back_up()
    refused = place.run("restore.sh", made.name)
    assert refused.returncode == 1
    assert "not empty" in refused.stderr


@pytest.mark.parametrize("damaged", ["database.dump", "files.tar"])
def test_a_damaged_backup_is_refused_before_anything_is_written(place: Place, damaged: str) -> None:
    made = place.back_up()
    with (made / damaged).open("r+b") as file:
        file.seek(100)
        file.write(b"x" if file.read(1) != b"x" else b"y")
    place.lose_everything()
    assert place.run("restore.sh", made.name).returncode != 0
    with servers.postgres.connect(place.database) as admin:
        assert admin.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    assert not place.data.exists()


def test_every_difference_shows_in_the_list_of_contents(place: Place) -> None:
    with copy_of_the_demo("changed") as place.database:
        before = (place.back_up() / "contents.txt").read_text()
        for change in (
            "UPDATE partners_partner SET name = name || ' ' WHERE id = (SELECT min(id) FROM partners_partner)",
            "ALTER TABLE partners_partner NO FORCE ROW LEVEL SECURITY",
            "DROP POLICY programme ON partners_partner",
            "GRANT DELETE ON audit_auditevent TO kakehashi_app",
        ):
            place.change(change)
            shutil.rmtree(place.backups)
            after = (place.back_up() / "contents.txt").read_text()
            assert after != before, change
            before = after


def test_a_backup_that_fails_leaves_none_under_a_name(place: Place) -> None:
    database = sql.Identifier(place.database).as_string()
    place.change(f"REVOKE CONNECT ON DATABASE {database} FROM kakehashi_backup")
    try:
        failed = place.run("backup.sh", "now")
    finally:
        place.change(f"GRANT CONNECT ON DATABASE {database} TO kakehashi_backup")
    assert failed.returncode != 0
    assert [folder.name for folder in place.backups.iterdir()] == ["unfinished"]


@pytest.mark.parametrize("code", [1, 2])
def test_a_file_that_changes_meanwhile_stops_no_backup_and_an_error_does(place: Place, code: int) -> None:
    place.replace("tar", f'{shutil.which("tar")} "$@"; exit {code}')
    assert (place.run("backup.sh", "now").returncode == 0) is (code == 1)


def test_what_was_exported_is_in_no_backup(place: Place) -> None:
    export = place.data / "files" / "exports" / "1" / "all.zip"
    export.parent.mkdir(parents=True)
    export.write_bytes(b"everything")
    with tarfile.open(place.back_up() / "files.tar") as files:
        assert str(LOGO) in files.getnames()
        assert not [name for name in files.getnames() if "exports" in name]


def test_a_night_without_a_backup_is_made_up_for(place: Place) -> None:
    now = int(time.time())
    due = (now - 18 * 3600) // 86_400 * 86_400 + 18 * 3600
    before = place.backups / "2026-01-01T175900Z"
    before.mkdir(parents=True)
    os.utime(before, (due - 60, due - 60))
    # The first sleep ends the script, and says how long it would have been.
    place.replace("sleep", 'echo "sleep $1"; exit 1')
    place.replace("pg_dump", "exit 1")
    assert place.run("backup.sh", "nightly").stdout.splitlines() == ["sleep 600"]
    (place.commands / "pg_dump").unlink()
    place.replace("setpriv", PASSING_FOLDERS)
    night = place.run("backup.sh", "nightly")
    assert night.stderr == ""
    made, restored, slept = night.stdout.splitlines()
    assert (Path(made) / "RESTORED").is_file()
    assert restored.startswith("Restored and compared: ")
    assert 0 < int(slept.removeprefix("sleep ")) <= 86_401

    # One that does not come back as it was is no night's work done, though it is whole.
    contents = Path(made) / "contents.txt"
    contents.write_text(contents.read_text().replace("rows partners_partner|", "rows partners_partner|1"))
    sums = subprocess.run(["sha256sum", "contents.txt", "database.dump"], cwd=made, capture_output=True, check=True)
    (Path(made) / "SHA256SUMS").write_bytes(sums.stdout)
    (Path(made) / "RESTORED").unlink()
    night = place.run("backup.sh", "nightly")
    assert night.stdout.splitlines() == ["sleep 3600"]
    assert "rows partners_partner|1" in night.stderr and "could not be restored" in night.stderr
    assert not (Path(made) / "RESTORED").exists()


def test_old_backups_go_and_young_ones_stay(place: Place) -> None:
    old, young = place.backups / "2020-01-01T180000Z", place.backups / "2020-01-02T180000Z"
    for folder in (old, young):
        folder.mkdir(parents=True)
    os.utime(old, (0, 0))
    place.back_up()
    assert not old.exists()
    assert young.exists()
