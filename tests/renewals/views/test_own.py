"""A partner's own page about its dates, the card on My Page, and the mail that leads there."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.utils import timezone

from partners.models import Partner
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole
from renewals.models import Standing
from renewals.services.daily import look_at_due
from tests.factories import make_report, make_rules
from tests.mailbox import letters

AsMember = Callable[..., Client]


@pytest.fixture
def owner(as_member: AsMember, kanagawa: Programme) -> Client:
    """Of a partner under the new rules for long, with the report of this fiscal year open."""
    with programme_scope(kanagawa):
        make_rules(reminder_days=[-360])
    return as_member(MemberRole.OWNER, approved_on=date(2023, 6, 1))


def test_the_page_says_state_dates_and_reasons(owner: Client) -> None:
    page = owner.get("/renewals/").text
    assert "更新と活動報告" in page and "なぜこの日か" in page
    assert "「新要綱」により" in page
    assert "期限" in page


def test_my_page_shows_the_card(owner: Client) -> None:
    page = owner.get("/mypage/").text
    assert "日付と理由を見る" in page


def test_nothing_is_asked_without_rules(as_member: AsMember) -> None:
    browser = as_member(MemberRole.OWNER, approved_on=date(2023, 6, 1))
    assert "いま提出していただくものはありません" in browser.get("/renewals/").text
    assert "日付と理由を見る" not in browser.get("/mypage/").text


def test_a_programme_without_reports_has_no_page(owner: Client, kanagawa: Programme) -> None:
    kanagawa.features = []
    kanagawa.save()
    assert owner.get("/renewals/").status_code == 404


def reminded(kanagawa: Programme) -> None:
    """Today, of everything that is open."""
    with programme_scope(kanagawa):
        Partner.objects.update(created_at=datetime(2023, 6, 1, tzinfo=UTC))
        look_at_due(today=timezone.localdate())


def test_the_mail_says_what_is_owed_now(owner: Client, kanagawa: Programme) -> None:
    reminded(kanagawa)
    [letter] = letters(kanagawa, owner.user.email)
    assert "活動報告" in letter.subject
    assert "期限：" in letter.text and "/renewals/" in letter.text


def test_no_mail_if_it_was_handed_in_meanwhile(owner: Client, kanagawa: Programme) -> None:
    reminded(kanagawa)
    with programme_scope(kanagawa):
        partner = Partner.objects.get(pk=owner.member.partner_id)
        for year in range(2023, timezone.localdate().year + 1):
            make_report(partner, year, received_on=min(date(year + 1, 3, 1), timezone.localdate()))
    assert letters(kanagawa, owner.user.email) == []


def test_no_mail_once_the_office_keeps_silent(owner: Client, kanagawa: Programme) -> None:
    reminded(kanagawa)
    with programme_scope(kanagawa):
        Standing.objects.update(silent_because="入院中")
    assert letters(kanagawa, owner.user.email) == []
