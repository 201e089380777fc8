"""Staff and single mails: seen with their way, sent once more, put aside; what failed waits on the list of the day."""

import re
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from portal.audit.models import Action, AuditEvent
from portal.outbox import claims
from portal.outbox.delivery import deliver_due
from portal.outbox.models import OutgoingMail
from portal.outbox.services import cancel_mail, queue_mail, send_again
from portal.outbox.states import State
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.factories import make_actor
from tests.mail_server import MailServer

LIST = "/admin/outbox/outgoingmail/"
READ_ONLY, OFFICER, APPROVER = StaffRole
AsStaff = Callable[..., Client]


def queue(to: str = "hanako@example.jp", message: str = "tests.greeting") -> OutgoingMail:
    return queue_mail(message=message, to=to, dedupe_key=f"{message} {to}", data={"name": "山田 花子"})


def failed(to: str = "gone@example.jp") -> OutgoingMail:
    mail = queue(to)
    [claimed] = claims.claim(size=1, now=timezone.now())
    claims.record_failed(mail=claimed, answer="550 no such user", now=timezone.now())
    return mail


def state_of(mail: OutgoingMail) -> str:
    mail.refresh_from_db()
    return mail.state


def press(staff: Client, action: str, mail: OutgoingMail, **more: str) -> str:
    data = {"action": action, "_selected_action": [mail.pk]}
    shown = staff.post(LIST, data).text
    found = re.search(r'name="seen" value="([0-9a-f]+)"', shown)
    return staff.post(LIST, data | {"seen": found[1]} | more, follow=True).text if found else shown


def test_a_failed_mail_goes_once_more(in_kanagawa: Programme, mail_server: MailServer) -> None:
    mail = failed()
    send_again(mail=mail, actor=make_actor(OFFICER, in_kanagawa))
    assert state_of(mail) == State.QUEUED
    deliver_due()
    assert state_of(mail) == State.SENT
    assert mail_server.receivers == ["gone@example.jp"]
    assert AuditEvent.objects.get().action == Action.MAIL_SENT_AGAIN


def test_a_mail_that_was_sent_goes_as_a_new_one(in_kanagawa: Programme, mail_server: MailServer) -> None:
    mail = queue()
    deliver_due()
    officer = make_actor(OFFICER, in_kanagawa)
    copies = [send_again(mail=mail, actor=officer)]
    deliver_due()
    copies.append(send_again(mail=OutgoingMail.objects.get(pk=copies[0].pk), actor=officer))
    deliver_due()
    assert len({received.message["Message-ID"] for received in mail_server.received}) == 3
    assert len({received.text for received in mail_server.received}) == 1
    assert [copy.dedupe_key for copy in copies] == [f"{mail.dedupe_key}#1", f"{mail.dedupe_key}#2"]


def test_secrets_and_wrong_addresses_are_not_sent_again(in_kanagawa: Programme, mail_server: MailServer) -> None:
    officer = make_actor(OFFICER, in_kanagawa)
    secret, wrong = queue(message="tests.sign_in"), queue("花子@example.jp")
    deliver_due()
    for mail in (secret, wrong):
        with pytest.raises(ValidationError):
            send_again(mail=mail, actor=officer)
    assert OutgoingMail.objects.count() == 2


def test_what_waits_or_failed_is_cancelled_with_a_reason(in_kanagawa: Programme, mail_server: MailServer) -> None:
    officer = make_actor(OFFICER, in_kanagawa)
    waits, gone = queue(), failed()
    for mail in (waits, gone):
        cancel_mail(mail=mail, actor=officer, reason="電話で伝えた")
        assert state_of(mail) == State.CANCELLED
    deliver_due()
    assert mail_server.received == []
    assert {event.reason for event in AuditEvent.objects.all()} == {"電話で伝えた"}
    with pytest.raises(ValidationError):
        send_again(mail=gone, actor=officer)


def test_what_is_being_sent_is_left_alone(in_kanagawa: Programme) -> None:
    mail = queue()
    claims.claim(size=1, now=timezone.now())
    for deed in (send_again, lambda **given: cancel_mail(**given, reason="x")):
        with pytest.raises(ValidationError):
            deed(mail=mail, actor=make_actor(OFFICER, in_kanagawa))
    assert state_of(mail) == State.SENDING


@pytest.mark.parametrize("role", [READ_ONLY, None])
def test_who_may_not(in_kanagawa: Programme, role: StaffRole | None) -> None:
    mail = failed()
    with pytest.raises(PermissionDenied):
        send_again(mail=mail, actor=make_actor(role, in_kanagawa))
    with pytest.raises(PermissionDenied):
        cancel_mail(mail=mail, actor=make_actor(role, in_kanagawa), reason="x")


def test_a_failed_mail_waits_on_the_list_of_the_day_until_it_is_dealt_with(
    as_staff: AsStaff, kanagawa: Programme, tokyo: Programme
) -> None:
    with programme_scope(kanagawa):
        mail = failed()
    officer = as_staff(OFFICER)
    assert "gone@example.jp" in officer.get("/admin/").text
    assert "gone@example.jp" not in as_staff(OFFICER, tokyo).get("/admin/").text
    page = officer.get(f"{LIST}{mail.pk}/change/").text
    assert "550 no such user" in page
    assert "もう一度送る" in page
    assert "1件に「もう一度送る」を実行しました" in press(officer, "send_again", mail)
    with programme_scope(kanagawa):
        assert state_of(mail) == State.QUEUED
        assert AuditEvent.objects.filter(action=Action.PERSON_VIEWED).count() == 1
    press(officer, "cancel", mail, **{"with-reason": "電話で伝えた"})
    with programme_scope(kanagawa):
        assert state_of(mail) == State.CANCELLED
    assert "gone@example.jp" not in officer.get("/admin/").text


def test_the_list_takes_the_same_queries_for_one_and_three(
    as_staff: AsStaff, kanagawa: Programme, django_assert_max_num_queries: Callable[..., object]
) -> None:
    officer = as_staff(READ_ONLY)
    officer.get(LIST)
    counts = []
    for more in (1, 2):
        with programme_scope(kanagawa):
            for number in range(more):
                queue(f"{more}{number}@example.jp")
        with django_assert_max_num_queries(30) as captured:
            officer.get(LIST)
        counts.append(len(captured))  # type: ignore[arg-type]
    assert counts[0] == counts[1]
