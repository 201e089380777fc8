"""A pytest plugin: tests in tests/browser run where Chromium is found, and are listed loudly where it is not."""

import shutil
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "browser"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if FOLDER in item.path.parents and CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="no Chromium"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.getreports("skipped")
    left_out = [report.nodeid for report in skipped if report.nodeid.startswith("tests/browser/")]
    if left_out and CHROMIUM is None:
        terminalreporter.section("NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(left_out)} browser tests: there is no Chromium here. `make browser` installs it.")
        for name in left_out:
            terminalreporter.line(f"  {name}")
