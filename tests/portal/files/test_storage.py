"""Where the bytes lie: a folder, or any S3-compatible store."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

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


def test_a_store_without_its_package_is_named() -> None:
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
