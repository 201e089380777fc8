"""Reading what receiving servers report back: delivery status notifications (RFC 3464), complaints (RFC 5965, ARF), and
the same in JSON from a mail provider.

Pure, and never an exception, whatever comes in: a bounce mailbox gets everything. Whom a report is about is told by
nothing but the Message-ID of our mail, which nobody knows who has not received it; an address is never taken from it.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, message_from_string
from email.message import Message
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware

from portal.outbox.states import Report

# Enough for a report with the whole of our mail in it; what is longer is cut.
MOST_BYTES = 1024 * 1024
MOST_WORDS = 500
OURS = re.compile(r"<[0-9a-f]{32}@[A-Za-z0-9.-]{1,253}>")
STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
# The mailbox does not exist, or nobody has it any more: nothing will change by itself.
GONE = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
GONE_IN_WORDS = re.compile(r"unknown user|user unknown|no such user|does not exist|invalid recipient", re.IGNORECASE)
EVENTS = {
    "delivered": Report.DELIVERED,
    "delayed": Report.DELAYED,
    "bounced": Report.SOFT,
    "complained": Report.COMPLAINT,
}


@dataclass(frozen=True)
class Finding:
    """One report about one of our mails."""

    kind: Report
    message_id: str
    # The same for the same report: taken twice, it counts once.
    key: str
    words: str = ""
    at: datetime | None = None


def read_mail(raw: bytes) -> Finding | None:
    """None for what is no report, or not about exactly one of our mails."""
    try:
        return _read_mail(raw[:MOST_BYTES])
    except (RecursionError, ValueError, LookupError):
        return None  # The standard library gives up at parts within parts within parts, and at invented character sets.


def _read_mail(raw: bytes) -> Finding | None:
    mail = message_from_bytes(raw)
    parts = list(mail.walk())
    # The report's own id may look like ours, if it comes from a site like this one.
    own = set(OURS.findall(str(mail.get("Message-ID", ""))))
    ids = {found for part in parts for found in OURS.findall(_everything_in(part))} - own
    reported = next(filter(None, map(_reported, parts)), None)
    if reported is None or len(ids) != 1:
        return None
    kind, words = reported
    return Finding(kind, ids.pop(), hashlib.sha256(raw).hexdigest(), words)


def read_event(event: object) -> Finding | str:
    """An event of a provider in our neutral form, or what is wrong with it."""
    if not isinstance(event, Mapping):
        return "not an object"
    kind, message_id, words = event.get("event"), event.get("message_id"), _line(event.get("words"))
    if not isinstance(kind, str) or kind not in EVENTS:
        return f"event: one of {', '.join(EVENTS)}"
    if not isinstance(message_id, str) or not OURS.fullmatch(message_id):
        return "message_id: the Message-ID of our mail, with its < and >"
    at = _moment(event.get("at"))
    if at is None:
        return "at: a time with its zone, 2026-11-21T10:00:00+09:00"
    status = _line(event.get("status"))
    found = EVENTS[kind]
    if found == Report.SOFT and is_gone(f"{status} {words}"):
        found = Report.HARD
    key = hashlib.sha256(f"{kind} {message_id} {at.isoformat()} {status}".encode()).hexdigest()
    return Finding(found, message_id, key, f"{status} {words}".strip()[:MOST_WORDS], at)


def has_gone_code(answer: str) -> bool:
    """Whether a server's answer says that the mailbox is not there; not if it is full, or the content is refused."""
    return any(status in GONE for status in STATUS.findall(answer))


def is_gone(words: str) -> bool:
    """The same of a report, where servers that know no codes say it in words."""
    return has_gone_code(words) or bool(GONE_IN_WORDS.search(words))


def _reported(part: Message) -> tuple[Report, str] | None:
    kind = part.get_content_type()
    if kind == "message/delivery-status":
        return _of_status(_fields(part))
    if kind == "message/feedback-report":
        fields = _fields(part)
        # "not-spam" takes a complaint back; others tell of failed signatures.
        is_complaint = fields.get("feedback-type", "") in ("abuse", "fraud", "virus", "other", "opt-out")
        return (Report.COMPLAINT, _line(fields.get("feedback-type"))) if is_complaint else None
    return None


def _of_status(fields: Mapping[str, str]) -> tuple[Report, str] | None:
    action = fields.get("action", "")
    words = _line(f"{fields.get('status', '')} {fields.get('diagnostic-code', '')}")
    if action == "failed":
        return (Report.HARD if is_gone(words) else Report.SOFT), words
    if action == "delayed":
        return Report.DELAYED, words
    return (Report.DELIVERED, words) if action == "delivered" else None


def _fields(part: Message) -> dict[str, str]:
    """Of all blocks of a report; ours have one receiver, so the last that says something holds."""
    payload = part.get_payload()
    blocks = payload if isinstance(payload, list) else [message_from_string(_everything_in(part))]
    pairs = [(name, str(value)) for block in blocks if isinstance(block, Message) for name, value in block.items()]
    return {name.lower(): _line(value).lower() if len(value) < 40 else _line(value) for name, value in pairs}


def _everything_in(part: Message) -> str:
    """Headers and decoded text of one part, without those within."""
    headers = "\n".join(f"{name}: {value}" for name, value in part.items())
    payload = None if part.is_multipart() else part.get_payload(decode=True)
    return f"{headers}\n{payload.decode('utf-8', 'replace')}" if isinstance(payload, bytes) else headers


def _line(value: object) -> str:
    """One printable line for the screen."""
    text = value if isinstance(value, str) else ""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:MOST_WORDS]


def _moment(value: Any) -> datetime | None:
    try:
        at = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at if at and is_aware(at) else None
