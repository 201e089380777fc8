"""An application on paper, entered by staff: marked, told to its contact, and then like any other."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from partners.models import Application, RegistrationSettings
from partners.queries.registration import checklist_of, registration_settings
from partners.services.registration import approve_application, enter_application
from partners.states import ApplicationState
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, StaffRole
from portal.web.models import Channel, OnBehalf
from tests.factories import make_actor, make_application, make_typed
from tests.mailbox import letters

ADDRESS = "midori@minato.example.jp"
ADD = "/admin/partners/application/add/"
HOW = {"email": ADDRESS, "entered_through": "post", "entered_because": "画面を使えない"}

pytestmark = pytest.mark.django_db


def paper(**texts: Any) -> dict[str, Any]:
    return make_typed(**texts) | HOW | {"received_on": f"{timezone.localdate()}"}


def enter(actor: Actor, **fields: Any) -> Application:
    usual = {"typed": make_typed(), "address": ADDRESS, "received_on": timezone.localdate(),
             "on_behalf": OnBehalf(Channel.FAX, "画面を使えない"), "actor": actor}  # fmt: skip
    return enter_application(**(usual | fields))


def test_it_is_marked_told_and_waits_for_review(as_staff: Callable[..., Client], kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        RegistrationSettings.objects.create(requirements=[{"ja": "県内に事業所があること"}])
        typed = paper()
    staff: Any = as_staff(StaffRole.OFFICER)
    shown = staff.post(ADD, typed, follow=True).text
    with programme_scope(kanagawa):
        application = Application.objects.get()
        sent = AuditEvent.objects.get(action=Action.APPLICATION_SENT)
    assert (application.state, application.entered_by, application.name) == (
        "sent",
        staff.user,
        "株式会社みなとデザイン",
    )
    assert (sent.actor, sent.reason) == (staff.user, "郵送：画面を使えない")
    assert "郵送で受け付けて入力しました（画面を使えない）" in shown
    [letter] = letters(kanagawa, ADDRESS, "partners.application_sent")
    assert "郵送でいただいた登録申請を、事務局が代わりに入力し" in letter.text
    assert application.link_token in letter.text


def test_the_contact_goes_on_with_it_and_it_is_approved_like_any_other(kanagawa: Programme, visit: Client) -> None:
    with programme_scope(kanagawa):
        officer = make_actor(StaffRole.OFFICER, kanagawa)
        application = enter(officer)
        application.checklist = list(checklist_of(registration_settings()))
        application.save()
    assert application.receipt in visit.get(f"/partners/register/{application.link_token}/").text
    with programme_scope(kanagawa):
        partner = approve_application(application=application, approved_on=timezone.localdate(), actor=officer)
    assert partner.name == "株式会社みなとデザイン"


def test_the_same_rules_hold_and_what_was_typed_stays(as_staff: Callable[..., Client], kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        typed = paper(summary="", postal_code="12")
    page = as_staff(StaffRole.OFFICER).post(ADD, typed).text
    assert "取組・事業の概要を入力してください" in page and "郵便番号は7桁の数字です" in page
    assert 'value="株式会社みなとデザイン"' in page and f'value="{ADDRESS}"' in page
    with programme_scope(kanagawa):
        assert not Application.objects.exists()
        with pytest.raises(ValidationError):
            enter(make_actor(StaffRole.OFFICER, kanagawa), typed=make_typed(summary=""))


def test_it_counts_to_the_day_on_which_it_came(in_kanagawa: Programme) -> None:
    officer = make_actor(StaffRole.OFFICER, in_kanagawa)
    day = timezone.localdate().replace(day=1) - timedelta(days=1)
    application = enter(officer, received_on=day)
    assert application.batch is not None and application.batch.closes_on == day
    assert application.receipt == f"{day:%Y%m%d}-001"
    with pytest.raises(ValidationError, match="先の日付"):
        enter(officer, received_on=timezone.localdate() + timedelta(days=1))


def test_a_draft_of_the_same_address_stays(in_kanagawa: Programme) -> None:
    draft = make_application()
    enter(make_actor(StaffRole.OFFICER, in_kanagawa))
    draft.refresh_from_db()
    assert draft.state == ApplicationState.DRAFT


def test_only_officers_enter(as_staff: Callable[..., Client], in_kanagawa: Programme) -> None:
    assert as_staff(StaffRole.READ_ONLY).get(ADD).status_code == 403
    with pytest.raises(PermissionDenied):
        enter(make_actor(StaffRole.READ_ONLY, in_kanagawa))
