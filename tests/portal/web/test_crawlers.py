"""What search engines are told: only what everybody may read, of this programme alone."""

import xml.etree.ElementTree as ET

from django.test import Client

from partners.services.records import add_partner
from partners.states import PartnerState
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor
from tests.factories import make_page

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def test_the_sitemap_names_the_public_pages(visit: Client, kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(kanagawa):
        make_page()
        add_partner(values={"number": 7, "name": "甲"}, actor=Actor())
        add_partner(values={"number": 8, "name": "乙", "state": PartnerState.ENDED}, actor=Actor())
    with programme_scope(tokyo):
        add_partner(values={"number": 9, "name": "丙"}, actor=Actor())
    answer = visit.get("/sitemap.xml")
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    addresses = [one.text or "" for one in ET.fromstring(answer.content).iter(f"{NAMESPACE}loc")]
    paths = {address.partition(":8000")[2] for address in addresses}
    assert {"/", "/partners/", "/partners/7/", "/benefits/", "/open-data/", "/about/privacy/"} <= paths
    assert not {"/partners/8/", "/partners/9/"} & paths
    for path in paths:
        assert visit.get(path).status_code == 200


def test_robots_are_kept_out_of_closed_rooms_and_told_of_the_sitemap(visit: Client) -> None:
    text = visit.get("/robots.txt").content.decode()
    assert "Disallow: /admin/" in text
    assert "Sitemap: http" in text
    assert text.strip().endswith("/sitemap.xml")
