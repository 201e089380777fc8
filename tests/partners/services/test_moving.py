"""Moving over: asked once at a time, checked by the partner itself, and nobody is held up where there is no gate."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from partners.models import Activity, Member, MovingMail, MovingPartner, Partner, RegistrationSettings
from partners.queries.partners import memberships_of, sections_in_use
from partners.queries.profile import missing_fields
from partners.services.moving import PAUSE, ask_to_move, finish_moving
from partners.states import MemberState, PartnerState
from portal.outbox.models import OutgoingMail
from portal.outbox.rendering import render_mail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, MemberRole, StaffRole
from tests.factories import make_actor, make_member, make_partner, make_staff

COMPLETE: dict[str, Any] = {
    "kana": "ミナト", "kind": "npo", "municipality": "141003", "address": "日本大通1", "phone": "045-000-0000", "summary": "a",
    "economy": "a", "society": "a", "environment": "a", "published_at": "https://www.example.jp/", "goals": [14],
    "contact_name": "山田", "contact_kana": "ヤマダ", "contact_phone": "045-000-0000", "contact_email": "a@example.jp",
}  # fmt: skip


@pytest.fixture
def officer(in_kanagawa: Programme) -> Actor:
    return make_actor(StaffRole.OFFICER, in_kanagawa)


def moving(**values: Any) -> Partner:
    return make_partner(**({"is_migrated": False, "contact_email": "a@example.jp"} | values))


def actor_of(member: Member) -> Actor:
    return Actor(user=member.user, membership=next(iter(memberships_of(member.user))))


def test_the_registered_address_is_asked_and_may_then_sign_in(officer: Actor) -> None:
    partner = moving(contact_name="山田 花子")
    ask_to_move(partner=partner, actor=officer)
    mail, member = OutgoingMail.objects.get(), Member.objects.get()
    assert (mail.to, mail.message) == ("a@example.jp", "partners.moving")
    assert (member.name, member.role, member.state) == ("山田 花子", MemberRole.OWNER, MemberState.INVITED)
    text = render_mail(mail).text  # type: ignore[union-attr]
    for words in ("a@example.jp", "取組・事業の概要", "/sign-in/"):
        assert words in text


def test_nobody_is_asked_twice_within_a_week(officer: Actor) -> None:
    partner = moving()
    ask_to_move(partner=partner, actor=officer)
    with pytest.raises(ValidationError, match="7日以内"):
        ask_to_move(partner=partner, actor=officer)
    assert OutgoingMail.objects.count() == 1
    MovingMail.objects.update(sent_at=timezone.now() - PAUSE - timedelta(minutes=1))
    ask_to_move(partner=partner, actor=officer)
    assert list(MovingMail.objects.values_list("time", flat=True)) == [1, 2]
    assert OutgoingMail.objects.count() == 2


def test_owners_are_asked_instead_of_the_old_address(officer: Actor) -> None:
    partner = moving()
    make_member(MemberRole.OWNER, partner, email="new@example.jp")
    make_member(MemberRole.VIEWER, partner)
    ask_to_move(partner=partner, actor=officer)
    assert OutgoingMail.objects.get().to == "new@example.jp"


def test_without_an_address_there_is_the_telephone(officer: Actor) -> None:
    with pytest.raises(ValidationError, match="電話"):
        ask_to_move(partner=moving(contact_email=""), actor=officer)


def test_an_address_of_this_programmes_staff_is_not_asked(
    officer: Actor, in_kanagawa: Programme, tokyo: Programme
) -> None:
    """It would be made an owner that never comes in; staff of another programme may be."""
    with pytest.raises(ValidationError, match="職員"):
        ask_to_move(partner=moving(contact_email=officer.user.email), actor=officer)
    assert not Member.objects.exists() and not OutgoingMail.objects.exists()
    other = make_staff(StaffRole.OFFICER, tokyo)
    ask_to_move(partner=moving(contact_email=other.email), actor=officer)
    assert Member.objects.get().user == other


def test_a_mail_that_came_too_late_is_not_sent(officer: Actor) -> None:
    partner = moving()
    ask_to_move(partner=partner, actor=officer)
    Partner.objects.update(is_migrated=True)
    assert render_mail(OutgoingMail.objects.get()) is None


def test_only_officers_ask(in_kanagawa: Programme) -> None:
    with pytest.raises(PermissionDenied):
        ask_to_move(partner=moving(), actor=make_actor(StaffRole.READ_ONLY, in_kanagawa))


def test_a_partner_has_moved_when_nothing_is_missing_and_it_says_so(in_kanagawa: Programme) -> None:
    partner = moving()
    actor = actor_of(make_member(MemberRole.EDITOR, partner))
    with pytest.raises(ValidationError, match="まだ入力していない"):
        finish_moving(partner_id=partner.pk, actor=actor)
    Partner.objects.update(**COMPLETE)
    assert missing_fields(Partner.objects.get(), sections_in_use()) == []
    finish_moving(partner_id=partner.pk, actor=actor)
    finish_moving(partner_id=partner.pk, actor=actor)
    assert Partner.objects.get().is_migrated
    assert Activity.objects.get().key == "moved"


def test_a_viewer_and_a_stranger_do_not_finish_it(in_kanagawa: Programme) -> None:
    partner = moving(**COMPLETE)
    for actor in (actor_of(make_member(MemberRole.VIEWER, partner)), actor_of(make_member(MemberRole.OWNER))):
        with pytest.raises(PermissionDenied):
            finish_moving(partner_id=partner.pk, actor=actor)


@pytest.mark.parametrize(("has_gate", "takes_part"), [(True, False), (False, True), (None, False)])
def test_the_gate_is_the_programmes_choice(
    in_kanagawa: Programme, tokyo: Programme, has_gate: bool | None, takes_part: bool
) -> None:
    with programme_scope(tokyo):
        RegistrationSettings.objects.create(has_soft_gate=False)
    if has_gate is not None:
        RegistrationSettings.objects.create(has_soft_gate=has_gate)
    member = make_member(MemberRole.EDITOR, moving())
    assert actor_of(member).may_take_part is takes_part


def test_the_list_holds_who_has_not_moved_and_may_still(in_kanagawa: Programme) -> None:
    waiting = moving()
    moving(state=PartnerState.ENDED)
    make_partner()
    assert [partner.pk for partner in MovingPartner.objects.all()] == [waiting.pk]


def test_what_only_staff_can_add_holds_nobody_up(in_kanagawa: Programme) -> None:
    partner = moving(**(COMPLETE | {"kind": ""}))
    assert [field.name for field in missing_fields(partner, sections_in_use())] == ["kind"]
    finish_moving(partner_id=partner.pk, actor=actor_of(make_member(MemberRole.OWNER, partner)))
    assert Partner.objects.get().is_migrated
