import threading
from collections.abc import Callable, Iterator
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from bench.load import BadAnswer, Request, load


class Silent(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[Callable[[str, bytes], tuple[str, int]]]:
    servers: list[tuple[WSGIServer, threading.Thread]] = []

    def start(status: str, body: bytes) -> tuple[str, int]:
        def answer(environ, start_response):  # type: ignore[no-untyped-def]
            start_response(status, [("X-Seen", environ["HTTP_HOST"])])
            return [body]

        server = make_server("127.0.0.1", 0, answer, handler_class=Silent)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread))
        return "127.0.0.1", server.server_port

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def test_every_answer_is_counted_with_its_time_and_size(serve: Callable[[str, bytes], tuple[str, int]]) -> None:
    sample = load(serve("200 OK", b"hello"), Request("kanagawa.localhost", "/"), seconds=0, connections=3)
    assert len(sample.latencies) == 3
    assert all(0 < latency <= sample.seconds for latency in sample.latencies)
    assert sample.body_bytes == 5


def test_an_error_page_is_not_measured(serve: Callable[[str, bytes], tuple[str, int]]) -> None:
    with pytest.raises(BadAnswer, match="404"):
        load(serve("404 Not Found", b""), Request("kanagawa.localhost", "/nowhere/"), seconds=0)
