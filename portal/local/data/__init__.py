"""Demo data: three programmes modelled on real ones, with invented people. Loading twice changes nothing."""

import signal
from multiprocessing import get_context

from django.db import connections
from django.utils import timezone

from partners.services.figures import keep_figures
from partners.services.open_data import make_open_data
from portal.local.child import dies_with_parent
from portal.local.data import (
    cases,
    content,
    imports,
    inquiries,
    joint,
    matching,
    meetings,
    notices,
    partners,
    people,
    programmes,
    reference,
    registration,
    renewals,
    standing,
    surveys,
)
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope

DEMO_SLUGS = ("kanagawa", "tokyo", "yamaguchi")


def load() -> None:
    """One programme after the other, on this connection."""
    prepare()
    for slug in DEMO_SLUGS:
        load_programme(slug)
    joint.load()


def load_side_by_side() -> None:
    """As `load`, each programme by a process of its own: somebody waits for the first start."""
    prepare()
    connections.close_all()
    children = [get_context("fork").Process(target=_child, args=(slug,)) for slug in DEMO_SLUGS]
    try:
        for child in children:
            child.start()
        for child in children:
            child.join()
    finally:
        for child in children:
            if child.is_alive():
                child.terminate()
                child.join()
    if any(child.exitcode for child in children):
        raise RuntimeError("The demo's data were not loaded: the reasons stand above.")
    joint.load()


def _child(slug: str) -> None:
    """Ctrl-C reaches it too; it is the parent that ends it."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    dies_with_parent()()
    load_programme(slug)


def prepare() -> None:
    """What the programmes share."""
    programmes.load()
    reference.load()
    people.load_operator()


def load_programme(slug: str) -> None:
    programme = Programme.objects.get(slug=slug)
    with programme_scope(programme):
        partners.load(programme)
        people.load(programme)
        registration.load(programme)
        notices.load(programme)
        content.load(programme)
        standing.load(programme)
        imports.load(programme)
        renewals.load(programme)
        meetings.load(programme)
        surveys.load()
        matching.load(programme)
        cases.load(programme)
        inquiries.load(programme)
        keep_figures(today=timezone.localdate())
        make_open_data(today=timezone.localdate())
