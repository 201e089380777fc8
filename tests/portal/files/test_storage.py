"""Where the bytes lie: a folder, or any S3-compatible store."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import override_settings

from portal import environment
from portal.environment import Environment
from portal.files.models import StoredFile
from portal.tenancy.models import Programme
from portal.web.models import Page
from tests.factories import make_file

FOLDER = Path("/data/files")


def storage(address: str | None) -> dict[str, object]:
    env = Environment({} if address is None else {"FILES_URL": address})
    found = env.storage("FILES_URL", FOLDER)
    env.refuse_if_wrong()
    return found["OPTIONS"] | {"BACKEND": found["BACKEND"]}


@pytest.fixture
def with_boto3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "find_spec", lambda name: object())


def test_without_an_address_files_lie_in_the_data_folder() -> None:
    for address in (None, ""):
        assert storage(address)["location"] == FOLDER
        assert storage(address)["BACKEND"] == "django.core.files.storage.FileSystemStorage"


@pytest.mark.usefixtures("with_boto3")
def test_an_address_leads_to_a_store() -> None:
    options = storage("s3://KEY:a%2Fb@objects.example.jp:9000/kakehashi?region=jp-east-1")
    assert options["BACKEND"] == "storages.backends.s3.S3Storage"
    assert options["endpoint_url"] == "https://objects.example.jp:9000"
    assert (options["bucket_name"], options["access_key"], options["secret_key"]) == ("kakehashi", "KEY", "a/b")
    assert options["region_name"] == "jp-east-1"
    assert options["default_acl"] is None
    assert storage("s3+http://K:S@127.0.0.1:9000/b")["endpoint_url"] == "http://127.0.0.1:9000"


@pytest.mark.usefixtures("with_boto3")
@pytest.mark.parametrize("address", ["ftp://host/b", "s3://host", "s3:///bucket", "s3://host/a/b", "/a/folder"])
def test_a_wrong_address_is_named(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="FILES_URL"):
        storage(address)


def test_a_store_without_its_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match="boto3"):
        storage("s3://K:S@objects.example.jp/b")


def test_a_stored_file_tells_nothing_and_is_for_the_portal_alone(in_kanagawa: Programme, own_storage: Path) -> None:
    file = make_file(owner=Page.objects.create(slug="privacy", title="t", body="b"), name="秘密の企画.pdf")
    (stored,) = [path for path in own_storage.rglob("*") if path.is_file()]
    assert stored == own_storage / str(in_kanagawa.pk) / file.key.hex[:2] / file.key.hex
    assert stored.stat().st_mode & 0o077 == 0
    assert stored.parent.stat().st_mode & 0o077 == 0


def test_keys_cannot_be_guessed(in_kanagawa: Programme) -> None:
    keys = [StoredFile().key for _ in range(100)]
    assert len(set(keys)) == 100
    assert {key.version for key in keys} == {4}


class _Objects(BaseHTTPRequestHandler):
    """The few words of S3 that the portal speaks: put, head, get, delete and list, of one bucket."""

    kept: dict[str, bytes]
    signatures: list[str]

    def _answer(self, status: int, body: bytes = b"", length: int | None = None) -> None:
        self.signatures.append(self.headers.get("Authorization", ""))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.send_header("ETag", '"x"')
        self.send_header("Last-Modified", "Thu, 02 Apr 2026 00:00:00 GMT")
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self) -> None:
        body = self._body()
        self.kept[self.path] = body
        self._answer(200)

    def do_HEAD(self) -> None:
        found = self.kept.get(self.path)
        self._answer(404 if found is None else 200, length=len(found or b""))

    def do_GET(self) -> None:
        bucket, _, query = self.path.partition("?")
        if "prefix=" in query:
            names = [escape(path.removeprefix(f"{bucket}/")) for path in sorted(self.kept)]
            rows = "".join(f"<Contents><Key>{name}</Key><Size>1</Size></Contents>" for name in names)
            self._answer(200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode())
        else:
            found = self.kept.get(bucket)
            self._answer(404 if found is None else 200, found or b"")

    def do_DELETE(self) -> None:
        self.kept.pop(self.path, None)
        self._answer(204)

    def _body(self) -> bytes:
        if self.headers.get("Expect") == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        if "aws-chunked" not in self.headers.get("Content-Encoding", ""):
            return self.rfile.read(int(self.headers["Content-Length"]))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(parts)

    def log_message(self, *args: Any) -> None:
        """Silent."""


@contextmanager
def running_store() -> Iterator[tuple[type[_Objects], int]]:
    handler: Any = type("Objects", (_Objects,), {"kept": {}, "signatures": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield handler, server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_files_go_to_the_store_of_the_address_and_come_back() -> None:
    """The setting as it stands in production, over real HTTP to something that speaks S3."""
    pytest.importorskip("boto3", reason='the extra "s3" is not installed')
    with running_store() as (store, port):
        env = Environment({"FILES_URL": f"s3+http://KEY:SECRET@127.0.0.1:{port}/kakehashi?region=jp-east-1"})
        setting = env.storage("FILES_URL", FOLDER)
        env.refuse_if_wrong()
        with override_settings(STORAGES={"default": setting}):
            files = storages["default"]
            name = files.save("1/ab/0123", ContentFile(b"%PDF-1.7 secret"))
            assert store.kept == {"/kakehashi/1/ab/0123": b"%PDF-1.7 secret"}
            assert files.exists(name)
            with files.open(name) as file:
                assert file.read() == b"%PDF-1.7 secret"
            assert not files.exists("1/ab/9999")
            files.delete(name)
            assert store.kept == {}
    assert all(signature.startswith("AWS4-HMAC-SHA256 Credential=KEY/") for signature in store.signatures)
