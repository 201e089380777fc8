import pytest
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_load_balancer_may_ask_by_address(path: str) -> None:
    assert Client(headers={"host": "10.0.0.7:8000"}).get(path).status_code == 200


@pytest.mark.django_db
def test_nothing_else_answers_by_address() -> None:
    assert Client(headers={"host": "10.0.0.7:8000"}).get("/").status_code == 400
