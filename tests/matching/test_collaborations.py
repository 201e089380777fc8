"""The record of both sides: who reports, who confirms, what the office decides, and what that opens."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from matching.models import Collaboration, LogoLicence, Side
from matching.services.collaborations import (
    accept_logo_terms,
    agree_plan,
    approve_outcome,
    ask_for_follow_up,
    begin_collaboration,
    confirm_report,
    lift_revocation,
    report_progress,
    return_outcome,
    revoke_licence,
    send_outcome,
    write_plan,
)
from matching.states import ApplicationState, CollaborationState, PostingState
from matching.vocabulary import Logo, Step
from partners.models import Activity, Member, Partner
from partners.states import PartnerState
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.web.access import Actor, MemberRole, StaffRole
from tests.factories import (
    make_acting,
    make_actor,
    make_file,
    make_match,
    make_member,
    make_partner,
    make_posting,
    make_record,
)
from tests.mailbox import letters
from tests.sessions import signed_in

TALK = {"step": Step.TALK, "on": date(2026, 10, 1), "text": "二回目の打合せ", "figure": ""}
PLAN = {"purpose": "海をきれいに", "target": "1.2トン", "target_on": date(2027, 3, 31), "measures": "重さを量る"}
OUTCOME = {"outcome": "12回行った", "outcomes": ["network"], "figures": "1.4トン", "effect": ""}


@dataclass
class Both:
    programme: Programme
    record: Collaboration
    members: tuple[Member, Member]
    poster: Actor
    other: Actor
    officer: Actor

    def report(self, **changes: Any) -> Any:
        return report_progress(collaboration_id=self.record.pk, values=TALK | changes, photos=[], actor=self.poster)

    def approve(self) -> None:
        send_outcome(collaboration_id=self.record.pk, values=OUTCOME, actor=self.other)
        approve_outcome(collaboration=self.record, actor=self.officer)

    def now(self) -> Collaboration:
        return Collaboration.objects.get(pk=self.record.pk)

    def browsers(self) -> list[Client]:
        return [signed_in(member.user, self.programme, member) for member in self.members]


@pytest.fixture
def both(in_kanagawa: Programme) -> Both:
    first = make_member(email="poster@aoba.example.jp")
    second = make_member(partner=make_partner(name="NPO法人はま"), email="taro@hama.example.jp")
    match = make_match(make_posting(first.partner), second.partner, state=ApplicationState.ACCEPTED)
    officer = make_actor(StaffRole.OFFICER, in_kanagawa)
    record = make_record(match)
    return Both(in_kanagawa, record, (first, second), make_acting(first), make_acting(second), officer)


def stranger() -> Actor:
    return make_acting(make_member(partner=make_partner()))


@pytest.mark.parametrize("state", ApplicationState)
def test_a_record_begins_with_the_talks(in_kanagawa: Programme, state: ApplicationState) -> None:
    match = make_match(state=state)
    actor = make_acting(make_member(partner=match.partner))
    if state not in (ApplicationState.TALKING, ApplicationState.ACCEPTED):
        with pytest.raises(ValidationError, match="相談か連携が始まってから"):
            begin_collaboration(application_id=match.pk, actor=actor)
        return
    record = begin_collaboration(application_id=match.pk, actor=actor)
    other = make_acting(make_member(partner=match.posting.partner))
    assert begin_collaboration(application_id=match.pk, actor=other) == record
    assert Side.objects.filter(collaboration=record).count() == 2
    with pytest.raises(PermissionDenied):
        begin_collaboration(application_id=match.pk, actor=stranger())


def test_either_reports_and_the_other_confirms_once(both: Both) -> None:
    report = both.report()
    [told] = letters(both.programme, to="taro@hama.example.jp")
    assert told.message == "matching.progress_reported"
    assert f"{report.partner}が、" in told.text and all(str(side) in told.text for side in both.record.sides.all())
    with pytest.raises(ValidationError, match="相手の団体が確認します"):
        confirm_report(report_id=report.pk, comment="", actor=both.poster)
    for _again in range(2):
        confirm_report(report_id=report.pk, comment="そのとおりです。", actor=both.other)
    assert report.confirmations.get().comment == "そのとおりです。"
    with pytest.raises(PermissionDenied):
        confirm_report(report_id=report.pk, comment="", actor=stranger())
    assert AuditEvent.objects.filter(action=Action.COLLABORATION_CONFIRMED).count() == 1


def test_a_report_counts_on_both_timelines(both: Both) -> None:
    both.report()
    both.report(text="もう一度話し合いました。")
    kinds = Activity.objects.filter(kind=Activity.Kind.COLLABORATION).values_list("partner", flat=True)
    assert sorted(kinds) == sorted([member.partner_id for member in both.members] * 2)


def test_the_plan_is_agreed_in_the_version_that_was_seen(both: Both) -> None:
    write_plan(collaboration_id=both.record.pk, revision=0, values=PLAN, actor=both.poster)
    write_plan(collaboration_id=both.record.pk, revision=1, values=PLAN | {"target": "2トン"}, actor=both.poster)
    with pytest.raises(ValidationError, match="計画がいま変わりました"):
        agree_plan(collaboration_id=both.record.pk, revision=1, actor=both.other)
    agree_plan(collaboration_id=both.record.pk, revision=2, actor=both.other)
    assert set(both.record.sides.values_list("agreed_revision", flat=True)) == {2}


def test_a_plan_that_one_has_not_seen_is_not_written_over(both: Both) -> None:
    address = reverse("my_matching:plan", args=[both.record.pk])
    first, second = both.browsers()
    typed = PLAN | {"target_on": "2027-03-31"}
    assert first.post(address, typed | {"revision": "0", "target": "3トン"}).status_code == 302
    refused = second.post(address, typed | {"revision": "0", "target": "5トン"})
    assert "ほかの方が先に計画を変えました" in refused.text
    assert "3トン" in refused.text
    assert "5トン" in refused.text
    assert both.now().target == "3トン"
    with pytest.raises(ValidationError, match="先に計画を変えました"):
        write_plan(collaboration_id=both.record.pk, revision=0, values=PLAN, actor=both.other)
    # Having seen it, one may replace it.
    assert second.post(address, typed | {"revision": refused.context["form"]["revision"].value()}).status_code == 302
    assert both.now().target == PLAN["target"]


def test_a_finished_record_takes_no_agreement(both: Both) -> None:
    write_plan(collaboration_id=both.record.pk, revision=0, values=PLAN, actor=both.poster)
    both.approve()
    with pytest.raises(ValidationError, match="成果を承認"):
        agree_plan(collaboration_id=both.record.pk, revision=1, actor=both.other)


def test_comments_stand_in_the_row_and_not_on_record_for_ever(both: Both) -> None:
    send_outcome(collaboration_id=both.record.pk, values=OUTCOME, actor=both.poster)
    return_outcome(collaboration=both.record, actor=both.officer, reason="数字の出典を書いてください。")
    send_outcome(collaboration_id=both.record.pk, values=OUTCOME, actor=both.poster)
    approve_outcome(collaboration=both.record, actor=both.officer, comment="よい連携です。")
    assert not AuditEvent.objects.exclude(reason="").exists()


def test_viewers_are_led_to_nothing_that_they_may_not_do(both: Both) -> None:
    both.approve()
    viewer = make_member(MemberRole.VIEWER, both.members[1].partner)
    browser = signed_in(viewer.user, both.programme, viewer)
    logos = browser.get(reverse("my_matching:logos")).text
    assert reverse("my_matching:logo_terms", args=["registration"]) not in logos
    assert reverse("my_matching:logo_terms", args=["collaboration"]) not in logos
    application = browser.get(reverse("my_matching:application", args=[both.record.application_id])).text
    assert reverse("my_matching:begin_record", args=[both.record.application_id]) not in application
    assert reverse("my_matching:record", args=[both.record.pk]) in application
    posting = make_posting(title="ほかの募集")
    page = browser.get(reverse("my_matching:posting", args=[posting.pk])).text
    assert reverse("my_matching:apply", args=[posting.pk]) not in page
    named = make_posting(both.members[1].partner, title="下書き", reach="named", state=PostingState.DRAFT,
                         submitted_at=None, listed_at=None, listed_until=None)  # fmt: skip
    own = browser.get(reverse("my_matching:posting", args=[named.pk])).text
    assert reverse("my_matching:designees", args=[named.pk]) not in own


def test_given_back_and_sent_again(both: Both) -> None:
    send_outcome(collaboration_id=both.record.pk, values=OUTCOME, actor=both.poster)
    with pytest.raises(ValidationError):
        send_outcome(collaboration_id=both.record.pk, values=OUTCOME, actor=both.other)
    return_outcome(collaboration=both.record, actor=both.officer, reason="数字の出典を書いてください。")
    assert len(letters(both.programme, message="matching.outcome_returned")) == 2
    send_outcome(collaboration_id=both.record.pk, values=OUTCOME, actor=both.other)
    assert both.now().state == CollaborationState.REPORTED


def test_only_officers_decide(both: Both) -> None:
    send_outcome(collaboration_id=both.record.pk, values=OUTCOME, actor=both.poster)
    for actor in (both.poster, make_actor(StaffRole.READ_ONLY, both.programme)):
        with pytest.raises(PermissionDenied):
            approve_outcome(collaboration=both.record, actor=actor)


@pytest.mark.parametrize("form", ["svg", "png", "pdf"])
def test_the_collaboration_logo_opens_for_all_sides_with_the_approval(both: Both, form: str) -> None:
    address = reverse("my_matching:logo", args=["collaboration", form])
    terms = reverse("my_matching:logo_terms", args=["collaboration"]) + f"?record={both.record.pk}"
    for browser in both.browsers():
        assert browser.get(address).status_code == 403
        assert "承認されると" in browser.post(terms, {"agrees": "on"}).text
    both.approve()
    for browser in both.browsers():
        assert browser.get(address).status_code == 403
        assert browser.post(terms, {"agrees": "on"}).status_code == 302
        answer = browser.get(address)
        assert answer.status_code == 200
        assert answer.content.startswith({"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}[form])
    assert LogoLicence.objects.count() == 2
    assert AuditEvent.objects.filter(action=Action.LOGO_DOWNLOADED).count() == 2


def test_the_terms_must_be_accepted(both: Both) -> None:
    both.approve()
    browser = both.browsers()[0]
    browser.post(reverse("my_matching:logo_terms", args=["collaboration"]) + f"?record={both.record.pk}", {})
    assert not LogoLicence.objects.exists()


def test_a_revoked_licence_closes_one_logo_and_not_the_other(both: Both) -> None:
    both.approve()
    licence = accept_logo_terms(logo=Logo.COLLABORATION, collaboration_id=both.record.pk, actor=both.poster)
    accept_logo_terms(logo=Logo.REGISTRATION, collaboration_id=None, actor=both.poster)
    revoke_licence(licence=licence, reason="色を変えて使われた", actor=both.officer)
    browser = both.browsers()[0]
    statuses = [browser.get(reverse("my_matching:logo", args=[logo, "svg"])).status_code for logo in Logo.values]
    assert dict(zip(Logo.values, statuses, strict=True)) == {"registration": 200, "collaboration": 403}
    assert "色を変えて使われた" in browser.get(reverse("my_matching:logos")).text
    [told] = letters(both.programme, message="matching.logo_revoked")
    assert licence.number in told.text


@pytest.mark.parametrize("logo", Logo)
def test_a_revoked_licence_comes_back_only_through_staff(both: Both, logo: Logo) -> None:
    both.approve()
    record = both.record.pk if logo == Logo.COLLABORATION else None
    accept = {"logo": logo, "collaboration_id": record, "actor": both.poster}
    licence = accept_logo_terms(**accept)
    with pytest.raises(ValidationError, match="取り消していません"):
        lift_revocation(licence=licence, reason="説明を受けた", actor=both.officer)
    revoke_licence(licence=licence, reason="色を変えて使われた", actor=both.officer)
    with pytest.raises(ValidationError, match="許諾が取り消されている"):
        accept_logo_terms(**accept)
    terms = reverse("my_matching:logo_terms", args=[logo]) + (f"?record={record}" if record else "")
    page = both.browsers()[0].get(reverse("my_matching:logos")).text
    assert terms not in page
    assert "使用許諾が取り消されているため" in page
    # The other side has done nothing.
    accept_logo_terms(**accept | {"actor": both.other})
    with pytest.raises(PermissionDenied):
        lift_revocation(licence=licence, reason="説明を受けた", actor=both.poster)
    lift_revocation(licence=licence, reason="説明を受けた", actor=both.officer)
    assert accept_logo_terms(**accept).pk != licence.pk


def test_the_registration_logo_is_for_whoever_is_registered(both: Both) -> None:
    accept_logo_terms(logo=Logo.REGISTRATION, collaboration_id=None, actor=both.poster)
    Partner.objects.filter(pk=both.poster.place.partner_id).update(state=PartnerState.SUSPENDED)
    browser = both.browsers()[0]
    assert browser.get(reverse("my_matching:logo", args=["registration", "svg"])).status_code == 403


def test_what_became_of_it_is_asked_once_after_three_months(both: Both) -> None:
    both.approve()
    today = timezone.localdate()
    ask_for_follow_up(today=today)
    for _again in range(2):
        ask_for_follow_up(today=today + timedelta(days=100))
    assert len(letters(both.programme, message="matching.follow_up")) == 2


def test_photos_are_for_the_sides_and_staff(both: Both) -> None:
    address = make_file(both.report(), "photos").get_absolute_url()
    outside = make_member(partner=make_partner())
    browsers = [*both.browsers(), signed_in(outside.user, both.programme, outside)]
    answers = [browser.get(address) for browser in browsers]
    statuses = [answer.status_code for answer in answers]
    for answer in answers:
        answer.close()
    assert statuses == [200, 200, 404]


def test_reporting_and_confirming_on_the_page(both: Both) -> None:
    first, second = both.browsers()
    typed = {"step": "event", "on": "2026-10-10", "text": "清掃を行った", "figure": "参加者 40人"}
    assert first.post(reverse("my_matching:report", args=[both.record.pk]), typed).status_code == 302
    page = reverse("my_matching:record", args=[both.record.pk])
    assert "確認しました" not in first.get(page).text
    assert "参加者 40人" in second.get(page).text
    report = both.record.reports.get()
    second.post(reverse("my_matching:confirm", args=[report.pk]), {"comment": "楽しかったです。"})
    assert "楽しかったです。" in first.get(page).text
