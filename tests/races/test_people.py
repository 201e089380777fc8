"""Changes of a partner's people at the same moment, over real connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, transaction

from partners.models import Member
from partners.services import people
from partners.states import MemberState
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, MemberRole, Membership
from tests.factories import make_member, make_programme


@pytest.fixture
def kanagawa(committed: None) -> Programme:
    make_programme("tokyo")
    return make_programme("kanagawa")


def until_somebody_waits() -> None:
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() is not None:
                return


def test_who_joins_while_being_invited_again_stays_as_they_are(kanagawa: Programme) -> None:
    """The only owner who signs in must not be thrown back to an invitation, nor made a viewer."""
    with programme_scope(kanagawa):
        asking = make_member(email="owner@example.jp")
        invited = make_member(partner=asking.partner, email="new@example.jp", state=MemberState.INVITED)
    place = Membership(asking.pk, asking.partner_id, "", MemberRole.OWNER)
    begun = Event()

    def invite_again() -> bool:
        try:
            with programme_scope(kanagawa):
                begun.wait()
                people.invite(
                    partner=asking.partner, name="別名", address="new@example.jp", role=MemberRole.VIEWER,
                    actor=Actor(user=asking.user, membership=place),
                )  # fmt: skip
        except people.AlreadyThere:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with programme_scope(kanagawa), transaction.atomic():
            people.join(member=invited, shows_contact=False, publishes_reports=False, actor=Actor(user=invited.user))
            begun.set()
            inviting = pool.submit(invite_again)
            until_somebody_waits()
        assert not inviting.result()
    with programme_scope(kanagawa):
        now = Member.objects.get(pk=invited.pk)
    assert (now.state, now.role, now.name) == (MemberState.ACTIVE, MemberRole.OWNER, invited.name)
