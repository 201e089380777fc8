from django.core.cache import caches

from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope


def test_a_programme_does_not_find_what_another_has_kept(kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(kanagawa):
        caches["default"].set("numbers", "of Kanagawa")
    with programme_scope(tokyo):
        assert caches["default"].get("numbers") is None
    with programme_scope(kanagawa):
        assert caches["default"].get("numbers") == "of Kanagawa"


def test_commands_share_one_client() -> None:
    client = caches["platform"]._cache
    assert client.get_client("one") is client.get_client("other", write=True)
