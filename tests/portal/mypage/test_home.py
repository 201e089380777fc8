"""My Page: what is due and what its cards show, each asked for once."""

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.outbox.models import DeadAddress
from portal.outbox.states import Report
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole
from tests.factories import make_rules


def test_what_is_due_is_not_worked_out_twice(as_member: Callable[..., Client], kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        make_rules()
    owner = as_member(MemberRole.OWNER)
    owner.get("/mypage/")
    with CaptureQueriesContext(connection) as found:
        page = owner.get("/mypage/").text
    assert "更新と活動報告" in page
    asked = [query["sql"] for query in found.captured_queries if "renewals_" in query["sql"]]
    assert asked
    assert len(asked) == len(set(asked))


def test_a_warning_stands_before_the_other_cards(as_member: Callable[..., Client], kanagawa: Programme) -> None:
    owner = as_member(MemberRole.OWNER)
    with programme_scope(kanagawa):
        DeadAddress.objects.create(address=owner.user.email, kind=Report.HARD)  # type: ignore[attr-defined]
    page = owner.get("/mypage/").text
    places = [
        page.index(title) for title in ("次にすること", "メールが届いていない方がいます", "今、お知らせはありません")
    ]
    assert places == sorted(places)
