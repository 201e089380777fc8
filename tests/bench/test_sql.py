import pytest

from bench.load import Request
from bench.sql import Counter
from portal.tenancy.models import Programme


@pytest.mark.django_db(transaction=True)
def test_home_needs_at_most_three_queries_for_its_first_visitor(committed: None, kanagawa: Programme) -> None:
    first, next_ = Counter().count(Request(kanagawa.primary_host, "/"))
    assert 1 <= first.queries <= 3
    assert next_.queries <= first.queries
    assert first.rows >= 1
