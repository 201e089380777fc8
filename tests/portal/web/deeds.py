"""A deed that may need a second approver, as an app would declare it: renaming a page."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse

from portal.web.access import Actor
from portal.web.models import Page
from portal.web.registry import Approval, approvals
from portal.web.services.pages import write_page
from portal.web.staff.bulk import BulkAction, LeftOut

RENAME = "tests.rename"
FIXED = "動かせない"


def preview(page: Page, actor: Actor) -> str:
    if page.title == FIXED:
        raise LeftOut("このページは動かせません。")
    return f"題名を「{page.title}」から「新」に変えます。"


def rename(*, item: Page, actor: Actor, title: str = "新") -> None:
    if item.title == FIXED:
        raise ValidationError("このページは動かせません。")
    write_page(page=item, values={"title": title}, actor=actor)


def carry_out(*, subject_id: str, data: dict[str, Any], actor: Actor) -> None:
    rename(item=Page.objects.get(pk=subject_id), actor=actor, **data)


RENAMING = BulkAction(
    name="rename", label="題名を変える", explanation="選んだページの題名を変えます。", preview=preview, service=rename,
    approval=RENAME,
)  # fmt: skip


@contextmanager
def registered_deed() -> Iterator[None]:
    entry = Approval("題名の変更", carry_out, lambda key: reverse("admin:web_page_change", args=[key]))
    approvals.register(RENAME, entry)
    yield
    del approvals._entries[RENAME]
