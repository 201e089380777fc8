"""queue_mail(): a row in the caller's transaction, once per dedupe key, whatever the address or the broker."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from portal.outbox.messages import Attachment
from portal.outbox.models import MailProblem, OutgoingMail
from portal.outbox.services import queue_mail
from portal.outbox.states import State
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from tests.factories import make_user


def queue(**fields: Any) -> OutgoingMail:
    return queue_mail(**({"message": "tests.greeting", "to": "hanako@example.jp", "dedupe_key": "one"} | fields))


def test_a_mail_is_a_row_of_the_programme(in_kanagawa: Programme, tokyo: Programme) -> None:
    user = make_user()
    mail = queue(data={"name": "山田"}, language="en", about=user)
    mail.refresh_from_db()
    assert (mail.state, mail.to, mail.domain, mail.language) == (State.QUEUED, "hanako@example.jp", "example.jp", "en")
    assert (mail.data, mail.about_type, mail.about_id) == ({"name": "山田"}, "accounts.user", str(user.pk))
    assert mail.message_id.endswith("@kanagawa.example.jp>")
    with programme_scope(tokyo):
        assert not OutgoingMail.objects.exists()


def test_the_same_key_gives_the_same_mail_in_each_programme(in_kanagawa: Programme, tokyo: Programme) -> None:
    first = queue()
    again = queue(to="other@example.jp")
    assert (again.pk, again.to) == (first.pk, "hanako@example.jp")
    with programme_scope(tokyo):
        assert queue().pk != first.pk


def test_a_mail_goes_with_its_transaction(in_kanagawa: Programme) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue()
        raise ZeroDivisionError
    assert not OutgoingMail.objects.exists()


def test_an_unknown_message_is_a_mistake_of_the_caller(in_kanagawa: Programme) -> None:
    with pytest.raises(KeyError):
        queue(message="tests.nothing")


def test_an_unknown_language_becomes_japanese(in_kanagawa: Programme) -> None:
    assert queue(language="fr").language == "ja"


@pytest.mark.parametrize("to", ["花子@example.jp", "a@example.jp\nBcc: b@example.jp", "x" * 500, "a\0b@example.jp", ""])
def test_a_bad_address_stops_nobody_and_is_shown_to_staff(in_kanagawa: Programme, to: str) -> None:
    mail = queue(to=to)
    mail.refresh_from_db()
    assert mail.state == State.FAILED
    assert "メールアドレス" in mail.answer
    assert "\n" not in mail.to


def test_attachments_are_kept_with_the_mail(in_kanagawa: Programme) -> None:
    mail = queue(attachments=[Attachment("予定.ics", "text/calendar", b"BEGIN")])
    assert [(a.name, bytes(a.content)) for a in mail.attachments.all()] == [("予定.ics", b"BEGIN")]
    with pytest.raises(ValueError, match="too large"):
        queue(dedupe_key="two", attachments=[Attachment("a", "text/plain", b"x" * 6_000_000)])


def test_one_nudge_per_transaction(in_kanagawa: Programme, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        for number in range(3):
            queue(dedupe_key=str(number))
        queue(dedupe_key="0")
        queue(dedupe_key="bad", to="bad")
    assert len(callbacks) == 1


def test_sign_in_has_a_nudge_of_its_own(in_kanagawa: Programme, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        queue(dedupe_key="again", message="tests.sign_in")
        queue(dedupe_key="and again")
    assert sorted(callback.priority for callback in callbacks) == [0, 3]


def test_a_rolled_back_nudge_is_given_again(in_kanagawa: Programme, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            queue(dedupe_key="lost")
            raise ZeroDivisionError
        queue(dedupe_key="kept")
    assert len(callbacks) == 1


def test_queueing_costs_few_queries(in_kanagawa: Programme, django_assert_num_queries: Any) -> None:
    assert connection.in_atomic_block
    with django_assert_num_queries(6):  # savepoint, look, savepoint, insert, release, release
        queue()


def test_what_belongs_to_a_mail_stays_in_its_programme(in_kanagawa: Programme, tokyo: Programme) -> None:
    mail = queue()
    with pytest.raises(IntegrityError), transaction.atomic(), programme_scope(tokyo):
        MailProblem.objects.create(mail_id=mail.pk, state=State.DEFERRED, answer="x")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
