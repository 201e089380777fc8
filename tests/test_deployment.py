"""The Dockerfile and the compose file agree with the code. Whether they run is for a machine with an engine to say."""

import os
import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery.schedules import crontab
from django.conf import settings
from django.core.management import get_commands

from portal.celery import app
from portal.outbox.services import DELIVER_SIGN_IN

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = ("web", "worker", "urgent", "beat", "records", "migrate")
SETTINGS_READ = set(re.findall(r'env\.\w+\("([A-Z_]+)"', (ROOT / "portal" / "settings.py").read_text()))
# What the image or the demo decides, and what only the owner needs.
NOT_IN_COMPOSE = {
    "DATABASE_OWNER_URL", "DATABASE_POOL_SIZE", "DATA_FOLDER", "DEBUG", "DEMO", "PORT_SUFFIX", "STATIC_FROM_SOURCE", "STATIC_ROOT",
}  # fmt: skip
# Names that belong to Python and to the shell.
OTHERS = {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}


def required_settings() -> set[str]:
    """Those without a default, found by asking the settings to start with nothing."""
    refused = subprocess.run(
        [sys.executable, "-c", "import portal.settings"],
        check=False,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
    )
    return set(re.findall(r"([A-Z_]+) is missing", refused.stderr.decode()))


def test_every_service_of_production_is_there() -> None:
    assert set(SERVICES) == {"proxy", "postgres", "redis", "backup", "restore", *OURS}
    assert SERVICES["restore"]["profiles"] == ["by-hand"]
    assert "dynamic a web 8000" in (ROOT / "deploy" / "Caddyfile").read_text()


def test_whatever_runs_for_long_says_whether_it_is_well_and_starts_again() -> None:
    assert all(set(service["logging"]["options"]) == {"max-size", "max-file"} for service in SERVICES.values())
    lasting = {name: service for name, service in SERVICES.items() if name not in ("migrate", "restore")}
    assert all("test" in service["healthcheck"] for service in lasting.values())
    assert {service["restart"] for service in lasting.values()} == {"unless-stopped"}


def test_only_the_proxy_opens_ports_and_the_data_are_reached_from_inside_only() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy"}
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["inside"]


@pytest.mark.parametrize("name", OURS)
def test_the_portal_gets_settings_that_it_reads_and_all_that_it_requires(name: str) -> None:
    given = set(SERVICES[name]["environment"])
    assert SETTINGS_READ - NOT_IN_COMPOSE <= given <= SETTINGS_READ
    assert {"SECRET_KEY", "DATABASE_URL"} <= required_settings() <= given
    assert ("DATABASE_POOL_SIZE" in given) is (name == "web")


def test_what_compose_asks_for_stands_in_the_example_and_empty_means_the_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    example = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert set(example) == set(re.findall(r"\$\{([A-Z_]+)", text))
    may_be_empty = set(re.findall(r"\$\{([A-Z_]+):-", text)) & SETTINGS_READ
    assert {"MAIL_REPORTS_SECRET", "DATABASE_POOL_SIZE", "LOG_LEVEL"} <= may_be_empty
    needed = dict.fromkeys(required_settings(), "x") | {
        "SECRET_KEY": "0123456789" * 5, "DATABASE_URL": "postgresql://a@b/c?options=-c%20work_mem%3D8MB", "REDIS_URL": "redis://r",
        "EMAIL_URL": "smtp://m",
    }  # fmt: skip
    printed = "import portal.settings as s; print(s.DATABASES['default']['OPTIONS']['options'], s.MAIL_PER_MINUTE)"
    started = subprocess.run(
        [sys.executable, "-c", printed],
        check=False,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | dict.fromkeys(may_be_empty, "") | needed,
        capture_output=True,
        text=True,
    )
    assert started.stderr == ""
    # What the database's address says stands behind our own, where it wins.
    assert re.fullmatch(r"-c statement_timeout=15s .*s -c work_mem=8MB 1000\n", started.stdout)


def test_a_backup_sees_neither_the_owner_nor_the_portal_and_writes_no_files_of_the_portal() -> None:
    backup, restore = SERVICES["backup"], SERVICES["restore"]
    assert {name for name in backup["environment"] if "PASSWORD" in name} == {"DATABASE_BACKUP_PASSWORD"}
    assert "files:/data:ro" in backup["volumes"]
    assert "backups:/backups:ro" in restore["volumes"]
    # Restored each night beside the portal's server, with its roles.
    assert "./portal/tenancy:/portal/tenancy:ro" in backup["volumes"]
    assert "/RESTORED'" in backup["healthcheck"]["test"][1]
    for name, service in {"backup.sh": backup, "restore.sh": restore}.items():
        assert service["entrypoint"] == ["sh", f"/deploy/{name}"]
        script = (ROOT / "deploy" / name).read_text()
        assert set(service["environment"]) <= set(re.findall(r"[A-Z_]{6,}", script))
    # pg_dump refuses a server that is newer than itself.
    assert backup["image"] == restore["image"] == SERVICES["postgres"]["image"]


