"""The way to a removal: no step can be left out, the partner can always end it, and nothing follows by itself."""

from collections.abc import Callable
from datetime import date, time, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate as today
from django.utils.translation import override
from pypdf import PdfReader

from partners.models import Partner
from partners.queries.partners import memberships_of
from partners.services.records import add_partner
from portal.outbox.models import OutgoingMail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, MemberRole, StaffRole
from renewals.document import notice_pdf
from renewals.models import Docket, DocketEntry, Extension, Report
from renewals.queries.records import owed_by
from renewals.services.docket import (
    ask_for_grace,
    close_docket,
    decide_removal,
    grant_grace,
    note_call,
    note_hearing,
    notify,
    open_docket,
    refuse_grace,
    restore,
    set_hearing,
    why_not_restore,
)
from renewals.services.reports import Content, change_report, submit_report
from renewals.stages import DocketState
from renewals.states import State
from tests.factories import make_actor, make_member, make_rules
from tests.mailbox import letters
from tests.partners.views.pages import hidden_fields

OWNER = "owner@aoba.example.jp"
Kind = DocketEntry.Kind


@pytest.fixture
def silent(in_kanagawa: Programme) -> Partner:
    """Has not reported for years."""
    make_rules()
    values = {"name": "青葉商事", "number": 7, "approved_on": date(2023, 6, 1)}
    partner = add_partner(values=values, actor=Actor())
    make_member(MemberRole.OWNER, partner, email=OWNER)
    assert owed_by(partner, today()).state is State.REMOVABLE
    return partner


@pytest.fixture
def officer(in_kanagawa: Programme) -> Actor:
    return make_actor(StaffRole.OFFICER, in_kanagawa)


@pytest.fixture
def approver(in_kanagawa: Programme) -> Actor:
    return make_actor(StaffRole.APPROVER, in_kanagawa)


@pytest.fixture
def owner(silent: Partner) -> Actor:
    member = silent.members.get()
    [place] = memberships_of(member.user)
    return Actor(user=member.user, membership=place, memberships=(place,))


def noted(docket: Docket, kind: DocketEntry.Kind, days_ago: int, until: date | None = None, **more: Any) -> None:
    """A step of some days ago."""
    DocketEntry.objects.create(docket=docket, kind=kind, on=today() - timedelta(days=days_ago), until=until, **more)


def ready(partner: Partner, officer: Actor, days_ago: int = 14) -> Docket:
    """Two notices and a call, long enough ago for a hearing."""
    docket = open_docket(partner_id=partner.pk, actor=officer)
    Docket.objects.update(state=DocketState.NOTICED)
    for kind in (Kind.NOTICE, Kind.CALL, Kind.NOTICE):
        noted(docket, kind, days_ago)
    docket.refresh_from_db()
    return docket


def heard(partner: Partner, officer: Actor) -> Docket:
    docket = ready(partner, officer)
    Docket.objects.update(state=DocketState.HEARING)
    noted(docket, Kind.HEARING_SET, 3, until=today())
    note_hearing(docket_id=docket.pk, text="意見はなかった。", actor=officer)
    docket.refresh_from_db()
    return docket


def test_a_notice_says_why_and_what_can_be_done(silent: Partner, officer: Actor, in_kanagawa: Programme) -> None:
    docket = open_docket(partner_id=silent.pk, actor=officer)
    assert letters(in_kanagawa, OWNER) == []
    notify(docket_id=docket.pk, text="お電話をください。", actor=officer)
    [letter] = letters(in_kanagawa, OWNER)
    assert (
        "いまからでも提出できます" in letter.text and "お電話をください。" in letter.text and docket.why in letter.text
    )
    with pytest.raises(ValidationError, match="14日"):
        notify(docket_id=docket.pk, text="", actor=officer)


def test_only_who_may_be_considered_and_once(silent: Partner, officer: Actor) -> None:
    open_docket(partner_id=silent.pk, actor=officer)
    with pytest.raises(ValidationError, match="すでに"):
        open_docket(partner_id=silent.pk, actor=officer)
    fresh = add_partner(values={"name": "新しい団体", "number": 8, "approved_on": today()}, actor=Actor())
    with pytest.raises(ValidationError, match="検討対象ではありません"):
        open_docket(partner_id=fresh.pk, actor=officer)


