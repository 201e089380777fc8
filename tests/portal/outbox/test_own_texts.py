"""A text of staff's own in the place of the standard one: what goes out, who may, what is seen before, what fails."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from portal.audit.models import Action, AuditEvent
from portal.outbox.delivery import deliver_due
from portal.outbox.messages import Placeholder, messages
from portal.outbox.models import MailProblem, MailText, OutgoingMail
from portal.outbox.own_texts import end_text, preview, send_text_trial, start_text
from portal.outbox.placeholders import STANDARD
from portal.outbox.rendering import to_go_on_from
from portal.outbox.services import queue_mail
from portal.outbox.states import State
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.factories import make_actor, make_mail_text, make_user
from tests.mail_server import MailServer

READ_ONLY, OFFICER, APPROVER = StaffRole
LIST = "/admin/outbox/mailtext/"
AsStaff = Callable[..., Client]


@pytest.fixture(autouse=True)
def with_placeholders(messages_of_tests: None) -> None:
    """The tests' message has a name that may be used and a town that must be."""
    places = (Placeholder("氏名", "name"), Placeholder("町", "town", is_required=True))
    for name in ("tests.greeting", "tests.sign_in"):
        messages._entries[name] = replace(messages[name], placeholders=places)


def in_use(programme: Programme, text: str = "{氏名} 様\n{町}でお待ちします。", **fields: Any) -> MailText:
    made = make_mail_text(text=text, **fields)
    start_text(text=made, actor=make_actor(APPROVER, programme))
    made.refresh_from_db()
    return made


def queue(to: str = "hanako@example.jp", language: str = "ja", **data: str) -> OutgoingMail:
    data = {"name": "山田 花子", "town": "横浜"} | data
    return queue_mail(message="tests.greeting", to=to, dedupe_key=to, data=data, language=language)


def test_the_own_text_goes_out_in_the_frame(in_kanagawa: Programme, mail_server: MailServer) -> None:
    in_use(in_kanagawa, subject="{氏名} 様へ", text="{氏名} 様\n｛ 町 ｝でお待ちします。\nhttps://example.jp/a")
    queue()
    deliver_due()
    [mail] = mail_server.received
    assert mail.message["Subject"] == "【かながわSDGs】山田 花子 様へ"
    assert "山田 花子 様\n横浜でお待ちします。" in mail.text.replace("\r\n", "\n")
    assert "送信専用" in mail.text
    assert '<a href="https://example.jp/a">' in mail.html


def test_the_standard_text_may_stand_within(in_kanagawa: Programme, mail_server: MailServer) -> None:
    in_use(in_kanagawa, text=f"新年度のごあいさつ\n\n{{{STANDARD}}}\n\n追伸")
    queue()
    deliver_due()
    [mail] = mail_server.received
    assert mail.message["Subject"] == "【かながわSDGs】山田 花子 様へのごあいさつ"
    assert re.search(r"新年度のごあいさつ\s+山田 花子 様\s+こんにちは。[\s\S]+追伸", mail.text)


def test_only_its_programme_and_language_and_only_in_use(
    in_kanagawa: Programme, tokyo: Programme, mail_server: MailServer
) -> None:
    make_mail_text(text="下書き {町}")
    in_use(in_kanagawa, text="Only English {町}", language="en")
    queue()
    queue("john@example.jp", language="en")
    deliver_due()
    with programme_scope(tokyo):
        queue(language="en")
        deliver_due()
    texts = [mail.text for mail in mail_server.received]
    assert ["Only English" in text for text in texts] == [False, True, False]
    assert "下書き" not in "".join(texts)


def test_what_fails_for_one_receiver_goes_in_the_standard_text_and_is_reported(
    in_kanagawa: Programme, mail_server: MailServer, as_staff: AsStaff
) -> None:
    text = in_use(in_kanagawa, text="特別な文面 {町}")
    for number in range(5):
        queue(f"{number}@example.jp", town="" if number == 2 else "横浜")
    deliver_due()
    assert sorted(mail_server.receivers) == [f"{number}@example.jp" for number in range(5)]
    assert ["特別な文面" in mail.text for mail in sorted(mail_server.received, key=lambda mail: mail.to)] == [
        True, True, False, True, True,
    ]  # fmt: skip
    problem = MailProblem.objects.get()
    assert problem.mail.to == "2@example.jp"
    assert "{町}" in problem.answer
    assert OutgoingMail.objects.filter(state=State.SENT).count() == 5
    assert "1通を標準の文面で送りました" in as_staff(OFFICER).get("/admin/").text
    page = as_staff(OFFICER).get(f"{LIST}{text.pk}/change/").text
    assert "2@example.jp" in page
    end_text(text=text, actor=make_actor(APPROVER, in_kanagawa))
    assert "標準の文面で送りました" not in as_staff(OFFICER).get("/admin/").text


def test_a_placeholder_that_a_new_version_of_the_site_no_longer_knows(
    in_kanagawa: Programme, mail_server: MailServer
) -> None:
    in_use(in_kanagawa, text="{氏名} {町}")
    messages._entries["tests.greeting"] = replace(
        messages["tests.greeting"], placeholders=(Placeholder("町", "town", is_required=True),)
    )
    queue()
    deliver_due()
    assert "こんにちは" in mail_server.received[0].text
    assert "{氏名}" in MailProblem.objects.get().answer


