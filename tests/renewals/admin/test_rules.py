"""Rules on the staff's desk: drafted in words, tried on everybody, decided by an approver for a day to come."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils.timezone import localdate as today

from partners.models import Partner
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.models import ApprovalRequest
from renewals.forms.rules import RulesForm
from renewals.models import RuleVersion, Standing
from renewals.queries.records import owed_by, rulebook
from renewals.queries.trying import try_version
from renewals.rules_json import read_rules, write_rules
from renewals.services.rules import apply_rules, draft_rules, withdraw_rules
from renewals.stages import RuleState
from tests.factories import make_actor, make_partner, make_rules

AsStaff = Callable[..., Client]


def soon() -> date:
    return today() + timedelta(days=30)


LIST = "/admin/renewals/ruleversion/"


@pytest.fixture
def partner(kanagawa: Programme) -> Partner:
    with programme_scope(kanagawa):
        make_rules()
        return make_partner(approved_on=today() - timedelta(days=400))


def new_rules(**changes: Any) -> dict[str, Any]:
    newest = RuleVersion.objects.approved().first()
    return (
        write_rules(read_rules(newest.data))
        | {"name": "改正", "effective_on": soon().isoformat(), "terms_ending_from": None}
        | changes
    )


def test_every_stored_version_can_be_typed(partner: Partner, in_kanagawa: Programme) -> None:
    for version in RuleVersion.objects.all():
        data = write_rules(version.rules)
        initial = RulesForm.initial_of(data) | {
            name: data[name] for name in ("name", "effective_on", "terms_ending_from")
        }
        form = RulesForm({name: value for name, value in initial.items() if value is not None} | {"reason": "理由"})
        assert form.is_valid(), form.errors
        assert read_rules(form.rules) == read_rules(data)


def test_a_draft_binds_nobody_and_shows_whose_dates_move(partner: Partner, in_kanagawa: Programme) -> None:
    officer = make_actor(StaffRole.OFFICER, in_kanagawa)
    before = owed_by(partner, today())
    draft = draft_rules(data=new_rules(report_due_months_after=2), reason="要綱の改正", actor=officer)
    assert owed_by(partner, today()) == before and draft.state == RuleState.DRAFT
    trial = try_version(draft, today())
    [shown] = trial.shown
    assert (trial.tried, trial.touched, shown.partner) == (1, 1, partner)
    assert all(old != new for _what, old, new, _why in shown.moves)
    assert owed_by(partner, today()) == before


def test_decided_for_a_day_to_come(partner: Partner, in_kanagawa: Programme) -> None:
    officer, approver = make_actor(StaffRole.OFFICER, in_kanagawa), make_actor(StaffRole.APPROVER, in_kanagawa)
    Standing.objects.create(partner=partner)
    draft = draft_rules(data=new_rules(), reason="要綱の改正", actor=officer)
    with pytest.raises(PermissionDenied):
        apply_rules(version_id=draft.pk, actor=officer)
    apply_rules(version_id=draft.pk, actor=approver)
    assert rulebook().on(soon()).name == "改正"
    assert Standing.objects.get().look_again_on == today()
    twin = draft_rules(data=new_rules(name="もう一つ"), reason="同じ日", actor=officer)
    late = draft_rules(data=new_rules(effective_on=today().isoformat()), reason="遅い", actor=officer)
    for wrong in (draft, twin, late):
        with pytest.raises(ValidationError):
            apply_rules(version_id=wrong.pk, actor=approver)
    withdraw_rules(version_id=draft.pk, reason="見直し", actor=approver)
    assert rulebook().on(soon()).name == "新要綱"
    in_force = RuleVersion.objects.approved().first()
    with pytest.raises(ValidationError, match="施行されています"):
        withdraw_rules(version_id=in_force.pk, reason="やめたい", actor=approver)


def typed(**changes: Any) -> dict[str, Any]:
    initial = RulesForm.initial_of(new_rules()) | {
        "name": "改正",
        "effective_on": soon().isoformat(),
        "reason": "要綱の改正",
    }
    return {name: value for name, value in initial.items() if value is not None} | changes


def test_through_the_browser(partner: Partner, kanagawa: Programme, as_staff: AsStaff) -> None:
    kanagawa.second_approval = ["renewals.apply_rules"]
    kanagawa.save()
    officer, approver = as_staff(StaffRole.OFFICER), as_staff(StaffRole.APPROVER)
    with programme_scope(kanagawa):
        sent = typed(report_due_months_after=2)
    answer = officer.post(f"{LIST}draft/", sent)
    assert answer.status_code == 302
    assert "1団体の日付が動きます" in officer.get(answer["Location"]).text
    with programme_scope(kanagawa):
        draft = RuleVersion.objects.get(state=RuleState.DRAFT)
    page = approver.get(f"{LIST}{draft.pk}/change/").text
    assert "活動報告の期限" in page
    assert "承認を依頼" in page
    confirm = {"action": "apply", "_selected_action": draft.pk, "from_object": "1"}
    shown = approver.post(LIST, confirm).text
    seen = shown.partition('name="seen" value="')[2].partition('"')[0]
    approver.post(LIST, confirm | {"seen": seen})
    with programme_scope(kanagawa):
        assert ApprovalRequest.objects.get().name == "renewals.apply_rules"
        assert RuleVersion.objects.get(pk=draft.pk).state == RuleState.DRAFT


@pytest.mark.parametrize(
    "wrong",
    [
        {"term": "years", "term_years": 0},
        {"reminder_days": "ときどき"},
        {"reminder_days": "-30, -30"},
        {"renewal_due_by_cohort": "1と2"},
        {"renewal_due_by_cohort": "1：いつか"},
        {"first_year_cutoff": "13-01"},
        {"also": "元日"},
        {"grace_days": -1},
    ],
)
def test_what_cannot_be_meant_is_said(
    partner: Partner, kanagawa: Programme, as_staff: AsStaff, wrong: dict[str, Any]
) -> None:
    with programme_scope(kanagawa):
        sent = typed(**wrong)
    page = as_staff(StaffRole.OFFICER).post(f"{LIST}draft/", sent).text
    assert "入力内容に誤りがあります" in page and "要綱の改正" in page
