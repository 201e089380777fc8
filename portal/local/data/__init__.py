"""Demo data: three programmes modelled on real ones, with invented people. Loading twice changes nothing."""

from django.utils import timezone

from partners.services.figures import keep_figures
from partners.services.open_data import make_open_data
from portal.local.data import (
    cases,
    content,
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
    programmes.load()
    reference.load()
    for programme in Programme.objects.filter(slug__in=DEMO_SLUGS):
        with programme_scope(programme):
            partners.load(programme)
            people.load(programme)
            registration.load(programme)
            notices.load(programme)
            content.load(programme)
            standing.load(programme)
            renewals.load(programme)
            meetings.load(programme)
            surveys.load()
            matching.load(programme)
            cases.load(programme)
            inquiries.load(programme)
            keep_figures(today=timezone.localdate())
            make_open_data(today=timezone.localdate())
    joint.load()
    people.load_operator()
