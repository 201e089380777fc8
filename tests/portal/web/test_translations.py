"""Collecting, merging and compiling marked strings."""

import subprocess
from pathlib import Path

import polib
import pytest

from portal.web import translations
from portal.web.translations import extract, merge, problems

TEMPLATE = """{% extends "base.html" %}
  {% trans "見出し" %} {% include "x.html" with title=_("題名") only %}
{% blocktrans with name=x count n=y trimmed %}
  {{ name }}は{{ n }}件
{% plural %}
  {{ name }}は{{ n }}件です
{% endblocktrans %}
{% trans "開く" context "戸" %}
"""
CODE = '''"""説明は対象外"""
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
TITLE = _("題名")
def f(n):
    return ngettext("%d席", "%d席ぶん", n), pgettext("戸", "閉じる"), "そのまま"
'''


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "views.py").write_text(CODE)
    (tmp_path / "app" / "page.html").write_text(TEMPLATE)
    return tmp_path


def test_marked_strings_are_found_in_code_and_templates(sources: Path) -> None:
    found = extract([sources / "app"], sources)
    assert set(found) == {
        ("", "見出し"),
        ("", "題名"),
        ("", "%(name)sは%(n)s件"),
        ("戸", "開く"),
        ("", "%d席"),
        ("戸", "閉じる"),
    }
    assert found["", "題名"].occurrences == [("app/page.html", ""), ("app/views.py", "")]
    assert found["", "%(name)sは%(n)s件"].msgid_plural == "%(name)sは%(n)s件です"


def test_merging_keeps_what_is_known_and_forgets_what_is_gone(sources: Path) -> None:
    known = polib.POFile()
    known.append(polib.POEntry(msgid="題名", msgstr="Title"))
    known.append(polib.POEntry(msgid="消えた", msgstr="Gone"))
    merged = merge("en", known, extract([sources / "app"], sources))
    assert [entry.msgid for entry in merged] == sorted(entry.msgid for entry in merged)
    assert merged.find("題名").msgstr == "Title"
    assert merged.find("消えた") is None
    assert merged.find("%d席").msgstr_plural == {0: "", 1: ""}
    again = merge("en", merged, extract([sources / "app"], sources))
    assert str(again) == str(merged)
    assert ":5" not in str(merged)


def test_gaps_and_wrong_placeholders_are_named(sources: Path) -> None:
    found = extract([sources / "app"], sources)
    empty = merge("en", polib.POFile(), found)
    assert "en: not translated: 題名" in problems("en", empty, empty)
    assert problems("easy", merge("easy", polib.POFile(), found), merge("easy", polib.POFile(), found)) == []
    empty.find("%d席").msgstr_plural = {0: "%d seat", 1: "seats"}
    assert any(problem.endswith("%d席 → seats") for problem in problems("en", empty, empty))
    assert any("out of step" in problem for problem in problems("en", polib.POFile(), empty))


def test_compiling_again_changes_nothing() -> None:
    paths = [translations.catalogue_path(language).with_suffix(".mo") for language in translations.CATALOGUES]
    before = [path.stat().st_mtime_ns for path in paths]
    translations.compile_all()
    assert [path.stat().st_mtime_ns for path in paths] == before


def test_compiled_files_are_not_kept_in_the_repository() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "*.mo"], capture_output=True, check=True, text=True, cwd=translations.LOCALE
    )
    assert listed.stdout == ""