def test_no_hearing_before_two_notices_a_call_and_time(silent: Partner, officer: Actor) -> None:
    tomorrow = today() + timedelta(days=1)

    def refused() -> str:
        with pytest.raises(ValidationError) as refusal:
            set_hearing(docket_id=docket.pk, on=tomorrow, hour=time(14), place="会議室", text="", actor=officer)
        return refusal.value.messages[0]

    docket = open_docket(partner_id=silent.pk, actor=officer)
    assert "手続には、できません" in refused()
    notify(docket_id=docket.pk, text="", actor=officer)
    assert "いま1回" in refused()
    noted(docket, Kind.NOTICE, 0)
    assert "電話" in refused()
    note_call(docket_id=docket.pk, text="出られなかった。", actor=officer)
    assert "14日" in refused()


def test_nothing_is_decided_before_a_hearing(
    silent: Partner, officer: Actor, approver: Actor, in_kanagawa: Programme
) -> None:
    """Its people have the notice of the rules, and are told what is considered, why, where, and how to answer."""
    docket = ready(silent, officer)
    with pytest.raises(ValidationError):
        decide_removal(docket_id=docket.pk, reason="要綱による", actor=approver)
    hearing: dict[str, Any] = {"hour": time(13, 30), "place": "県庁3階の会議室", "text": "要綱第8条による。"}
    with pytest.raises(ValidationError, match="14日以上"):
        set_hearing(docket_id=docket.pk, on=today() + timedelta(days=13), actor=officer, **hearing)
    set_hearing(docket_id=docket.pk, on=today() + timedelta(days=14), actor=officer, **hearing)
    [letter] = letters(in_kanagawa, OWNER)
    printed = PdfReader(BytesIO(notice_pdf(docket.latest(Kind.HEARING_SET)))).pages[0].extract_text().replace("\n", "")
    told = [
        "検討している決定：登録の取消し",
        "根拠：新要綱",
        "13時30分",
        "県庁3階の会議室",
        "書面またはメールで",
        "連絡なく欠席",
        "要綱第8条",
    ]
    for text in (letter.text, printed):
        assert [words for words in told if words not in text] == []
    with pytest.raises(ValidationError, match="来ていません"):
        note_hearing(docket_id=docket.pk, text="", actor=officer)
    with pytest.raises(ValidationError, match="聴いた記録"):
        decide_removal(docket_id=docket.pk, reason="要綱による", actor=approver)


def test_removed_with_a_reason_and_restored_within_a_year(
    silent: Partner, officer: Actor, approver: Actor, in_kanagawa: Programme
) -> None:
    docket = heard(silent, officer)
    with pytest.raises(PermissionDenied):
        decide_removal(docket_id=docket.pk, reason="要綱による", actor=officer)
    decide_removal(docket_id=docket.pk, reason="要綱第8条による", actor=approver)
    silent.refresh_from_db()
    assert (silent.state, silent.ending, silent.is_listed) == ("ended", "removed", False)
    assert owed_by(silent, today()).state is State.REMOVED
    docket.refresh_from_db()
    assert docket.state == DocketState.REMOVED
    restore(docket_id=docket.pk, reason="報告がそろった", actor=approver)
    silent.refresh_from_db()
    assert silent.is_listed and owed_by(silent, today()).state is not State.REMOVED
    with pytest.raises(ValidationError):
        restore(docket_id=docket.pk, reason="もう一度", actor=approver)


def test_no_restoration_after_a_year(silent: Partner, officer: Actor) -> None:
    docket = open_docket(partner_id=silent.pk, actor=officer)
    docket.state = DocketState.REMOVED
    noted(docket, Kind.REMOVED, 365)
    assert why_not_restore(docket) == ""
    noted(docket, Kind.REMOVED, 366)
    assert "1年を過ぎています" in why_not_restore(docket)


def test_a_report_ends_it(silent: Partner, officer: Actor, approver: Actor, owner: Actor) -> None:
    docket = heard(silent, officer)
    texts = dict.fromkeys(("meetings", "calls", "collaborations", "free"), "") | {"business": "再開しました。"}
    what = str(owed_by(silent, today()).duties[0].fiscal_year)
    submit_report(form_key=uuid4(), partner_id=silent.pk, what=what, content=Content(texts), actor=owner)
    docket.refresh_from_db()
    assert docket.state == DocketState.CLOSED
    with pytest.raises(ValidationError):
        decide_removal(docket_id=docket.pk, reason="要綱による", actor=approver)


