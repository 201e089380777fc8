"""manage.py new_programme: a tenant in one command, or nothing of it."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Language, Programme
from portal.tenancy.scope import programme_scope
from portal.web.models import Page

pytestmark = pytest.mark.django_db
TEXTS = {
    "code": "400009", "operator": "福岡県", "operator_en": "Fukuoka Prefecture", "name": "共創パートナー",
    "name_en": "Partners", "short_name": "共創", "office": "共創課", "office_en": "Division", "email": "co@fukuoka.example.jp",
}  # fmt: skip


def create(slug: str = "fukuoka", host: str = "Fukuoka.localhost", **changed: Any) -> str:
    said = StringIO()
    call_command("new_programme", slug, host, stdout=said, **(TEXTS | changed))
    return said.getvalue()


def test_its_site_answers(kanagawa: Programme) -> None:
    assert "appoint fukuoka" in create()
    page = Client(headers={"host": "fukuoka.localhost"}).get("/")
    assert page.status_code == 200 and "共創パートナー" in page.text
    programme = Programme.objects.get(slug="fukuoka")
    assert programme.sender == TEXTS["email"]
    with programme_scope(programme):
        created, hosts = AuditEvent.objects.order_by("id")
        assert (created.action, created.actor, hosts.action) == (
            Action.PROGRAMME_CREATED, None, Action.PROGRAMME_CHANGED,
        )  # fmt: skip


@pytest.mark.parametrize(
    "wrong", [{"code": "400008"}, {"host": "kanagawa.localhost"}, {"slug": "kanagawa"}, {"short_name": "あ" * 13}]
)
def test_what_is_wrong_leaves_nothing(kanagawa: Programme, wrong: dict[str, str]) -> None:
    with pytest.raises(CommandError):
        create(**wrong)
    assert Programme.objects.count() == 1


def test_its_policy_pages_stand_in_its_own_words(kanagawa: Programme) -> None:
    create()
    visitor = Client(headers={"host": "fukuoka.localhost"})
    with programme_scope(Programme.objects.get(slug="fukuoka")):
        pages = list(Page.objects.all())
    assert len(pages) == len(Page.Slug.values) * len(Language.values)
    assert not [page for page in pages if "{" in page.body]
    privacy = visitor.get("/about/privacy/").text
    assert "福岡県" in privacy and "関係する条例" in privacy and TEXTS["email"] in privacy and "<p>電話" not in privacy
    with programme_scope(kanagawa):
        assert not Page.objects.exists()
