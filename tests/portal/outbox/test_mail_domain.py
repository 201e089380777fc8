"""SPF, DKIM and DMARC: what an operator is told, from records that a small name server hands out."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from portal.outbox.dns import NoAnswer, txt_records
from portal.outbox.mail_domain import dkim_problems, dmarc_problems, spf_problems
from portal.tenancy.models import Programme

GOOD = {
    "kanagawa.example.jp": ["v=spf1 include:mail.example.jp -all", "another=record"],
    "s1._domainkey.kanagawa.example.jp": ["v=DKIM1; k=rsa; p=" + "A" * 600],
    "_dmarc.kanagawa.example.jp": ["v=DMARC1; p=quarantine"],
}


class Names(socketserver.BaseRequestHandler):
    """Answers for TXT from `server.records`; a long text goes in pieces of 255, as the standard asks."""

    def handle(self) -> None:
        question, wire = self.request
        labels, position = [], 12
        while length := question[position]:
            labels.append(question[position + 1 : position + 1 + length].decode())
            position += 1 + length
        texts = self.server.records.get(".".join(labels))  # type: ignore[attr-defined]
        flags = 0x8183 if texts is None else 0x8180
        head = question[:2] + struct.pack(">5H", flags, 1, len(texts or ()), 0, 0)
        wire.sendto(head + question[12:] + b"".join(map(self.row, texts or ())), self.client_address)

    def row(self, text: str) -> bytes:
        raw = text.encode()
        content = b"".join(bytes([len(raw[i : i + 255])]) + raw[i : i + 255] for i in range(0, len(raw), 255))
        return b"\xc0\x0c" + struct.pack(">2HIH", 16, 1, 60, len(content)) + content


@pytest.fixture
def names() -> Iterator[Any]:
    with socketserver.UDPServer(("127.0.0.1", 0), Names) as server:
        server.records = dict(GOOD)  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def told(names: Any, *arguments: str) -> str:
    out = StringIO()
    try:
        call_command("check_mail_domain", *arguments, f"--server=127.0.0.1:{names.server_address[1]}", stdout=out)
    except CommandError as error:
        out.write(str(error))
    return out.getvalue()


def test_records_are_read(names: Any) -> None:
    server = names.server_address
    assert txt_records("kanagawa.example.jp", server) == GOOD["kanagawa.example.jp"]
    assert len(txt_records("s1._domainkey.kanagawa.example.jp", server)[0]) > 600
    assert txt_records("nowhere.example.jp", server) == []


def test_a_server_that_is_not_there_is_named(names: Any) -> None:
    with pytest.raises(NoAnswer, match=r"127\.0\.0\.1"):
        txt_records("example.jp", ("127.0.0.1", 1))


def test_everything_is_there(kanagawa: Programme, tokyo: Programme, names: Any) -> None:
    said = told(names, "kanagawa", "--selector=s1")
    assert "all there." in said
    assert "missing" not in said


def test_what_is_missing_is_said_with_what_to_do(kanagawa: Programme, tokyo: Programme, names: Any) -> None:
    said = told(names)
    assert "kanagawa (sdgs@kanagawa.example.jp): all there." in said
    assert "2 missing." in said
    assert "v=DMARC1; p=none" in said
    assert "DKIM was not looked at" in said
    assert "no programme 'osaka'" in told(names, "osaka")


@pytest.mark.parametrize(
    ("records", "says"),
    [
        (["v=spf1 -all"], ""), (["V=SPF1 a ~all"], ""), (["v=spf1 redirect=_spf.example.jp"], ""),
        ([], "has none"), (["v=spf10 -all"], "has none"), (["v=spf1 -all", "v=spf1 ~all"], "2 records"),
        (["v=spf1 +all"], "everybody"), (["v=spf1 mx ?all"], "everybody"),
    ],
)  # fmt: skip
def test_spf(records: list[str], says: str) -> None:
    assert_says(list(spf_problems("example.jp", records)), says)


@pytest.mark.parametrize(
    ("records", "says"),
    [(["v=DKIM1; p=AbC="], ""), (["k=rsa;p=AbC"], ""), ([], "no key"), (["v=DKIM1"], "no key"), (["v=DKIM1; p="], "revoked")],
)  # fmt: skip
def test_dkim(records: list[str], says: str) -> None:
    assert_says(list(dkim_problems("example.jp", "s1", records)), says)


@pytest.mark.parametrize(
    ("records", "says"),
    [
        (["v=DMARC1; p=none"], ""), (["v=DMARC1;p=reject;"], ""), ([], "has none"), (["v=DMARC1"], "no policy"),
        (["v=DMARC1; p=maybe"], "no policy"), (["v=DMARC1; p=none", "v=DMARC1; p=reject"], "2 records"),
    ],
)  # fmt: skip
def test_dmarc(records: list[str], says: str) -> None:
    assert_says(list(dmarc_problems("example.jp", records)), says)


def assert_says(problems: list[str], says: str) -> None:
    assert len(problems) == bool(says)
    assert says in "".join(problems)
