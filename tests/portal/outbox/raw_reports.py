"""Reports as receiving servers write them, byte by byte."""

from base64 import encodebytes

OURS = "<0123456789abcdef0123456789abcdef@kanagawa.example.jp>"


def a_delivery_report(
    message_id: str = OURS,
    action: str = "failed",
    status: str = "5.1.1",
    words: str = "smtp; 550 5.1.1 no such user",
    whole: bool = True,
    encoding: str = "7bit",
) -> bytes:
    kind = "message/rfc822" if whole else "text/rfc822-headers"
    original = f"From: no-reply@kanagawa.example.jp\nMessage-ID:\n {message_id}\nSubject: x\n"
    if encoding == "base64":
        original = encodebytes(original.encode()).decode()
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.example.jp
To: no-reply@kanagawa.example.jp
Subject: Undelivered Mail Returned to Sender
Message-ID: <20261121.1@mx.example.jp>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

This is a MIME-encapsulated message.

--=_b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.jp
Arrival-Date: Sat, 21 Nov 2026 10:00:00 +0900

Final-Recipient: rfc822; gone@example.jp
Action: {action}
Status: {status}
Diagnostic-Code: {words}

--=_b
Content-Type: {kind}
Content-Transfer-Encoding: {encoding}

{original}
--=_b--
""".encode()


def a_complaint(kind: str = "abuse", message_id: str = OURS) -> bytes:
    return f"""From: feedback@example.ne.jp
Subject: FW: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="=_b"

--=_b
Content-Type: text/plain

This is an email abuse report.

--=_b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1

--=_b
Content-Type: message/rfc822

From: no-reply@kanagawa.example.jp
Message-ID: {message_id}
Subject: x

text
--=_b--
""".encode()
