"""The data folder: what is refused, in one sentence each, and what an interrupted start may leave behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.local.home import Home, Refusal
from tests.portal.local.demos import short_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    with short_folder() as path:
        yield path


def test_a_folder_too_deep_for_sockets_is_refused(folder: Path) -> None:
    with pytest.raises(Refusal, match=r"too deep for the servers' sockets \(1\d\d bytes, 80 at most\)"):
        Home(folder / ("x" * 90)).prepare()


def test_a_file_in_the_way_is_refused(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(Refusal, match="cannot be written"):
        Home(folder / "file").prepare()


def test_a_folder_that_holds_something_else_is_left_alone(folder: Path) -> None:
    (folder / "letters").mkdir()
    for attempt in (Home(folder).prepare, Home(folder).remove):
        with pytest.raises(Refusal, match="holds something else"):
            attempt()
    assert [entry.name for entry in folder.iterdir()] == ["letters"]


def test_two_portals_never_share_a_folder(folder: Path) -> None:
    home = Home(folder).prepare()
    with home.lock(), pytest.raises(Refusal, match="already running"):
        home.lock()
    home.lock().close()


def test_the_sockets_are_closed_to_others(folder: Path) -> None:
    home = Home(folder).prepare()
    assert home.sockets.stat().st_mode & 0o777 == 0o700


def test_the_secret_key_is_kept_and_private(folder: Path) -> None:
    home = Home(folder).prepare()
    # What a start that was interrupted while writing leaves.
    (folder / "secret-key.new").write_text("half")
    key = home.secret_key()
    assert len(key) >= 50
    assert home.secret_key() == key
    assert (folder / "secret-key").stat().st_mode & 0o777 == 0o600


def test_removing_takes_everything_and_only_once(folder: Path) -> None:
    home = Home(folder / "home").prepare()
    home.secret_key()
    home.remove()
    assert not home.path.exists()
    home.remove()
