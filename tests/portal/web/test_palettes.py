"""The stylesheet and portal/tenancy/palettes.py hold the same colours, and each can be read."""

import re

import pytest
from django.conf import settings

from portal.tenancy.palettes import PALETTE_NAMES, PALETTES, TONES, contrast_problems

STAFF_STYLESHEET = (settings.BASE_DIR / "static" / "staff" / "staff.css").read_text()
STYLESHEET = (settings.BASE_DIR / "static" / "portal.css").read_text()
TONE = re.compile(r"--key-(\d+): (#[0-9a-f]{6});")
RULE = re.compile(r'(:root, )?\[data-palette="(\w+)"\] \{([^}]*)\}')


def test_the_stylesheet_has_the_palettes_of_the_code() -> None:
    written = {
        name: tuple(re.search(rf"--key-{tone}: (#[0-9a-f]{{6}});", body)[1] for tone in TONES)  # type: ignore[index]
        for _root, name, body in RULE.findall(STYLESHEET)
    }
    assert written == PALETTES
    assert [name for root, name, _body in RULE.findall(STYLESHEET) if root] == ["blue"]


def test_the_staffs_stylesheet_has_the_same_colours() -> None:
    """It needs fewer tones, the same ones of every palette; blue is what stands at the root."""
    rules = re.findall(r'(:root|\[data-palette="(\w+)"\]) \{([^}]*)\}', STAFF_STYLESHEET)
    written = {name or "blue": dict(TONE.findall(body)) for _selector, name, body in rules}
    used = set(written["blue"])
    assert {"50", "1000"} <= used
    checked = {name: dict(zip(TONES, tones, strict=True)) for name, tones in PALETTES.items()}
    assert written == {name: {tone: tones[tone] for tone in used} for name, tones in checked.items()}


def test_each_palette_has_a_name() -> None:
    assert {name for name, _label in PALETTE_NAMES} == set(PALETTES)


@pytest.mark.parametrize("name", PALETTES)
def test_each_palette_can_be_read(name: str) -> None:
    assert contrast_problems(PALETTES[name]) == []
