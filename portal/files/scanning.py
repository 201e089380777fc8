"""The virus scanner, if there is one: settings.FILE_SCANNER is the address of a clamd, or the path of a callable.

    clamd://scanner.internal:3310   clamd:///run/clamav/clamd.ctl   our_package.scan

A scanner takes an open file and returns what it found, "" for nothing. It raises ScannerError when it cannot say; the
file then waits and is not handed out.
"""

import socket
from collections.abc import Callable
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.module_loading import import_string

Scan = Callable[[IO[bytes]], str]

SECONDS = 60
CHUNK = 64 * 1024
LONGEST_ANSWER = 4096


class ScannerError(Exception):
    """The scanner is not there, or does not know."""


def scanner() -> Scan | None:
    if not settings.FILE_SCANNER:
        return None
    if settings.FILE_SCANNER.startswith("clamd://"):
        return lambda content: scan_with_clamd(settings.FILE_SCANNER, content)
    found: Scan = import_string(settings.FILE_SCANNER)
    return found


def scan_with_clamd(address: str, content: IO[bytes]) -> str:
    """clamd's INSTREAM: the file in pieces with their length in front, an empty one at the end, one line as the answer."""
    try:
        with _connected(address) as connection:
            connection.sendall(b"zINSTREAM\0")
            while chunk := content.read(CHUNK):
                connection.sendall(len(chunk).to_bytes(4) + chunk)
            connection.sendall((0).to_bytes(4))
            answer = _answer(connection)
    except OSError as error:
        raise ScannerError(type(error).__name__) from error
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerError(answer)


def _connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.hostname:
        return socket.create_connection((parts.hostname, parts.port or 3310), timeout=SECONDS)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(SECONDS)
    try:
        connection.connect(parts.path)
    except OSError:
        connection.close()
        raise
    return connection


def _answer(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER and (part := connection.recv(LONGEST_ANSWER)):
        answer += part
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()
