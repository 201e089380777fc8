"""Delivery over a real SMTP connection: what arrives, what waits, what is given up, and who is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from portal.outbox import claims
from portal.outbox.delivery import Rest, deliver_due
from portal.outbox.messages import Attachment, Priority
from portal.outbox.models import OutgoingMail
from portal.outbox.retries import MOST_ATTEMPTS
from portal.outbox.services import queue_mail
from portal.outbox.states import State
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from tests.mail_server import MailServer

LATER = timedelta(minutes=10)


def queue(to: str = "hanako@example.jp", message: str = "tests.greeting", **fields: Any) -> OutgoingMail:
    usual = {"dedupe_key": f"{message} {to}", "data": {"name": "山田 花子"}}
    return queue_mail(message=message, to=to, **(usual | fields))


def state_of(mail: OutgoingMail) -> str:
    mail.refresh_from_db()
    return mail.state


def make_all_due() -> None:
    OutgoingMail.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def test_a_mail_arrives_and_what_was_sent_is_kept(in_kanagawa: Programme, mail_server: MailServer) -> None:
    mail = queue()
    assert deliver_due() is Rest.NOTHING
    [received] = mail_server.received
    assert (received.sender, received.to) == ("sdgs@kanagawa.example.jp", "hanako@example.jp")
    assert received.message["Message-ID"] == mail.message_id
    assert state_of(mail) == State.SENT
    assert (mail.subject, mail.text) == (received.message["Subject"], received.text)
    assert mail.answer == "250 kept as 1"
    assert mail.finished_at
    assert (mail.attempts, mail.lease) == (1, None)


def test_nothing_is_sent_twice(in_kanagawa: Programme, mail_server: MailServer) -> None:
    queue()
    deliver_due()
    deliver_due()
    assert len(mail_server.received) == 1


def test_a_secret_is_not_kept(in_kanagawa: Programme, mail_server: MailServer) -> None:
    mail = queue(message="tests.sign_in", data={"name": "secret-word"})
    deliver_due()
    assert "secret-word" in mail_server.received[0].text
    assert state_of(mail) == State.SENT
    assert (mail.subject, mail.text) == ("", "")


def test_another_programmes_mail_stays_where_it_is(
    in_kanagawa: Programme, tokyo: Programme, mail_server: MailServer
) -> None:
    with programme_scope(tokyo):
        queue()
    deliver_due()
    assert not mail_server.received


def test_one_connection_for_a_batch(in_kanagawa: Programme, mail_server: MailServer) -> None:
    for number in range(25):
        queue(f"person{number}@example.jp")
    deliver_due()
    assert len(mail_server.received) == 25
    assert mail_server.connections == 1


def test_by_priority_then_in_the_order_of_queueing(in_kanagawa: Programme, mail_server: MailServer) -> None:
    for message in ("tests.bulk", "tests.greeting", "tests.sign_in"):
        for name in ("a", "b"):
            queue(f"{message}.{name}@example.jp", message)
    deliver_due()
    assert [to.removesuffix("@example.jp") for to in mail_server.receivers] == [
        "tests.sign_in.a", "tests.sign_in.b", "tests.greeting.a", "tests.greeting.b", "tests.bulk.a", "tests.bulk.b",
    ]  # fmt: skip


def test_the_quick_way_takes_only_sign_in_mail(in_kanagawa: Programme, mail_server: MailServer) -> None:
    queue("bulk@example.jp", "tests.bulk")
    queue("now@example.jp", "tests.sign_in")
    deliver_due(least=Priority.SIGN_IN)
    assert mail_server.receivers == ["now@example.jp"]


def test_a_mail_waits_for_its_time(in_kanagawa: Programme, mail_server: MailServer) -> None:
    queue(now=timezone.now() + LATER)
    deliver_due()
    assert not mail_server.received
    make_all_due()
    deliver_due()
    assert len(mail_server.received) == 1


def test_no_longer_wanted(in_kanagawa: Programme, mail_server: MailServer) -> None:
    mail = queue(data={"unwanted": True})
    deliver_due()
    assert not mail_server.received
    assert state_of(mail) == State.CANCELLED


def test_a_template_that_fails_stops_only_its_own_mail(
    in_kanagawa: Programme, mail_server: MailServer, give_templates: Any, caplog: pytest.LogCaptureFixture
) -> None:
    give_templates(
        "greeting", subject="{{ name }}", text="{% if name == '壊' %}{% include 'nowhere.txt' %}{% endif %}本文"
    )
    before, broken, after = queue("a@example.jp"), queue("b@example.jp", data={"name": "壊"}), queue("c@example.jp")
    deliver_due()
    assert mail_server.receivers == ["a@example.jp", "c@example.jp"]
    assert [state_of(mail) for mail in (before, broken, after)] == [State.SENT, State.FAILED, State.SENT]
    assert broken.answer == "文面を作れませんでした（TemplateDoesNotExist）。"
    assert "b@example.jp" not in caplog.text


def test_a_message_that_is_gone_stops_only_its_own_mail(in_kanagawa: Programme, mail_server: MailServer) -> None:
    gone, there = queue("a@example.jp"), queue("b@example.jp")
    OutgoingMail.objects.filter(pk=gone.pk).update(message="tests.gone")
    deliver_due()
    assert (state_of(gone), state_of(there)) == (State.FAILED, State.SENT)


class TestTheServersWord:
    def test_not_now(self, in_kanagawa: Programme, mail_server: MailServer) -> None:
        mail_server.answers["full@example.jp"] = "452 mailbox full"
        waiting, sent = queue("full@example.jp"), queue("other@example.jp")
        deliver_due()
        assert (state_of(waiting), state_of(sent)) == (State.DEFERRED, State.SENT)
        assert timedelta(seconds=40) < waiting.due_at - timezone.now() < timedelta(seconds=80)
        [problem] = waiting.problems.all()
        assert (problem.state, problem.answer) == (State.DEFERRED, "452 mailbox full")
        mail_server.answers.clear()
        make_all_due()
        deliver_due()
        assert mail_server.receivers == ["other@example.jp", "full@example.jp"]
        assert (state_of(waiting), waiting.attempts) == (State.SENT, 2)

    def test_given_up_after_two_days(self, in_kanagawa: Programme, mail_server: MailServer) -> None:
        mail_server.answers["full@example.jp"] = "452 mailbox full"
        mail = queue("full@example.jp")
        for _ in range(MOST_ATTEMPTS):
            make_all_due()
            deliver_due()
        assert (state_of(mail), mail.attempts) == (State.FAILED, MOST_ATTEMPTS)
        assert mail.problems.count() == MOST_ATTEMPTS

    def test_never(self, in_kanagawa: Programme, mail_server: MailServer) -> None:
        mail_server.answers["nobody@example.jp"] = "550 5.1.1 no such user"
        mail, other = queue("nobody@example.jp"), queue("other@example.jp")
        deliver_due()
        assert (state_of(mail), mail.answer) == (State.FAILED, "550 5.1.1 no such user")
        assert [problem.state for problem in mail.problems.all()] == [State.FAILED]
        assert state_of(other) == State.SENT

    @pytest.mark.parametrize(
        ("stage", "answer", "state"),
        [
            ("MAIL", "451 try again", State.DEFERRED),
            ("MAIL", "550 sender not allowed", State.DEFERRED),
            ("MAIL", "552 too large", State.FAILED),
            ("DATA", "451 try again", State.DEFERRED),
            ("DATA", "554 looks like spam", State.FAILED),
        ],
    )
    def test_at_other_stages(
        self, in_kanagawa: Programme, mail_server: MailServer, stage: str, answer: str, state: State
    ) -> None:
        mail_server.answers[stage] = answer
        first, second = queue("a@example.jp"), queue("b@example.jp")
        deliver_due()
        assert (state_of(first), state_of(second)) == (state, state)
        assert first.answer == answer
        assert mail_server.connections == 1


class TestTheWayToTheServer:
    def test_a_refused_connection_is_nobodys_fault(self, in_kanagawa: Programme, mail_server: MailServer) -> None:
        mail = queue()
        mail_server.hangs_up = lambda number: True
        assert deliver_due() is Rest.NOT_NOW
        assert mail_server.connections == 3
        assert (state_of(mail), mail.attempts, mail.claimed_at) == (State.QUEUED, 0, None)
        assert not mail.problems.exists()
        mail_server.hangs_up = lambda number: number == 4
        assert deliver_due() is Rest.NOTHING
        assert state_of(mail) == State.SENT

    def test_no_server_at_all(self, in_kanagawa: Programme, settings: Any) -> None:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        mail = queue()
        assert deliver_due() is Rest.NOT_NOW
        assert (state_of(mail), mail.attempts) == (State.QUEUED, 0)

    def test_a_server_that_closes_after_each_mail(self, in_kanagawa: Programme, mail_server: MailServer) -> None:
        """Many servers take so many mails per connection and then answer 421."""
        mail_server.mails_per_connection = 2
        for number in range(9):
            queue(f"person{number}@example.jp")
        while deliver_due() is Rest.MORE:
            pass
        assert sorted(mail_server.receivers) == [f"person{number}@example.jp" for number in range(9)]
        assert mail_server.connections == 5
        assert set(OutgoingMail.objects.values_list("state", "attempts")) == {(State.SENT, 1)}

    def test_a_mail_that_breaks_the_connection_steps_back(
        self, in_kanagawa: Programme, mail_server: MailServer
    ) -> None:
        mail_server.breaks_at = "poison@example.jp"
        poison, other = queue("poison@example.jp"), queue("other@example.jp")
        assert deliver_due() is Rest.NOTHING
        assert (state_of(poison), state_of(other)) == (State.DEFERRED, State.SENT)


class TestLeases:
    def test_a_killed_workers_mail_is_found_when_its_lease_has_run_out(
        self, in_kanagawa: Programme, mail_server: MailServer
    ) -> None:
        mail = queue(now=timezone.now() - LATER)
        claims.claim(size=1, now=timezone.now() - claims.LEASE + timedelta(minutes=1))
        deliver_due()
        assert state_of(mail) == State.SENDING
        make_all_due()
        deliver_due()
        assert state_of(mail) == State.SENT

    def test_a_slow_worker_does_not_overwrite_what_another_found_out(self, in_kanagawa: Programme) -> None:
        mail = queue()
        now = timezone.now()
        [slow] = claims.claim(size=1, now=now)
        [quick] = claims.claim(size=1, now=now + claims.LEASE)
        claims.record_failed(mail=slow, answer="550 slow", now=now)
        claims.record_deferred(mail=slow, answer="450 slow", now=now)
        claims.give_back(batch=[slow], now=now)
        claims.record_unwanted(mail=slow, now=now)
        assert state_of(mail) == State.SENDING
        claims.record_failed(mail=quick, answer="550 quick", now=now)
        assert (state_of(mail), mail.answer) == (State.FAILED, "550 quick")

    def test_a_slow_success_ends_it_for_everybody(self, in_kanagawa: Programme) -> None:
        mail = queue()
        now = timezone.now()
        [slow] = claims.claim(size=1, now=now)
        [quick] = claims.claim(size=1, now=now + claims.LEASE)
        claims.record_sent(mail=slow, answer="250 OK", words=None, now=now)
        claims.record_deferred(mail=quick, answer="450 quick", now=now)
        assert (state_of(mail), mail.answer) == (State.SENT, "250 OK")


def test_attachments_arrive(in_kanagawa: Programme, mail_server: MailServer) -> None:
    queue(attachments=[Attachment("交流会.ics", "text/calendar", b"BEGIN:VCALENDAR")])
    deliver_due()
    [attachment] = mail_server.received[0].message.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content()) == ("交流会.ics", "BEGIN:VCALENDAR")


def test_a_megabyte_arrives_whole(in_kanagawa: Programme, mail_server: MailServer) -> None:
    note = "長い本文です。\n.\n" * 60_000
    mail = queue(data={"name": "山田", "note": note})
    deliver_due()
    assert state_of(mail) == State.SENT
    assert mail_server.received[0].text.count("長い本文です。\n.\n") == 60_000
    assert mail.text.count("長い本文です。\n.\n") == 60_000


@pytest.mark.parametrize(
    ("to", "header"),
    [
        ("hanako@日本語.jp", "hanako@xn--wgv71a119e.jp"),
        ('"yamada hanako"@example.jp', '"yamada hanako"@example.jp'),
        ("abc..def.@docomo.ne.jp", '"abc..def."@docomo.ne.jp'),
    ],
)
def test_unusual_addresses_are_reached(in_kanagawa: Programme, mail_server: MailServer, to: str, header: str) -> None:
    mail = queue(to)
    deliver_due()
    assert state_of(mail) == State.SENT
    assert f"\r\nTo: {header}\r\n".encode() in mail_server.received[0].raw
    # The test's server leaves out quotes that it holds to be needless.
    assert mail_server.receivers in ([header], [header.replace('"', "")])


def test_the_number_of_queries_does_not_grow_with_the_mails(
    in_kanagawa: Programme, mail_server: MailServer, settings: Any, django_assert_num_queries: Any
) -> None:
    settings.MAIL_PER_MINUTE = settings.MAIL_PER_MINUTE_AND_DOMAIN = 0
    queue("first@example.jp")
    deliver_due()
    for count in (1, 3):
        for number in range(count):
            queue(f"person{count}{number}@example.jp")
        # Twice a claim in its savepoint: one with mails and their attachments, one that finds nothing; between them
        # staff's own texts. That a mail was
        # sent is written past Django (ledger.py), which counts nothing of it.
        with django_assert_num_queries(2 + 3 + 1 + 2 + 1):
            deliver_due()
