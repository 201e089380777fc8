"""Bulk mail under control, over a real mail server: stopped in the middle, resumed, with addresses that are dead."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal.audit.models import Action, AuditEvent
from portal.notices.admin import sentence_for_failures
from portal.notices.models import LONGEST_TEXT, Mailing
from portal.notices.queries import progress_of
from portal.notices.rules import fill
from portal.notices.services import (
    cancel_mailing,
    resend_failures,
    resume_mailing,
    send_trial,
    start_mailing,
    stop_mailing,
)
from portal.notices.states import MailingState
from portal.outbox.delivery import Rest, deliver_due
from portal.outbox.models import OutgoingMail
from portal.outbox.states import State
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, StaffRole
from portal.web.registry import Receiver
from portal.web.staff.bulk import LeftOut
from tests.factories import make_actor, make_mailing
from tests.mail_server import MailServer


@pytest.fixture
def officer(in_kanagawa: Programme) -> Actor:
    return make_actor(StaffRole.OFFICER, in_kanagawa)


def somebody(number: int) -> Receiver:
    return Receiver(f"person{number}@example.jp", f"山田 {number}", "株式会社あおば")


def deliver_all() -> None:
    while deliver_due() is Rest.MORE:
        pass


def test_stopped_in_the_middle_resumed_and_fifty_addresses_are_dead(
    officer: Actor, people: list[Receiver], mail_server: MailServer
) -> None:
    """Everybody else gets it exactly once; the dead are listed with the server's reason, and alone sent again."""
    people += [somebody(number) for number in range(300)]
    dead = {person.address for person in people[::6]}
    mail_server.answers |= dict.fromkeys(dead, "550 no such user here")
    mailing = make_mailing()
    assert start_mailing(mailing=mailing, actor=officer) == 300

    stopped: list[int] = []

    def stop_half_way(mail: Any) -> None:
        if len(mail_server.received) == 100 and not stopped:
            stopped.append(1)
            mail_server.answers["MAIL"] = "421 not now"

    mail_server.before_keeping = stop_half_way
    while not stopped:
        deliver_due()
    stop_mailing(mailing=Mailing.objects.get(pk=mailing.pk), actor=officer)
    del mail_server.answers["MAIL"]
    before = len(mail_server.received)
    deliver_all()
    assert len(mail_server.received) == before
    assert 0 < progress_of(mailing).waiting < 300

    resume_mailing(mailing=Mailing.objects.get(pk=mailing.pk), actor=officer)
    deliver_all()
    alive = {person.address for person in people} - dead
    assert sorted(mail_server.receivers) == sorted(alive)
    failed = OutgoingMail.objects.about(mailing).filter(state=State.FAILED)
    assert {mail.to for mail in failed} == dead
    assert {mail.answer for mail in failed} == {"550 no such user here"}
    progress = progress_of(mailing)
    assert (progress.total, progress.sent, progress.failed, progress.is_over) == (300, 250, 50, True)

    mail_server.answers.clear()
    assert resend_failures(mailing=mailing, actor=officer) == 50
    deliver_all()
    assert sorted(mail_server.receivers) == sorted(person.address for person in people)
    assert [event.action for event in AuditEvent.objects.order_by("id")] == [
        Action.MAILING_STARTED,
        Action.MAILING_STOPPED,
        Action.MAILING_RESUMED,
        Action.MAILING_SENT_AGAIN,
    ]


def test_each_receiver_reads_their_own_name(officer: Actor, people: list[Receiver], mail_server: MailServer) -> None:
    people += [
        Receiver("a@example.jp", "山田 <花子>", "R&D {団体名}"),
        Receiver("b@example.jp", "佐藤\r\nBcc: x@y.jp", "B"),
    ]
    mailing = make_mailing(subject="{氏名} 様へ", text="{団体名}\n{ 氏名 }様、こんにちは。")
    start_mailing(mailing=mailing, actor=officer)
    deliver_all()
    first, second = sorted(mail_server.received, key=lambda mail: mail.to)
    assert first.message["Subject"] == "【かながわSDGs】山田 <花子> 様へ"
    assert "R&D {団体名}\n山田 <花子>様、こんにちは。" in first.text.replace("\r\n", "\n")
    assert second.message["Bcc"] is None
    assert second.message["Subject"].isprintable()


