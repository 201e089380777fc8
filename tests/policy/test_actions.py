"""The record: every action has words for officers, is used, and none is made up on the way."""

import re
from pathlib import Path

import pytest

from portal.audit.models import Action
from portal.audit.services import record_event
from portal.tenancy.models import Programme

ROOT = Path(__file__).parents[2]
APPS = ("portal", "partners", "meetings", "matching", "renewals")
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")


def used_actions() -> set[str]:
    files = [file for app in APPS for file in (ROOT / app).rglob("*.py") if "migrations" not in file.parts]
    code = "".join(file.read_text() for file in files if file != ROOT / "portal" / "audit" / "models.py")
    return set(re.findall(r"\bAction\.([A-Z][A-Z_]+)", code))


@pytest.mark.parametrize("action", Action)
def test_an_action_has_words(action: Action) -> None:
    assert JAPANESE.search(str(action.label))
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+", action.value)


def test_every_action_is_used_and_every_used_one_is_declared() -> None:
    assert used_actions() == set(Action.names)


def test_words_are_not_said_twice() -> None:
    labels = [str(label) for label in Action.labels]
    assert sorted(labels) == sorted(set(labels))


def test_an_action_that_is_not_declared_is_refused(in_kanagawa: Programme) -> None:
    with pytest.raises(ValueError, match="programme.exploded"):
        record_event(action="programme.exploded", subject=in_kanagawa, actor=None)
