"""What reaches a real gunicorn as bytes: it is refused, nothing of it is logged, and the site goes on answering."""

import json
import socket

import pytest

from tests.site import Site

SECRET = b"himitsu"
HOST = b"Host: kanagawa.localhost\r\n"
POST = b"POST / HTTP/1.1\r\n" + HOST + b"Content-Type: application/x-www-form-urlencoded\r\n"


def send(site: Site, raw: bytes) -> bytes:
    """The answer, up to the end of the connection."""
    with socket.create_connection(("127.0.0.1", site.port)) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        try:
            return b"".join(iter(lambda: connection.recv(65536), b""))
        except ConnectionResetError:
            return b""


@pytest.mark.parametrize(
    ("raw", "statuses"),
    [
        (b"GET /?%s=%s HTTP/1.1\r\n%s\r\n" % (SECRET, b"x" * 10_000, HOST), {414}),
        (b"GET /?%s=\xff HTTP/1.1\r\n%s\r\n" % (SECRET, HOST), {400}),
        (b"GET /%s\xff HTTP/1.1\r\n%s\r\n" % (SECRET, HOST), {400, 404}),
        (b"GET /%s\0 HTTP/1.1\r\n%s\r\n" % (SECRET, HOST), {400}),
        (b"GET /%s%%00 HTTP/1.1\r\n%s\r\n" % (SECRET, HOST), {400}),
        (b"%s / HTTP/1.1\r\n%s\r\n" % (SECRET.upper(), HOST), {400, 405}),
        (b"%s\r\n\r\n" % SECRET, {400}),
        (b"GET / HTTP/%s\r\n%s\r\n" % (SECRET, HOST), {400}),
        (b"GET / HTTP/1.1\r\nHost: %s.localhost\r\n\r\n" % SECRET, {404}),
        (b"GET / HTTP/1.1\r\nHost: %s.example\r\n\r\n" % SECRET, {400}),
        (b"GET / HTTP/1.1\r\n%sHost: %s\r\n\r\n" % (HOST, SECRET), {400}),
        (b"GET / HTTP/1.1\r\n\r\n", {400, 404}),
        (b"GET / HTTP/1.1\r\n%sX-%s: a\0b\r\n\r\n" % (HOST, SECRET), {400}),
        (b"GET / HTTP/1.1\r\n%s%s\r\n\r\n" % (HOST, SECRET), {400}),
        (b"GET / HTTP/1.1\r\n%s%s\r\n" % (HOST, b"X-Many: 1\r\n" * 5000), {400, 431}),
        (b"GET / HTTP/1.1\r\n%sX-%s: %s\r\n\r\n" % (HOST, SECRET, b"x" * 100_000), {400, 431}),
        (b'GET / HTTP/1.1\r\n%sCookie: session="%s\\000"\r\n\r\n' % (HOST, SECRET), {400}),
        (POST + b"Content-Length: -1\r\n\r\n%s=1" % SECRET, {400}),
        (POST + b"Content-Length: %s\r\n\r\n%s=1" % (SECRET, SECRET), {400}),
        (POST + b"Content-Length: 9\r\nContent-Length: 5\r\n\r\n%s=1" % SECRET, {400}),
        (POST + b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
        (POST + b"Transfer-Encoding: %s\r\n\r\n0\r\n\r\n" % SECRET, {400, 501}),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n%s\r\n" % SECRET, {400, 403}),
        (POST + b"Content-Length: 1000000000000\r\n\r\n%s=1" % SECRET, {413}),
        # Hangs up before the end of what was announced.
        (POST + b"Content-Length: 100\r\n\r\n%s=1" % SECRET, {400, 403}),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + SECRET + b"\r\n\r\n", {400}),
    ],
)
def test_broken_requests_are_refused(site: Site, raw: bytes, statuses: set[int]) -> None:
    before = site.log.stat().st_size
    answer = send(site, raw)
    assert int(answer.split()[1]) in statuses
    assert site.get("/healthz") == (200, "ok\n")
    logged = site.log.read_bytes()[before:]
    assert SECRET not in logged.lower()
    # One line for each request that reached the portal, and nothing that asks for somebody's attention.
    assert {json.loads(line)["level"] for line in logged.splitlines()} == {"info"}


@pytest.mark.parametrize("address", [b"http://tokyo.localhost/", b"http://himitsu.example/", b"//himitsu.example/"])
def test_the_address_in_the_request_line_names_no_host(site: Site, address: bytes) -> None:
    answer = send(site, b"GET %s HTTP/1.1\r\n%sConnection: close\r\n\r\n" % (address, HOST))
    assert int(answer.split()[1]) in {200, 400, 404}
    assert b"//" + SECRET not in answer
    assert "東京都" not in answer.decode()


def test_refusals_are_pages_for_people(site: Site) -> None:
    answer = send(site, b"GET /?q=%s HTTP/1.1\r\n%s\r\n" % (b"x" * 10_000, HOST)).decode()
    assert "アドレスが長すぎます" in answer
    assert "神奈川県" in answer