def test_what_is_not_used_costs_one_query_for_a_batch(
    in_kanagawa: Programme, mail_server: MailServer, django_assert_num_queries: Any
) -> None:
    from portal.outbox.writing import Writer

    mails = [queue(f"{number}@example.jp") for number in range(3)]
    with django_assert_num_queries(1):
        Writer(mails)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": "{会社} {町}"}, "使えない差込みがあります：{会社}"),
        ({"text": "{% load x %} {町}"}, "使えない差込みがあります"),
        ({"text": "{氏名}だけ"}, "本文に必要な差込みがありません：{町}"),
        ({"subject": "案内\r\nBcc: everybody@example.jp"}, "件名は1行で"),
        ({"subject": "{町外}"}, "使えない差込みがあります：{町外}"),
        ({"text": "{町}" + "あ" * 400_000}, "20000"),
        ({"message": "tests.nothing"}, "差し替えられません"),
        ({"message": "outbox.trial"}, "差し替えられません"),
    ],
)
def test_bad_texts_get_a_clear_sentence(in_kanagawa: Programme, fields: dict[str, str], sentence: str) -> None:
    text = make_mail_text(**({"text": "{町}"} | fields))
    with pytest.raises(ValidationError) as refusal:
        text.full_clean()
    assert sentence in "".join(refusal.value.messages)
    with pytest.raises(ValidationError):
        start_text(text=text, actor=make_actor(APPROVER, in_kanagawa))


def test_the_next_version_takes_the_place_of_the_one_before(in_kanagawa: Programme) -> None:
    first, second = in_use(in_kanagawa), in_use(in_kanagawa, text="二つ目 {町}")
    assert list(MailText.objects.filter(is_in_use=True)) == [second]
    first.refresh_from_db()
    assert first.used_since
    start_text(text=first, actor=make_actor(APPROVER, in_kanagawa))
    assert MailText.objects.get(is_in_use=True) == first
    assert AuditEvent.objects.filter(action=Action.MAIL_TEXT_STARTED).count() == 3


@pytest.mark.parametrize("role", [None, READ_ONLY, OFFICER])
def test_only_approvers_put_a_text_in_use(in_kanagawa: Programme, role: StaffRole | None) -> None:
    text = make_mail_text(text="{町}")
    for deed in (start_text, end_text):
        with pytest.raises(PermissionDenied):
            deed(text=text, actor=make_actor(role, in_kanagawa))
    assert not MailText.objects.filter(is_in_use=True).exists()


def test_the_preview_shows_a_real_receivers_values(in_kanagawa: Programme) -> None:
    text = make_mail_text(text="{氏名} 様、{町}")
    words = preview(text, queue())
    assert words
    assert "山田 花子 様、横浜" in words.text
    made_up = preview(text, None)
    assert made_up
    assert "（氏名） 様、（町）" in made_up.text


def test_no_preview_shows_what_only_the_receiver_may_see(in_kanagawa: Programme) -> None:
    text = make_mail_text(message="tests.sign_in", text=f"{{氏名}} 様 {{町}}\n{{{STANDARD}}}")
    data = {"name": "山田 花子", "town": "ひみつの番号"}
    words = preview(text, queue_mail(message="tests.sign_in", to="a@example.jp", dedupe_key="x", data=data))
    assert words
    assert "山田 花子 様 （町）" in words.text
    assert "ひみつの番号" not in words.text + str(words.html)


def test_it_is_sent_to_whoever_asks(in_kanagawa: Programme, mail_server: MailServer) -> None:
    officer = make_actor(OFFICER, in_kanagawa)
    queue()
    send_text_trial(text=make_mail_text(text="{氏名} 様、{町}"), actor=officer)
    deliver_due()
    [mail] = [mail for mail in mail_server.received if mail.to == officer.user.email]
    assert "試し：" in str(mail.message["Subject"])
    assert "山田 花子 様、横浜" in mail.text
    with pytest.raises(PermissionDenied):
        send_text_trial(text=make_mail_text(text="{町}"), actor=make_actor(READ_ONLY, in_kanagawa))


@pytest.mark.parametrize("name", [name for name in messages.names() if not messages[name].is_fixed])
def test_every_message_has_a_text_to_go_on_from(in_kanagawa: Programme, name: str) -> None:
    text = make_mail_text(message=name, text=to_go_on_from(messages[name]), written_by=make_user())
    text.full_clean()
    assert preview(text, None)


def test_staff_write_see_and_use_a_text(as_staff: AsStaff, kanagawa: Programme, tokyo: Programme) -> None:
    approver = as_staff(APPROVER)
    assert "あいさつ" in approver.get(f"{LIST}add/").text
    address = f"{LIST}add/?message=tests.greeting&language=ja"
    form = approver.get(address).text
    assert "{町}" in form
    assert f"{{{STANDARD}}}" in form
    typed = {"message": "tests.greeting", "language": "ja", "subject": "", "text": "{社名}のみなさま"}
    refused = approver.post(address, typed).text
    assert "使えない差込みがあります：{社名}" in refused
    assert "{社名}のみなさま" in refused
    page = approver.post(address, typed | {"text": "{町}のみなさま", "_continue": "1"}, follow=True).text
    assert "この文面を使い始める" in page
    assert "（町）のみなさま" in page
    with programme_scope(kanagawa):
        text = MailText.objects.get()
    deed = {"action": "start", "_selected_action": [text.pk], "from_object": "1"}
    [seen] = re.findall(r'name="seen" value="([0-9a-f]+)"', approver.post(LIST, deed).text)
    assert "標準の文面に戻す" in approver.post(LIST, deed | {"seen": seen}, follow=True).text
    # What was sent stays as it was; the next version begins with its words.
    assert approver.post(f"{LIST}{text.pk}/change/", {"subject": "", "text": "{町}！"}).status_code == 403
    assert "{町}のみなさま" in approver.get(f"{LIST}add/?copy={text.pk}").text
    other = as_staff(APPROVER, tokyo)
    assert other.get(f"{LIST}{text.pk}/change/").status_code == 404
    assert "{町}のみなさま" not in other.get(f"{LIST}add/?copy={text.pk}").text
