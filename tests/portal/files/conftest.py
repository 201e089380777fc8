from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from portal.web.access import Actor
from portal.web.registry import file_access


@pytest.fixture(autouse=True)
def own_storage(settings: Any, tmp_path: Path) -> Path:
    """An empty storage for each test."""
    settings.STORAGES = settings.STORAGES | {
        "default": settings.STORAGES["default"]
        | {"OPTIONS": settings.STORAGES["default"]["OPTIONS"] | {"location": tmp_path / "files"}}
    }
    assert default_storage.path("") == str(tmp_path / "files")
    return tmp_path / "files"


@pytest.fixture
def may_have_files(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[Actor, Any], bool]], None]:
    """may_have_files("web.page", rule): as an app does in its apps.py, for one test."""

    def register(label: str, rule: Callable[[Actor, Any], bool]) -> None:
        monkeypatch.setitem(file_access._entries, label, rule)

    return register
