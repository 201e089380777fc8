"""The staff's list of who has not moved over: asked by cohort, telephoned from paper, always on record."""

from collections.abc import Callable

import pytest
from django.test import Client

from partners.admin import moving
from partners.models import Batch, MovingMail, Partner
from portal.audit.models import Action, AuditEvent
from portal.outbox.models import OutgoingMail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from tests.factories import make_partner

LIST = "/admin/partners/movingpartner/"
AsStaff = Callable[..., Client]


@pytest.fixture(autouse=True)
def cohorts(kanagawa: Programme, tokyo: Programme) -> dict[str, int]:
    with programme_scope(tokyo):
        make_partner(name="東京の団体", is_migrated=False)
    with programme_scope(kanagawa):
        found = {}
        for label in ("第1期", "第2期"):
            found[label] = Batch.objects.create(label=label, closes_on="2020-03-31").pk
            for number in range(2):
                make_partner(
                    name=f"{label}の団体{number}", is_migrated=False, batch_id=found[label], contact_phone=f"045-000-000{number}",
                    contact_email=f"{found[label]}.{number}@example.jp" if number else "",
                )  # fmt: skip
        make_partner(name="済んだ団体")
        return found


def test_a_cohort_is_asked_after_seeing_who_gets_what(
    as_staff: AsStaff, kanagawa: Programme, cohorts: dict[str, int]
) -> None:
    officer = as_staff(StaffRole.OFFICER)
    address = f"{LIST}?cohorts={cohorts['第1期']}"
    page = officer.get(address).content.decode()
    assert "第1期の団体1" in page
    assert "第2期の団体1" not in page
    assert "済んだ団体" not in page
    with programme_scope(kanagawa):
        chosen = list(Partner.objects.filter(batch=cohorts["第1期"]).values_list("pk", flat=True))
    data = {"action": "ask", "_selected_action": chosen}
    plan = officer.post(address, data)
    assert "対象から外した1件" in plan.content.decode()
    for _twice in range(2):
        officer.post(address, data | {"seen": plan.context["plan"].seen})
    with programme_scope(kanagawa):
        assert [mail.to for mail in OutgoingMail.objects.all()] == [f"{cohorts['第1期']}.1@example.jp"]
        assert MovingMail.objects.count() == 1


def test_a_wave_goes_to_several_cohorts_at_once(
    as_staff: AsStaff, kanagawa: Programme, cohorts: dict[str, int]
) -> None:
    with programme_scope(kanagawa):
        make_partner(name="期のない団体", is_migrated=False, contact_email="none@example.jp")
    officer = as_staff(StaffRole.OFFICER)
    address = f"{LIST}?cohorts={cohorts['第2期']},{cohorts['第1期']},nonsense"
    page = officer.get(address).content.decode()
    assert "第1期の団体1" in page
    assert "第2期の団体1" in page
    assert "期のない団体" not in page
    assert "第1期 (2)" in page
    data = {"action": "ask", "select_across": "1", "_selected_action": ["0"]}
    plan = officer.post(address, data)
    officer.post(address, data | {"seen": plan.context["plan"].seen})
    with programme_scope(kanagawa):
        assert OutgoingMail.objects.count() == 2
    assert "期のない団体" in officer.get(f"{LIST}?cohorts=none").content.decode()


def test_the_telephone_list_is_by_cohort_and_on_record(as_staff: AsStaff, kanagawa: Programme) -> None:
    officer = as_staff(StaffRole.OFFICER)
    page = officer.get(f"{LIST}calls/").content.decode()
    assert page.index("第1期（2団体）") < page.index("第2期（2団体）")
    assert "045-000-0001" in page
    assert "東京の団体" not in page
    with programme_scope(kanagawa):
        event = AuditEvent.objects.get(action=Action.ROWS_EXPORTED)
    assert (event.actor, event.changes["rows"]) == (officer.user, [None, "4件の移行の済んでいない団体"])  # type: ignore[attr-defined]
    assert as_staff(StaffRole.READ_ONLY).get(f"{LIST}calls/").status_code == 403


def test_a_telephone_list_that_is_too_long_is_not_cut_short(
    as_staff: AsStaff, kanagawa: Programme, cohorts: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "MOST_CALLS", 2)
    officer = as_staff(StaffRole.OFFICER)
    answer = officer.get(f"{LIST}calls/", follow=True)
    assert answer.redirect_chain == [("../?", 302)] and "一度に印刷できるのは2団体まで" in answer.text
    with programme_scope(kanagawa):
        assert not AuditEvent.objects.filter(action=Action.ROWS_EXPORTED).exists()
    assert "2団体" in officer.get(f"{LIST}calls/?q=第1期").text
    with programme_scope(kanagawa):
        event = AuditEvent.objects.get(action=Action.ROWS_EXPORTED)
    assert event.changes["searched"] == [None, True] and "第1期" not in str(event.changes)


def test_my_page_shows_what_is_left_until_it_is_done(as_member: Callable[..., Client], kanagawa: Programme) -> None:
    owner = as_member(MemberRole.OWNER, is_migrated=False)
    page = owner.get("/mypage/").content.decode()
    assert "登録情報の確認（移行）" in page
    assert "/mypage/profile/edit/initiatives/" in page
    assert "移行を終える</button>" not in page
    assert "まだ入力していない項目" in owner.post("/mypage/profile/moved/", follow=True).content.decode()
    assert "登録情報の確認（移行）" not in as_member(MemberRole.OWNER).get("/mypage/").content.decode()
