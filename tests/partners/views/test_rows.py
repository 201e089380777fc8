"""Offices, equipment and logo: on pages of their own, without a script."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from partners.fields import Section
from partners.models import Equipment, Office, Partner, RegistrationSettings
from portal.audit.models import Action, AuditEvent
from portal.files.models import StoredFile
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole
from tests.factories import make_partner
from tests.partners.views.pages import hidden_fields, seen_on, status_of_file

ADD = "/mypage/profile/rows/offices/add/"
OFFICE = {
    "name": "川崎工場",
    "postal_code": "２１０８５７７",
    "municipality": "141305",
    "address": "宮本町1番地",
    "phone": "",
}
MACHINE = {"name": "5軸加工機", "is_made_in_japan": "on", "maker": "ヤマト精機", "units": "3", "remark": "24時間稼働"}


@pytest.fixture
def owner(as_member: Callable[..., Client], kanagawa: Programme) -> Any:
    with programme_scope(kanagawa):
        RegistrationSettings.objects.create(sections=list(Section.values))
    return as_member(MemberRole.OWNER, kind="npo", number=900_005)


def test_an_office_is_added_changed_and_removed(owner: Any, visit: Client, kanagawa: Programme) -> None:
    assert owner.post(ADD, OFFICE | {"seen": seen_on(owner, ADD)})["Location"] == "/mypage/profile/"
    with programme_scope(kanagawa):
        office = Office.objects.get()
        assert office.in_words == "川崎工場、〒210-8577 川崎市 宮本町1番地"
    assert "宮本町1番地" in visit.get("/partners/900005/").text
    address = f"/mypage/profile/rows/offices/{office.pk}/"
    owner.post(address, OFFICE | {"name": "川崎支店", "seen": seen_on(owner, address)})
    assert "川崎支店" in owner.get("/mypage/profile/").text
    assert "川崎支店" in owner.get(f"{address}remove/").text
    owner.post(f"{address}remove/")
    with programme_scope(kanagawa):
        assert not Office.objects.exists()
        changes = [
            event.changes["partners.office"] for event in AuditEvent.objects.filter(action=Action.PARTNER_CHANGED)
        ]
    assert [bool(before) for before, _after in changes] == [True, True, False]
    assert "事業所" in owner.get("/mypage/history/").text


def test_what_is_wrong_is_said(owner: Any) -> None:
    page = owner.post(ADD, {"name": "工場", "postal_code": "12", "address": "", "seen": seen_on(owner, ADD)}).text
    assert "郵便番号は7桁の数字です" in page and 'value="工場"' in page


def test_two_people_change_the_same_office(owner: Any, kanagawa: Programme) -> None:
    owner.post(ADD, OFFICE | {"seen": seen_on(owner, ADD)})
    with programme_scope(kanagawa):
        office = Office.objects.get()
    address = f"/mypage/profile/rows/offices/{office.pk}/"
    seen = seen_on(owner, address)
    owner.post(address, OFFICE | {"name": "先の名前", "seen": seen})
    page = owner.post(address, OFFICE | {"phone": "044-000-0000", "seen": seen}).text
    assert "ほかの方が次の項目を変えました" in page and "先の名前" in page
    owner.post(
        address, OFFICE | {"name": "先の名前", "phone": "044-000-0000"} | {"seen": hidden_fields(page)["seen"][0]}
    )
    with programme_scope(kanagawa):
        office.refresh_from_db()
    assert (office.name, office.phone) == ("先の名前", "044-000-0000")


def test_equipment_as_tokyo_asks_for_it(owner: Any, visit: Client, kanagawa: Programme) -> None:
    address = "/mypage/profile/rows/equipment/add/"
    owner.post(address, MACHINE | {"seen": seen_on(owner, address)})
    with programme_scope(kanagawa):
        assert Equipment.objects.get().in_words == "5軸加工機、国産、ヤマト精機、3台、24時間稼働"
    page = visit.get("/partners/900005/").text
    assert "5軸加工機" in page and "ヤマト精機" in page


def test_somebody_elses_rows_are_not_there(owner: Any, kanagawa: Programme, tokyo: Programme) -> None:
    for programme in (kanagawa, tokyo):
        with programme_scope(programme):
            office = Office.objects.create(partner=make_partner(), name="よその工場", address="x")
        for part in ("", "remove/"):
            assert owner.post(f"/mypage/profile/rows/offices/{office.pk}/{part}", OFFICE).status_code == 404
    assert owner.get("/mypage/profile/rows/nonsense/add/").status_code == 404


# --- Logo ------------------------------------------------------------------------------------------------------------
def picture(size: tuple[int, int] = (2000, 1000), **options: Any) -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", size, "green").save(file, "JPEG", **options)
    return SimpleUploadedFile("logo.jpg", file.getvalue(), "image/jpeg")


def test_a_logo_is_drawn_anew_shown_and_taken_away(
    owner: Any, visit: Client, kanagawa: Programme, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    exif = Image.Exif()
    exif[0x010F] = "カメラの名前".encode().decode("latin-1", "ignore")
    owner.post("/mypage/profile/logo/", {"logo": picture(exif=exif), "logo_alt": "葉の形の印"})
    with programme_scope(kanagawa):
        partner, file = Partner.objects.get(), StoredFile.objects.get()
        with file.open() as content:
            kept = Image.open(content)
            assert (kept.size, dict(kept.getexif())) == ((640, 320), {})
    assert partner.logo == str(file.key)
    with programme_scope(kanagawa):
        event = AuditEvent.objects.filter(action=Action.PARTNER_CHANGED, changes__has_key="logo").get()
    assert event.changes["logo"] is None, "what a sender calls a file may be a person's name"
    page = visit.get("/partners/900005/").text
    assert f"/files/{partner.logo}/picture/" in page and 'alt="葉の形の印"' in page
    assert f"/files/{partner.logo}/picture/" in visit.get("/partners/").text
    assert status_of_file(visit, f"/files/{partner.logo}/picture/") == 200
    with django_capture_on_commit_callbacks(execute=True):
        owner.post("/mypage/profile/logo/", {"logo-kept": partner.logo, "logo-cancelled": partner.logo, "logo_alt": ""})
    assert status_of_file(visit, f"/files/{partner.logo}/picture/") == 404
    assert "/picture/" not in visit.get("/partners/900005/").text


@pytest.mark.parametrize(
    ("name", "content"),
    [("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"), ("logo.png", b"<svg/>"),
     ("logo.png", b"x" * (2 * 1024 * 1024 + 1))],
)  # fmt: skip
def test_what_is_no_logo(owner: Any, kanagawa: Programme, name: str, content: bytes) -> None:
    page = owner.post("/mypage/profile/logo/", {"logo": SimpleUploadedFile(name, content), "logo_alt": "印"}).text
    assert "field-invalid" in page and 'value="印"' in page
    with programme_scope(kanagawa):
        assert not StoredFile.objects.exists()


def test_the_logo_of_a_removed_partner_is_its_own_peoples_alone(owner: Any, visit: Client, kanagawa: Programme) -> None:
    owner.post("/mypage/profile/logo/", {"logo": picture((50, 50)), "logo_alt": ""})
    with programme_scope(kanagawa):
        Partner.objects.update(state="suspended")
        key = StoredFile.objects.get().key
    assert status_of_file(visit, f"/files/{key}/picture/") == 404
    assert status_of_file(owner, f"/files/{key}/picture/") == 200
