"""/demo/: who the demo's people are, and what each may do. Nobody else is told of there."""

import re

from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from partners.models import Member
from portal.local.data import people
from portal.local.people_page import current_codes
from portal.tenancy.models import Feature, Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from tests.factories import make_partner, make_staff


def test_the_list_leads_in_by_every_door(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        for _ in range(2):
            make_partner()
        people.load(kanagawa)
    page = visit.get("/demo/")
    assert page["Cache-Control"] == "no-store"
    assert "owner@kanagawa.example.jp" in page.text and 'href="/demo/mail/"' in page.text
    assert "unconfirmed@" not in page.text, "Kanagawa has none"
    code = re.search(r"approver@kanagawa.*?今の確認コード <b class=\"num\">(\d{6})", page.text, re.DOTALL)
    assert code
    visit.post("/staff/sign-in/", {"address": "approver@kanagawa.example.jp", "password": people.PASSWORD})
    # A code is good for a while before and after its half minute.
    assert visit.post("/staff/sign-in/second-factor/", {"code": code[1]})["Location"] == "/admin/"


def test_one_person_is_owner_in_two_programmes(kanagawa: Programme, tokyo: Programme) -> None:
    for programme in (kanagawa, tokyo):
        with programme_scope(programme):
            for _ in range(3):
                make_partner()
            people.load(programme)
            owner = Member.objects.get(user__email="owner@kanagawa.example.jp")
            assert owner.role == MemberRole.OWNER and owner.partner.programme == programme


def test_codes_of_others_are_never_looked_at(visit: Client, kanagawa: Programme) -> None:
    officer = make_staff(StaffRole.OFFICER, kanagawa, email="officer@city.example.jp")
    TOTP.activate(officer, "JBSWY3DPEHPK3PXP")
    assert "officer@city.example.jp" not in visit.get("/demo/").text
    assert current_codes(["officer@kanagawa.example.jp"]) == {}


def test_where_members_wait_for_confirmation_there_is_one(tokyo: Programme) -> None:
    tokyo.features = [Feature.UNCONFIRMED_MEMBERS]
    assert people.UNCONFIRMED in people.members_of(tokyo)
