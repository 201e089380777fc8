"""Two approvers press at the same moment: one of them decides, and the deed is done once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.core.exceptions import ValidationError
from django.db import connection

from portal.audit.models import Action, AuditEvent
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, StaffRole
from portal.web.models import ApprovalRequest
from portal.web.services.approvals import approve_request, ask_approval, decline_request
from tests.factories import make_actor, make_page, make_programme
from tests.portal.web.deeds import RENAME, registered_deed


def test_one_of_two_approvers_decides(committed: None) -> None:
    programme = make_programme("kanagawa")
    with programme_scope(programme):
        page = make_page()
        request = ask_approval(
            name=RENAME, subject=page, what="題名を変えます。", actor=make_actor(StaffRole.OFFICER, programme)
        )
    actors = [make_actor(StaffRole.APPROVER, programme) for _ in range(4)]
    start = Barrier(len(actors))

    def decide(actor: Actor) -> bool:
        service = approve_request if actors.index(actor) % 2 else decline_request
        try:
            with programme_scope(programme):
                start.wait()
                service(request=request, actor=actor, note="理由")
        except ValidationError:
            return False
        else:
            return True
        finally:
            connection.close()

    with registered_deed(), ThreadPoolExecutor(len(actors)) as pool:
        won = list(pool.map(decide, actors))
    assert won.count(True) == 1
    with programme_scope(programme):
        request = ApprovalRequest.objects.get()
        assert request.decided_by == actors[won.index(True)].user
        decided = AuditEvent.objects.filter(action__in=[Action.APPROVAL_GIVEN, Action.APPROVAL_DECLINED])
        assert decided.count() == 1


def test_one_of_many_asks(committed: None) -> None:
    programme = make_programme("kanagawa")
    with programme_scope(programme):
        page = make_page()
    actors = [make_actor(StaffRole.OFFICER, programme) for _ in range(4)]
    start = Barrier(len(actors))

    def ask(actor: Actor) -> bool:
        try:
            with programme_scope(programme):
                start.wait()
                ask_approval(name=RENAME, subject=page, what="題名を変えます。", actor=actor)
        except ValidationError:
            return False
        else:
            return True
        finally:
            connection.close()

    with registered_deed(), ThreadPoolExecutor(len(actors)) as pool:
        assert list(pool.map(ask, actors)).count(True) == 1