def test_grace_on_request_moves_the_dates(
    silent: Partner, officer: Actor, approver: Actor, owner: Actor, in_kanagawa: Programme
) -> None:
    until = today() + timedelta(days=30)
    with pytest.raises(ValidationError, match="手続はありません"):
        ask_for_grace(partner_id=silent.pk, until=until, text="代表の入院", actor=owner)
    docket = heard(silent, officer)
    ask_for_grace(partner_id=silent.pk, until=until, text="代表の入院", actor=owner)
    assert "代表の入院" in letters(in_kanagawa, in_kanagawa.email)[0].text
    with pytest.raises(ValidationError, match="返事"):
        ask_for_grace(partner_id=silent.pk, until=until, text="もう一度", actor=owner)
    with pytest.raises(ValidationError, match="答えていません"):
        decide_removal(docket_id=docket.pk, reason="要綱による", actor=approver)
    grant_grace(docket_id=docket.pk, until=until, text="事情を認める", actor=officer)
    answer = owed_by(silent, today())
    assert answer.state is not State.REMOVABLE and answer.removal.on > until
    assert Extension.objects.get().reason == "事情を認める"
    with pytest.raises(ValidationError, match="検討対象ではありません"):
        decide_removal(docket_id=docket.pk, reason="要綱による", actor=approver)


def test_grace_refused(silent: Partner, officer: Actor, owner: Actor, in_kanagawa: Programme) -> None:
    docket = ready(silent, officer)
    with pytest.raises(ValidationError):
        refuse_grace(docket_id=docket.pk, text="", actor=officer)
    ask_for_grace(partner_id=silent.pk, until=today() + timedelta(days=300), text="忙しい", actor=owner)
    refuse_grace(docket_id=docket.pk, text="長すぎます。", actor=officer)
    assert "長すぎます。" in letters(in_kanagawa, OWNER)[-1].text
    assert not docket.has_open_request


def test_it_may_be_given_up_at_any_time(silent: Partner, officer: Actor) -> None:
    docket = ready(silent, officer)
    close_docket(docket_id=docket.pk, reason="廃業の届けがあった", actor=officer)
    docket.refresh_from_db()
    assert docket.state == DocketState.CLOSED
    assert open_docket(partner_id=silent.pk, actor=officer).pk != docket.pk


def test_nobody_else_may(silent: Partner, officer: Actor, owner: Actor, in_kanagawa: Programme) -> None:
    reader = make_actor(StaffRole.READ_ONLY, in_kanagawa)
    docket = open_docket(partner_id=silent.pk, actor=officer)
    for actor in (reader, owner):
        for deed in (
            lambda: open_docket(partner_id=silent.pk, actor=actor),  # noqa: B023 - called at once
            lambda: notify(docket_id=docket.pk, text="", actor=actor),  # noqa: B023
            lambda: decide_removal(docket_id=docket.pk, reason="", actor=actor),  # noqa: B023
        ):
            with pytest.raises(PermissionDenied):
                deed()
    for stranger in (officer, make_actor(None, in_kanagawa)):
        with pytest.raises(PermissionDenied):
            ask_for_grace(partner_id=silent.pk, until=today(), text="", actor=stranger)


def test_on_the_staffs_desk(
    silent: Partner,
    officer: Actor,
    kanagawa: Programme,
    as_staff: Callable[..., Client],
    as_member: Callable[..., Client],
) -> None:
    docket = heard(silent, officer)
    entry = docket.latest(Kind.NOTICE)
    browser = as_staff(StaffRole.APPROVER)
    page = browser.get(f"/admin/renewals/docket/{docket.pk}/change/").text
    assert "手続の経過" in page and "意見はなかった。" in page and "登録を取り消す" in page
    for address in (f"{docket.pk}/decision/", f"letters/{entry.pk}/"):
        assert browser.get(f"/admin/renewals/docket/{address}").content.startswith(b"%PDF")
    opened = docket.latest(Kind.OPENED)
    assert browser.get(f"/admin/renewals/docket/letters/{opened.pk}/").status_code == 404


