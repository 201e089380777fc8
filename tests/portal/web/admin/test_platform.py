"""The operators' side: programmes and their hosts."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.conf import settings
from django.forms import model_to_dict
from django.test import Client

from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.services.programmes import OPERATORS_ALONE, SETTINGS

LIST = "/admin/tenancy/programme/"


def form_of(programme: Programme, *hosts: dict[str, Any], **changed: Any) -> dict[str, Any]:
    values = {
        name: value
        for name, value in model_to_dict(programme).items()
        if name in (*SETTINGS, *OPERATORS_ALONE) and name != "wording"
    }
    values |= {"staff_networks": "", "record_years": "", "inquiry_years": "", "hosts-TOTAL_FORMS": len(hosts)}
    values["hosts-INITIAL_FORMS"] = sum("id" in host for host in hosts)
    for number, host in enumerate(hosts):
        values |= {f"hosts-{number}-{name}": value for name, value in host.items()}
    return values | changed


def now(programme: Programme) -> list[dict[str, Any]]:
    return [
        {"id": host.pk, "programme": programme.pk, "name": host.name}
        | ({"is_primary": "on"} if host.is_primary else {})
        for host in programme.hosts.order_by("pk")
    ]


def test_a_new_programme_answers_on_its_host(as_operator: Client, kanagawa: Programme) -> None:
    new = Programme.objects.get(pk=kanagawa.pk)
    new.slug, new.name = "osaka", "大阪の事業"
    answer = as_operator.post(f"{LIST}add/", form_of(new, {"name": " Osaka.localhost ", "is_primary": "on"}))
    assert answer.status_code == 302
    made = Programme.objects.get(slug="osaka")
    assert made.primary_host == "osaka.localhost"
    assert "大阪の事業" in Client(headers={"host": "osaka.localhost"}).get("/").text
    with programme_scope(made):
        assert [event.action for event in AuditEvent.objects.all()] == [
            Action.PROGRAMME_CHANGED,
            Action.PROGRAMME_CREATED,
        ]


def test_hosts_change_at_once(
    as_operator: Client,
    kanagawa: Programme,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]],
) -> None:
    address = f"{LIST}{kanagawa.pk}/change/"
    old = Client(headers={"host": "kanagawa.localhost"})
    assert old.get("/").status_code == 200
    [host] = now(kanagawa)
    del host["is_primary"]
    as_operator.post(address, form_of(kanagawa, host, {"name": "sdgs.localhost", "is_primary": "on"}))
    assert Programme.objects.get(pk=kanagawa.pk).primary_host == "sdgs.localhost"
    first, second = now(kanagawa)
    with django_capture_on_commit_callbacks(execute=True):
        as_operator.post(address, form_of(kanagawa, first | {"DELETE": "on"}, second))
    assert old.get("/").status_code == 404
    assert Client(headers={"host": "sdgs.localhost"}).get("/").status_code == 200
    with programme_scope(kanagawa):
        assert AuditEvent.objects.first().changes == {  # type: ignore[union-attr]
            "hosts": [["sdgs.localhost", "kanagawa.localhost"], ["sdgs.localhost"]]
        }


@pytest.mark.parametrize("primary", [0, 2])
def test_exactly_one_host_is_for_links(as_operator: Client, kanagawa: Programme, primary: int) -> None:
    hosts = [
        {"name": f"{number}.localhost"} | ({"is_primary": "on"} if number < primary else {}) for number in range(2)
    ]
    [present] = now(kanagawa)
    answer = as_operator.post(f"{LIST}{kanagawa.pk}/change/", form_of(kanagawa, present | {"DELETE": "on"}, *hosts))
    assert "ちょうど一つ選んでください" in answer.text
    assert kanagawa.hosts.count() == 1


def test_a_change_is_on_the_programmes_own_record(as_operator: Client, kanagawa: Programme, tokyo: Programme) -> None:
    as_operator.post(f"{LIST}{kanagawa.pk}/change/", form_of(kanagawa, *now(kanagawa), is_public=""))
    kanagawa.refresh_from_db()
    assert not kanagawa.is_public
    with programme_scope(kanagawa):
        event = AuditEvent.objects.get()
        assert (event.actor, event.changes) == (as_operator.user, {"is_public": [True, False]})  # type: ignore[attr-defined]
    with programme_scope(tokyo):
        assert not AuditEvent.objects.exists()
    assert "事業の設定を変更" in as_operator.get(f"{LIST}{kanagawa.pk}/history/").text


def test_a_slug_is_taken_once(as_operator: Client, kanagawa: Programme, tokyo: Programme) -> None:
    answer = as_operator.post(f"{LIST}{kanagawa.pk}/change/", form_of(kanagawa, *now(kanagawa), slug="tokyo"))
    assert "既に存在します" in answer.text


def test_the_list_is_one_query_more_for_any_number(as_operator: Client, kanagawa: Programme, tokyo: Programme) -> None:
    text = as_operator.get(LIST, {"q": "ＳＤＧｓ"}).text
    assert "SDGsパートナーポータル" in text
    assert "ネットクラブ" not in text.split("result_list")[1]


def test_the_platform_has_no_programmes_data(as_operator: Client) -> None:
    assert as_operator.get("/admin/", headers={"host": settings.PLATFORM_HOST}).status_code == 200
    for place in ("web/page", "audit/auditevent", "web/approvalrequest"):
        assert as_operator.get(f"/admin/{place}/").status_code == 404
