"""A partner asks for a change of what the programme keeps; staff decide; it holds from its day on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from partners.models import Activity, ChangeRequest, Partner
from partners.queries.finding import find_partners
from partners.services.changes import apply_due_changes, approve_change, ask_change, refuse_change, withdraw_change
from partners.services.records import add_partner, change_partner
from partners.states import ChangeState, Ending, PartnerState
from portal.audit.models import Action, AuditEvent
from portal.files.models import StoredFile
from portal.tenancy.models import Programme
from portal.web.access import Actor, MemberRole, Membership, StaffRole
from tests.factories import make_actor, make_member, make_pending_file
from tests.mailbox import letters

Field = ChangeRequest.Field
TODAY = timezone.localdate


@dataclass
class Case:
    programme: Programme
    partner: Partner
    owner: Actor
    officer: Actor

    def ask(self, **options: Any) -> ChangeRequest:
        usual = {"field": Field.NAME, "after": "みどり商事", "kana": "ミドリショウジ", "effective_on": TODAY(),
                 "reason": "商号変更", "actor": self.owner}  # fmt: skip
        return ask_change(partner_id=self.partner.pk, **(usual | options))

    def now(self) -> Partner:
        return Partner.objects.get(pk=self.partner.pk)


def actor_of(member: Any, role: MemberRole = MemberRole.OWNER, **place: Any) -> Actor:
    membership = Membership(member_id=member.pk, partner_id=member.partner_id, partner_name="", role=role, **place)
    return Actor(user=member.user, membership=membership, memberships=(membership,))


@pytest.fixture
def case(in_kanagawa: Programme) -> Case:
    values = {"name": "青葉商事", "kana": "アオバショウジ", "kind": "npo", "number": 1}
    partner = add_partner(values=values, actor=Actor(), on=date(2024, 4, 13))
    owner = make_member(MemberRole.OWNER, partner, email="owner@aoba.example.jp")
    return Case(in_kanagawa, partner, actor_of(owner), make_actor(StaffRole.OFFICER, in_kanagawa))


def test_a_new_name_is_asked_for_approved_and_holds(case: Case) -> None:
    proof = make_pending_file("登記.pdf")
    request = case.ask(files=[proof])
    assert case.now().name == "青葉商事"
    assert [file.name for file in StoredFile.objects.of(request, "proof")] == ["登記.pdf"]
    approve_change(request=request, actor=case.officer, comment="確認しました")
    partner = case.now()
    assert (partner.name, partner.kana) == ("みどり商事", "ミドリショウジ")
    assert set(find_partners("青葉商事")) == set(find_partners("みどり")) == {partner}
    assert set(partner.facts.filter(field="name").on(TODAY()).values_list("value", flat=True)) == {"みどり商事"}
    assert "登録証を再発行" in Activity.objects.get(partner=partner, key=f"change:{request.pk}").title
    asked, approved = (AuditEvent.objects.get(action=one) for one in (Action.CHANGE_ASKED, Action.CHANGE_APPROVED))
    assert (asked.actor, approved.actor) == (case.owner.user, case.officer.user)
    owners, office = letters(case.programme, "owner@aoba.example.jp"), letters(case.programme, case.programme.email)
    assert [letter.message for letter in owners] == ["partners.change_decided"], (
        "asked and decided before the first went"
    )
    assert "/certificates/mine/" in owners[0].text and "確認しました" in owners[0].text
    assert "青葉商事 → みどり商事" in office[0].text


def test_asking_is_confirmed_by_mail_to_both_sides(case: Case) -> None:
    request = case.ask()
    letter = letters(case.programme, "owner@aoba.example.jp")[-1]
    assert letter.message == "partners.change_asked" and "青葉商事 → みどり商事" in letter.text
    assert f"/mypage/profile/changes/{request.pk}/" in letter.text
    office = letters(case.programme, case.programme.email)[-1]
    assert f"/admin/partners/changerequest/{request.pk}/change/" in office.text


def test_it_holds_from_its_day_on_whether_past_or_future(case: Case) -> None:
    past = case.ask(effective_on=date(2025, 4, 1))
    approve_change(request=past, actor=case.officer)
    names = case.partner.facts.filter(field="name")
    assert names.on(date(2025, 3, 31)).get().value == "青葉商事"
    assert names.on(date(2025, 4, 1)).get().value == "みどり商事"
    later = case.ask(after="しろ商事", effective_on=TODAY() + timedelta(days=1))
    approve_change(request=later, actor=case.officer)
    apply_due_changes()
    assert case.now().name == "みどり商事"
    ChangeRequest.objects.filter(pk=later.pk).update(effective_on=TODAY())
    apply_due_changes()
    apply_due_changes()
    assert case.now().name == "しろ商事"
    assert names.open().get().value == "しろ商事"


def test_refusing_needs_a_reason_and_changes_nothing(case: Case) -> None:
    request = case.ask()
    with pytest.raises(ValidationError, match="理由"):
        refuse_change(request=request, actor=case.officer, comment=" ")
    refuse_change(request=request, actor=case.officer, comment="書類が足りません")
    assert case.now().name == "青葉商事"
    assert "書類が足りません" in letters(case.programme, "owner@aoba.example.jp")[-1].text
    case.ask(after="別の名前")


def test_the_partner_takes_it_back(case: Case) -> None:
    request = case.ask()
    withdraw_change(request=request, actor=case.owner)
    with pytest.raises(ValidationError, match="取下げ"):
        approve_change(request=request, actor=case.officer)
    assert case.now().name == "青葉商事"
    assert "取り下げました" in letters(case.programme, case.programme.email)[-1].text


def test_an_approved_change_is_taken_back_until_its_day(case: Case) -> None:
    later = case.ask(effective_on=TODAY() + timedelta(days=5))
    approve_change(request=later, actor=case.officer)
    withdraw_change(request=later, actor=case.owner)
    done = case.ask()
    approve_change(request=done, actor=case.officer)
    with pytest.raises(ValidationError):
        withdraw_change(request=done, actor=case.owner)


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"after": "青葉商事"}, "after"),
        ({"effective_on": date(2024, 4, 12)}, "effective_on"),
        ({"effective_on": date(2200, 1, 1)}, "effective_on"),
        ({"field": Field.LEAVING, "after": "ended", "effective_on": date(2025, 1, 1)}, "effective_on"),
    ],
)
def test_what_cannot_be_asked(case: Case, options: dict[str, Any], where: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        case.ask(**options)
    assert list(refusal.value.message_dict) == [where]
    assert not ChangeRequest.objects.exists()


def test_one_open_request_for_each_field(case: Case) -> None:
    case.ask()
    with pytest.raises(ValidationError, match="すでにあります"):
        case.ask(after="別の名前")
    case.ask(field=Field.KIND, after="company", kana="")


def test_a_value_that_changed_meanwhile_is_not_overwritten(case: Case) -> None:
    request = case.ask()
    change_partner(partner=case.now(), values={"name": "職員が直した名前"}, actor=case.officer)
    with pytest.raises(ValidationError, match="今の値が変わりました"):
        approve_change(request=request, actor=case.officer)
    assert case.now().name == "職員が直した名前"


def test_an_approved_change_never_overwrites_a_newer_value(case: Case) -> None:
    request = case.ask(effective_on=TODAY() + timedelta(days=1))
    approve_change(request=request, actor=case.officer)
    letters(case.programme)
    change_partner(partner=case.now(), values={"name": "あか商事"}, actor=case.officer)
    ChangeRequest.objects.filter(pk=request.pk).update(effective_on=TODAY())
    apply_due_changes()
    apply_due_changes()
    assert case.now().name == "あか商事"
    request.refresh_from_db()
    assert (request.state, request.applied_at, request.decided_by) == (ChangeState.REFUSED, None, None)
    assert AuditEvent.objects.get(action=Action.CHANGE_REFUSED).actor is None
    told = letters(case.programme, "owner@aoba.example.jp")[-1]
    assert told.message == "partners.change_decided" and "もう一度申請" in told.text
    assert "反映しませんでした" in letters(case.programme, case.programme.email)[-1].text


def test_a_change_that_fails_keeps_no_other_from_its_day(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    broken = case.ask(effective_on=TODAY() + timedelta(days=1))
    sound = case.ask(field=Field.KIND, after="company", kana="", effective_on=TODAY() + timedelta(days=2))
    for request in (broken, sound):
        approve_change(request=request, actor=case.officer)
    ChangeRequest.objects.update(effective_on=TODAY())
    ChangeRequest.objects.filter(pk=broken.pk).update(field=Field.APPROVED_ON, before="", after="いつか")
    apply_due_changes()
    assert case.now().kind == "company"
    assert [line.facts for line in caplog.records if line.levelname == "ERROR"] == [{"request": broken.pk}]  # type: ignore[attr-defined]
    broken.refresh_from_db()
    assert broken.applied_at is None


def test_the_kind_and_the_day_of_approval_likewise(case: Case) -> None:
    kind = case.ask(field=Field.KIND, after="company", kana="")
    day = case.ask(field=Field.APPROVED_ON, after=date(2024, 5, 1), kana="")
    for request in (kind, day):
        approve_change(request=request, actor=case.officer)
    assert (case.now().kind, case.now().approved_on) == ("company", date(2024, 5, 1))
    assert kind.summary == "団体の区分：NPO法人 → 企業（法人）"


def test_a_partner_leaves_at_its_own_wish(case: Case) -> None:
    open_one = case.ask()
    request = case.ask(field=Field.LEAVING, after="ended", kana="", reason="事業の終了")
    approve_change(request=request, actor=case.officer)
    partner = case.now()
    assert (partner.state, partner.ending) == (PartnerState.ENDED, Ending.LEFT)
    assert AuditEvent.objects.get(action=Action.PARTNER_LEFT).reason == "事業の終了"
    open_one.refresh_from_db()
    assert open_one.state == ChangeState.WITHDRAWN
    assert "退会の手続きが終わりました" in letters(case.programme, "owner@aoba.example.jp")[-1].subject


def others(case: Case) -> list[Actor]:
    viewer = make_member(MemberRole.VIEWER, case.partner)
    stranger = make_member(MemberRole.OWNER)
    return [actor_of(viewer, MemberRole.VIEWER), actor_of(stranger), Actor(user=stranger.user)]


def test_who_may_not(case: Case, tokyo: Programme) -> None:
    request = case.ask()
    for actor in others(case):
        with pytest.raises(PermissionDenied):
            case.ask(field=Field.KIND, after="company", actor=actor)
        with pytest.raises(PermissionDenied):
            withdraw_change(request=request, actor=actor)
    editor = make_member(MemberRole.EDITOR, case.partner)
    with pytest.raises(PermissionDenied):
        case.ask(field=Field.LEAVING, after="ended", actor=actor_of(editor, MemberRole.EDITOR))
    decide: list[Callable[..., Any]] = [approve_change, lambda **o: refuse_change(comment="x", **o)]
    for actor in (case.owner, make_actor(StaffRole.READ_ONLY, case.programme)):
        for service in decide:
            with pytest.raises(PermissionDenied):
                service(request=request, actor=actor)
