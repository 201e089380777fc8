"""The stylesheet and portal/tenancy/palettes.py hold the same colours, and each can be read."""

import re

import pytest
from django.conf import settings

from portal.tenancy.palettes import PALETTE_NAMES, PALETTES, TONES, contrast_problems

STYLESHEET = (settings.BASE_DIR / "static" / "portal.css").read_text()
RULE = re.compile(r'(:root, )?\[data-palette="(\w+)"\] \{([^}]*)\}')


def test_the_stylesheet_has_the_palettes_of_the_code() -> None:
    written = {
        name: tuple(re.search(rf"--key-{tone}: (#[0-9a-f]{{6}});", body)[1] for tone in TONES)  # type: ignore[index]
        for _root, name, body in RULE.findall(STYLESHEET)
    }
    assert written == PALETTES
    assert [name for root, name, _body in RULE.findall(STYLESHEET) if root] == ["blue"]


def test_each_palette_has_a_name() -> None:
    assert {name for name, _label in PALETTE_NAMES} == set(PALETTES)


@pytest.mark.parametrize("name", PALETTES)
def test_each_palette_can_be_read(name: str) -> None:
    assert contrast_problems(PALETTES[name]) == []
