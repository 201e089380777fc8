"""Lists: folded search, counts beside filters, a number of queries that does not grow."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.contrib.admin.views.main import ChangeList
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from partners.states import PartnerState
from portal.audit.models import Action, AuditEvent
from portal.audit.services import record_event
from portal.tenancy.models import Feature, Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.models import Language, Page
from portal.web.services.approvals import ask_approval
from portal.web.staff.base import CappedPaginator, StaffAdmin
from portal.web.staff.menu import GROUPS, NEEDS
from portal.web.templatetags.staff_lists import named
from tests.factories import make_actor, make_batch, make_page, make_partner

AsStaff = Callable[..., Client]
PARTNERS = "/admin/partners/partner/"
LISTS = ["/admin/", "/admin/web/page/", "/admin/web/approvalrequest/", "/admin/audit/auditevent/"]


def fill(programme: Programme, slug: str) -> None:
    """One row more in every list, with people of its own."""
    with programme_scope(programme):
        page = make_page(slug=slug)
        actor = make_actor(StaffRole.OFFICER, programme)
        ask_approval(name="tests.any", subject=page, what="変えます。", actor=actor)


@pytest.mark.parametrize("address", LISTS)
def test_three_rows_cost_what_one_costs(as_staff: AsStaff, kanagawa: Programme, address: str) -> None:
    staff = as_staff(StaffRole.APPROVER)
    fill(kanagawa, "privacy")
    staff.get(address)
    counts = []
    for slug in ("site-policy", "accessibility"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert staff.get(address).status_code == 200
        counts.append(len(queries))
        fill(kanagawa, slug)
    with CaptureQueriesContext(connection) as queries:
        staff.get(address)
    assert len(queries) == counts[0]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ｶﾅｶﾞﾜ", 1),
        ("かながわ", 1),
        ("ＫＡＮＡＧＡＷＡ", 1),
        ("高橋", 1),
        ("かながわ 高橋", 1),
        ("かながわ 佐藤", 0),
        ("%", 0),
    ],
)
def test_search_finds_what_people_mean(as_staff: AsStaff, kanagawa: Programme, typed: str, found: int) -> None:
    with programme_scope(kanagawa):
        make_page("カナガワ kanagawa", body="担当：髙橋", slug="privacy")
        make_page("別のページ", slug="site-policy")
    text = as_staff(StaffRole.READ_ONLY).get("/admin/web/page/", {"q": typed}).text
    assert text.count('class="field-title"') == found


def test_filters_count_only_the_programmes_own_rows(as_staff: AsStaff, kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(kanagawa):
        make_page(slug="privacy")
        make_page(slug="privacy", language=Language.ENGLISH)
    with programme_scope(tokyo):
        make_page(slug="privacy")
    text = as_staff(StaffRole.READ_ONLY).get("/admin/web/page/").text
    assert "個人情報の取扱い (2)" in text
    assert "English (1)" in text


def counted(text: str) -> list[str]:
    """The choices beside a list that say how many they find."""
    return re.findall(r"<a[^>]*>([^<]+ \([0-9]+\))</a>", text)


def test_each_filter_counts_what_the_others_leave_and_itself_not_at_all(as_staff: AsStaff, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        spring, autumn = make_batch(closes_on=date(2026, 3, 31)), make_batch(closes_on=date(2026, 9, 30))
        for batch, is_migrated in ((spring, True), (spring, False), (autumn, False), (None, False)):
            make_partner(batch=batch, is_migrated=is_migrated, state=PartnerState.REGISTERED)
        make_partner(state=PartnerState.SUSPENDED, batch=autumn)
    reader = as_staff(StaffRole.READ_ONLY)
    everything = counted(reader.get(PARTNERS).text)
    assert {"登録中 (4)", "停止中 (1)", "終了 (0)", f"{spring} (2)", f"{autumn} (2)", "指定なし (1)"} <= set(everything)
    chosen = counted(reader.get(PARTNERS, {"batch__id__exact": spring.pk}).text)
    assert {"登録中 (2)", "停止中 (0)", f"{spring} (2)", f"{autumn} (2)", "はい (1)", "いいえ (1)"} <= set(chosen)
    assert "登録中 (0)" in counted(reader.get(PARTNERS, {"q": "どこにもない"}).text)


def test_what_the_list_works_out_once_is_what_django_works_out(
    as_staff: AsStaff, kanagawa: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    with programme_scope(kanagawa):
        batches = [make_batch(closes_on=date(year, 3, 31)) for year in (2024, 2025, 2026)]
        for number in range(7):
            make_partner(batch=batches[number % 3], is_migrated=number % 2 == 0)
    reader = as_staff(StaffRole.READ_ONLY)
    wishes: list[dict[str, str]] = [
        {},
        {"is_migrated__exact": "1"},
        {"batch__id__exact": str(batches[0].pk), "q": "あおば"},
    ]
    ours = [rows_and_filters(reader.get(PARTNERS, wish).text) for wish in wishes]
    monkeypatch.setattr(StaffAdmin, "get_changelist", lambda self, request: ChangeList)
    assert ours == [rows_and_filters(reader.get(PARTNERS, wish).text) for wish in wishes]


def rows_and_filters(text: str) -> str:
    return re.sub(r'value="\w{64}"', "", text.split('id="changelist"')[1])


def test_everybody_has_the_menu_of_their_role(as_staff: AsStaff) -> None:
    """It is kept by role: who asks first must not decide what the next one sees."""
    for role, sees in ((StaffRole.APPROVER, True), (StaffRole.READ_ONLY, False), (StaffRole.APPROVER, True)):
        assert ("/admin/backoffice/programmeexport/" in as_staff(role).get("/admin/web/page/").text) == sees


def test_every_screen_has_one_place_in_the_menu() -> None:
    placed = [label for group in GROUPS for label in group.screens]
    assert sorted(placed) == sorted(model._meta.label_lower for model in admin.site._registry)


def test_no_column_of_a_list_is_named_by_its_field() -> None:
    """A field without a name of its own is shown in English: "started by"."""
    nameless = [
        f"{model._meta.label_lower}: {column}"
        for model, screen in admin.site._registry.items()
        for column in screen.list_display
        if re.fullmatch(r"[a-z ]+", str(label_for_field(column, model, screen)))  # type: ignore[arg-type]
    ]
    assert nameless == []


def test_what_a_feature_needs_stands_in_the_menu() -> None:
    """A name in NEEDS that is no screen would hide nothing."""
    hidden = [label for labels in NEEDS.values() for label in labels]
    assert len(hidden) == len(set(hidden))
    assert set(hidden) <= {label for group in GROUPS for label in group.screens}


def test_a_switched_off_feature_has_no_screens_in_the_menu(
    as_staff: AsStaff, kanagawa: Programme, tokyo: Programme
) -> None:
    kanagawa.features = [one for one in kanagawa.features if one != Feature.INQUIRIES]
    kanagawa.save()
    for programme, is_on in ((kanagawa, False), (tokyo, True)):
        text = as_staff(StaffRole.OFFICER, programme).get("/admin/web/page/").text
        assert "/admin/meetings/meeting/" in text
        for screen in ("/admin/inquiries/inquiry/", "/admin/inquiries/replytemplate/"):
            assert (screen in text) == is_on


def test_a_folded_group_is_open_on_its_own_screens(as_staff: AsStaff) -> None:
    for address, is_open in (("/admin/web/page/", True), ("/admin/partners/partner/", False)):
        text = as_staff(StaffRole.READ_ONLY).get(address).text
        assert ("<details open><summary>設定</summary>" in text) == is_open


def test_a_filter_that_does_not_exist_leads_back_to_the_list(as_staff: AsStaff, kanagawa: Programme) -> None:
    answer = as_staff(StaffRole.READ_ONLY).get("/admin/web/page/?nothing__of__this=1")
    assert answer.status_code in (302, 400)


def test_a_long_list_is_counted_no_further_than_anybody_reads(
    in_kanagawa: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CappedPaginator, "LIMIT", 3)
    for _ in range(5):
        record_event(action=Action.PROGRAMME_CHANGED, subject=in_kanagawa, actor=None)
    assert CappedPaginator(AuditEvent.objects.all(), 50).count == 3


def test_days_lead_down_into_the_record(as_staff: AsStaff, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        event = record_event(action=Action.PROGRAMME_CHANGED, subject=kanagawa, actor=None)
    reader = as_staff(StaffRole.READ_ONLY)
    at = event.at
    assert "事業の設定を変更" in reader.get("/admin/audit/auditevent/", {"at__year": at.year}).text
    assert "0件" in reader.get("/admin/audit/auditevent/", {"at__year": at.year - 1}).text


@pytest.mark.parametrize(
    ("choice", "shown"),
    [("", "指定なし"), (" (4)", "指定なし (4)"), ("— (4)", "指定なし (4)"), ("県央地域 (1)", "県央地域 (1)")],
)
def test_a_filter_names_what_has_no_value(choice: str, shown: str) -> None:
    assert named(choice) == shown


def test_one_page_per_language_is_said_in_words(as_staff: AsStaff, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        make_page(slug="privacy")
    data = {"slug": "privacy", "language": "ja", "title": "もう一つ", "body": "本文"}
    text = as_staff(StaffRole.OFFICER).post("/admin/web/page/add/", data).text
    assert "このページは、この言語ですでにあります" in text
    assert "もう一つ" in text
    with programme_scope(kanagawa):
        assert Page.objects.count() == 1


def test_filters_fold_and_say_when_one_is_used_and_adding_reads_as_japanese(
    as_staff: AsStaff, kanagawa: Programme
) -> None:
    fill(kanagawa, "privacy")
    approver = as_staff(StaffRole.APPROVER)
    shown = approver.get("/admin/web/approvalrequest/").text
    assert '<details class="filters"><summary>絞り込み</summary>' in shown and "絞り込みをやめる" not in shown
    shown = approver.get("/admin/web/approvalrequest/?state__exact=asked").text
    assert "絞り込みをやめる" in shown
    assert '<option value="" selected>選んでください</option>' in shown and "---------" not in shown
    assert '<td data-label="状態" class="field-state">' in shown
    assert ">ページを追加</a>" in approver.get("/admin/web/page/").text
