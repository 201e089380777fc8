"""The bytes of a mail, read back by the standard library."""

import email
import email.policy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.outbox.messages import Attachment
from portal.outbox.mime import UnsafeHeader, compose

AT = datetime(2026, 7, 15, 5, 0, tzinfo=UTC)


def made(**fields: Any) -> Any:
    usual = {
        "sender": ("神奈川県 SDGsパートナーポータル", "sdgs@kanagawa.example.jp"),
        "to": "hanako@example.jp",
        "subject": "【かながわSDGs】交流会のご案内",
        "message_id": "<1@kanagawa.example.jp>",
        "at": AT,
        "text": "本文\n.\n..dots\n",
        "html": "<p>本文</p>",
    }
    raw = compose(**(usual | fields))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 200
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_the_headers_and_both_bodies() -> None:
    mail = made()
    assert mail["From"] == "神奈川県 SDGsパートナーポータル <sdgs@kanagawa.example.jp>"
    assert (mail["To"], mail["Subject"]) == ("hanako@example.jp", "【かながわSDGs】交流会のご案内")
    assert (mail["Message-ID"], mail["Auto-Submitted"]) == ("<1@kanagawa.example.jp>", "auto-generated")
    assert mail["Date"].datetime == AT
    assert mail.get_content_type() == "multipart/alternative"
    assert mail.get_body(("plain",)).get_content() == "本文\n.\n..dots\n"
    assert mail.get_body(("html",)).get_content() == "<p>本文</p>"
    assert not mail.defects


def test_plain_only_has_one_part() -> None:
    mail = made(html=None)
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content() == "本文\n.\n..dots\n"


def test_attachments_keep_name_and_bytes() -> None:
    files = [
        Attachment(name="登録証 2026.pdf", content_type="application/pdf", content=bytes(range(256))),
        Attachment(name='a"\r\nb.ics', content_type="text/calendar; charset=utf-8; method=REQUEST", content=b""),
    ]
    mail = made(attachments=files)
    first, second = mail.iter_attachments()
    assert (first.get_filename(), first.get_content()) == ("登録証 2026.pdf", bytes(range(256)))
    assert second.get_content_type() == "text/calendar"
    assert mail.get_body(("html",)).get_content() == "<p>本文</p>"


@pytest.mark.parametrize(
    "fields",
    [
        {"to": "a@example.jp\r\nBcc: b@example.jp"},
        {"to": "花子@example.jp"},
        {"subject": "交流会\nBcc: b@example.jp"},
        {"subject": "交流会\rBcc: b@example.jp"},
        {"sender": ("神奈川県\r\nBcc: b@example.jp", "a@example.jp")},
        {"sender": ("神奈川県", "a@example.jp\nBcc: b@example.jp")},
        {"message_id": "<1@example.jp>\r\nBcc: b@example.jp"},
        {"attachments": [Attachment(name="a", content_type="text/plain\r\nBcc: b@example.jp", content=b"")]},
        {"to": "a@example.jp\r\n Bcc: b@example.jp"},
    ],
)
def test_nothing_gets_into_the_headers(fields: dict[str, Any]) -> None:
    with pytest.raises(UnsafeHeader):
        made(**fields)


@given(st.text(), st.text(), st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_whatever_is_in_it_the_mail_has_one_receiver(name: str, subject: str, text: str) -> None:
    try:
        mail = made(sender=(name, "a@example.jp"), subject=subject, text=text)
    except UnsafeHeader:
        return
    assert mail.get_all("To") == ["hanako@example.jp"]
    assert not {"Bcc", "Cc"} & set(mail.keys())
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == text.replace("\r\n", "\n")
