"""The certificate can be checked by anybody, at any moment, and says nothing of a person."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from partners.certificate import certificate_pdf, page_address
from partners.edits import stamp_of
from partners.models import Benefit, Partner
from partners.services.profile import enter_for_partner
from partners.services.records import add_partner, change_partner
from partners.states import PartnerState
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, StaffRole
from portal.web.models import Channel, OnBehalf
from tests.factories import make_actor

STAFF = Actor()


@pytest.fixture
def partner(kanagawa: Programme) -> Partner:
    with programme_scope(kanagawa):
        return add_partner(
            values={"number": 128, "name": "株式会社髙﨑ソーラー", "kind": "company", "approved_on": date(2024, 4, 13),
                    "contact_name": "山田 花子", "representative_name": "髙﨑 一郎", "visibility": {"contact_name": "public"}},
            actor=STAFF,
        )  # fmt: skip


def check(visit: Client, partner: Partner) -> str:
    return visit.get(f"/certificates/{partner.certificate_code}/").content.decode()


def test_a_valid_registration_says_so_now_and_names_no_person(visit: Client, partner: Partner) -> None:
    page = check(visit, partner)
    assert "いま有効です" in page
    assert "株式会社髙﨑ソーラー" in page
    assert "令和6年" in page
    assert "山田" not in page
    assert "一郎" not in page


@pytest.mark.parametrize("state", [PartnerState.SUSPENDED, PartnerState.ENDED])
def test_it_is_no_longer_valid_from_the_moment_it_ends(
    visit: Client, partner: Partner, kanagawa: Programme, state: PartnerState,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:  # fmt: skip
    badge = f"/certificates/{partner.certificate_code}/badge.svg"
    assert kanagawa.key_colour in visit.get(badge).content.decode()
    with programme_scope(kanagawa), django_capture_on_commit_callbacks(execute=True):
        change_partner(partner=partner, values={"state": state}, actor=STAFF)
    page = check(visit, partner)
    assert "有効ではありません" in page
    assert "髙﨑" not in page
    grey = visit.get(badge).content.decode()
    assert kanagawa.key_colour not in grey
    assert "有効ではありません" in grey


def test_the_badge_is_a_picture_also_when_it_was_kept(visit: Client, partner: Partner) -> None:
    for _time in range(2):
        response = visit.get(f"/certificates/{partner.certificate_code}/badge.svg")
        assert response["Content-Type"].startswith("image/svg+xml")
        assert "第128号" in response.content.decode()


def test_a_bank_reads_what_it_needs_beside_it(visit: Client, partner: Partner, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        Benefit.objects.create(
            title="SDGsパートナー支援融資", body="年1.8%以内", owner="信用保証協会", is_for_banks=True
        )
        Benefit.objects.create(title="専門家の派遣", body="無料", owner="産業振興センター")
    page = check(visit, partner)
    assert "支援融資" in page
    assert "専門家の派遣" not in page


def test_an_unknown_code_and_another_programmes_are_not_there(visit: Client, tokyo: Programme) -> None:
    with programme_scope(tokyo):
        other = add_partner(values={"number": 1, "name": "東京の団体", "kind": "npo"}, actor=STAFF)
        never = add_partner(values={"name": "確認前の団体", "kind": "npo", "state": "unconfirmed"}, actor=STAFF)
    for code in (other.certificate_code, never.certificate_code, "nosuchcode"):
        assert visit.get(f"/certificates/{code}/").status_code == 404
        assert visit.get(f"/certificates/{code}/badge.svg").status_code == 404


def test_the_paper_names_the_partner_its_number_and_its_day(partner: Partner, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        pdf = PdfReader(io.BytesIO(certificate_pdf(partner)))
        address = page_address(partner)
    words = "".join(page.extract_text() for page in pdf.pages).replace("\n", "").replace(" ", "")
    assert len(pdf.pages) == 1
    assert "株式会社髙﨑ソーラー" in words
    assert "第128号" in words
    assert "令和6年4月13日" in words
    assert address.replace("http://", "") in words
    assert "山田" not in words


def test_the_day_on_the_paper_may_differ_from_the_approval(partner: Partner, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        change_partner(partner=partner, values={"certificate_dated_on": date(2024, 5, 1)}, actor=STAFF)
        words = PdfReader(io.BytesIO(certificate_pdf(partner))).pages[0].extract_text()
    assert "5月1日" in words


def test_a_new_name_is_a_new_certificate_with_its_day(visit: Client, partner: Partner, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        assert "再発行日" not in PdfReader(io.BytesIO(certificate_pdf(partner))).pages[0].extract_text()
        officer = make_actor(StaffRole.OFFICER, kanagawa)
        enter_for_partner(
            partner_id=partner.pk, values={"name": "みらい電力株式会社"}, seen=stamp_of({"name": partner.name}),
            on_behalf=OnBehalf(Channel.COUNTER, "登記"), actor=officer, on=date(2025, 1, 1),
        )  # fmt: skip
        partner.refresh_from_db()
        assert partner.certificate_reissued_on == timezone.localdate()
        assert "再発行日" in PdfReader(io.BytesIO(certificate_pdf(partner))).pages[0].extract_text()
    assert "再発行日" in check(visit, partner)