def test_on_the_partners_own_page(
    silent: Partner, officer: Actor, kanagawa: Programme, as_member: Callable[..., Client]
) -> None:
    browser = as_member(MemberRole.OWNER, approved_on=date(2023, 6, 1))
    with programme_scope(kanagawa):
        docket = open_docket(partner_id=browser.member.partner_id, actor=officer)
    assert "手続が進んでいます" in browser.get("/renewals/").text
    assert "入力してください" in browser.post("/renewals/grace/", {}).text
    until = (today() + timedelta(days=20)).isoformat()
    assert browser.post("/renewals/grace/", {"until": until, "text": "代表の入院"}).status_code == 302
    with programme_scope(kanagawa):
        assert docket.has_open_request
    again = browser.post("/renewals/grace/", {"until": until, "text": "もう一度"}).text
    assert "すでに申し出ています" in again
    with programme_scope(kanagawa):
        noted(docket, Kind.HEARING_SET, 0, until=today(), hour=time(13, 30), place="県庁3階の会議室")
        Docket.objects.update(state=DocketState.HEARING)
    page = browser.get("/renewals/").text
    assert "13時30分" in page and "県庁3階の会議室" in page and "連絡なく欠席" in page


def test_the_end_is_told_in_the_readers_language(
    silent: Partner, officer: Actor, owner: Actor, in_kanagawa: Programme
) -> None:
    type(owner.user).objects.filter(pk=owner.user.pk).update(mail_language="en")
    docket = ready(silent, officer)
    close_docket(docket_id=docket.pk, reason="担当者の健康上の理由", actor=officer)
    assert OutgoingMail.objects.get(to=OWNER).language == "en"
    [letter] = letters(in_kanagawa, OWNER)
    assert "担当者の健康上の理由" not in letter.text


def test_a_report_put_right_ends_it_too(silent: Partner, officer: Actor, owner: Actor, in_kanagawa: Programme) -> None:
    texts = dict.fromkeys(("meetings", "calls", "collaborations", "free"), "") | {"business": "再開しました。"}
    what = str(owed_by(silent, today()).duties[0].fiscal_year)
    report = submit_report(form_key=uuid4(), partner_id=silent.pk, what=what, content=Content(texts), actor=owner)
    long_ago = today() - timedelta(days=400)
    Report.objects.filter(pk=report.pk).update(state="returned", received_on=long_ago, returned_on=long_ago)
    docket = open_docket(partner_id=silent.pk, actor=officer)
    with override("en"):
        content = Content(texts | {"business": "直しました。"})
        change_report(report_id=report.pk, content=content, seen_revision=report.revision, actor=owner)
    docket.refresh_from_db()
    assert docket.state == DocketState.CLOSED
    assert docket.latest(Kind.CLOSED).text == "活動報告が提出されたため。"
    assert any("検討を終えました" in letter.text for letter in letters(in_kanagawa, OWNER))


def test_a_call_noted_twice_in_one_press_is_one_call(silent: Partner, officer: Actor) -> None:
    docket = open_docket(partner_id=silent.pk, actor=officer)
    first, again = (note_call(docket_id=docket.pk, text="出られなかった。", actor=officer) for _ in range(2))
    assert first == again
    DocketEntry.objects.filter(pk=first.pk).delete()
    DocketEntry.objects.create(
        docket=docket, kind=Kind.CALL, text="出られなかった。", by=officer.user, at=timezone.now() - timedelta(hours=1)
    )
    note_call(docket_id=docket.pk, text="出られなかった。", actor=officer)
    assert docket.entries.filter(kind=Kind.CALL).count() == 2


def test_a_page_from_before_a_colleagues_step_is_looked_at_anew(
    silent: Partner, officer: Actor, as_staff: Callable[..., Client], kanagawa: Programme
) -> None:
    """Two tabs, or the back button: the way may have gone on since."""
    docket, browser = open_docket(partner_id=silent.pk, actor=officer), as_staff(StaffRole.OFFICER)
    chosen = {"action": "call", "_selected_action": str(docket.pk), "from_object": "1"}
    page = browser.post("/admin/renewals/docket/", chosen).text
    old = hidden_fields(page) | chosen | {"with-text": "出られなかった。"}
    with programme_scope(kanagawa):
        note_call(docket_id=docket.pk, text="同僚の記録", actor=officer)
    anew = browser.post("/admin/renewals/docket/", old).text
    assert "確認しているあいだに内容が変わりました" in anew and "出られなかった。" in anew
    with programme_scope(kanagawa):
        assert docket.entries.filter(kind=Kind.CALL).count() == 1
    assert browser.post("/admin/renewals/docket/", old | hidden_fields(anew)).status_code == 302
    with programme_scope(kanagawa):
        assert docket.entries.filter(kind=Kind.CALL).count() == 2
