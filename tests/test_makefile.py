"""The Makefile before there is an environment: what it says when the machine lacks something."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("python", "sentence"),
    [
        # Debian's python3 without python3-venv.
        (f'case "$*" in *ensurepip*) exit 1;; *) exec {sys.executable} "$@";; esac', "apt-get install python3-venv"),
        ('case "$*" in *version_info*) exit 1;; esac', "Python 3.11 or newer is needed"),
        ("exit 127", "Python 3.11 or newer is needed"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(tmp_path: Path, python: str, sentence: str) -> None:
    fake = tmp_path / "python3"
    fake.write_text(f"#!/bin/sh\n{python}\n")
    fake.chmod(0o755)
    venv = tmp_path / "venv"
    ran = subprocess.run(
        ["make", f"PYTHON={fake}", f"VENV={venv}", f"{venv}/installed"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 2
    assert sentence in ran.stdout.splitlines()[-1]
    assert "Traceback" not in ran.stdout + ran.stderr
    assert not venv.exists()


def test_help_names_what_people_look_for() -> None:
    said = subprocess.run(["make"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for target in ("demo", "demo-reset", "test", "check", "bench", "shots", "browser", "format", "lock"):
        assert f"make {target} " in said
