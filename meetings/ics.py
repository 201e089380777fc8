"""Calendar entries (RFC 5545) as text: one for a mail, many for a feed. Pure: what stands in them is given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

PRODUCT = "-//Kakehashi//Meetings//JA"
CRLF = "\r\n"


@dataclass(frozen=True, slots=True)
class Entry:
    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    changed_at: datetime
    location: str = ""
    description: str = ""
    url: str = ""
    is_cancelled: bool = False
    # Name and address of who invites, and the address of who is invited: mails carry them, feeds do not.
    organizer: tuple[str, str] = ("", "")
    attendee: str = ""


def calendar(entries: Iterable[Entry], *, method: str = "PUBLISH", name: str = "") -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", f"METHOD:{method}"]
    if name:
        lines.append(f"X-WR-CALNAME:{escaped(name)}")
    for entry in entries:
        lines += event(entry)
    lines.append("END:VCALENDAR")
    return (CRLF.join(folded(line) for line in lines) + CRLF).encode()


def event(entry: Entry) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTAMP:{moment(entry.changed_at)}",
        f"DTSTART:{moment(entry.starts_at)}",
        f"DTEND:{moment(entry.ends_at)}",
        f"SUMMARY:{escaped(entry.summary)}",
        f"STATUS:{'CANCELLED' if entry.is_cancelled else 'CONFIRMED'}",
    ]
    for key, text in (("LOCATION", entry.location), ("DESCRIPTION", entry.description)):
        if text:
            lines.append(f"{key}:{escaped(text)}")
    if entry.url:
        lines.append(f"URL:{entry.url}")
    if entry.attendee:
        name, address = entry.organizer
        lines.append(f'ORGANIZER;CN="{quoted(name)}":mailto:{address}')
        lines.append(f"ATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{entry.attendee}")
    return [*lines, "END:VEVENT"]


def moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    for character in ("\\", ";", ","):
        text = text.replace(character, f"\\{character}")
    return "\\n".join(text.splitlines())


def quoted(text: str) -> str:
    """For a parameter, which knows no escapes."""
    return "".join(character for character in text if character.isprintable() and character != '"')


def folded(line: str) -> str:
    """At most 75 octets a line, never cut inside a character."""
    parts, part, size = [], "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > 75:
            parts.append(part)
            part, size = "", 1
        part += character
        size += octets
    return f"{CRLF} ".join([*parts, part])
