"""Reports handed in, corrected, returned, hidden, entered: what each does to the record, the dates, and the public."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.timezone import localdate as today
from django.utils.translation import override

from partners.models import Activity, Consent, Partner
from partners.queries.partners import memberships_of
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.web.access import Actor, MemberRole, StaffRole
from portal.web.dates import fiscal_year_of
from portal.web.models import Channel
from renewals.models import Report, Standing
from renewals.queries.records import owed_by
from renewals.services.reports import (
    ChangedMeanwhile,
    Content,
    ReportEntry,
    change_report,
    covers_year,
    enter_report,
    hide_report,
    return_report,
    show_report,
    submit_report,
    what_may_be_reported,
)
from renewals.states import State
from tests.factories import make_actor, make_member, make_partner, make_rules
from tests.mailbox import letters


def year() -> int:
    return fiscal_year_of(today())


OWNER = "owner@aoba.example.jp"


def content(business: str = "屋根で発電しました。", **texts: Any) -> Content:
    return Content(texts={"business": business, "meetings": "", "calls": "", "collaborations": "", "free": ""} | texts)


@pytest.fixture
def owner(in_kanagawa: Programme) -> Actor:
    """Of a partner that came under the new rules this year, and agrees to publish."""
    make_rules(first_year_cutoff=None)
    partner = make_partner(approved_on=today() - timedelta(days=1))
    member = make_member(MemberRole.OWNER, partner, email=OWNER)
    Consent.objects.create(member=member, publishes_reports=True)
    [place] = memberships_of(member.user)
    return Actor(user=member.user, membership=place, memberships=(place,))


@pytest.fixture
def officer(in_kanagawa: Programme) -> Actor:
    return make_actor(StaffRole.OFFICER, in_kanagawa)


def submitted(owner: Actor, **texts: Any) -> Report:
    year = fiscal_year_of(today() - timedelta(days=1))
    return submit_report(
        form_key=uuid4(), partner_id=owner.place.partner_id, what=str(year), content=content(**texts), actor=owner
    )


def partner_of(report: Report) -> Partner:
    return Partner.objects.get(pk=report.partner_id)


def test_handing_in(owner: Actor, in_kanagawa: Programme) -> None:
    report = submitted(owner)
    assert report.receipt == f"R{today():%Y%m%d}-001"
    assert Report.objects.public().get() == report
    assert AuditEvent.objects.filter(action=Action.REPORT_SENT).count() == 1
    assert Activity.objects.get().kind == Activity.Kind.REPORT
    assert owed_by(partner_of(report), today()).state is State.NOTHING_DUE
    assert Standing.objects.get().state == State.NOTHING_DUE
    [letter] = letters(in_kanagawa, OWNER)
    assert report.receipt in letter.text and "公開されています" in letter.text


def test_several_in_a_year_and_each_has_its_number(owner: Actor) -> None:
    assert submitted(owner).receipt != submitted(owner).receipt
    assert Report.objects.count() == 2


def test_only_what_is_open(owner: Actor, officer: Actor) -> None:
    partner_id = owner.place.partner_id
    for what in ("renewal", str(year() + 1), "2001", "nonsense"):
        with pytest.raises(ValidationError):
            submit_report(form_key=uuid4(), partner_id=partner_id, what=what, content=content(), actor=owner)
    with pytest.raises(PermissionDenied):
        submit_report(form_key=uuid4(), partner_id=make_partner().pk, what=str(year()), content=content(), actor=owner)
    assert Report.objects.count() == 0


def test_without_consent_it_counts_and_is_not_shown(owner: Actor) -> None:
    Consent.objects.create(member_id=owner.place.member_id, publishes_reports=False)
    report = submitted(owner)
    assert not Report.objects.public().exists()
    assert owed_by(partner_of(report), today()).state is State.NOTHING_DUE


def test_a_correction_keeps_what_was_written(owner: Actor) -> None:
    report = submitted(owner)
    change_report(report_id=report.pk, content=content("直しました。"), seen_revision=1, actor=owner)
    report.refresh_from_db()
    assert report.business == "直しました。" and report.revision == 2
    assert report.versions.get().content["business"] == "屋根で発電しました。"
    with pytest.raises(ChangedMeanwhile):
        change_report(report_id=report.pk, content=content("別の人"), seen_revision=1, actor=owner)


def test_nothing_changed_is_no_version(owner: Actor) -> None:
    report = submitted(owner)
    change_report(report_id=report.pk, content=content(), seen_revision=1, actor=owner)
    assert not report.versions.exists()


def test_a_returned_report_waits_and_counts_again_once_put_right(
    owner: Actor, officer: Actor, in_kanagawa: Programme
) -> None:
    report = submitted(owner)
    return_report(report_id=report.pk, reason="数字を確かめてください。", actor=officer)
    answer = owed_by(partner_of(report), today())
    assert answer.state is State.DUE and not Report.objects.public().exists()
    assert "数字を確かめてください。" in letters(in_kanagawa, OWNER, "renewals.returned")[0].text
    change_report(report_id=report.pk, content=content("直しました。"), seen_revision=1, actor=owner)
    assert owed_by(partner_of(report), today()).last_received.counts_from == today()
    assert Report.objects.public().exists()


def test_hidden_with_a_reason_the_author_is_told(owner: Actor, officer: Actor, in_kanagawa: Programme) -> None:
    report = submitted(owner)
    hide_report(report_id=report.pk, reason="人の名前が載っています。", actor=officer)
    assert not Report.objects.public().exists()
    assert owed_by(partner_of(report), today()).state is State.NOTHING_DUE
    assert "人の名前が載っています。" in letters(in_kanagawa, OWNER, "renewals.hidden")[0].text
    with pytest.raises(ValidationError):
        hide_report(report_id=report.pk, reason="もう一度", actor=officer)
    show_report(report_id=report.pk, actor=officer)
    assert Report.objects.public().exists()
    with pytest.raises(ValidationError):
        show_report(report_id=report.pk, actor=officer)


def test_entered_on_behalf_and_marked(owner: Actor, officer: Actor) -> None:
    day = today() - timedelta(days=1)
    entry = ReportEntry(received_on=day, how=Channel.FAX, why="FAXで受付", covers=covers_year(fiscal_year_of(day)))
    report = enter_report(
        form_key=uuid4(), partner_id=owner.place.partner_id, content=content(), entry=entry, actor=officer
    )
    assert report.is_on_behalf and report.received_on == day and report.entered_on == today()
    late = ReportEntry(received_on=today() + timedelta(days=1), how=Channel.FAX, why="FAX", covers=covers_year(year()))
    early = ReportEntry(received_on=day, how=Channel.FAX, why="FAX", covers=covers_year(year() + 2))
    for wrong in (late, early):
        with pytest.raises(ValidationError):
            enter_report(
                form_key=uuid4(), partner_id=owner.place.partner_id, content=content(), entry=wrong, actor=officer
            )


def test_what_the_office_does_asks_for_the_role(owner: Actor, in_kanagawa: Programme) -> None:
    report, reader = submitted(owner), make_actor(StaffRole.READ_ONLY, in_kanagawa)
    entry = ReportEntry(received_on=today(), how=Channel.FAX, why="FAX", covers=covers_year(year()))
    for actor in (reader, owner):
        for deed in (
            lambda: return_report(report_id=report.pk, reason="理由", actor=actor),  # noqa: B023 - called at once
            lambda: hide_report(report_id=report.pk, reason="理由", actor=actor),  # noqa: B023
            lambda: show_report(report_id=report.pk, actor=actor),  # noqa: B023
            lambda: enter_report(form_key=uuid4(), partner_id=1, content=content(), entry=entry, actor=actor),  # noqa: B023
        ):
            with pytest.raises(PermissionDenied):
                deed()


def test_nothing_may_be_reported_by_who_owes_nothing() -> None:
    assert what_may_be_reported(None, today()) == {}


def test_the_timeline_is_japanese_whatever_the_page_was(owner: Actor) -> None:
    with override("en"):
        report = submitted(owner)
    activity = Activity.objects.get()
    assert activity.title == f"{report.title}を提出"
    assert activity.path == f"/renewals/reports/{report.pk}/"
