"""Demo data: three programmes modelled on real ones, with invented people. Loading twice changes nothing."""

from portal.local.data import partners, people, programmes, registration
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope

DEMO_SLUGS = ("kanagawa", "tokyo", "yamaguchi")


def load() -> None:
    programmes.load()
    for programme in Programme.objects.filter(slug__in=DEMO_SLUGS):
        with programme_scope(programme):
            partners.load(programme)
            people.load(programme)
            registration.load(programme)
    people.load_operator()
