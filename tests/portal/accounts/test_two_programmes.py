"""One person with a place in two programmes: each host has its own door, and neither programme changes the other."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from partners.models import Member
from partners.services.people import IsStaff, invite
from portal.accounts.models import StaffAppointment, User
from portal.accounts.services.passwords import set_password
from portal.accounts.services.second_factors import LastSecondFactor, add_totp, factors_of, remove
from portal.accounts.services.staff import appoint, end_appointment
from portal.tenancy.models import PasswordRule, Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, MemberRole, Membership, StaffRole
from tests.factories import make_member, make_partner, make_staff
from tests.mailbox import letters
from tests.portal.accounts.test_staff_door import PASSWORD, SECRET, app_code
from tests.sessions import signed_in

HANAKO = "hanako@example.jp"
WRONG = "メールアドレスかパスワードが違います"


@pytest.fixture
def member(kanagawa: Programme, tokyo: Programme) -> Member:
    """Acts for a partner in Tokyo."""
    with programme_scope(tokyo):
        return make_member(email=HANAKO)


def appointed(programme: Programme, name: str = "県 花子", address: str = HANAKO) -> StaffAppointment:
    with programme_scope(programme):
        return appoint(address=address, name=name, role=StaffRole.OFFICER, actor=None)


def at(programme: Programme) -> Client:
    return Client(headers={"host": programme.primary_host})


def owner_of_a_partner() -> Actor:
    owner = make_member(partner=make_partner(name="みどり農園"))
    place = Membership(owner.pk, owner.partner_id, owner.partner.name, MemberRole.OWNER)
    return Actor(user=owner.user, membership=place, memberships=(place,))


def test_who_is_appointed_elsewhere_stays_a_partners_person_here(
    kanagawa: Programme, tokyo: Programme, member: Member
) -> None:
    before = signed_in(member.user, tokyo, member)
    appointed(kanagawa)
    assert before.get("/mypage/").status_code == 200
    again = at(tokyo)
    again.post("/sign-in/", {"address": HANAKO})
    assert again.post(letters(tokyo, HANAKO, "accounts.sign_in")[-1].link).status_code == 302
    assert again.get("/mypage/").status_code == 200
    assert again.get("/admin/").status_code == 403
    with programme_scope(tokyo):
        set_password(user=member.user, password=PASSWORD)
    # Tokyo's door for staff is not theirs, right as the password is.
    assert WRONG in again.post("/staff/sign-in/", {"address": HANAKO, "password": PASSWORD}).text


def test_the_same_person_enters_as_staff_only_with_two_factors(
    kanagawa: Programme, tokyo: Programme, member: Member
) -> None:
    user = appointed(kanagawa).user
    with programme_scope(kanagawa):
        set_password(user=user, password=PASSWORD)
        add_totp(user=user, secret=SECRET)
    browser = at(kanagawa)
    browser.post("/sign-in/", {"address": HANAKO})
    assert not letters(kanagawa, HANAKO, "accounts.sign_in")
    browser.post("/staff/sign-in/", {"address": HANAKO, "password": PASSWORD})
    assert browser.get("/admin/").status_code == 302
    browser.post("/staff/sign-in/second-factor/", {"code": app_code()})
    assert browser.get("/admin/").status_code == 200
    # What was opened by mail in Tokyo counts nowhere else.
    assert signed_in(user, tokyo, member).get("/admin/", headers={"host": kanagawa.primary_host}).status_code == 302
    assert signed_in(user, kanagawa, second_factor=False).get("/admin/").status_code == 302


def test_a_name_that_is_set_stays(kanagawa: Programme, tokyo: Programme) -> None:
    appointed(tokyo, name="山田 花子")
    assert appointed(kanagawa, name="だれか ほか").user.name == "山田 花子"
    assert appointed(kanagawa, name="佐藤 次郎", address="jiro@example.jp").user.name == "佐藤 次郎"


def test_staff_of_another_programme_and_former_staff_become_a_partners_people(
    kanagawa: Programme, tokyo: Programme
) -> None:
    appointed(tokyo)
    here = appointed(kanagawa, address="jiro@example.jp")
    with programme_scope(kanagawa):
        actor = owner_of_a_partner()
        partner = Member.objects.get(user=actor.user).partner
        people = {"partner": partner, "name": "花子", "role": MemberRole.EDITOR, "actor": actor}
        assert invite(address=HANAKO, **people).user.email == HANAKO
        with pytest.raises(IsStaff):
            invite(address="jiro@example.jp", **people)
        end_appointment(appointment=here, reason="退職", actor=None)
        assert invite(address="jiro@example.jp", **people).user == here.user
    browser = at(kanagawa)
    assert browser.post(letters(kanagawa, "jiro@example.jp", "partners.invitation")[-1].link).status_code == 302
    assert browser.get("/mypage/arrive/")["Location"].startswith("/mypage/welcome/")


def test_what_proves_staff_is_not_weakened_from_another_programme(
    kanagawa: Programme, tokyo: Programme, member: Member
) -> None:
    """Password and factors are the same everywhere: the stricter rule goes with the person."""
    tokyo.password_rule = PasswordRule.MIXED
    tokyo.save()
    with programme_scope(tokyo):
        set_password(user=member.user, password="Ab3!efgh")
    user = appointed(kanagawa).user
    answer = at(kanagawa).post("/staff/sign-in/", {"address": HANAKO, "password": "Ab3!efgh"})
    assert answer.status_code == 200 and "12文字以上" in answer.text
    with programme_scope(kanagawa):
        add_totp(user=user, secret=SECRET)
    with programme_scope(tokyo), pytest.raises(LastSecondFactor):
        remove(user=user, authenticator=factors_of(user).get())


def test_the_last_passkey_of_staff_is_not_removed_on_a_partners_page(
    kanagawa: Programme, tokyo: Programme, member: Member
) -> None:
    user = appointed(kanagawa).user
    passkey = Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "電話"})
    browser = signed_in(user, tokyo, member)
    answer = browser.post(f"/mypage/account/passkeys/{passkey.pk}/remove/", follow=True)
    assert "最後の1つは削除できません" in answer.text
    assert factors_of(user).exists()


def test_an_operator_is_nobody_on_a_programmes_staff_door(kanagawa: Programme, tokyo: Programme) -> None:
    operator = User.objects.create_superuser("root@platform.example.jp")
    with programme_scope(kanagawa):
        set_password(user=operator, password=PASSWORD)
    assert WRONG in at(kanagawa).post("/staff/sign-in/", {"address": operator.email, "password": PASSWORD}).text


def test_staff_of_another_programme_are_shown_nothing(kanagawa: Programme, tokyo: Programme) -> None:
    stranger = signed_in(make_staff(StaffRole.APPROVER, tokyo), kanagawa)
    assert stranger.get("/admin/").status_code == 403
    assert stranger.get("/mypage/")["Location"].startswith("/mypage/arrive/")
