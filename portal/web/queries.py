"""Reads of what belongs to no app: pages, programmes, staff, requests for approval."""

from collections.abc import Hashable, Iterator, Mapping
from itertools import groupby
from typing import Any, TypeVar

from django.db.models import Exists, F, QuerySet
from django.urls import reverse

from portal.tenancy.models import Language, Programme
from portal.tenancy.scope import current_programme_id
from portal.web.models import ApprovalRequest, Page
from portal.web.prefectures import prefecture_name
from portal.web.registry import WorkItem, entrances
from portal.web.states import ApprovalState

Key = TypeVar("Key", bound=Hashable)


def page_in_language(slug: str, language: str) -> Page | None:
    """The page in the language asked for, otherwise in Japanese."""
    pages = {page.language: page for page in Page.objects.filter(slug=slug, language__in={language, Language.JAPANESE})}
    return pages.get(language) or pages.get(Language.JAPANESE)


def public_programmes(language: str) -> Iterator[tuple[str, list[Programme]]]:
    """The public programmes by prefecture, from north to south, each with its `host`. One SQL query."""
    found = (
        Programme.objects.public()
        .filter(hosts__is_primary=True)
        .annotate(host=F("hosts__name"))
        .defer("logo")
        .order_by("prefecture_code", "slug")
    )
    for name, programmes in groupby(found, lambda one: prefecture_name(one.prefecture_code, language)):
        yield name, list(programmes)


def programme_staff() -> list[Any]:
    """Everybody with a staff role in the current programme, each once."""
    people = {user.pk: user for staff in entrances.staff for user in staff()}
    return sorted(people.values(), key=str)


def open_approval_requests() -> QuerySet[ApprovalRequest]:
    return ApprovalRequest.objects.filter(state=ApprovalState.ASKED).order_by("asked_at")


def approval_items() -> list[WorkItem]:
    """What waits for a second approver, as work items."""
    return [
        WorkItem(
            title=f"{request.title}：{request.what}",
            url=reverse("admin:web_approvalrequest_change", args=[request.pk]),
            since=request.asked_at,
            subject_type="web.approvalrequest",
            subject_id=str(request.pk),
        )
        for request in open_approval_requests()[:200]
    ]


def with_a_row(queries: Mapping[Key, QuerySet[Any]]) -> set[Key]:
    """The names of those that find something. One SQL query for all of them, and none for none."""
    if not queries:
        return set()
    here = Programme.objects.filter(pk=current_programme_id())
    answers = here.values_list(*map(Exists, queries.values())).get()
    return {name for name, answer in zip(queries, answers, strict=True) if answer}