def test_an_address_gets_one_mail_however_often_it_is_named(
    officer: Actor, people: list[Receiver], mail_server: MailServer
) -> None:
    people += [somebody(1), Receiver("PERSON1@example.jp", "別名", "別の団体"), somebody(2)]
    assert start_mailing(mailing=make_mailing(), actor=officer) == 2


def test_one_bad_address_does_not_stop_the_others(
    officer: Actor, people: list[Receiver], mail_server: MailServer
) -> None:
    people += [somebody(1), Receiver("花子@example.jp", "花子", "花"), Receiver('"a b"@例え.jp', "引用", "符")]
    mailing = make_mailing()
    start_mailing(mailing=mailing, actor=officer)
    deliver_all()
    assert len(mail_server.received) == 2
    [failed] = OutgoingMail.objects.about(mailing).filter(state=State.FAILED)
    assert "全角" in failed.answer
    with pytest.raises(ValidationError):
        resend_failures(mailing=mailing, actor=officer)


def test_it_starts_once_and_for_somebody(officer: Actor, people: list[Receiver]) -> None:
    mailing = make_mailing()
    with pytest.raises(ValidationError, match="いません"):
        start_mailing(mailing=mailing, actor=officer)
    people.append(somebody(1))
    start_mailing(mailing=mailing, actor=officer)
    people.append(somebody(2))
    with pytest.raises(ValidationError, match="送信開始"):
        start_mailing(mailing=mailing, actor=officer)
    assert OutgoingMail.objects.count() == 1


def test_the_rest_is_cancelled(officer: Actor, people: list[Receiver], mail_server: MailServer) -> None:
    people += [somebody(1), somebody(2)]
    mailing = make_mailing()
    start_mailing(mailing=mailing, actor=officer)
    cancel_mailing(mailing=mailing, actor=officer, reason="日程が変わった")
    deliver_all()
    assert mail_server.received == []
    mailing.refresh_from_db()
    assert mailing.state == MailingState.CANCELLED
    for deed in (resume_mailing, stop_mailing, start_mailing):
        with pytest.raises(ValidationError):
            deed(mailing=mailing, actor=officer)


def test_what_is_over_is_neither_stopped_nor_cancelled(
    officer: Actor, people: list[Receiver], mail_server: MailServer
) -> None:
    people.append(somebody(1))
    mailing = make_mailing()
    start_mailing(mailing=mailing, actor=officer)
    deliver_all()
    with pytest.raises(ValidationError, match="送り終えました"):
        stop_mailing(mailing=mailing, actor=officer)


def test_a_trial_goes_to_whoever_asks(officer: Actor, people: list[Receiver], mail_server: MailServer) -> None:
    mailing = make_mailing(text="{氏名}様")
    send_trial(mailing=mailing, actor=officer)
    people.append(somebody(7))
    send_trial(mailing=mailing, actor=officer)
    deliver_all()
    assert mail_server.receivers == [officer.user.email] * 2
    assert "見本 花子様" in mail_server.received[0].text
    assert "山田 7様" in mail_server.received[1].text
    assert progress_of(mailing).total == 0


