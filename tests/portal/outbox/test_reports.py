"""Reading delivery reports and complaints, as servers write them and as nobody should."""

from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.outbox.reports import Finding, read_event, read_mail
from portal.outbox.states import Report
from tests.portal.outbox.raw_reports import OURS, a_complaint, a_delivery_report


@pytest.mark.parametrize(
    ("action", "status", "words", "kind"),
    [
        ("failed", "5.1.1", "smtp; 550 5.1.1 <gone@example.jp>: Recipient address rejected", Report.HARD),
        ("Failed", "5.0.0", "smtp; 550 Unknown user gone@docomo.ne.jp", Report.HARD),
        ("failed", "5.0.0", "smtp; 554 5.2.1 The account is disabled", Report.HARD),
        ("failed", "5.2.2", "smtp; 552 5.2.2 mailbox full", Report.SOFT),
        ("failed", "5.7.1", "smtp; 554 5.7.1 message looks like spam", Report.SOFT),
        ("failed", "4.4.1", "", Report.SOFT),
        ("delayed", "4.4.1", "smtp; connection timed out", Report.DELAYED),
        ("delivered", "2.0.0", "", Report.DELIVERED),
    ],
)
def test_what_a_server_reports(action: str, status: str, words: str, kind: Report) -> None:
    finding = read_mail(a_delivery_report(action=action, status=status, words=words))
    assert finding
    assert (finding.kind, finding.message_id) == (kind, OURS)
    assert status in finding.words


@pytest.mark.parametrize("action", ["relayed", "expanded", "", "gelöscht"])
def test_what_says_nothing_of_arrival_is_no_report(action: str) -> None:
    assert read_mail(a_delivery_report(action=action)) is None


def test_a_report_with_only_the_headers_or_the_whole_of_our_mail() -> None:
    for whole in (True, False):
        found = read_mail(a_delivery_report(whole=whole))
        assert found
        assert found.message_id == OURS


def test_an_encoded_original_is_read_too() -> None:
    found = read_mail(a_delivery_report(whole=False, encoding="base64"))
    assert found
    assert found.message_id == OURS


@pytest.mark.parametrize(("kind", "counts"), [("abuse", True), ("not-spam", False), ("dmarc", False)])
def test_complaints(kind: str, counts: bool) -> None:
    found = read_mail(a_complaint(kind))
    assert (found.kind if found else None) == (Report.COMPLAINT if counts else None)


def test_an_answer_to_our_mail_is_no_report() -> None:
    answer = EmailMessage()
    answer["In-Reply-To"] = OURS
    answer.set_content("不在にしております。\nAction: failed\nStatus: 5.1.1")
    assert read_mail(answer.as_bytes()) is None


def test_a_report_about_two_mails_is_about_none() -> None:
    raw = a_delivery_report() + b"\n<" + b"f" * 32 + b"@kanagawa.example.jp>"
    assert read_mail(a_delivery_report().replace(b"Subject: x", b"References: <" + b"f" * 32 + b"@a.jp>")) is None
    assert read_mail(raw)  # behind the last boundary there is nothing


@given(st.binary(max_size=400))
def test_no_bytes_are_an_exception(raw: bytes) -> None:
    assert read_mail(raw) is None


LINES = st.sampled_from(
    [
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b", b"Content-Type: message/delivery-status",
        b"Content-Type: message/rfc822", b"Content-Type: message/feedback-report", b"Content-Type: multipart/mixed; boundary=b",
        b"Content-Type: text/plain; charset=\xff\xfe", b"Content-Type: multipart/", b"Content-Type: ;;;=", b"--b", b"--b--", b"",
        b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: x-uuencode", b"begin 644 a", b"Action: failed",
        b"Action: =?x?b?\xff?=", b"Status: 5.1.1", b"Diagnostic-Code: smtp; 550 \xe3\x81", b" folded", b"Feedback-Type: abuse",
        b"Message-ID: " + OURS.encode(), b"Message-ID: <" + b"0" * 31, b"\x00", b"=?utf-8?q?=80?=", b": nothing",
    ]
)  # fmt: skip


@given(st.lists(st.one_of(LINES, st.binary(max_size=30)), max_size=40), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_no_mixture_of_pieces_is_an_exception(lines: list[bytes], end: bytes) -> None:
    found = read_mail(end.join(lines))
    assert found is None or (found.message_id == OURS and "\n" not in found.words)


@given(st.data())
def test_no_damaged_report_is_an_exception(data: Any) -> None:
    raw = bytearray(data.draw(st.sampled_from([a_delivery_report(), a_complaint("abuse")])))
    for place in data.draw(st.lists(st.integers(0, len(raw) - 1), max_size=20)):
        raw[place] = data.draw(st.integers(0, 255))
    found = read_mail(bytes(raw))
    assert found is None or found.words.isprintable()


def test_parts_within_parts_without_end() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5000))
    assert read_mail(deep) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["event", "at", "words"]), inner),
    max_leaves=8,
)


@given(JSON, st.dictionaries(st.sampled_from(["event", "message_id", "status", "words", "at"]), JSON))
def test_any_event_is_read_or_refused_with_a_sentence(event: Any, changes: dict[str, Any]) -> None:
    good = {"event": "bounced", "message_id": OURS, "status": "5.1.1", "at": "2026-11-21T10:00:00+09:00"}
    assert isinstance(read_event(good), Finding)
    assert isinstance(read_event(event), str)
    assert isinstance(read_event(good | changes), str | Finding)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"event": "opened"}, "event: one of"),
        ({"message_id": "<x@example.jp>"}, "message_id:"),
        ({"at": "2026-11-21T10:00:00"}, "at:"),
        ({"at": "2026-13-41T10:00:00+09:00"}, "at:"),
    ],
)
def test_what_is_wrong_with_an_event(change: dict[str, str], sentence: str) -> None:
    good = {"event": "bounced", "message_id": OURS, "at": "2026-11-21T10:00:00+09:00"}
    assert sentence in str(read_event(good | change))