def test_the_image_sets_only_what_the_settings_read() -> None:
    assert set(re.findall(r"\b([A-Z][A-Z_]+)=", DOCKERFILE)) <= SETTINGS_READ | OTHERS


def test_only_two_know_the_owner_of_the_tables() -> None:
    owners = {name for name in OURS if "DATABASE_OWNER_URL" in SERVICES[name]["environment"]}
    assert owners == {"migrate", "records"}
    assert "manage.py forget_records" in SERVICES["records"]["command"][2]
    assert "forget_records" in get_commands()


def test_a_slow_body_waits_in_the_proxy_and_a_large_one_ends_there() -> None:
    caddyfile = (ROOT / "deploy" / "Caddyfile").read_text()
    sizes = re.findall(r"(?:max_size|request_buffers) (\d+)MiB", caddyfile)
    assert [int(size) * 1024 * 1024 for size in sizes] == [settings.LARGEST_REQUEST] * 2
    assert '"--worker-class=gthread", "--threads=4"' in DOCKERFILE


def test_sign_in_mail_has_a_worker_that_does_nothing_else() -> None:
    queues = {name: app.amqp.router.route({}, name)["queue"].name for name in app.tasks}
    assert {name for name, queue in queues.items() if queue == "urgent"} == {DELIVER_SIGN_IN}
    # A worker that is told nothing takes from all queues.
    assert set(app.amqp.queues.consume_from) == set(queues.values()) == {"celery", "urgent"}
    assert "--queues=urgent" in SERVICES["urgent"]["command"]
    assert not [word for word in SERVICES["worker"]["command"] if word.startswith(("-Q", "--queues"))]


def test_what_beat_sends_is_over_before_it_sends_it_again() -> None:
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        schedule, expires = entry["schedule"], entry["options"]["expires"]
        assert 0 < expires <= (86_400 if isinstance(schedule, crontab) else schedule)
    assert settings.CELERY_TASK_SOFT_TIME_LIMIT < settings.CELERY_TASK_TIME_LIMIT < 3600


def test_the_commands_can_be_started() -> None:
    programmes = {"gunicorn", "celery"}
    assert all(find_spec(name) for name in (*programmes, "portal.wsgi", "portal.celery"))
    commands = {name: SERVICES[name].get("command") for name in OURS}
    assert commands["worker"][:4] == commands["urgent"][:4] == ["celery", "-A", "portal", "worker"]
    assert commands["beat"][:4] == ["celery", "-A", "portal", "beat"]
    assert commands["migrate"][:3] == ["python", "manage.py", "migrate"]
    # Web runs what the image runs by itself.
    assert commands["web"] is None
    assert 'CMD ["gunicorn", "portal.wsgi"' in DOCKERFILE


def test_the_image_installs_by_the_commands_of_the_makefile_and_does_not_run_as_root() -> None:
    makefile = (ROOT / "Makefile").read_text()
    recipe = makefile[makefile.index("$(VENV)/installed: requirements") :]
    for name, value in (("$(PYTHON)", "python"), ("$(PY)", ".venv/bin/python"), ("$(VENV)", ".venv")):
        recipe = recipe.replace(name, value)
    installs = [
        line.removeprefix("\t@") for line in recipe.splitlines() if "--require-hashes" in line or " -m venv " in line
    ]
    assert len(installs) == 3
    built = re.sub(r" --no-cache(-dir)?\b", "", DOCKERFILE)
    # The same, with what production needs instead of what development needs.
    assert [line for line in installs if line.replace("-dev.lock", ".lock") not in built] == []
    assert DOCKERFILE.count("--require-hashes") == 2
    assert "requirements-dev.lock" not in DOCKERFILE
    assert re.search(r"^USER (?!root)", DOCKERFILE, re.MULTILINE)


def test_what_production_installs_holds_no_embedded_server() -> None:
    local = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["local"]
    names = {re.split("[=>]", requirement)[0] for requirement in local}
    assert names
    assert not names & set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))


def test_files_that_are_mounted_exist() -> None:
    mounted = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])]
    files = [name for name in mounted if name.startswith("./")]
    assert "./portal/tenancy/roles.sql" in files
    assert all((ROOT / name).exists() for name in files)
    assert set(mounted) - set(files) <= set(COMPOSE["volumes"])


def test_image_names_are_plain() -> None:
    images = [service["image"] for service in SERVICES.values()] + re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    # A registry's host would have a dot or a port before the first slash.
    assert not [image for image in images if re.match(r"[^/]*[.:][^/]*/", image)]
    ours = SERVICES["web"]["image"]
    assert [image for image in images if image != ours and not re.search(r":\d", image)] == []


def test_passwords_come_from_outside_and_are_missed_by_name() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name in (
        "SECRET_KEY",
        "POSTGRES_PASSWORD",
        *(f"DATABASE_{role}_PASSWORD" for role in ("OWNER", "APP", "BACKUP")),
    ):
        assert f"${{{name}:?}}" in text
    assert re.findall(r"://\w+:([^@$]+)@", text) == []
    assert (ROOT / ".gitignore").read_text().splitlines().count(".env") == 1
    assert ".env" in (ROOT / ".dockerignore").read_text().splitlines()
