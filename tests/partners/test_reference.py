"""The two public lists: read line by line, loaded by a command, and nothing of a wrong file."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from partners.models import ListedCorporation, PostalTown
from partners.reference import NotThisList, corporations, postal_towns, town_of

NUMBER = "1000020140007"


def town(place: str = "14104", code: str = "2310021", name: str = "日本大通") -> list[str]:
    return [place, "231  ", code, "ｶﾅｶﾞﾜｹﾝ", "", "", "神奈川県", "横浜市中区", name, "0", "0", "0", "0", "0", "0"]


def corporation(**cells: str) -> list[str]:
    line = [""] * 30
    usual = {"1": NUMBER, "6": "神奈川県", "11": "日本大通１", "13": "14", "14": "104", "15": "2310021", "23": "1"}
    for column, cell in (usual | {name.removeprefix("c"): cell for name, cell in cells.items()}).items():
        line[int(column)] = cell
    return line


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("日本大通", "日本大通"),
        ("以下に掲載がない場合", ""),
        ("西新宿（次のビルを除く）", "西新宿"),
        ("利島村一円", ""),
        ("一円", "一円"),
        ("小菅村の次に番地がくる場合", ""),
    ],
)
def test_notes_in_the_town_are_no_part_of_it(listed: str, said: str) -> None:
    assert town_of(listed) == said


def test_a_line_of_postal_codes() -> None:
    note = town(name="の続き）")
    assert list(postal_towns([town(), note])) == [{"code": "231-0021", "municipality": "141046", "town": "日本大通"}]


def test_a_line_of_corporations() -> None:
    former, closed = corporation(c23="0"), corporation(c18="2024-03-31", c28="ｶﾅｶﾞﾜ")
    [found] = corporations([former, closed])
    assert found["municipality"] == "141046"
    assert found["postal_code"] == "231-0021"
    assert found["kana"] == "カナガワ"
    assert found["is_closed"]


@pytest.mark.parametrize("line", [["a"], ["14104", "", "231-0021", *[""] * 12], []])
def test_another_file_is_refused(line: list[str]) -> None:
    with pytest.raises(NotThisList):
        list(postal_towns([line]))
    with pytest.raises(NotThisList):
        list(corporations([line]))


def write(path: Path, lines: list[list[str]], encoding: str = "utf-8") -> str:
    path.write_text("".join(",".join(f'"{cell}"' for cell in line) + "\n" for line in lines), encoding=encoding)
    return str(path)


@pytest.mark.django_db
def test_the_command_replaces_postal_codes_and_adds_corporations(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", [town(), town(code="2310023", name="山下町")], "cp932")
    call_command("load_reference", "postal-codes", file, encoding="cp932", verbosity=0)
    call_command("load_reference", "postal-codes", write(tmp_path / "b.csv", [town()]))
    assert [str(one) for one in PostalTown.objects.all()] == ["231-0021 日本大通"]
    other = corporation(c1="8000020130001", c6="東京都")
    call_command("load_reference", "corporations", write(tmp_path / "c.csv", [corporation(), other]))
    call_command(
        "load_reference",
        "corporations",
        write(tmp_path / "d.csv", [corporation(c6="新しい名前"), corporation(c1="8000020130001", c18="2026-01-01")]),
    )
    assert [one.name for one in ListedCorporation.objects.all()] == ["新しい名前"]


@pytest.mark.django_db
def test_nothing_of_a_wrong_file_is_kept(tmp_path: Path) -> None:
    call_command("load_reference", "postal-codes", write(tmp_path / "a.csv", [town()]))
    with pytest.raises(CommandError, match="Line 2"):
        call_command("load_reference", "postal-codes", write(tmp_path / "b.csv", [town(code="2310023"), ["x"]]))
    assert [one.code for one in PostalTown.objects.all()] == ["231-0021"]
