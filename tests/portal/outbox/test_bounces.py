"""What reports lead to: an address is marked, bulk mail to it held, people told, and the mark ends."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from portal.audit.models import Action, AuditEvent
from portal.outbox.bounces import address_is_left, address_is_read, end_mark, note_opened, take_finding
from portal.outbox.delivery import deliver_due
from portal.outbox.models import DeadAddress, MailReport, OutgoingMail
from portal.outbox.queries import arrival_at, dead_addresses_queue, failed_mails_queue
from portal.outbox.reports import Finding
from portal.outbox.services import queue_mail
from portal.outbox.states import Report, State
from portal.outbox.views import sign
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.factories import make_actor
from tests.mail_server import MailServer
from tests.portal.outbox.raw_reports import a_complaint, a_delivery_report

READ_ONLY, OFFICER, APPROVER = StaffRole
LIST = "/admin/outbox/deadaddress/"
GONE = "gone@example.jp"
AsStaff = Callable[..., Client]


def sent(key: str, to: str = GONE, message: str = "tests.greeting") -> OutgoingMail:
    mail = queue_mail(message=message, to=to, dedupe_key=key, data={"name": "山田"})
    deliver_due()
    mail.refresh_from_db()
    return mail


def report(mail: OutgoingMail, kind: Report, number: int = 0, **fields: Any) -> bool:
    return take_finding(finding=Finding(kind, mail.message_id, f"{kind}{mail.pk}{number}", **fields))


def dead() -> list[str]:
    return [str(one) for one in DeadAddress.objects.now()]


@pytest.mark.parametrize("kind", [Report.HARD, Report.COMPLAINT])
def test_a_mailbox_that_is_gone_and_a_complaint_count_at_once(
    in_kanagawa: Programme, mail_server: MailServer, kind: Report
) -> None:
    mail = sent("a", to="Gone@Example.jp")
    assert report(mail, kind, words="550 5.1.1")
    assert dead() == [GONE]
    assert report(mail, kind, words="550 5.1.1")
    assert report(mail, kind, number=1)
    assert DeadAddress.objects.count() == 1
    assert MailReport.objects.count() == 2
    assert AuditEvent.objects.filter(action=Action.ADDRESS_DEAD, actor=None).count() == 1


def test_other_failures_count_after_three_mails(in_kanagawa: Programme, mail_server: MailServer) -> None:
    first = sent("0")
    for number in range(5):
        report(first, Report.SOFT, number)
    report(sent("1"), Report.SOFT)
    report(sent("2"), Report.DELAYED)
    assert dead() == []
    report(sent("3"), Report.SOFT)
    assert dead() == [GONE]


def test_a_mail_that_arrived_in_between_lets_the_count_begin_anew(
    in_kanagawa: Programme, mail_server: MailServer
) -> None:
    for number in range(5):
        mail = sent(str(number))
        report(mail, Report.DELIVERED if number == 2 else Report.SOFT)
    assert dead() == []


def test_bulk_mail_is_held_and_everything_else_is_tried(in_kanagawa: Programme, mail_server: MailServer) -> None:
    report(sent("a"), Report.HARD)
    mail_server.received.clear()
    held = sent("bulk", message="tests.bulk", to="GONE@example.jp")
    others = sent("other", message="tests.bulk", to="there@example.jp")
    for message in ("tests.greeting", "tests.sign_in"):
        sent(message, message=message)
    assert sorted(mail_server.receivers) == [GONE, GONE, "there@example.jp"]
    assert held.state == State.FAILED
    assert "見合わせました" in held.answer
    assert others.state == State.SENT
    # One thing to do, on one list.
    assert (dead_addresses_queue.count(), failed_mails_queue.count()) == (1, 0)


def test_a_refusal_of_our_own_server_counts_if_the_mailbox_is_gone(
    in_kanagawa: Programme, mail_server: MailServer
) -> None:
    mail_server.answers |= {GONE: "550 5.1.1 no such user", "spam@example.jp": "554 5.7.1 not from here"}
    for to in (GONE, "spam@example.jp"):
        assert sent(to, to=to).state == State.FAILED
    assert dead() == [GONE]


def test_the_other_programme_knows_nothing_of_it(
    in_kanagawa: Programme, tokyo: Programme, mail_server: MailServer
) -> None:
    mail = sent("a")
    with programme_scope(tokyo):
        assert not report(mail, Report.HARD)
        assert sent("b", message="tests.bulk").state == State.SENT
    report(mail, Report.HARD)
    with programme_scope(tokyo):
        assert sent("c", message="tests.bulk").state == State.SENT
        assert dead() == []


@pytest.mark.parametrize("ends", [address_is_read, address_is_left])
def test_the_mark_ends_when_mail_is_read_or_the_address_is_left(
    in_kanagawa: Programme, mail_server: MailServer, ends: Callable[..., None]
) -> None:
    early = sent("a")
    report(early, Report.HARD)
    ends(address="Gone@example.jp")
    assert dead() == []
    assert AuditEvent.objects.filter(action=Action.ADDRESS_ALIVE).count() == 1
    # What comes late about a mail from before says nothing new.
    report(early, Report.HARD, number=1)
    assert dead() == []
    report(sent("b"), Report.HARD)
    assert dead() == [GONE]


def test_whoever_complained_may_still_sign_in_without_getting_bulk_mail(
    in_kanagawa: Programme, mail_server: MailServer
) -> None:
    report(sent("a"), Report.COMPLAINT)
    address_is_read(address=GONE)
    assert dead() == [GONE]


def test_staff_take_the_mark_away_with_a_reason(in_kanagawa: Programme, mail_server: MailServer) -> None:
    report(sent("a"), Report.HARD)
    mark = DeadAddress.objects.get()
    for role in (READ_ONLY, None):
        with pytest.raises(PermissionDenied):
            end_mark(dead=mark, actor=make_actor(role, in_kanagawa), reason="x")
    officer = make_actor(OFFICER, in_kanagawa)
    end_mark(dead=mark, actor=officer, reason="電話で確かめた")
    assert AuditEvent.objects.get(action=Action.ADDRESS_ALIVE).reason == "電話で確かめた"
    with pytest.raises(ValidationError):
        end_mark(dead=mark, actor=officer, reason="x")
    assert sent("b", message="tests.bulk").state == State.SENT


def test_it_waits_on_the_list_of_the_day(
    as_staff: AsStaff, kanagawa: Programme, tokyo: Programme, mail_server: MailServer
) -> None:
    with programme_scope(kanagawa):
        report(sent("a"), Report.HARD, words="550 5.1.1 no such user")
        [mark] = DeadAddress.objects.all()
    officer = as_staff(OFFICER)
    assert GONE in officer.get("/admin/").text
    assert GONE not in as_staff(OFFICER, tokyo).get("/admin/").text
    assert "550 5.1.1 no such user" in officer.get(f"{LIST}{mark.pk}/change/").text
    assert as_staff(OFFICER, tokyo).get(f"{LIST}{mark.pk}/change/").status_code == 404
    assert GONE in officer.get(f"{LIST}?is_open=1").text
    assert GONE not in officer.get(f"{LIST}?is_open=0").text


def test_a_page_that_was_opened_counts_once(in_kanagawa: Programme, mail_server: MailServer) -> None:
    mail = queue_mail(message="tests.greeting", to=GONE, dedupe_key="a", data={"name": "山田", "ticket": 7})
    note_opened(to=GONE, data={"ticket": 7})
    assert not MailReport.objects.exists()
    deliver_due()
    for ticket in (7, 8, 7):
        note_opened(to=GONE, data={"ticket": ticket})
    assert MailReport.objects.get().mail == mail
    [(_mail, steps)] = arrival_at([GONE]).mails
    assert [step.what for step in steps] == [State.QUEUED, State.SENT, Report.OPENED]


def test_the_panel_takes_the_same_queries_for_one_and_three(
    in_kanagawa: Programme, mail_server: MailServer, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        report(sent(str(number)), Report.DELAYED)
        with django_assert_num_queries(4):
            assert len(arrival_at([GONE, "other@example.jp"]).mails) == number + 1


# --- The two ways in -------------------------------------------------------------------------------------------------


def pipe(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> str:
    class Input:
        buffer = io.BytesIO(raw)

    said = io.StringIO()
    monkeypatch.setattr("sys.stdin", Input)
    call_command("take_mail_report", stdout=said)
    return said.getvalue().strip()


def test_a_mail_from_the_pipe_finds_its_programme(
    kanagawa: Programme, tokyo: Programme, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with programme_scope(tokyo):
        mail = sent("a")
    assert pipe(a_delivery_report(mail.message_id), monkeypatch) == f"{tokyo.slug}: hard"
    assert pipe(a_delivery_report("<" + "9" * 32 + "@example.jp>"), monkeypatch) == "not about a mail that we know"
    assert pipe(b"Subject: \xff\n\nhello", monkeypatch) == "no report about one mail of ours"
    with programme_scope(tokyo):
        assert dead() == [GONE]
    with programme_scope(kanagawa):
        assert dead() == []


@pytest.fixture
def on_kanagawa(kanagawa: Programme) -> Client:
    return Client(headers={"host": kanagawa.primary_host})


@pytest.fixture
def on_tokyo(tokyo: Programme) -> Client:
    return Client(headers={"host": tokyo.primary_host})


@pytest.fixture
def secret(settings: Settings) -> None:
    settings.MAIL_REPORTS_SECRET = "shared with the provider"


def post(client: Client, body: bytes, kind: str = "application/json", late: int = 0, signature: str = "") -> Any:
    moment = str(int(timezone.now().timestamp()) - late)
    headers = {"X-Kakehashi-Signature": signature or f"t={moment},v1={sign(moment, body)}"}
    return client.post("/mail/reports/", body, content_type=kind, headers=headers)


def event(mail: OutgoingMail, **changes: Any) -> dict[str, Any]:
    at = (timezone.now() - timedelta(minutes=1)).isoformat()
    return {"event": "bounced", "message_id": mail.message_id, "status": "5.1.1", "at": at} | changes


def test_the_webhook_takes_events_and_says_what_it_could_not_read(
    kanagawa: Programme, tokyo: Programme, mail_server: MailServer, secret: None, on_kanagawa: Client, on_tokyo: Client
) -> None:
    with programme_scope(kanagawa):
        mail, other = sent("a"), sent("b", to="there@example.jp")
    good, arrived = event(mail), event(other, event="delivered", status="")
    body = json.dumps({"events": [good, arrived, good, {"event": "?"}]}).encode()
    assert post(on_tokyo, body).json()["taken"] == 0
    answer = post(on_kanagawa, body)
    assert (answer.status_code, answer.json()["taken"], list(answer.json()["refused"])) == (200, 3, ["3"])
    with programme_scope(kanagawa):
        assert dead() == [GONE]
        assert MailReport.objects.count() == 2
    with programme_scope(tokyo):
        assert not MailReport.objects.exists()


def test_the_webhook_takes_a_raw_report(
    kanagawa: Programme, mail_server: MailServer, secret: None, on_kanagawa: Client
) -> None:
    with programme_scope(kanagawa):
        mail = sent("a")
    assert post(on_kanagawa, a_complaint(message_id=mail.message_id), "message/rfc822").json()["taken"] == 1
    assert post(on_kanagawa, b"\xff", "message/rfc822").json()["taken"] == 0
    with programme_scope(kanagawa):
        assert DeadAddress.objects.get().kind == Report.COMPLAINT


@pytest.mark.parametrize("signature", ["", "t=1,v1=" + "0" * 64, "t=x,v1=y", "v1=" + "0" * 64])
def test_nothing_unsigned_wrongly_signed_or_old_is_taken(
    kanagawa: Programme, secret: None, on_kanagawa: Client, signature: str
) -> None:
    assert on_kanagawa.post("/mail/reports/", "{}", content_type="application/json").status_code == 401
    assert post(on_kanagawa, b"{}", signature=signature or "none").status_code == 401
    for late in (301, -310):
        assert post(on_kanagawa, b'{"events": []}', late=late).status_code == 401
    assert post(on_kanagawa, b'{"events": []}', late=200).status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"null", b'{"events": 1}', b"\xff", b"[" * 100_000, b'{"events": [' + b"1," * 1000 + b"1]}"],
)
def test_what_is_no_list_of_events_is_refused(
    kanagawa: Programme, secret: None, on_kanagawa: Client, body: bytes
) -> None:
    assert post(on_kanagawa, body).status_code == 400


def test_a_body_that_is_too_large_is_refused(kanagawa: Programme, secret: None, on_kanagawa: Client) -> None:
    assert post(on_kanagawa, b" " * (1024 * 1024 + 1)).status_code == 413


def test_without_a_secret_there_is_no_webhook(kanagawa: Programme, on_kanagawa: Client) -> None:
    assert on_kanagawa.post("/mail/reports/", "{}", content_type="application/json").status_code == 404
