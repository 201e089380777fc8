"""The load generator: so many connections at a time against one address of this machine, for so long."""

import selectors
import socket
import time
from contextlib import ExitStack
from dataclasses import dataclass

CONNECTIONS = 16
SECONDS = 0.5
ANSWER_SECONDS = 20


class BadAnswer(RuntimeError):
    """A page that does not answer 200 is not measured."""


@dataclass(frozen=True)
class Request:
    host: str
    path: str
    cookie: str = ""

    def encoded(self) -> bytes:
        lines = [
            f"GET {self.path} HTTP/1.0",
            f"Host: {self.host}",
            "X-Forwarded-Proto: https",
            "X-Forwarded-For: 192.0.2.1",
            "Accept-Encoding: gzip",
        ]
        return "\r\n".join([*lines, *([f"Cookie: {self.cookie}"] if self.cookie else []), "", ""]).encode()


@dataclass(frozen=True)
class Sample:
    """One slice of a run."""

    seconds: float
    latencies: list[float]
    body_bytes: int

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds


@dataclass
class _Exchange:
    started: float
    answer: bytearray


def load(
    address: tuple[str, int], request: Request, seconds: float = SECONDS, connections: int = CONNECTIONS
) -> Sample:
    """Each answer makes room for the next request; those on their way when the time is up are waited for."""
    encoded = request.encoded()
    latencies: list[float] = []
    body_bytes = 0
    with selectors.DefaultSelector() as selector, ExitStack() as hanging_up:

        def ask() -> None:
            exchange = _Exchange(time.perf_counter(), bytearray())
            connection = socket.create_connection(address, timeout=ANSWER_SECONDS)
            connection.sendall(encoded)
            connection.setblocking(False)
            selector.register(connection, selectors.EVENT_READ, exchange)

        def hang_up() -> None:
            for key in list(selector.get_map().values()):
                key.fileobj.close()  # type: ignore[union-attr]

        hanging_up.callback(hang_up)
        started = time.perf_counter()
        for _ in range(connections):
            ask()
        while selector.get_map():
            ready = selector.select(ANSWER_SECONDS)
            if not ready:
                raise BadAnswer(f"{request.path} gave no answer for {ANSWER_SECONDS} s.")
            for key, _ in ready:
                chunk = key.fileobj.recv(65536)  # type: ignore[union-attr]
                if chunk:
                    key.data.answer += chunk
                    continue
                selector.unregister(key.fileobj)
                key.fileobj.close()  # type: ignore[union-attr]
                now = time.perf_counter()
                latencies.append(now - key.data.started)
                body_bytes = _body_bytes(request, key.data.answer)
                if now - started < seconds:
                    ask()
        return Sample(time.perf_counter() - started, latencies, body_bytes)


def _body_bytes(request: Request, answer: bytearray) -> int:
    head, _, body = answer.partition(b"\r\n\r\n")
    status = head.split(b"\r\n", 1)[0].decode("latin-1")
    if " 200 " not in status:
        raise BadAnswer(f"{request.host}{request.path} answered {status!r}.")
    return len(body)
