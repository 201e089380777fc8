"""When a server that the portal stands on is gone: pages go on without Redis, and say so plainly without Postgres."""

from collections.abc import Iterator

import pytest

from tests import servers
from tests.site import Site, demo_template, running_site


@pytest.fixture
def own_site() -> Iterator[Site]:
    with running_site("outage") as site:
        yield site


def test_redis_goes_and_then_the_database_goes_and_comes_back(own_site: Site) -> None:
    pages = ["/", "/en/", "/easy/", "/about/site-policy/"]
    assert [own_site.get(page)[0] for page in pages] == [200] * 4

    own_site.valkey.stop()
    assert [own_site.get(page)[0] for page in pages * 2] == [200] * 8
    assert own_site.get("/readyz") == (200, "ready\n")

    servers.postgres.drop_database(own_site.name)
    status, page = own_site.get("/")
    assert status == 503
    assert "ただいま利用できません" in page
    assert "Traceback" not in page
    assert own_site.get("/readyz") == (503, "not ready\n")
    assert own_site.get("/healthz") == (200, "ok\n")

    servers.postgres.create_database(own_site.name, template=demo_template())
    own_site.valkey.start()
    assert [own_site.get(page)[0] for page in pages] == [200] * 4
    log = own_site.log.read_text()
    assert '"exception": "OperationalError"' in log
    assert "does not exist" not in log
