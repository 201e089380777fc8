"""In which language one writes to a person: as they sign in, unless they chose; and what is sent takes it."""

from collections.abc import Callable

import pytest
from django.test import Client

from partners.models import Member
from partners.services.moving import ask_to_move
from partners.services.people import restore_access
from partners.services.telling import tell_owners
from portal.accounts.models import User
from portal.accounts.queries import languages_of
from portal.accounts.services.staff import appoint
from portal.accounts.services.users import choose_mail_language
from portal.backoffice.services import hand_over
from portal.notices.services import send_trial, start_mailing
from portal.outbox.models import OutgoingMail
from portal.outbox.rendering import render_mail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, MemberRole, StaffRole
from portal.web.services.work import assign
from tests.clock import later
from tests.factories import make_actor, make_mailing, make_member, make_partner, make_user
from tests.mailbox import letters

AsPerson = Callable[..., Client]
HANAKO = "hanako@aoba.example.jp"
PAGE = "/mypage/account/language/"


@pytest.fixture
def hanako(kanagawa: Programme, tokyo: Programme) -> Member:
    with programme_scope(kanagawa):
        return make_member(email=HANAKO)


def sign_in(visit: Client, programme: Programme, door: str, address: str = HANAKO) -> None:
    visit.post(door, {"address": address})
    visit.post(letters(programme, address)[-1].link)


def language_of(address: str) -> str:
    return User.objects.get(email=address).reads


def test_mail_follows_the_language_of_the_last_sign_in(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    assert language_of(HANAKO) == "ja"
    sign_in(visit, kanagawa, "/en/sign-in/")
    assert language_of(HANAKO) == "en"
    visit.post("/sign-out/")
    later(60, kanagawa)
    sign_in(visit, kanagawa, "/sign-in/")
    assert language_of(HANAKO) == "ja"


def test_what_was_chosen_on_my_page_stays(visit: Client, kanagawa: Programme, hanako: Member) -> None:
    sign_in(visit, kanagawa, "/sign-in/")
    assert "ログインしたときの言語に合わせています" in visit.get("/mypage/account/").text
    assert visit.post(PAGE, {"language": "easy"})["Location"] == "/mypage/account/"
    assert "やさしい日本語" in visit.get("/mypage/account/").text
    visit.post("/sign-out/")
    later(60, kanagawa)
    sign_in(visit, kanagawa, "/en/sign-in/")
    assert language_of(HANAKO) == "easy"
    visit.post(PAGE, {"language": ""})
    assert language_of(HANAKO) == "en"


@pytest.mark.parametrize("wrong", ["fr", "ja\n", "日本語"])
def test_another_language_is_refused(as_member: AsPerson, wrong: str) -> None:
    browser = as_member()
    assert browser.post(PAGE, {"language": wrong}).status_code == 200
    assert User.objects.get(pk=browser.user.pk).mail_language == ""
    with pytest.raises(ValueError, match=wrong):
        choose_mail_language(user=browser.user, language=wrong)


def test_a_programme_without_the_language_writes_japanese(in_kanagawa: Programme) -> None:
    make_user(HANAKO, mail_language="en")
    assert languages_of([HANAKO.title(), "nobody@example.jp"]) == {HANAKO: "en"}
    in_kanagawa.languages = ["ja", "easy"]
    assert languages_of([HANAKO]) == {HANAKO: "ja"}


def test_an_invitation_is_in_the_language_of_who_invites_until_the_person_is_known(
    as_member: AsPerson, kanagawa: Programme, hanako: Member
) -> None:
    owner = as_member(MemberRole.OWNER)
    asked = {"name": "青葉 次郎", "role": "2", "note": ""}
    for address, language in (("new@aoba.example.jp", "en"), (HANAKO, "ja")):
        owner.post("/en/mypage/people/invite/", asked | {"address": address})
        with programme_scope(kanagawa):
            assert OutgoingMail.objects.get(to=address).language == language


def test_letters_to_one_partner_each_in_its_reader_s_language(in_kanagawa: Programme) -> None:
    partner = make_partner(is_migrated=False)
    for language in ("ja", "en"):
        make_member(MemberRole.OWNER, partner, user=make_user(f"{language}@aoba.example.jp", language=language))
    officer = make_actor(StaffRole.OFFICER, in_kanagawa)
    ask_to_move(partner=partner, actor=officer)
    tell_owners(message="partners.role_changed", partner=partner, key="a", data={"by": ""})
    assert sorted(OutgoingMail.objects.values_list("to", "language")) == [
        ("en@aoba.example.jp", "en"), ("en@aoba.example.jp", "en"),
        ("ja@aoba.example.jp", "ja"), ("ja@aoba.example.jp", "ja"),
    ]  # fmt: skip


def test_a_mailing_has_its_frame_in_the_reader_s_language(in_kanagawa: Programme) -> None:
    partner = make_partner()
    for language in ("ja", "en"):
        make_member(MemberRole.OWNER, partner, user=make_user(f"{language}@aoba.example.jp", language=language))
    officer = make_actor(StaffRole.OFFICER, in_kanagawa)
    start_mailing(mailing=make_mailing(segment="partners"), actor=officer)
    words = {mail.to[:2]: render_mail(mail) for mail in OutgoingMail.objects.all()}
    for language, footer in (("ja", "このメールは送信専用です"), ("en", "This address only sends")):
        assert words[language] and footer in words[language].text
        assert "ご参加ください。" in words[language].text


def test_staff_too_are_written_to_in_their_language(in_kanagawa: Programme) -> None:
    """What was tried, what was appointed and what was handed over: the frame, and the words that are not theirs."""
    approver, officer = make_actor(StaffRole.APPROVER, in_kanagawa), make_actor(StaffRole.OFFICER, in_kanagawa)
    make_user(HANAKO, mail_language="en")
    appoint(address=HANAKO, name="山田", role=StaffRole.OFFICER, actor=approver)
    reader = User.objects.get(email=HANAKO)
    send_trial(mailing=make_mailing(segment="partners"), actor=Actor(user=reader, staff_role=StaffRole.OFFICER))
    assign(subject=make_mailing(segment="partners"), assignee=officer.user, actor=approver)
    hand_over(leaver=officer.user, successor=reader, notes={}, note="", actor=approver)
    mails = OutgoingMail.objects.filter(to=HANAKO)
    assert set(mails.values_list("message", "language")) == {
        ("accounts.appointed", "en"), ("notices.trial", "en"), ("backoffice.handed_over", "en"),
    }  # fmt: skip
    for mail in mails:
        words = render_mail(mail)
        assert words and "This address only sends" in words.text


def test_who_gets_another_address_keeps_the_language(in_kanagawa: Programme) -> None:
    member = make_member(user=make_user(HANAKO, language="en"))
    officer = make_actor(StaffRole.APPROVER, in_kanagawa)
    restore_access(member=member, address="new@aoba.example.jp", reason="電話で確認", actor=officer)
    assert set(OutgoingMail.objects.values_list("message", "language")) == {
        ("partners.access_moved", "en"), ("partners.invitation", "en"),
    }  # fmt: skip


def test_one_query_for_any_number_of_people(in_kanagawa: Programme, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    addresses = [make_user(f"person{number}@example.jp", language="en").email for number in range(20)]
    with django_assert_num_queries(1):
        assert len(languages_of(addresses)) == 20
