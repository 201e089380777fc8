"""Deadlines moved after an outage: for everybody or some, told by mail, and taken back."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils.timezone import localdate as today

from partners.models import Partner
from portal.accounts.models import User
from portal.outbox.models import OutgoingMail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, MemberRole, StaffRole
from portal.web.dates import fiscal_year_of
from renewals.models import Extension
from renewals.queries.records import owed_by
from renewals.services.extending import Shift, extend, reached_by, withdraw_extension
from tests.factories import make_actor, make_batch, make_member, make_partner, make_rules
from tests.mailbox import letters
from tests.partners.views.pages import hidden_fields


def due() -> date:
    return date(fiscal_year_of(today()) + 1, 3, 31)


SHIFT = Shift(due(), due(), due() + timedelta(days=14), "システムの障害")


@pytest.fixture
def partner(kanagawa: Programme) -> Partner:
    with programme_scope(kanagawa):
        make_rules(first_year_cutoff=None)
        partner = make_partner(approved_on=today() - timedelta(days=1), batch=make_batch(label="第8期"))
        make_member(MemberRole.OWNER, partner, email="owner@aoba.example.jp")
        make_partner(approved_on=today() - timedelta(days=1), name="みどり農園")
    return partner


@pytest.fixture
def officer(partner: Partner, in_kanagawa: Programme) -> Actor:
    return make_actor(StaffRole.OFFICER, in_kanagawa)


def due_of(partner: Partner) -> date:
    answer = owed_by(partner, today())
    return next(duty.due_on for duty in answer.all_duties if duty.rule_due_on == due())


def test_everybody_and_back(partner: Partner, officer: Actor, in_kanagawa: Programme) -> None:
    assert len(reached_by(SHIFT)) == 2
    row = extend(shift=SHIFT, partner_ids=None, meant_for="すべての団体", actor=officer)
    assert due_of(partner) == SHIFT.until
    [told] = letters(in_kanagawa, "owner@aoba.example.jp")
    assert "システムの障害" in told.text and "延ばしました" in told.text
    withdraw_extension(extension_id=row.pk, reason="直りました", actor=officer)
    assert due_of(partner) == due()
    assert "取り消しました" in letters(in_kanagawa, "owner@aoba.example.jp")[-1].text
    with pytest.raises(ValidationError):
        withdraw_extension(extension_id=row.pk, reason="もう一度", actor=officer)


def test_in_the_readers_language(partner: Partner, officer: Actor) -> None:
    User.objects.filter(email="owner@aoba.example.jp").update(mail_language="en")
    extend(shift=SHIFT, partner_ids=[partner.pk], meant_for="1団体", actor=officer)
    assert OutgoingMail.objects.get(to="owner@aoba.example.jp").language == "en"


def test_only_some(partner: Partner, officer: Actor) -> None:
    extend(shift=SHIFT, partner_ids=[partner.pk], meant_for="1団体", actor=officer)
    assert due_of(partner) == SHIFT.until
    assert due_of(Partner.objects.get(name="みどり農園")) == due()
    with pytest.raises(ValidationError):
        extend(shift=SHIFT, partner_ids=[], meant_for="だれもいない", actor=officer)


def test_taken_back_before_the_mail_left(partner: Partner, officer: Actor, in_kanagawa: Programme) -> None:
    row = extend(shift=SHIFT, partner_ids=None, meant_for="すべての団体", actor=officer)
    withdraw_extension(extension_id=row.pk, reason="誤り", actor=officer)
    [letter] = letters(in_kanagawa, "owner@aoba.example.jp")
    assert "取り消しました" in letter.text


@pytest.mark.parametrize(
    "shift",
    [Shift(due(), due(), due() - timedelta(days=1), "理由"), Shift(due(), due(), due() + timedelta(days=1), " ")],
)
def test_never_to_an_earlier_day_nor_without_a_reason(partner: Partner, officer: Actor, shift: Shift) -> None:
    with pytest.raises(ValidationError):
        extend(shift=shift, partner_ids=None, meant_for="すべての団体", actor=officer)


def test_only_officers(partner: Partner, in_kanagawa: Programme) -> None:
    reader = make_actor(StaffRole.READ_ONLY, in_kanagawa)
    with pytest.raises(PermissionDenied):
        extend(shift=SHIFT, partner_ids=None, meant_for="すべての団体", actor=reader)
    with pytest.raises(PermissionDenied):
        withdraw_extension(extension_id=0, reason="", actor=reader)


def test_on_the_staffs_desk(partner: Partner, kanagawa: Programme, as_staff: Callable[..., Client]) -> None:
    browser, address = as_staff(StaffRole.OFFICER), "/admin/renewals/extension/extend/"
    with programme_scope(kanagawa):
        batch = partner.batch_id
    typed = {
        "due_from": due().isoformat(), "due_to": due().isoformat(), "until": SHIFT.until.isoformat(), "kind": "",
        "whom": f"batch:{batch}", "reason": "大雪のため",
    }  # fmt: skip
    assert "入力内容に誤りがあります" in browser.post(address, typed | {"until": "2020-01-01"}).text
    page = browser.post(address, typed).text
    assert "株式会社あおばソーラー" in page and "みどり農園" not in page
    answer = browser.post(address, hidden_fields(page) | {"_send": "1"})
    assert answer.status_code == 302
    with programme_scope(kanagawa):
        row = Extension.objects.get()
        assert (row.meant_for, row.is_for_all, row.reason) == ("第8期", False, "大雪のため")


def test_a_city_includes_its_wards(partner: Partner, kanagawa: Programme, as_staff: Callable[..., Client]) -> None:
    with programme_scope(kanagawa):
        Partner.objects.filter(pk=partner.pk).update(municipality="141011")
    typed = {
        "due_from": due().isoformat(), "due_to": due().isoformat(), "until": SHIFT.until.isoformat(), "kind": "",
        "whom": "place:141003", "reason": "大雪のため",
    }  # fmt: skip
    page = as_staff(StaffRole.OFFICER).post("/admin/renewals/extension/extend/", typed).text
    assert "横浜市" in page and "株式会社あおばソーラー" in page and "みどり農園" not in page


def test_pressed_twice_it_is_decided_and_mailed_once(partner: Partner, officer: Actor, in_kanagawa: Programme) -> None:
    first, again = (extend(shift=SHIFT, partner_ids=None, meant_for="すべての団体", actor=officer) for _ in range(2))
    assert first == again and len(letters(in_kanagawa, "owner@aoba.example.jp")) == 1
    withdraw_extension(extension_id=first.pk, reason="直りました", actor=officer)
    assert extend(shift=SHIFT, partner_ids=None, meant_for="すべての団体", actor=officer) != first
