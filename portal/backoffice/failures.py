"""自動の仕事の失敗: what the clock or a nudge started, and what failed for this programme, in words for officers.

One open row for each task, however often it fails; it ends by itself when the task runs well, or by staff.
"""

import inspect
from functools import cache
from typing import Any

from celery import current_task
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.audit.models import Action
from portal.audit.services import record_event
from portal.backoffice.models import FailedTask
from portal.tenancy.models import Programme
from portal.tenancy.scope import current_programme, programme_scope
from portal.web.access import Actor, only_staff
from portal.web.nudges import nudge_on_commit
from portal.web.registry import WorkItem, WorkQueue

PROGRAMME = "programme_id"


# --- What happened -----------------------------------------------------------------------------------------------------
def note(error: BaseException | None) -> None:
    """How a round went for the current programme. The running task is asked for its name."""
    if current_task:
        note_task(current_task.name, error)


def note_task(task: str, error: BaseException | None) -> None:
    """Never the error's own words: they may name a person. They stand in the log."""
    open_rows = FailedTask.objects.filter(task=task, ended_at=None)
    if error is None:
        for failed in open_rows:
            _end(failed, actor=None, reason="")
        return
    now, problem = timezone.now(), type(error).__name__
    again = {"last_at": now, "times": F("times") + 1, "problem": problem}
    if open_rows.update(**again):
        return
    try:
        with transaction.atomic():
            FailedTask.objects.create(task=task, problem=problem, first_at=now, last_at=now)
    except IntegrityError:
        # Another worker was first.
        open_rows.update(**again)


def after_success(sender: Any, **kwargs: Any) -> None:
    _ended(sender, sender.request.args, sender.request.kwargs, None)


def after_failure(sender: Any, args: Any, kwargs: Any, exception: BaseException, **more: Any) -> None:
    _ended(sender, args, kwargs, exception)


def _ended(task: Any, args: Any, kwargs: Any, error: BaseException | None) -> None:
    """A task of one programme. What works for all of them tells by `note`, programme by programme."""
    if not _is_of_a_programme(task):
        return
    key = (kwargs or {}).get(PROGRAMME) or next(iter(args or ()), None)
    if programme := Programme.objects.filter(pk=key).first():
        with programme_scope(programme):
            note_task(task.name, error)


@cache
def _is_of_a_programme(task: Any) -> bool:
    """Only such a one can be started again: by the programme alone."""
    parameters = inspect.signature(task.run).parameters.values()
    return [one.name for one in parameters if one.default is one.empty] == [PROGRAMME]


def _task(failed: FailedTask) -> Any:
    """By its address, which is its name: a web process has not loaded the tasks of all apps. None if it is gone."""
    try:
        return import_string(failed.task)
    except ImportError:
        return None


# --- What staff do -----------------------------------------------------------------------------------------------------
def why_not_try_again(failed: FailedTask) -> str:
    if failed.ended_at:
        return _("すでに済んでいます。")
    if _task(failed) is None:
        return _("この仕事は、いまのシステムにはありません。")
    if failed.is_being_tried:
        return _("いま動かしています。1分ほど待ってから、もう一度開いてください。")
    return ""


@transaction.atomic
def try_again(*, failed: FailedTask, actor: Actor) -> None:
    """Tasks do what is left to do, so once more never means twice."""
    only_staff(actor)
    failed = FailedTask.objects.select_for_update(of=("self",)).get(pk=failed.pk)
    if reason := why_not_try_again(failed):
        raise ValidationError(reason)
    failed.tried_again_at = timezone.now()
    failed.save()
    record_event(action=Action.TASK_TRIED_AGAIN, subject=failed, actor=actor.user)
    nudge_on_commit(failed.task, *([current_programme().pk] if _is_of_a_programme(_task(failed)) else []))


@transaction.atomic
def set_aside(*, failed: FailedTask, reason: str, actor: Actor) -> None:
    only_staff(actor)
    failed = FailedTask.objects.select_for_update(of=("self",)).get(pk=failed.pk)
    if failed.ended_at:
        raise ValidationError(_("すでに済んでいます。"))
    _end(failed, actor=actor, reason=reason)


def _end(failed: FailedTask, actor: Actor | None, reason: str) -> None:
    with transaction.atomic():
        now = timezone.now()
        if FailedTask.objects.filter(pk=failed.pk, ended_at=None).update(ended_at=now):
            who = actor.user if actor else None
            record_event(action=Action.TASK_SETTLED, subject=failed, actor=who, reason=reason)


# --- On the front page ---------------------------------------------------------------------------------------------------
def failed_items() -> list[WorkItem]:
    return [
        WorkItem(
            title=str(failed),
            url=reverse("admin:backoffice_failedtask_change", args=[failed.pk]),
            since=failed.first_at,
            subject_type="backoffice.failedtask",
            subject_id=str(failed.pk),
        )
        for failed in FailedTask.objects.filter(ended_at=None).order_by("first_at")[:200]
    ]


failed_queue = WorkQueue(
    label=gettext_lazy("失敗した自動の仕事"),
    url=lambda: reverse("admin:backoffice_failedtask_changelist") + "?ended_at__isempty=1",
    count=lambda: FailedTask.objects.filter(ended_at=None).count(),
    items=failed_items,
    about="backoffice.failedtask",
)
