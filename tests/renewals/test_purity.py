"""The arithmetic knows neither tables nor the clock: what it says depends on what it is given."""

import ast
from pathlib import Path

import pytest

import renewals

ARITHMETIC = [
    "calendar",
    "duties",
    "examples",
    "facts",
    "obligations",
    "periods",
    "reasons",
    "reminders",
    "rulebook",
    "rules_json",
    "simulator",
    "states",
    "terms",
    "timetable",
    "years",
]
CLOCKS = {"today", "now", "utcnow", "localdate", "localtime", "time"}


@pytest.mark.parametrize("module", ARITHMETIC)
def test_no_tables_and_no_clock(module: str) -> None:
    tree = ast.parse((Path(renewals.__file__).parent / f"{module}.py").read_text())
    imported = {
        name
        for node in ast.walk(tree)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    assert not {name for name in imported if name.startswith("django.") and name != "django.utils.translation"}
    assert not {name for name in imported if name.endswith((".models", ".services", ".queries"))}
    called = {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not called & CLOCKS