@pytest.mark.parametrize("role", [StaffRole.READ_ONLY, None])
def test_who_may_not(in_kanagawa: Programme, people: list[Receiver], role: StaffRole | None) -> None:
    people.append(somebody(1))
    mailing, stranger = make_mailing(), make_actor(role, in_kanagawa)
    for deed in (start_mailing, stop_mailing, resume_mailing, resend_failures, send_trial):
        with pytest.raises(PermissionDenied):
            deed(mailing=mailing, actor=stranger)  # type: ignore[operator]
    assert OutgoingMail.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [{"text": "{会社名} 御中"}, {"text": "{% now %}"}, {"subject": "｛name｝"}, {"segment": "nobody"}, {"choice": "second"},
     {"text": "あ" * (LONGEST_TEXT + 1)}, {"text": ""}],
)  # fmt: skip
def test_bad_texts_are_refused(in_kanagawa: Programme, people: list[Receiver], wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refusal:
        make_mailing(**wrong).full_clean()
    assert set(refusal.value.message_dict) == set(wrong)


def test_another_programmes_mails_are_not_touched(
    officer: Actor, people: list[Receiver], tokyo: Programme, mail_server: MailServer
) -> None:
    people += [somebody(1)]
    mailing = make_mailing()
    start_mailing(mailing=mailing, actor=officer)
    stop_mailing(mailing=mailing, actor=officer)
    with programme_scope(tokyo):
        start_mailing(mailing=make_mailing(), actor=make_actor(StaffRole.OFFICER, tokyo))
        deliver_all()
    assert len(mail_server.received) == 1


def test_it_waits_for_its_hour_and_can_be_called_off_before(
    officer: Actor, people: list[Receiver], mail_server: MailServer
) -> None:
    people += [somebody(1)]
    tomorrow = timezone.now() + timedelta(days=1)
    mailing, other = make_mailing(send_from=tomorrow), make_mailing(send_from=tomorrow)
    start_mailing(mailing=mailing, actor=officer)
    start_mailing(mailing=other, actor=officer)
    # Decided when it was started: who comes later gets nothing.
    people += [somebody(2)]
    deliver_all()
    assert mail_server.received == []
    cancel_mailing(mailing=other, actor=officer, reason="中止")
    assert not OutgoingMail.objects.due(tomorrow - timedelta(seconds=1)).exists()
    assert [mail.about_id for mail in OutgoingMail.objects.due(tomorrow)] == [str(mailing.pk)]


def test_an_hour_that_is_past_is_now(officer: Actor, people: list[Receiver], mail_server: MailServer) -> None:
    people += [somebody(1)]
    start_mailing(mailing=make_mailing(send_from=timezone.now() - timedelta(days=1)), actor=officer)
    deliver_all()
    assert len(mail_server.received) == 1


def test_a_text_that_fails_for_one_receiver_is_reported_and_the_others_go_out(
    officer: Actor, people: list[Receiver], mail_server: MailServer
) -> None:
    people += [somebody(1), somebody(2), somebody(3)]
    mailing = make_mailing()
    start_mailing(mailing=mailing, actor=officer)
    second = OutgoingMail.objects.about(mailing).get(to="person2@example.jp")
    second.data = {"mailing": mailing.pk}
    second.save()
    deliver_all()
    assert sorted(mail_server.receivers) == ["person1@example.jp", "person3@example.jp"]
    [failed] = OutgoingMail.objects.about(mailing).filter(state=State.FAILED)
    assert (failed.pk, "文面を作れませんでした" in failed.answer) == (second.pk, True)


def test_one_row_without_its_mailing_stops_no_other(
    officer: Actor, people: list[Receiver], mail_server: MailServer
) -> None:
    people += [somebody(1), somebody(2)]
    mailing = make_mailing()
    start_mailing(mailing=mailing, actor=officer)
    OutgoingMail.objects.filter(to="person1@example.jp").update(data={"mailing": "なし"})
    deliver_all()
    assert mail_server.receivers == ["person2@example.jp"]
    assert OutgoingMail.objects.get(to="person1@example.jp").state == State.FAILED


def test_a_subject_with_a_line_break_adds_no_header(
    officer: Actor, people: list[Receiver], mail_server: MailServer
) -> None:
    people += [somebody(1)]
    start_mailing(mailing=make_mailing(subject="ご案内\r\nBcc: x@y.jp"), actor=officer)
    deliver_all()
    [mail] = mail_server.received
    assert mail.message["Bcc"] is None
    assert mail.message["Subject"] == "【かながわSDGs】ご案内 Bcc: x@y.jp"


def test_a_placeholder_that_there_is_not_stays_as_typed_in_the_preview() -> None:
    assert fill("{氏名}様 {{7*7}} {会社}", {"氏名": "山田"}) == "山田様 {{7*7}} {会社}"


def test_nothing_is_sent_again_during_a_pause_or_after_the_end(
    officer: Actor, people: list[Receiver], in_kanagawa: Programme
) -> None:
    people += [somebody(number) for number in range(3)]
    mailing = make_mailing()
    start_mailing(mailing=mailing, actor=officer)
    first = OutgoingMail.objects.about(mailing).earliest("id")
    OutgoingMail.objects.filter(pk=first.pk).update(state=State.FAILED, finished_at=timezone.now())
    stop_mailing(mailing=mailing, actor=officer)
    with pytest.raises(ValidationError, match="一時停止中"):
        resend_failures(mailing=mailing, actor=officer)
    cancel_mailing(mailing=mailing, actor=officer, reason="誤り")
    with pytest.raises(ValidationError, match="残りを取りやめ"):
        resend_failures(mailing=mailing, actor=officer)
    mailing.refresh_from_db()
    with pytest.raises(LeftOut):
        sentence_for_failures(mailing, officer)
    assert progress_of(mailing).failed == 1
