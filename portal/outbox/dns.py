"""Asking a name server for TXT records: the one question that the standard library has no answer to."""

import secrets
import socket
import struct
from pathlib import Path

TXT, IN, RECURSION_WANTED, CUT = 16, 1, 0x0100, 0x0200
NO_SUCH_NAME = 3
SECONDS = 5


class NoAnswer(OSError):
    """The name server did not answer, or refused to."""


def system_server() -> tuple[str, int]:
    for line in Path("/etc/resolv.conf").read_text().splitlines():
        if line.startswith("nameserver "):
            return line.split()[1], 53
    raise NoAnswer("/etc/resolv.conf names no server.")


def txt_records(name: str, server: tuple[str, int]) -> list[str]:
    """Each record as one text; none if there is no such name."""
    number = secrets.randbelow(1 << 16)
    question = struct.pack(">6H", number, RECURSION_WANTED, 1, 0, 0, 0) + _packed(name) + struct.pack(">2H", TXT, IN)
    answer = _ask(question, server)
    got, flags, _questions, count = struct.unpack(">4H", answer[:8])
    if got != number or flags & 0xF not in (0, NO_SUCH_NAME):
        raise NoAnswer(f"The name server refuses to answer for {name}.")
    return _read(answer, len(question), count)


def _packed(name: str) -> bytes:
    labels = name.encode("idna").decode().strip(".").split(".")
    return b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"


def _ask(question: bytes, server: tuple[str, int]) -> bytes:
    family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as wire:
            wire.settimeout(SECONDS)
            wire.connect(server)
            wire.send(question)
            answer = wire.recv(4096)
        if struct.unpack(">H", answer[2:4])[0] & CUT:
            return _ask_at_length(question, server)
        return answer
    except OSError as error:
        raise NoAnswer(f"The name server {server[0]} does not answer.") from error


def _ask_at_length(question: bytes, server: tuple[str, int]) -> bytes:
    """What does not fit into one packet is asked for over TCP."""
    with socket.create_connection(server, SECONDS) as wire, wire.makefile("rb") as answers:
        wire.sendall(struct.pack(">H", len(question)) + question)
        return answers.read(struct.unpack(">H", answers.read(2))[0])


def _read(answer: bytes, position: int, count: int) -> list[str]:
    texts = []
    for _ in range(count):
        position = _after_name(answer, position)
        kind, _kind_of_net, _lifetime, length = struct.unpack(">2HIH", answer[position : position + 10])
        position += 10
        if kind == TXT:
            texts.append(_joined(answer[position : position + length]))
        position += length
    return texts


def _after_name(answer: bytes, position: int) -> int:
    while (length := answer[position]) != 0:
        if length >= 0xC0:  # the rest stands elsewhere
            return position + 2
        position += 1 + length
    return position + 1


def _joined(content: bytes) -> str:
    parts, position = [], 0
    while position < len(content):
        parts.append(content[position + 1 : position + 1 + content[position]])
        position += 1 + content[position]
    return b"".join(parts).decode("utf-8", "replace")
