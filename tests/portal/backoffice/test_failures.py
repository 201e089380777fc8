"""Work that runs by itself and failed: one row a programme, in plain words, tried again, and over by itself."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from celery import shared_task
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client

from portal.audit.models import Action, AuditEvent
from portal.backoffice.failures import failed_queue, set_aside, try_again
from portal.backoffice.models import FailedTask
from portal.backoffice.words import WORDS
from portal.celery import app
from portal.tenancy.models import Programme
from portal.tenancy.rounds import for_each_programme, for_each_row
from portal.tenancy.scope import current_programme, programme_scope
from portal.web.access import StaffRole
from portal.web.models import Page
from tests.factories import make_actor, make_page

Enter = Callable[..., Client]


def needs_a_page() -> None:
    """Fails in every programme without a page, as work fails that finds the world otherwise than it thought."""
    Page.objects.get()


def needs_a_page_for_each_row() -> None:
    for_each_row([1], lambda key: needs_a_page())


@shared_task
def round_of_all() -> None:
    for_each_programme(needs_a_page)


@shared_task
def round_of_rows() -> None:
    for_each_programme(needs_a_page_for_each_row)


@shared_task
def work_of_one(programme_id: int) -> None:
    with programme_scope(Programme.objects.get(pk=programme_id)):
        needs_a_page()


@pytest.fixture
def tokyo_works(kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(tokyo):
        make_page()


@pytest.mark.parametrize("task", [round_of_all, round_of_rows, work_of_one])
def test_a_failure_is_one_row_and_ends_by_itself(
    kanagawa: Programme, tokyo: Programme, tokyo_works: None, task: Any
) -> None:
    args = [kanagawa.pk] if task is work_of_one else []
    task.apply(args=args)
    task.apply(args=args)
    with programme_scope(kanagawa):
        [failed] = FailedTask.objects.all()
        assert (failed.task, failed.times, failed.problem, failed.ended_at) == (task.name, 2, "DoesNotExist", None)
        assert [item.subject_id for item in failed_queue.items()] == [str(failed.pk)]
        make_page()
    task.apply(args=args)
    task.apply(args=args)
    with programme_scope(kanagawa):
        assert FailedTask.objects.get().ended_at
        assert failed_queue.count() == 0
        assert AuditEvent.objects.filter(action=Action.TASK_SETTLED, actor=None).count() == 1
    with programme_scope(tokyo):
        assert not FailedTask.objects.exists()


def test_a_press_starts_it_again_once(in_kanagawa: Programme, django_capture_on_commit_callbacks: Callable) -> None:  # type: ignore[type-arg]
    work_of_one.apply(args=[in_kanagawa.pk])
    officer = make_actor(StaffRole.OFFICER, in_kanagawa)
    failed = FailedTask.objects.get()
    with django_capture_on_commit_callbacks() as nudges:
        try_again(failed=failed, actor=officer)
        with pytest.raises(ValidationError):
            try_again(failed=failed, actor=officer)
    assert [(nudge.task, nudge.args) for nudge in nudges] == [(work_of_one.name, (current_programme().pk,))]
    # It failed again: the next press is heard at once.
    work_of_one.apply(args=[in_kanagawa.pk])
    try_again(failed=failed, actor=officer)
    assert AuditEvent.objects.filter(action=Action.TASK_TRIED_AGAIN).count() == 2


def test_what_is_set_aside_comes_back_when_it_fails_again(in_kanagawa: Programme) -> None:
    work_of_one.apply(args=[in_kanagawa.pk])
    officer = make_actor(StaffRole.OFFICER, in_kanagawa)
    set_aside(failed=FailedTask.objects.get(), reason="手で送りました。", actor=officer)
    with pytest.raises(ValidationError):
        set_aside(failed=FailedTask.objects.get(), reason="手で送りました。", actor=officer)
    assert failed_queue.count() == 0
    work_of_one.apply(args=[in_kanagawa.pk])
    assert (failed_queue.count(), FailedTask.objects.count()) == (1, 2)


def test_the_front_page_says_what_stopped_in_plain_words(as_staff: Enter, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        FailedTask.objects.create(task="renewals.tasks.look_at_deadlines", problem="OperationalError",
                                  first_at="2026-11-01T00:00Z", last_at="2026-11-02T00:00Z")  # fmt: skip
        address = f"/admin/backoffice/failedtask/{FailedTask.objects.get().pk}/change/"
    officer = as_staff(StaffRole.OFFICER)
    assert "期限のお知らせ" in officer.get("/admin/").text and address in officer.get("/admin/").text
    page = officer.get(address).text
    assert "お知らせが送られていません" in page and "もう一度動かす</button>" in page
    assert "もう一度動かす</button>" not in as_staff(StaffRole.READ_ONLY).get(address).text


def test_everything_that_the_clock_starts_has_words() -> None:
    started = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} - {"portal.web.tasks.heartbeat"}
    assert started <= set(WORDS)


def our_tasks() -> list[Any]:
    app.loader.import_default_modules()
    return [app.tasks[name] for name in sorted(app.tasks) if name.partition(".")[0] not in ("celery", "tests")]


@pytest.mark.parametrize("task", our_tasks(), ids=lambda task: task.name)
def test_every_task_can_be_started_again_by_its_programme_alone_and_has_words(task: Any) -> None:
    needed = [one for one in inspect.signature(task.run).parameters.values() if one.default is one.empty]
    assert [one.name for one in needed] in ([], ["programme_id"])
    assert task.name in {*WORDS, "portal.web.tasks.heartbeat"}
