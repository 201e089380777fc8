"""The open data hold what partners show to everybody, and nothing else; once a day, in three files."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from partners.fields import FIELDS, OF_PEOPLE, Visibility
from partners.models import OpenDataSet, Partner
from partners.queries.open_data import CHOSEN_FROM_LISTS, columns
from partners.services.open_data import make_open_data
from partners.services.records import add_partner
from partners.states import PartnerState
from partners.values import column_of
from partners.vocabulary.kinds import PERSONAL
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor

DAY = date(2026, 11, 21)
# Stands in every field that takes text.
MARK = "しるし"


@pytest.fixture(autouse=True)
def own_storage(settings: Any, tmp_path: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    }


@pytest.fixture
def open_kanagawa(kanagawa: Programme, tokyo: Programme) -> Iterator[Programme]:
    with programme_scope(kanagawa):
        add(
            number=1,
            name="株式会社髙﨑𠮷野",
            municipality="141003",
            industry_division="E",
            goals=[7, 13],
            summary="=1+1",
        )
        add(number=2, name="停止商店", state=PartnerState.SUSPENDED)
        add(number=3, name="NPO法人みなと", kind="npo", website="https://minato.example.jp/")
        yield kanagawa


def add(**values: Any) -> Partner:
    return add_partner(values=values, actor=Actor())


def taken(visit: Client, name: str = "partners.json") -> bytes:
    return b"".join(visit.get(f"/open-data/{name}").streaming_content)  # type: ignore[attr-defined]


def lines(content: bytes, encoding: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(encoding), newline="")))


def test_the_three_files_say_the_same(open_kanagawa: Programme, visit: Client) -> None:
    make_open_data(today=DAY)
    document = json.loads(taken(visit))
    assert (document["as_of"], document["licence"]) == ("2026-11-21", "CC BY 4.0")
    assert [record["id"] for record in document["partners"]] == [1, 3]
    first = document["partners"][0]
    assert (first["name"], first["municipality_code"], first["municipality"]) == (
        "株式会社髙﨑𠮷野",
        "141003",
        "横浜市",
    )
    assert (first["industry_division"], first["goals"]) == ("製造業", [7, 13])
    assert first["url"].endswith("kanagawa.localhost:8000/partners/1/")
    plain = lines(taken(visit, "partners.csv"), "utf-8-sig")
    assert taken(visit, "partners.csv").startswith(b"\xef\xbb\xbf")
    assert [line["登録番号"] for line in plain] == ["1", "3"]
    assert plain[0]["取り組むSDGsの目標"] == "7、13"
    assert plain[0]["取組・事業の概要"] == "'=1+1"  # no formula
    old = lines(taken(visit, "partners-sjis.csv"), "cp932")
    assert old[0]["名称"] == "株式会社髙﨑〓野"
    assert set(plain[0]) == {column.label for column in columns()}


def test_the_page_says_what_when_and_under_which_licence(
    open_kanagawa: Programme, visit: Client, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    assert "準備中" in visit.get("/open-data/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        make_open_data(today=DAY)
    page = visit.get("/open-data/").content.decode()
    assert "2026年11月21日" in page
    assert "creativecommons.org/licenses/by/4.0" in page
    assert re.search(r"𠮷.{0,10}（1か所）", re.sub(r"<[^>]+>", "", page))
    for column in columns():
        assert column.name in page


@pytest.mark.parametrize("visibility", [Visibility.PARTNERS, Visibility.STAFF])
def test_no_field_that_is_not_public_is_in_any_file(kanagawa: Programme, visit: Client, visibility: Visibility) -> None:
    """Walks every field: hidden by the partner where it may be, filled with a mark."""
    with programme_scope(kanagawa):
        values: dict[str, Any] = {"number": 1, "visibility": dict.fromkeys(FIELDS, visibility)}
        for name, field in FIELDS.items():
            if not field.is_fixed and column_of(name).get_internal_type() in ("CharField", "TextField"):
                values[name] = MARK[: column_of(name).max_length or 100] if not column_of(name).choices else ""
        add(
            **(
                values
                | {
                    "name": "株式会社見える",
                    "website": "https://hidden.example.jp/",
                    "capital": 987_654_321,
                    "goals": [7],
                }
            )
        )
        make_open_data(today=DAY)
    [record] = json.loads(taken(visit))["partners"]
    hidden = [name for name, field in FIELDS.items() if not field.is_fixed and name not in OF_PEOPLE]
    assert [name for name in hidden if record[name] is not None] == []
    for name in OpenDataSet.File.values:
        content = taken(visit, name).decode("cp932" if "sjis" in name else "utf-8")
        for secret in (MARK, "hidden.example.jp", "987654321"):
            assert secret not in content
    page = visit.get("/partners/1/").content.decode()
    assert MARK not in page
    assert "hidden.example.jp" not in page


def test_people_are_in_no_file_even_where_they_are_public(kanagawa: Programme, visit: Client) -> None:
    with programme_scope(kanagawa):
        people = {name: MARK for name in OF_PEOPLE if column_of(name).get_internal_type() == "CharField"}
        add(number=1, name="甲", visibility=dict.fromkeys(OF_PEOPLE, Visibility.PUBLIC), **people)
        make_open_data(today=DAY)
    assert MARK not in taken(visit).decode()
    assert MARK not in taken(visit, "partners.csv").decode()


@pytest.mark.parametrize("kind", sorted(PERSONAL))
def test_of_a_person_only_what_was_chosen_from_lists_is_given_away(
    kanagawa: Programme, visit: Client, kind: str
) -> None:
    """A sole trader registers under the own name: its page shows it, but it goes out under no licence."""
    texts = {name: MARK for name in FIELDS if column_of(name).get_internal_type() in ("CharField", "TextField")
             and not column_of(name).choices and name != "municipality"}  # fmt: skip
    chosen = {"kind": kind, "municipality": "141003", "goals": [7], "website": f"https://{'w' * 9}.example.jp/"}
    texts = {name: text[: column_of(name).max_length or 100] for name, text in texts.items()}
    with programme_scope(kanagawa):
        add(number=1, **(texts | chosen))
        make_open_data(today=DAY)
    [record] = json.loads(taken(visit))["partners"]
    given = {name for name, value in record.items() if value}
    assert given <= CHOSEN_FROM_LISTS | {"id", "url", "approved_on", "batch", "municipality_code"}
    assert (record["municipality"], record["goals"]) == ("横浜市", [7])
    assert MARK not in taken(visit, "partners.csv").decode()
    page = visit.get("/partners/1/").content.decode()
    assert MARK in page
    said = json.dumps(linked_data(page), ensure_ascii=False)
    assert MARK not in said
    assert "wwwwwwwww" not in said
    assert "個人事業主" in visit.get("/open-data/").content.decode()


def test_once_a_day_and_yesterdays_files_are_gone(open_kanagawa: Programme, visit: Client) -> None:
    first = make_open_data(today=DAY)
    assert first is not None
    assert make_open_data(today=DAY) is None
    Partner.objects.filter(number=3).update(state=PartnerState.ENDED)
    second = make_open_data(today=DAY + timedelta(days=1))
    assert second is not None
    assert [record["id"] for record in json.loads(taken(visit))["partners"]] == [1]
    assert not default_storage.exists(first.path("partners.csv"))
    assert OpenDataSet.objects.count() == 1


def test_each_programme_has_its_own(open_kanagawa: Programme, tokyo: Programme) -> None:
    make_open_data(today=DAY)
    other = Client(headers={"host": tokyo.primary_host})
    assert other.get("/open-data/partners.csv").status_code == 404
    assert Client(headers={"host": open_kanagawa.primary_host}).get("/open-data/secret.csv").status_code == 404


def test_a_programme_without_a_directory_publishes_nothing(open_kanagawa: Programme, visit: Client) -> None:
    open_kanagawa.features = [feature for feature in open_kanagawa.features if feature != "directory"]
    open_kanagawa.save()
    assert make_open_data(today=DAY) is None
    assert visit.get("/open-data/").status_code == 404


def linked_data(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert found
    return dict(json.loads(found[1]))


def test_a_partners_page_says_for_machines_what_it_says_for_people(open_kanagawa: Programme, visit: Client) -> None:
    add(number=9, name="甲</script><script>alert(1)</script>&", phone="045-000-0000", visibility={"phone": "partners"},
        municipality="141003", representative_name="山田 花子", kind="npo")  # fmt: skip
    page = visit.get("/partners/9/").content.decode()
    said = linked_data(page)
    assert (said["@type"], said["name"]) == ("NGO", "甲</script><script>alert(1)</script>&")
    assert said["address"]["addressLocality"] == "横浜市"
    assert "telephone" not in said
    assert "山田" not in json.dumps(said, ensure_ascii=False)
    assert "<script>alert" not in page
    assert re.findall(r"<script(?! type=\"application/ld\+json\"| src=)", page) == []
