"""Two approvers press at the same moment: one of them decides, and the deed is done once."""

from functools import partial

from portal.audit.models import Action, AuditEvent
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.models import ApprovalRequest
from portal.web.services.approvals import approve_request, ask_approval, decline_request
from tests.factories import make_actor, make_page, make_programme
from tests.portal.web.deeds import RENAME, registered_deed
from tests.races.together import at_once


def test_one_of_two_approvers_decides(committed: None) -> None:
    programme = make_programme("kanagawa")
    with programme_scope(programme):
        page = make_page()
        request = ask_approval(
            name=RENAME, subject=page, what="題名を変えます。", actor=make_actor(StaffRole.OFFICER, programme)
        )
    actors = [make_actor(StaffRole.APPROVER, programme) for _ in range(4)]
    services = (decline_request, approve_request, decline_request, approve_request)
    with registered_deed():
        won = at_once(
            programme,
            *(
                partial(one, request=request, actor=actor, note="理由")
                for one, actor in zip(services, actors, strict=True)
            ),
        )
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
    ask = partial(ask_approval, name=RENAME, subject=page, what="題名を変えます。")
    with registered_deed():
        assert at_once(programme, *(partial(ask, actor=actor) for actor in actors)).count(True) == 1
