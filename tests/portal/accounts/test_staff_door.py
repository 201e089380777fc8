"""The door for staff: password, then a second factor, and never anything less."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from portal.accounts.middleware import user_of
from portal.accounts.models import StaffAppointment, User
from portal.accounts.services.passwords import set_password
from portal.accounts.services.second_factors import add_totp, recovery_codes_of
from portal.accounts.services.staff import IsPartnersPerson, appoint, end_appointment
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.clock import later
from tests.factories import make_member, make_staff
from tests.mailbox import letters
from tests.sessions import signed_in

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "correct horse battery"


def app_code(secret: str = SECRET, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret.replace(" ", ""), int(time.time()) // 30 + steps))


@pytest.fixture
def officer(kanagawa: Programme, tokyo: Programme) -> User:
    """With a password, but no second factor yet."""
    user = make_staff(StaffRole.OFFICER, kanagawa, email="officer@kanagawa.example.jp")
    with programme_scope(kanagawa):
        set_password(user=user, password=PASSWORD)
    return user


@pytest.fixture
def equipped(officer: User, kanagawa: Programme) -> User:
    with programme_scope(kanagawa):
        add_totp(user=officer, secret=SECRET)
    return officer


def first_step(visitor: Client, password: str = PASSWORD, **data: str):  # type: ignore[no-untyped-def]
    return visitor.post("/staff/sign-in/", {"address": "officer@kanagawa.example.jp", "password": password, **data})


def is_in(visitor: Client) -> bool:
    return visitor.get("/admin/").status_code == 200


def test_password_and_code_open_the_back_office(visit: Client, equipped: User, kanagawa: Programme) -> None:
    assert visit.get("/admin/web/page/")["Location"].startswith("/admin/login/?next=/admin/web/page/")
    assert (
        visit.get("/admin/login/?next=/admin/web/page/")["Location"] == "/staff/sign-in/?next=%2Fadmin%2Fweb%2Fpage%2F"
    )
    assert first_step(visit, next="/admin/web/page/")["Location"] == "/staff/sign-in/second-factor/"
    assert not is_in(visit)
    answer = visit.post("/staff/sign-in/second-factor/", {"code": app_code()})
    assert answer["Location"] == "/admin/web/page/"
    assert is_in(visit)
    with programme_scope(kanagawa):
        assert AuditEvent.objects.filter(action=Action.SIGNED_IN, actor=equipped).count() == 1


def test_a_password_alone_opens_nothing_but_the_second_step(visit: Client, equipped: User) -> None:
    first_step(visit)
    assert visit.get("/staff/security/")["Location"].startswith("/staff/sign-in/")
    assert visit.get("/mypage/")["Location"].startswith("/sign-in/")
    assert not is_in(visit)
    for code in ("000000", "", "abc", app_code(steps=-9)):
        assert visit.post("/staff/sign-in/second-factor/", {"code": code}).status_code == 200
    assert not is_in(visit)


def test_the_first_sign_in_sets_up_the_second_factor(visit: Client, officer: User, kanagawa: Programme) -> None:
    first_step(visit, next="/admin/web/page/")
    page = visit.get("/staff/sign-in/second-factor/")
    assert "二つ目の確認方法を決める" in page.text and "<svg" in page.text
    secret = page.context["secret"]
    assert visit.get("/staff/sign-in/second-factor/").context["secret"] == secret
    assert visit.post("/staff/sign-in/second-factor/", {"code": "000000"}).status_code == 200
    assert not is_in(visit)
    answer = visit.post("/staff/sign-in/second-factor/", {"code": app_code(secret)})
    assert answer["Location"] == "/staff/recovery-codes/?next=%2Fadmin%2Fweb%2Fpage%2F"
    codes = recovery_codes_of(officer)
    assert len(codes) == 10
    shown = visit.get(answer["Location"])
    assert all(code in shown.text for code in codes)
    assert shown["Cache-Control"] == "no-store"
    assert visit.post(answer["Location"], {"next": "/admin/web/page/"})["Location"] == "/admin/web/page/"
    # Once is once.
    assert visit.get("/staff/recovery-codes/").status_code == 302
    assert is_in(visit)
    assert letters(kanagawa, officer.email, "accounts.second_factor_changed")


def test_a_code_counts_once(visit: Client, equipped: User, kanagawa: Programme) -> None:
    code = app_code()
    first_step(visit)
    assert visit.post("/staff/sign-in/second-factor/", {"code": code}).status_code == 302
    other = Client(headers={"host": kanagawa.primary_host})
    first_step(other)
    assert "使われ" in other.post("/staff/sign-in/second-factor/", {"code": code}).text
    assert not is_in(other)


def test_a_recovery_code_helps_once(visit: Client, equipped: User, kanagawa: Programme) -> None:
    code = recovery_codes_of(equipped)[3]
    first_step(visit)
    typed = f"{code[:4]} {code[4:]}".translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert visit.post("/staff/sign-in/second-factor/", {"code": typed}).status_code == 302
    assert is_in(visit)
    assert code not in recovery_codes_of(equipped) and len(recovery_codes_of(equipped)) == 9
    other = Client(headers={"host": kanagawa.primary_host})
    first_step(other)
    assert other.post("/staff/sign-in/second-factor/", {"code": code}).status_code == 200


def test_guessing_codes_is_limited(visit: Client, equipped: User, kanagawa: Programme) -> None:
    first_step(visit)
    for _ in range(5):
        visit.post("/staff/sign-in/second-factor/", {"code": "000000"})
    assert "短い時間に" in visit.post("/staff/sign-in/second-factor/", {"code": app_code()}).text
    assert not is_in(visit)
    later(301, kanagawa)
    visit.post("/staff/sign-in/second-factor/", {"code": app_code()})
    assert is_in(visit)


def test_guessing_passwords_is_limited_and_locks_nobody_else_out(
    visit: Client, equipped: User, kanagawa: Programme
) -> None:
    for _ in range(5):
        assert "メールアドレスかパスワードが違います" in first_step(visit, "wrong").text
    assert "短い時間に" in first_step(visit).text
    assert (
        visit.post(
            "/staff/sign-in/",
            {"address": equipped.email, "password": PASSWORD},
            headers={"x-forwarded-for": "192.0.2.1"},
        ).status_code
        == 200
    )
    elsewhere = visit.post(
        "/staff/sign-in/", {"address": equipped.email, "password": PASSWORD}, REMOTE_ADDR="198.51.100.7"
    )
    assert elsewhere.status_code == 302


@pytest.mark.parametrize("who", ["unknown", "partner", "inactive", "no password"])
def test_everybody_else_hears_the_same(visit: Client, officer: User, kanagawa: Programme, who: str) -> None:
    address = f"{who.replace(' ', '.')}@example.jp"
    with programme_scope(kanagawa):
        if who == "partner":
            set_password(user=make_member(email=address).user, password=PASSWORD)
        if who == "inactive":
            set_password(
                user=make_staff(StaffRole.OFFICER, kanagawa, email=address, is_active=False), password=PASSWORD
            )
        if who == "no password":
            make_staff(StaffRole.OFFICER, kanagawa, email=address)
    answer = visit.post("/staff/sign-in/", {"address": address, "password": PASSWORD})
    assert answer.status_code == 200 and "メールアドレスかパスワードが違います" in answer.text
    assert not is_in(visit)


def test_staff_get_no_mail_to_sign_in_with(visit: Client, equipped: User, kanagawa: Programme) -> None:
    visit.post("/sign-in/", {"address": equipped.email})
    assert [letter.message for letter in letters(kanagawa, equipped.email)[-1:]] == ["accounts.unknown_address"]


def test_a_partners_person_may_not_enter_by_the_back_office(as_member) -> None:  # type: ignore[no-untyped-def]
    browser = as_member()
    assert browser.get("/admin/").status_code == 403
    assert browser.get("/staff/security/").status_code in (302, 403)


def test_djangos_own_form_is_gone(visit: Client, equipped: User) -> None:
    answer = visit.post("/admin/login/", {"username": equipped.email, "password": PASSWORD})
    assert answer["Location"].startswith("/staff/sign-in/")
    assert not is_in(visit)
    assert visit.post("/admin/login/?next=//evil.example", {})["Location"] == "/staff/sign-in/?next=%2F%2Fevil.example"
    assert 'name="next"' not in visit.get("/staff/sign-in/?next=//evil.example").text


def test_only_from_the_office(visit: Client, equipped: User, kanagawa: Programme) -> None:
    Programme.objects.filter(pk=kanagawa.pk).update(staff_networks=["192.0.2.0/24"])
    kanagawa.refresh_from_db()
    kanagawa.save()
    assert visit.get("/staff/sign-in/").status_code == 403
    assert first_step(visit).status_code == 403
    inside = Client(headers={"host": kanagawa.primary_host}, REMOTE_ADDR="192.0.2.9")
    assert inside.get("/staff/sign-in/").status_code == 200
    first_step(inside)
    inside.post("/staff/sign-in/second-factor/", {"code": app_code()})
    assert is_in(inside)
    # Partners' people come from everywhere.
    assert visit.get("/sign-in/").status_code == 200


def test_the_seed_of_the_app_is_in_no_dump(visit: Client, officer: User) -> None:
    first_step(visit)
    secret = visit.get("/staff/sign-in/second-factor/").context["secret"].replace(" ", "")
    assert secret not in str(dict(visit.session.items()))
    visit.post("/staff/sign-in/second-factor/", {"code": app_code(secret)})
    with connection.cursor() as cursor:
        for table in ("mfa_authenticator", "django_session"):
            cursor.execute(f"SELECT t::text FROM {table} t")
            assert not any(secret in row for (row,) in cursor.fetchall())
    row = Authenticator.objects.get(type="totp")
    assert decrypt(row.data["secret"]) == secret
    assert secret not in str(dict(visit.session.items()))


# --- Their own access ------------------------------------------------------------------------------------------------


def test_the_last_second_factor_stays(equipped: User, kanagawa: Programme) -> None:
    browser = signed_in(equipped, kanagawa)
    factor = Authenticator.objects.get(user=equipped, type="totp")
    address = f"/staff/security/{factor.pk}/remove/"
    assert "今のパスワードが違います" in browser.post(address, {"present": "wrong"}).text
    assert "最後の1つは削除できません" in browser.post(address, {"present": PASSWORD}).text
    assert Authenticator.objects.filter(pk=factor.pk).exists()


def test_somebody_elses_factor_is_not_there(equipped: User, kanagawa: Programme) -> None:
    other = make_staff(StaffRole.APPROVER, kanagawa)
    with programme_scope(kanagawa):
        factor = add_totp(user=other, secret=SECRET)
    assert signed_in(equipped, kanagawa).get(f"/staff/security/{factor.pk}/remove/").status_code == 404


def test_new_recovery_codes_end_the_old_ones(equipped: User, kanagawa: Programme) -> None:
    before, browser = recovery_codes_of(equipped), signed_in(equipped, kanagawa)
    assert (
        browser.post("/staff/security/recovery-codes/", {"present": PASSWORD})["Location"] == "/staff/recovery-codes/"
    )
    assert not set(before) & set(recovery_codes_of(equipped))


def test_a_new_password_ends_all_other_sessions_and_is_told(equipped: User, kanagawa: Programme) -> None:
    here, elsewhere = signed_in(equipped, kanagawa), signed_in(equipped, kanagawa)
    new = {"password": "another long sentence", "password_again": "another long sentence"}
    assert "今のパスワードが違います" in here.post("/staff/password/", new | {"present": "wrong"}).text
    assert here.post("/staff/password/", new | {"present": PASSWORD})["Location"] == "/staff/security/"
    assert is_in(here) and not is_in(elsewhere)
    assert letters(kanagawa, equipped.email, "accounts.password_changed")


@pytest.mark.parametrize(
    ("password", "says"),
    [("short", "12文字以上"), ("password1234", "一般的すぎます"), ("Aa1!aaaa", "12文字以上")],
)
def test_weak_passwords_are_refused(equipped: User, kanagawa: Programme, password: str, says: str) -> None:
    browser = signed_in(equipped, kanagawa)
    form = {"present": PASSWORD, "password": password, "password_again": password}
    page = browser.post("/staff/password/", form)
    assert page.status_code == 200
    assert says in page.text


# --- Appointments ------------------------------------------------------------------------------------------------------


def test_the_first_officer_is_appointed_by_command(visit: Client, kanagawa: Programme, capsys) -> None:  # type: ignore[no-untyped-def]
    call_command("appoint", "kanagawa", "First@kanagawa.example.jp", role="approver", name="神奈川 一郎")
    link = capsys.readouterr().out.strip().splitlines()[-1]
    assert link.startswith("http://kanagawa.localhost:8000/staff/password/")
    path = link.removeprefix("http://kanagawa.localhost:8000")
    assert "first@kanagawa.example.jp" in visit.get(path).text
    form = {"password": PASSWORD, "password_again": PASSWORD}
    assert visit.post(path, form)["Location"] == "/staff/password/done/"
    assert visit.get(path).status_code == 410
    visit.post("/staff/sign-in/", {"address": "first@kanagawa.example.jp", "password": PASSWORD})
    secret = visit.get("/staff/sign-in/second-factor/").context["secret"]
    visit.post("/staff/sign-in/second-factor/", {"code": app_code(secret)})
    assert is_in(visit)


def test_the_command_says_what_is_wrong(kanagawa: Programme) -> None:
    with pytest.raises(CommandError, match="There are: kanagawa"):
        call_command("appoint", "nowhere", "a@example.jp")
    with pytest.raises(CommandError, match="no mail address"):
        call_command("appoint", "kanagawa", "nonsense")
    with programme_scope(kanagawa):
        make_member(email="partner@example.jp")
    with pytest.raises(CommandError, match="partner's person"):
        call_command("appoint", "kanagawa", "partner@example.jp")


def test_an_operator_has_a_door_on_the_platform(db: None, kanagawa: Programme, capsys) -> None:  # type: ignore[no-untyped-def]
    call_command("appoint", "root@platform.example.jp", operator=True)
    link = capsys.readouterr().out.strip().splitlines()[-1]
    assert link.startswith("http://localhost:8000/staff/password/")
    platform = Client(headers={"host": settings.PLATFORM_HOST})
    path = link.removeprefix("http://localhost:8000")
    platform.post(path, {"password": PASSWORD, "password_again": PASSWORD})
    platform.post("/staff/sign-in/", {"address": "root@platform.example.jp", "password": PASSWORD})
    secret = platform.get("/staff/sign-in/second-factor/").context["secret"]
    platform.post("/staff/sign-in/second-factor/", {"code": app_code(secret)})
    assert is_in(platform)
    assert platform.get("/staff/security/").status_code == 200
    assert platform.get("/sign-in/").status_code == 404


def test_appointing_again_changes_the_role_and_keeps_the_past(kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        first = appoint(address="a@kanagawa.example.jp", name="甲", role=StaffRole.READ_ONLY, actor=None)
        second = appoint(address="a@kanagawa.example.jp", name="", role=StaffRole.APPROVER, actor=None)
        again = appoint(address="a@kanagawa.example.jp", name="", role=StaffRole.APPROVER, actor=None)
        assert again == second
        first.refresh_from_db()
        assert first.ended_at and not second.ended_at and second.user.name == "甲"
        end_appointment(appointment=second, reason="異動", actor=None)
        assert not StaffAppointment.objects.filter(ended_at=None).exists()
        make_member(email="partner@example.jp")
        with pytest.raises(IsPartnersPerson):
            appoint(address="Partner@example.jp", name="", role=StaffRole.OFFICER, actor=None)


def test_an_appointed_person_is_told_how_to_begin(kanagawa: Programme, visit: Client) -> None:
    with programme_scope(kanagawa):
        appoint(address="new@kanagawa.example.jp", name="新井", role=StaffRole.OFFICER, actor=None)
    letter = letters(kanagawa, "new@kanagawa.example.jp")[-1]
    assert visit.get(letter.link).status_code == 200


def test_forgotten_passwords_of_staff_come_by_mail_and_leave_the_second_factor(
    visit: Client, equipped: User, kanagawa: Programme
) -> None:
    visit.post("/sign-in/password/forgotten/", {"address": equipped.email, "address_again": equipped.email})
    link = letters(kanagawa, equipped.email, "accounts.new_password")[-1].link
    new = {"password": "another long sentence", "password_again": "another long sentence"}
    assert visit.post(link, new).status_code == 302
    assert not is_in(visit)
    first_step(visit, "another long sentence")
    assert not is_in(visit)
    visit.post("/staff/sign-in/second-factor/", {"code": app_code()})
    assert is_in(visit)


def test_user_of_is_what_the_middleware_asks() -> None:
    assert user_of.__module__ == "portal.accounts.middleware"
