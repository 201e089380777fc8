"""What staff do to one item or to many, always after seeing exactly what will change, what is left out, and why.

An app declares a `BulkAction` in its StaffAdmin; the work itself is the app's service, called once for each item in a
transaction of its own. The same action stands as a button on an item's own page, with the same sentence beside it.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.web.access import Actor, StaffRole
from portal.web.services.approvals import ask_approval, needs_second_approver, open_request_for

# One page that a person can still read through, and one request that ends in time.
MOST_AT_ONCE = 500


class LeftOut(Exception):
    """This item is not touched; the text says why."""


@dataclass(frozen=True)
class BulkAction:
    name: str
    label: str | Promise  # in the list of actions: 「申請を承認する」
    explanation: str | Promise  # above the list: what this does, in one or two sentences
    # The sentence of what will change for one item; raises LeftOut. Called with item, actor and what `knows` gives.
    preview: Callable[..., str | Promise]
    # Called with item, actor and what the form asked; a ValidationError leaves the item as it was.
    service: Callable[..., Any]
    least: StaffRole = StaffRole.OFFICER
    form: type[forms.Form] | None = None
    # What the previews need beside the item, by name; asked once, however many items there are.
    knows: Callable[[], dict[str, Any]] = dict
    # The name in portal.web.registry.approvals, where a programme may want a second approver.
    approval: str = ""

    def asks_somebody_else(self) -> bool:
        return bool(self.approval) and needs_second_approver(self.approval)


@dataclass
class Plan:
    """What an action would do to the chosen items, now."""

    action: BulkAction
    asks: bool
    changes: list[tuple[Any, str]] = field(default_factory=list)
    left_out: list[tuple[Any, str]] = field(default_factory=list)

    @property
    def seen(self) -> str:
        """Names what was shown: a plan that has changed since is shown again instead of carried out."""
        shown = [self.asks, [[str(item.pk), text] for item, text in self.changes]]
        return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()[:32]

    @property
    def button(self) -> str:
        count = len(self.changes)
        if self.asks:
            return ngettext("%d件の承認を依頼する", "%d件の承認を依頼する", count) % count
        return ngettext("%d件に実行する", "%d件に実行する", count) % count


def plan(action: BulkAction, items: Iterable[Any], actor: Actor) -> Plan:
    planned = Plan(action, asks=action.asks_somebody_else())
    items = list(items)
    asked = open_request_for(action.approval, items) if planned.asks else frozenset()
    known = action.knows() if items else {}
    for item in items:
        try:
            if str(item.pk) in asked:
                raise LeftOut(_("すでに承認を依頼しています。"))
            planned.changes.append((item, str(action.preview(item, actor, **known))))
        except LeftOut as reason:
            planned.left_out.append((item, str(reason)))
    return planned


def carry_out(planned: Plan, actor: Actor, data: dict[str, Any]) -> list[tuple[Any, str]]:
    """Do it, item by item. Gives the items that a service refused after all, with its reason."""
    refused = []
    for item, text in planned.changes:
        try:
            with transaction.atomic():
                if planned.asks:
                    ask_approval(name=planned.action.approval, subject=item, what=text, data=data, actor=actor)
                else:
                    planned.action.service(item=item, actor=actor, **data)
        except (LeftOut, ValidationError, PermissionDenied) as reason:
            refused.append((item, "、".join(getattr(reason, "messages", [str(reason)]))))
    return refused


def answer(admin: Any, request: HttpRequest, action: BulkAction, items: models.QuerySet[Any]) -> HttpResponse | None:
    """The confirm page, or, once it was seen and confirmed, the deed and the way back."""
    chosen = list(items[: MOST_AT_ONCE + 1])
    if len(chosen) > MOST_AT_ONCE:
        admin.message_user(
            request, _("一度に選べるのは%d件までです。絞り込んでください。") % MOST_AT_ONCE, messages.ERROR
        )
        return None
    actor: Actor = request.actor  # type: ignore[attr-defined]
    planned = plan(action, chosen, actor)
    shown = request.POST.get("seen")
    form = action.form(request.POST if shown else None, prefix="with") if action.form else None
    if shown == planned.seen and planned.changes and (form is None or form.is_valid()):
        refused = carry_out(planned, actor, form.cleaned_data if form else {})
        report(admin, request, planned, refused)
        return HttpResponseRedirect(way_back(admin, request, chosen))
    context = admin.admin_site.each_context(request) | {
        "title": action.label,
        "opts": admin.opts,
        "media": admin.media + form.media if form else admin.media,
        "plan": planned,
        "form": form,
        "has_changed": bool(shown) and shown != planned.seen,
        "lost": missing(request, chosen),
        "chosen": chosen,
        "checkbox": ACTION_CHECKBOX_NAME,
        "from_object": request.POST.get("from_object", ""),
        "back": way_back(admin, request, chosen),
    }
    return TemplateResponse(request, "admin/confirm_action.html", context)


def missing(request: HttpRequest, chosen: Sequence[Any]) -> int:
    """How many of the ticked items are no longer in the list."""
    if request.POST.get("select_across") == "1":
        return 0
    return len(set(request.POST.getlist(ACTION_CHECKBOX_NAME)) - {str(item.pk) for item in chosen})


def report(admin: Any, request: HttpRequest, planned: Plan, refused: list[tuple[Any, str]]) -> None:
    done = len(planned.changes) - len(refused)
    if done:
        text = (
            _("%(count)d件の承認を依頼しました。") if planned.asks else _("%(count)d件に「%(label)s」を実行しました。")
        )
        admin.message_user(request, text % {"count": done, "label": planned.action.label}, messages.SUCCESS)
    for item, reason in refused:
        admin.message_user(request, _("%(item)s：%(reason)s") % {"item": item, "reason": reason}, messages.ERROR)


def way_back(admin: Any, request: HttpRequest, chosen: Sequence[Any]) -> str:
    """To the item's own page if the person came from there, otherwise to the list as it was filtered."""
    if request.POST.get("from_object") and len(chosen) == 1:
        return f"{request.path}{chosen[0].pk}/change/"
    return request.get_full_path()


def as_admin_action(action: BulkAction) -> tuple[Callable[..., Any], str, str | Promise]:
    def run(admin: Any, request: HttpRequest, items: models.QuerySet[Any]) -> HttpResponse | None:
        return answer(admin, request, action, items)

    return run, action.name, action.label


class ReasonForm(forms.Form):
    """For actions that must say why."""

    reason = forms.CharField(label=gettext_lazy("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
