"""The demo's applications, in every state and programme, and its joint meeting; the same when the data are loaded again."""

from collections import Counter

from meetings.models import JointPerson
from partners.models import Application, ApplicationVersion
from partners.states import ApplicationState
from portal.local.data import DEMO_SLUGS, load
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope


def test_each_programme_shows_every_state(db: None) -> None:
    load()
    load()
    for slug in DEMO_SLUGS:
        with programme_scope(Programme.objects.get(slug=slug)):
            states = Counter(Application.objects.values_list("state", flat=True))
            assert set(states) == set(ApplicationState)
            assert states[ApplicationState.SENT] == 4
            assert ApplicationVersion.objects.exclude(comment="").count() == 2
    # A joint meeting, of whose guests the host knows one by name.
    with programme_scope(Programme.objects.get(slug="kanagawa")):
        assert sorted(bool(one.name) for one in JointPerson.objects.all()) == [False, True]
