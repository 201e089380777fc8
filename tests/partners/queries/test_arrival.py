"""Whom mail does not reach: told to colleagues and staff, and over with another address or a sign-in by mail."""

from collections.abc import Callable

from django.test import Client
from django.utils import timezone

from partners.models import Member
from partners.services.people import restore_access
from portal.accounts.services.sign_in import ask_to_sign_in, redeem_code, redeem_link
from portal.outbox.models import DeadAddress, MailReport, OutgoingMail
from portal.outbox.states import Report, State
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from tests.factories import make_actor, make_member, make_partner
from tests.sessions import signed_in

AsStaff = Callable[..., Client]


def mark(member: Member) -> DeadAddress:
    return DeadAddress.objects.create(address=member.user.email, kind=Report.HARD, words="550 5.1.1")


def test_my_page_names_whom_mail_does_not_reach(kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(kanagawa):
        partner, other = make_partner(), make_partner(name="別の団体")
        viewer = make_member(MemberRole.VIEWER, partner, name="見る人")
        gone = make_member(MemberRole.OWNER, partner, name="届かない人")
        stranger = make_member(MemberRole.OWNER, other, name="よその人")
        for person in (gone, stranger):
            mark(person)
    with programme_scope(tokyo):
        make_member(MemberRole.OWNER, make_partner(), user=viewer.user, name="東京の見る人")
    page = signed_in(viewer.user, kanagawa, viewer).get("/mypage/").text
    assert "届かない人" in page
    assert "よその人" not in page
    assert "自分のアドレスを変える" not in page
    assert "自分のアドレスを変える" in signed_in(gone.user, kanagawa, gone).get("/mypage/").text
    people = signed_in(viewer.user, kanagawa, viewer).get("/mypage/people/").text
    assert people.count("メールが届きません") == 1
    with programme_scope(kanagawa):
        DeadAddress.objects.update(ended_at=timezone.now())
    assert "メールが届いていない方がいます" not in signed_in(viewer.user, kanagawa, viewer).get("/mypage/").text


def test_staff_see_what_became_of_each_mail(as_staff: AsStaff, kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(kanagawa):
        member = make_member(partner=make_partner(contact_email="info@aoba.example.jp"))
        addresses = (member.user.email, "info@aoba.example.jp", "else@example.jp")
        mails = [
            OutgoingMail.objects.create(
                message="accounts.sign_in", priority=0, dedupe_key=to, to=to, state=State.SENT, finished_at=timezone.now(),
                answer=f"250 took {to}",
            )
            for to in addresses
        ]  # fmt: skip
        MailReport.objects.create(mail=mails[0], kind=Report.DELAYED, key="a", words="451 try later")
        mark(member)
    with programme_scope(tokyo):
        OutgoingMail.objects.create(
            message="accounts.sign_in", priority=0, dedupe_key="t", to=member.user.email, answer="東京の答え"
        )
    reader = as_staff(StaffRole.OFFICER)
    of_person = reader.get(f"/admin/partners/member/{member.pk}/change/").text
    of_partner = reader.get(f"/admin/partners/partner/{member.partner.pk}/change/").text
    for page in (of_person, of_partner):
        assert f"250 took {member.user.email}" in page
        assert "相手のサーバーで遅延" in page
        assert "451 try later" in page
        assert "550 5.1.1" in page
        assert "else@example.jp" not in page
    assert "250 took info@aoba.example.jp" in of_partner
    assert "250 took info@aoba.example.jp" not in of_person
    assert f"/admin/partners/member/{member.pk}/phone/" in of_person
    with programme_scope(tokyo):
        assert "東京の答え" not in of_person + of_partner


def test_signing_in_by_mail_proves_that_it_arrives(in_kanagawa: Programme) -> None:
    member = make_member()
    for way in ("link", "code"):
        mark(member)
        ticket = ask_to_sign_in(address=member.user.email, next_path="", language="ja")
        assert (
            redeem_link(token=ticket.link_token)
            if way == "link"
            else redeem_code(ticket_id=ticket.pk, code=ticket.code)
        )
        assert not DeadAddress.objects.now().exists()


def test_a_wrong_code_proves_nothing(in_kanagawa: Programme) -> None:
    member = make_member()
    mark(member)
    ticket = ask_to_sign_in(address=member.user.email, next_path="", language="ja")
    assert redeem_code(ticket_id=ticket.pk, code="000000" if ticket.code != "000000" else "111111") is None
    assert DeadAddress.objects.now().exists()


def test_the_opened_link_is_seen_on_the_mail(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        member = make_member()
        ticket = ask_to_sign_in(address=member.user.email, next_path="", language="ja")
        OutgoingMail.objects.update(state=State.SENT)
    for _time in range(2):
        assert visit.get(f"/sign-in/link/{ticket.link_token}/").status_code == 200
    with programme_scope(kanagawa):
        assert MailReport.objects.get().kind == Report.OPENED


def test_another_address_ends_the_mark_unless_the_old_one_is_still_in_use(in_kanagawa: Programme) -> None:
    officer = make_actor(StaffRole.OFFICER, in_kanagawa)
    member = make_member()
    second = make_member(user=member.user)
    mark(member)
    restore_access(member=member, address="new@aoba.example.jp", reason="退職", actor=officer)
    assert DeadAddress.objects.now().exists()
    restore_access(member=second, address="new@aoba.example.jp", reason="退職", actor=officer)
    assert not DeadAddress.objects.now().exists()
