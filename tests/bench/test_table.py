from types import ModuleType

import pytest

from bench.__main__ import choose, measurements
from bench.table import Row, Table
from portal.local.home import Refusal


def test_a_table_lines_its_columns_up_and_shows_three_digits() -> None:
    table = Table(
        "Pages", [Row("home", {"× e": 1.234, "SQL": 1}), Row("list", {"× e": 12.345, "rows": 2000})], ["Two rows."]
    )
    assert str(table) == (
        "Pages\n\n"
        "         × e  SQL   rows\n"
        "  home  1.23    1      -\n"
        "  list  12.3    -  2,000\n\n"
        "  Two rows.\n"
    )  # fmt: skip


def test_a_noisy_run_says_so_in_its_title() -> None:
    assert "NOT TO BE QUOTED" in str(Table("Pages", [], quotable=False))


def test_every_measurement_is_found() -> None:
    assert "pages" in measurements()


def test_the_beginning_of_a_name_chooses_and_slow_ones_run_only_by_name() -> None:
    slow = ModuleType("mail_storm")
    slow.SLOW = True  # type: ignore[attr-defined]
    known = {"mail_rate": ModuleType("mail_rate"), "mail_storm": slow, "pages": ModuleType("pages")}
    assert list(choose(known, ["mail"])) == ["mail_rate", "mail_storm"]
    assert list(choose(known, [])) == ["mail_rate", "pages"]
    with pytest.raises(Refusal, match="storm"):
        choose(known, ["storm"])
