"""From an approved record to a public page: drafted once, agreed to by each side, checked, and gone with a consent."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from PIL import Image

from matching.models import Case, Collaboration
from matching.queries.cases import CaseWish, case_section, due_cases, find_cases
from matching.services.cases import (
    agree_case,
    ask_consent,
    award_case,
    begin_case,
    discard_case,
    end_award,
    publish_case,
    return_case,
    start_case,
    withdraw_consent,
    write_case,
    write_side,
)
from matching.states import CaseState, CollaborationState
from partners.models import Activity, Member, Partner
from partners.services.records import change_partner
from partners.states import PartnerState
from portal.audit.models import Action, AuditEvent
from portal.files.models import StoredFile
from portal.tenancy.models import Programme
from portal.web.access import ANONYMOUS, Actor, MemberRole, StaffRole
from tests.factories import (
    make_acting,
    make_actor,
    make_approved_record,
    make_case,
    make_file,
    make_match,
    make_member,
    make_partner,
    make_posting,
)
from tests.mailbox import letters
from tests.sessions import signed_in


@dataclass
class Both:
    programme: Programme
    record: Collaboration
    members: tuple[Member, Member]
    first: Actor
    second: Actor
    officer: Actor

    def drafted(self) -> Case:
        return begin_case(collaboration_id=self.record.pk, actor=self.first)

    def asked(self) -> Case:
        case = self.drafted()
        return ask_consent(case_id=case.pk, revision=case.revision, actor=self.first)

    def submitted(self) -> Case:
        case = self.asked()
        return agree_case(case_id=case.pk, revision=case.revision, actor=self.second)

    def published(self) -> Case:
        return publish_case(case=self.submitted(), actor=self.officer)

    def browser(self, number: int) -> Client:
        member = self.members[number]
        return signed_in(member.user, self.programme, member)


@pytest.fixture
def both(in_kanagawa: Programme) -> Both:
    first = make_member(
        partner=make_partner(name="株式会社あおば", kind="company", address="日本大通1番"), email="aoba@aoba.example.jp"
    )
    second = make_member(partner=make_partner(name="NPO法人はま", kind="npo"), email="taro@hama.example.jp")
    posting = make_posting(first.partner, brings=["planning"], seeks=["people"], goals=[14], region="横浜")
    record = make_approved_record(application=make_match(posting, second.partner), purpose="海をきれいに")
    officer = make_actor(StaffRole.OFFICER, in_kanagawa)
    return Both(in_kanagawa, record, (first, second), make_acting(first), make_acting(second), officer)


def test_the_record_is_typed_once(both: Both) -> None:
    report = both.record.reports.create(partner=both.members[0].partner, step="event", on="2026-10-10", text="清掃")
    drawn = BytesIO()
    Image.new("RGB", (60, 40), "navy").save(drawn, "PNG")
    picture = make_file(report, "photos", name="浜.png", content=drawn.getvalue())
    make_file(report, "photos", name="議事録.pdf")
    case = both.drafted()
    assert (case.title, case.category, case.goals, case.region) == ("海岸清掃をいっしょに", "event", [14], "横浜")
    assert case.outline == "拾ったごみを数える\n\n海をきれいに"
    assert (case.results, case.figures, case.effect) == ("12回行った", "1.4トン", "海がきれいに")
    first, second = case.sides.order_by("id")
    assert (first.roles, first.does, first.outcomes) == (["planning"], "月に一度の清掃", ["image"])
    assert (second.roles, second.does, second.outcomes) == (["people"], "人を出します。", ["network"])
    assert first.address.endswith("日本大通1番")
    copy = StoredFile.objects.of(case, "photos").get()
    assert (copy.sha256, copy.is_shown, case.captions) == (picture.sha256, True, "催しの開催（2026年10月）")
    # Whoever presses second finds it.
    assert begin_case(collaboration_id=both.record.pk, actor=both.second) == case


def test_nothing_private_of_a_profile_gets_into_the_draft(both: Both) -> None:
    Partner.objects.filter(pk=both.members[1].partner_id).update(
        visibility={"address": "staff", "strengths": "partners"}, address="秘密の住所", strengths="秘密の強み"
    )
    side = both.drafted().sides.get(partner=both.members[1].partner)
    assert (side.address, side.strengths) == ("", "")


@pytest.mark.parametrize("state", [state for state in CollaborationState if state != CollaborationState.APPROVED])
def test_only_an_approved_record_becomes_a_case(both: Both, state: CollaborationState) -> None:
    Collaboration.objects.filter(pk=both.record.pk).update(state=state)
    with pytest.raises(ValidationError, match="承認されると"):
        both.drafted()


def test_each_side_agrees_and_the_office_decides(both: Both) -> None:
    case = both.asked()
    assert case.state == CaseState.ASKED
    assert [letter.to for letter in letters(both.programme, message="matching.case_asked")] == ["taro@hama.example.jp"]
    assert [due.url for due in due_cases(both.second, {})] == [reverse("my_cases:case", args=[case.pk])]
    assert not list(due_cases(both.first, {}))
    with pytest.raises(ValidationError, match="同意待ち"):
        publish_case(case=case, actor=both.officer)
    case = agree_case(case_id=case.pk, revision=case.revision, actor=both.second)
    assert case.state == CaseState.SUBMITTED
    [for_office] = letters(both.programme, message="matching.case_for_office")
    assert all(str(side) in for_office.text for side in case.sides.all())
    assert not Case.objects.public().exists()
    with pytest.raises(PermissionDenied):
        publish_case(case=case, actor=both.first)
    publish_case(case=case, actor=both.officer, comment="よい取組です。")
    assert Case.objects.public().get() == case
    assert len(letters(both.programme, message="matching.case_published")) == 2
    on_timelines = Activity.objects.filter(key=f"case:{case.pk}")
    assert {one.partner_id for one in on_timelines} == {member.partner_id for member in both.members}
    assert {one.kind for one in on_timelines} == {Activity.Kind.COLLABORATION}
    assert not AuditEvent.objects.exclude(reason="").exists()


def test_a_consent_is_for_one_text(both: Both) -> None:
    case = both.asked()
    withdraw_consent(case_id=case.pk, actor=both.first)
    values = {"title": "別の名前"}
    case = write_case(case_id=case.pk, revision=case.revision, values=values, photos=[], actor=both.first)
    ask_consent(case_id=case.pk, revision=case.revision, actor=both.first)
    with pytest.raises(ValidationError, match="内容がいま変わりました"):
        agree_case(case_id=case.pk, revision=case.revision - 1, actor=both.second)
    assert agree_case(case_id=case.pk, revision=case.revision, actor=both.second).state == CaseState.SUBMITTED


def test_agreeing_twice_is_said_once(both: Both, in_kanagawa: Programme) -> None:
    case = both.submitted()
    with pytest.raises(ValidationError, match="確認待ち"):
        agree_case(case_id=case.pk, revision=case.revision, actor=both.second)
    assert AuditEvent.objects.filter(action=Action.CASE_AGREED).count() == 1


def test_a_text_that_stands_for_consent_is_fixed(both: Both) -> None:
    case = both.asked()
    side = case.sides.get(partner=both.members[1].partner)
    with pytest.raises(ValidationError, match="変えられません"):
        write_side(case_id=case.pk, side_id=side.pk, revision=case.revision, values={"does": "x"}, actor=both.second)


def test_a_newer_text_is_not_written_over_unseen(both: Both) -> None:
    case = both.drafted()
    address = reverse("my_cases:edit", args=[case.pk])
    typed = {"title": "新しい名前", "category": "event", "year": str(case.year), "outline": "はじめた", "results": "できた",
             "captions": "", "revision": str(case.revision)}  # fmt: skip
    assert both.browser(0).post(address, typed).status_code == 302
    refused = both.browser(1).post(address, typed | {"title": "もうひとつ"})
    assert "先にこの事例を変えました" in refused.text
    assert Case.objects.get().title == "新しい名前"
    again = typed | {"title": "もうひとつ", "revision": refused.context["form"]["revision"].value()}
    assert both.browser(1).post(address, again).status_code == 302


@pytest.mark.parametrize("when", ["asked", "submitted", "published"])
@pytest.mark.parametrize("who", ["first", "second"])
def test_either_takes_the_consent_back_at_any_time(both: Both, when: str, who: str) -> None:
    case = getattr(both, when)()
    withdraw_consent(case_id=case.pk, actor=getattr(both, who))
    assert Case.objects.get().state == CaseState.WITHDRAWN
    assert not Case.objects.public().exists()
    other = {"first": "taro@hama.example.jp", "second": "aoba@aoba.example.jp"}[who]
    assert [letter.to for letter in letters(both.programme, message="matching.case_withdrawn")] == [other]
    assert len(letters(both.programme, message="matching.case_gone_for_office")) == (when == "published")


def test_a_suspended_partner_may_still_take_its_consent_back(both: Both) -> None:
    case = both.published()
    Partner.objects.filter(pk=both.members[1].partner_id).update(state=PartnerState.SUSPENDED)
    browser = both.browser(1)
    assert browser.post(reverse("my_cases:end", args=[case.pk, "withdraw"])).status_code == 302
    assert Case.objects.get().state == CaseState.WITHDRAWN


def test_given_back_by_the_office(both: Both) -> None:
    case = both.submitted()
    with pytest.raises(ValidationError):
        return_case(case=case, actor=both.officer, reason=" ")
    return_case(case=case, actor=both.officer, reason="数字の出典を書いてください。")
    told = letters(both.programme, message="matching.case_returned")
    assert len(told) == 2
    assert all("数字の出典" in letter.text for letter in told)
    assert Case.objects.get().is_editable


def test_without_a_side_that_has_left_a_new_case_is_made(both: Both) -> None:
    drawn = BytesIO()
    Image.new("RGB", (60, 40), "navy").save(drawn, "PNG")
    for member in both.members:
        report = both.record.reports.create(partner=member.partner, step="event", on="2026-10-10", text="清掃")
        make_file(report, "photos", name="浜.png", content=drawn.getvalue())
    case = both.submitted()
    Partner.objects.filter(pk=both.members[1].partner_id).update(state=PartnerState.ENDED)
    withdraw_consent(case_id=case.pk, actor=both.first)
    with pytest.raises(ValidationError, match="登録中でない団体があるため.*：NPO法人はま"):
        ask_consent(case_id=case.pk, revision=case.revision, actor=both.first)
    assert "登録中でない団体がある" in both.browser(0).get(reverse("my_cases:case", args=[case.pk])).text
    discard_case(case_id=case.pk, actor=both.first)
    again = begin_case(collaboration_id=both.record.pk, actor=both.first)
    assert [side.partner for side in again.sides.all()] == [both.members[0].partner]
    assert StoredFile.objects.of(again, "photos").count() == 1
    again = ask_consent(case_id=again.pk, revision=again.revision, actor=both.first)
    publish_case(case=again, actor=both.officer)
    assert Case.objects.public().get() == again


def test_search_follows_a_change_of_name(both: Both) -> None:
    case, posting, partner = both.published(), both.record.application.posting, both.members[0].partner  # type: ignore[union-attr]
    change_partner(partner=partner, values={"name": "株式会社あけぼの"}, actor=both.officer)
    assert list(find_cases(CaseWish(query="あけぼの"))) == [case]
    assert not find_cases(CaseWish(query="あおば"))
    posting.refresh_from_db()
    assert "あけぼの" in posting.folded


def test_what_is_missing_is_said_before_anybody_is_asked(both: Both) -> None:
    case = both.drafted()
    case = write_case(case_id=case.pk, revision=1, values={"outline": ""}, photos=[], actor=both.first)
    side = case.sides.get(partner=both.members[1].partner)
    case = write_side(case_id=case.pk, side_id=side.pk, revision=2, values={"does": ""}, actor=both.first)
    with pytest.raises(ValidationError, match="連携の概要、NPO法人はまの取組の内容"):
        ask_consent(case_id=case.pk, revision=case.revision, actor=both.first)


def test_an_initiative_of_one_goes_straight_to_the_office(both: Both) -> None:
    values = {"title": "屋上の菜園", "category": "service", "year": 2026, "outline": "始めた", "results": "採れた"}
    case = start_case(values=values, photos=[], actor=both.first)
    side = case.sides.get()
    case = write_side(case_id=case.pk, side_id=side.pk, revision=1, values={"does": "植えた"}, actor=both.first)
    case = ask_consent(case_id=case.pk, revision=case.revision, actor=both.first)
    assert case.state == CaseState.SUBMITTED
    publish_case(case=case, actor=both.officer)
    withdraw_consent(case_id=case.pk, actor=both.first)
    assert not Case.objects.public().exists()


def test_what_was_discarded_may_be_begun_anew(both: Both) -> None:
    case = both.drafted()
    discard_case(case_id=case.pk, actor=both.second)
    assert both.drafted() != case
    assert both.browser(0).get(reverse("my_cases:list")).context["cases"].count() == 1


def test_only_the_sides_write(both: Both) -> None:
    case = both.drafted()
    outsider = make_acting(make_member(partner=make_partner()))
    viewer = make_acting(make_member(MemberRole.VIEWER, both.members[0].partner))
    for actor in (outsider, viewer):
        for deed in (ask_consent, agree_case):
            with pytest.raises(PermissionDenied):
                deed(case_id=case.pk, revision=case.revision, actor=actor)
        with pytest.raises(PermissionDenied):
            withdraw_consent(case_id=case.pk, actor=actor)
        with pytest.raises(PermissionDenied):
            begin_case(collaboration_id=both.record.pk, actor=actor)


def test_the_award(both: Both) -> None:
    case = both.published()
    with pytest.raises(PermissionDenied):
        award_case(case=case, year=2026, actor=both.second)
    award_case(case=case, year=2026, actor=both.officer)
    assert len(letters(both.programme, message="matching.case_awarded")) == 2
    with pytest.raises(ValidationError, match="すでに"):
        award_case(case=case, year=2026, actor=both.officer)
    with pytest.raises(ValidationError):
        end_award(case=case, reason="", actor=both.officer)
    end_award(case=case, reason="選考の誤り", actor=both.officer)
    assert Case.objects.get().awarded_in is None


def test_captions_go_with_the_photos(both: Both) -> None:
    case = both.drafted()
    typed = {"title": "名前", "category": "event", "year": str(case.year), "outline": "a", "results": "b",
             "captions": "写真のない説明", "revision": str(case.revision)}  # fmt: skip
    page = both.browser(0).post(reverse("my_cases:edit", args=[case.pk]), typed)
    assert "写真は0枚、説明は1行です" in page.text


def test_the_way_through_the_pages(both: Both) -> None:
    first, second = both.browser(0), both.browser(1)
    record = reverse("my_matching:record", args=[both.record.pk])
    assert reverse("my_cases:begin", args=[both.record.pk]) in first.get(record).text
    page = first.post(reverse("my_cases:begin", args=[both.record.pk]))["Location"]
    case = Case.objects.get()
    for address in (page, reverse("my_cases:edit", args=[case.pk]), reverse("my_cases:new"),
                    reverse("my_cases:side", args=[case.pk, case.sides.all()[0].pk])):  # fmt: skip
        assert first.get(address).status_code == 200
    first.post(reverse("my_cases:send", args=[case.pk, "ask"]), {"revision": case.revision})
    assert "この内容の公開に同意する" not in first.get(page).text
    assert "この内容の公開に同意する" in second.get(page).text
    assert reverse("my_cases:case", args=[case.pk]) in second.get(reverse("mypage:home")).text
    second.post(reverse("my_cases:send", args=[case.pk, "agree"]), {"revision": case.revision})
    assert Case.objects.get().state == CaseState.SUBMITTED


def test_cases_on_the_partners_page_are_as_many_as_public(in_kanagawa: Programme) -> None:
    partner = make_partner()
    assert case_section(partner, ANONYMOUS) is None
    make_case(partner)
    make_case(partner, state=CaseState.SUBMITTED, published_at=None)
    section: Any = case_section(partner, ANONYMOUS)
    assert len(section["cases"]) == 1
