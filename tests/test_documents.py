"""The documents name things that exist."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = ROOT / "docs" / "decisions"
TOP_FOLDERS = (
    "portal", "partners", "renewals", "matching", "meetings", "templates", "static", "tests", "bench", "deploy", "docs",
)  # fmt: skip

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"(?:\]\(|src=\")([^)#\"]+)", page.read_text())
    assert [target for target in targets if "://" not in target and not (page.parent / target).exists()] == []


@each_page
def test_files_and_folders_that_are_named_exist(page: Path) -> None:
    named = re.findall(rf"`((?:{'|'.join(TOP_FOLDERS)})/[\w./-]*)`", page.read_text())
    # The example of an app that somebody is about to add.
    made_up = {"tests/yourapp/test_services.py"}
    assert [path for path in named if path not in made_up and not (ROOT / path).exists()] == []


@each_page
def test_commands_that_are_named_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ((?!and\b)[a-z]+(?:-[a-z]+)*)(?=[`\s])", code_of(page))) <= targets


@pytest.mark.parametrize("name", ["officer.md", "partner.md", "personal-data-files.md"])
def test_words_that_are_quoted_stand_on_a_page(name: str) -> None:
    catalogue = (ROOT / "portal" / "locale" / "en" / "LC_MESSAGES" / "django.po").read_text().replace('"\n"', "")
    quoted = set(re.findall("「([^」]+)」", (ROOT / "docs" / name).read_text())) - {"English"}
    assert {words for words in quoted if words not in catalogue} == set()


def test_files_that_comments_name_exist() -> None:
    path = re.compile(rf"(?<![\w/])(?:{'|'.join(TOP_FOLDERS)})/[\w./-]+\.\w+")
    sources = [source for top in (*TOP_FOLDERS[:5], "tests") for source in (ROOT / top).rglob("*.py")]
    named = {(source.name, name) for source in sources for name in path.findall(comments_of(source))}
    assert {pair for pair in named if not (ROOT / pair[1]).exists()} == set()


def comments_of(source: Path) -> str:
    return "\n".join(re.findall(r'(?s)#[^\n]*|""".*?"""', source.read_text()))


def code_of(page: Path) -> str:
    """What stands between backticks, each piece on a line of its own."""
    return "\n".join(re.findall(r"```.*?```|`[^`]+`", page.read_text(), re.DOTALL))


def test_operations_lists_every_setting_and_no_other() -> None:
    read = set(re.findall(r'env\.\w+\("([A-Z_]+)"', (ROOT / "portal" / "settings.py").read_text()))
    table = (ROOT / "docs" / "operations.md").read_text().partition("## Settings")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE)) == read


def test_operations_says_which_settings_are_needed() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text()
    needed = set(re.findall(r"^\| `([A-Z_]+)` \| yes", operations, re.MULTILINE))
    required = (ROOT / "docker-compose.yml").read_text()
    assert needed <= set(re.findall(r"^ +([A-Z_]+): ", required, re.MULTILINE))


def test_operations_lists_every_task_that_beat_starts() -> None:
    table = (ROOT / "docs" / "operations.md").read_text().partition("## What beat starts")[2].partition("\n## ")[0]
    listed = set()
    for row in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE):
        first, *others = re.findall(r"`([\w.]+)`", row)
        listed |= {first, *(f"{first.rpartition('.')[0]}.{name}" for name in others)}
    assert listed == {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}


def test_every_decision_is_listed_and_says_all_five_things() -> None:
    pages = {page.name for page in DECISIONS.glob("*.md")} - {"README.md"}
    assert set(re.findall(r"\]\((.+?)\)", (DECISIONS / "README.md").read_text())) == pages
    for page in pages:
        said = re.findall(r"^\*\*(.+?)\.\*\*", (DECISIONS / page).read_text(), re.MULTILINE)
        assert said == ["Context", "Decision", "Consequences", "Measured or seen", "What would change our mind"], page
