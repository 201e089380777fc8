"""Partners on the staff's desk: found, entered on behalf, moved, asked for by themselves; always on record."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from partners.models import ChangeRequest, Office, Partner
from partners.services.changes import ask_change
from partners.services.profile import save_row
from partners.services.records import add_partner, change_partner
from partners.states import ChangeState, Move, PartnerState
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, MemberRole, Membership, StaffRole
from portal.web.models import ApprovalRequest, Channel, OnBehalf
from tests.factories import make_actor, make_member
from tests.mailbox import letters
from tests.partners.views.pages import hidden_fields, seen_on

AsStaff = Callable[..., Client]
LIST = "/admin/partners/partner/"
OWNER = "owner@aoba.example.jp"


@pytest.fixture
def partner(kanagawa: Programme) -> Partner:
    with programme_scope(kanagawa):
        values = {
            "name": "株式会社髙﨑ソーラー",
            "kana": "タカサキソーラー",
            "kind": "npo",
            "number": 128,
            "municipality": "142123",
        }
        partner = add_partner(values=values, actor=Actor(), on=date(2024, 4, 13))
        add_partner(values={"name": "みどり農園", "kana": "ミドリ", "kind": "npo", "number": 9}, actor=Actor())
        make_member(MemberRole.OWNER, partner, email=OWNER)
    return partner


def now(partner: Partner, kanagawa: Programme) -> Partner:
    with programme_scope(kanagawa):
        return Partner.objects.get(pk=partner.pk)


@pytest.mark.parametrize("query", ["髙﨑", "高崎", "ﾀｶｻｷ", "たかさき ソーラー", "128", "まえの名前"])
def test_a_partner_is_found_however_it_is_written(
    as_staff: AsStaff, partner: Partner, kanagawa: Programme, query: str
) -> None:
    with programme_scope(kanagawa):
        change_partner(partner=partner, values={"name": "まえの名前"}, actor=Actor(), on=date(2025, 1, 1))
        back = {"name": "株式会社髙﨑ソーラー"}
        change_partner(partner=partner, values=back, actor=Actor(), on=date(2025, 6, 1))
    page = as_staff(StaffRole.READ_ONLY).get(LIST, {"q": query}).text
    assert "髙﨑ソーラー" in page and "みどり農園" not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_as_many_queries_for_one_as_for_three(
    as_staff: AsStaff, kanagawa: Programme, rows: int, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    with programme_scope(kanagawa):
        for number in range(1, rows + 1):
            add_partner(values={"name": f"団体{number}", "number": number}, actor=Actor())
    staff = as_staff(StaffRole.READ_ONLY)
    staff.get(LIST)
    with django_assert_max_num_queries(18):
        staff.get(LIST)


def test_its_page_shows_dated_facts_and_is_on_record(as_staff: AsStaff, partner: Partner, kanagawa: Programme) -> None:
    staff = as_staff(StaffRole.READ_ONLY)
    page = staff.get(f"{LIST}{partner.pk}/change/").text
    assert "2024-04-13" in page and "平塚市" not in page and "厚木市" in page
    assert "代理入力する" not in page, "who only reads enters nothing"
    with programme_scope(kanagawa):
        assert AuditEvent.objects.get(action=Action.PERSON_VIEWED).subject_id == str(partner.pk)


# --- 代理入力 ----------------------------------------------------------------------------------------------------------
def entry(browser: Client, address: str, **fields: Any) -> dict[str, Any]:
    usual = {"municipality": "142123", "phone": "046-111-2222", "entered_through": "fax", "entered_because": "画面を使えない",
             "on": f"{timezone.localdate()}", "seen": seen_on(browser, address)}  # fmt: skip
    return usual | fields


@pytest.mark.parametrize("has_reports", [True, False])
def test_its_page_leads_to_its_dates_where_reports_are_due(
    as_staff: AsStaff, partner: Partner, kanagawa: Programme, has_reports: bool
) -> None:
    if not has_reports:
        kanagawa.features = [one for one in kanagawa.features if one != "renewals"]
        kanagawa.save()
    officer, link = as_staff(StaffRole.OFFICER), f"/admin/renewals/standing/?partner__id__exact={partner.pk}"
    page = f"/admin/partners/partner/{partner.pk}/change/"
    assert (link in officer.get(page).text) is has_reports
    assert officer.get(link).status_code == 200


def test_entry_on_behalf_is_seen_marked_and_told(as_staff: AsStaff, partner: Partner, kanagawa: Programme) -> None:
    staff: Any = as_staff(StaffRole.OFFICER)
    address = f"{LIST}{partner.pk}/enter/place/"
    confirm = staff.post(address, entry(staff, address)).text
    assert "046-111-2222" in confirm and now(partner, kanagawa).phone == ""
    staff.post(address, hidden_fields(confirm) | {"_send": "1"})
    assert now(partner, kanagawa).phone == "046-111-2222"
    with programme_scope(kanagawa):
        event = AuditEvent.objects.get(action=Action.PARTNER_ENTERED)
    assert (event.actor, event.reason, set(event.changes)) == (staff.user, "FAX：画面を使えない", {"phone"})
    letter = letters(kanagawa, OWNER)[-1]
    assert "代表電話" in letter.text and "FAX" in letter.text and "046-111-2222" not in letter.text


def test_how_it_came_in_and_why_must_be_said(as_staff: AsStaff, partner: Partner, kanagawa: Programme) -> None:
    staff = as_staff(StaffRole.OFFICER)
    address = f"{LIST}{partner.pk}/enter/place/"
    page = staff.post(address, entry(staff, address, entered_because="", _send="1")).text
    assert "エラー" in page and 'value="046-111-2222"' in page
    assert now(partner, kanagawa).phone == ""


def test_a_name_is_entered_from_its_day_on(as_staff: AsStaff, partner: Partner, kanagawa: Programme) -> None:
    staff = as_staff(StaffRole.OFFICER)
    address = f"{LIST}{partner.pk}/enter/basic/"
    typed = {"name": "新しい名前", "kana": "アタラシイ", "kind": "npo", "on": "2025-04-01", "_send": "1"}
    staff.post(address, entry(staff, address, **typed))
    with programme_scope(kanagawa):
        names = Partner.objects.get(pk=partner.pk).facts.filter(field="name")
        assert names.on(date(2025, 3, 31)).get().value == "株式会社髙﨑ソーラー"
        assert names.on(date(2025, 4, 1)).get().value == "新しい名前"


@pytest.mark.parametrize("day", [date(2024, 4, 12), None], ids=["before", "tomorrow"])
def test_a_day_before_what_is_so_now_or_to_come_is_refused(
    as_staff: AsStaff, partner: Partner, kanagawa: Programme, day: date | None
) -> None:
    staff = as_staff(StaffRole.OFFICER)
    address = f"{LIST}{partner.pk}/enter/basic/"
    typed = {
        "name": "新しい名前",
        "kana": "アタラシイ",
        "kind": "npo",
        "on": f"{day or timezone.localdate() + timedelta(days=1)}",
        "_send": "1",
    }
    assert "日付は選べません" in staff.post(address, entry(staff, address, **typed)).text
    assert now(partner, kanagawa).name == "株式会社髙﨑ソーラー"


def test_two_officers_at_once(as_staff: AsStaff, partner: Partner, kanagawa: Programme) -> None:
    first, second = as_staff(StaffRole.OFFICER), as_staff(StaffRole.OFFICER)
    address = f"{LIST}{partner.pk}/enter/place/"
    late = entry(second, address, phone="046-999-9999", _send="1")
    first.post(address, entry(first, address, _send="1"))
    page = second.post(address, late).text
    assert "ほかの方が次の項目を変えました" in page and now(partner, kanagawa).phone == "046-111-2222"
    second.post(address, hidden_fields(page) | {"_send": "1"})
    assert now(partner, kanagawa).phone == "046-999-9999"


def test_what_the_programme_gives_is_corrected_on_the_form(
    as_staff: AsStaff, partner: Partner, kanagawa: Programme
) -> None:
    staff: Any = as_staff(StaffRole.OFFICER)
    address = f"{LIST}{partner.pk}/change/"
    sent = {"batch": "", "approved_on_0": "", "approved_on": "2024-05-01", "certificate_dated_on": ""}
    assert staff.post(address, sent | {"state": "ended", "number": "1"}).status_code == 302
    corrected = now(partner, kanagawa)
    assert (corrected.approved_on, corrected.state, corrected.number) == (date(2024, 5, 1), "registered", 128)
    with programme_scope(kanagawa):
        assert AuditEvent.objects.filter(action=Action.PARTNER_CHANGED, actor=staff.user).count() == 1


# --- Standing, by one and by two --------------------------------------------------------------------------------------
def move(browser: Client, partner: Partner, name: Move) -> Any:
    sent = {"action": name.value, "_selected_action": str(partner.pk), "from_object": "1"}
    page = browser.post(LIST, sent).text
    reasons = {"with-on": f"{timezone.localdate()}", "with-reason": "決まりによる"}
    return browser.post(LIST, sent | hidden_fields(page) | reasons, follow=True)


def test_a_partner_is_suspended_after_seeing_what_that_means(
    as_staff: AsStaff, partner: Partner, kanagawa: Programme
) -> None:
    staff = as_staff(StaffRole.OFFICER)
    assert "「登録を停止する」を実行しました" in move(staff, partner, Move.SUSPEND).text
    assert now(partner, kanagawa).state == PartnerState.SUSPENDED
    assert "登録の停止" in letters(kanagawa, OWNER)[-1].subject


def test_only_an_approver_removes(as_staff: AsStaff, partner: Partner, kanagawa: Programme) -> None:
    move(as_staff(StaffRole.OFFICER), partner, Move.REMOVE)
    assert now(partner, kanagawa).state == PartnerState.REGISTERED
    move(as_staff(StaffRole.APPROVER), partner, Move.REMOVE)
    assert now(partner, kanagawa).state == PartnerState.ENDED


def test_a_second_approver_where_the_programme_wants_one(
    as_staff: AsStaff, partner: Partner, kanagawa: Programme
) -> None:
    kanagawa.second_approval = ["partners.remove"]
    kanagawa.save()
    move(as_staff(StaffRole.APPROVER), partner, Move.REMOVE)
    assert now(partner, kanagawa).state == PartnerState.REGISTERED
    with programme_scope(kanagawa):
        request = ApprovalRequest.objects.get()
    deed = {"action": "approve", "_selected_action": str(request.pk)}
    second, queue = as_staff(StaffRole.APPROVER), "/admin/web/approvalrequest/"
    second.post(queue, deed | hidden_fields(second.post(queue, deed).text))
    assert now(partner, kanagawa).state == PartnerState.ENDED


def test_a_request_is_approved_from_its_page(as_staff: AsStaff, partner: Partner, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        member = partner.members.select_related("user").get()
        place = Membership(member.pk, partner.pk, partner.name, MemberRole.OWNER)
        ask_change(
            partner_id=partner.pk, field=ChangeRequest.Field.NAME, after="新しい名前", kana="アタラシイ", reason="商号変更",
            effective_on=timezone.localdate(), actor=Actor(user=member.user, membership=place),
        )  # fmt: skip
        request = ChangeRequest.objects.get()
    staff, queue = as_staff(StaffRole.OFFICER), "/admin/partners/changerequest/"
    assert "新しい名前" in staff.get(f"{queue}{request.pk}/change/").text
    deed = {"action": "approve", "_selected_action": str(request.pk)}
    staff.post(queue, deed | hidden_fields(staff.post(queue, deed).text))
    assert now(partner, kanagawa).name == "新しい名前"
    with programme_scope(kanagawa):
        assert ChangeRequest.objects.get().state == ChangeState.APPROVED


# --- Taken away -------------------------------------------------------------------------------------------------------
def test_an_export_is_on_record_and_harmless(as_staff: AsStaff, partner: Partner, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        change_partner(partner=partner, values={"kana": "=1+1"}, actor=Actor())
    staff: Any = as_staff(StaffRole.OFFICER)
    answer = staff.post(f"{LIST}export/", {"file_format": "csv", "reason": "名簿の確認"})
    text = answer.getvalue().decode("utf-8-sig")
    assert "髙﨑ソーラー" in text and "'=1+1" in text
    with programme_scope(kanagawa):
        event = AuditEvent.objects.get(action=Action.ROWS_EXPORTED)
    assert (event.actor, event.reason) == (staff.user, "名簿の確認")
    assert as_staff(StaffRole.READ_ONLY).get(f"{LIST}export/").status_code == 403


# --- Offices, equipment and logo, on behalf ----------------------------------------------------------------------------
FAXED = {"entered_through": "fax", "entered_because": "画面を使えない"}
OFFICE = {"name": "川崎工場", "postal_code": "", "municipality": "141305", "address": "宮本町1番地", "phone": ""}


def test_an_office_is_entered_changed_and_removed_on_behalf(
    as_staff: AsStaff, partner: Partner, kanagawa: Programme
) -> None:
    staff: Any = as_staff(StaffRole.OFFICER)
    start = f"{LIST}{partner.pk}/enter-rows/offices/"
    assert "エラー" in staff.post(f"{start}add/", OFFICE | {"seen": ""}).text, "why it is entered must be said"
    assert staff.post(f"{start}add/", OFFICE | FAXED | {"seen": ""}).status_code == 302
    with programme_scope(kanagawa):
        office = Office.objects.get(partner=partner)
    address = f"{start}{office.pk}/"
    assert address in staff.get(f"{LIST}{partner.pk}/change/").text
    staff.post(address, OFFICE | FAXED | {"name": "川崎支店", "seen": seen_on(staff, address)})
    assert "川崎支店" in staff.get(f"{address}remove/").text
    staff.post(f"{address}remove/", FAXED)
    with programme_scope(kanagawa):
        assert not Office.objects.exists()
        events = AuditEvent.objects.filter(action=Action.PARTNER_ENTERED)
        assert {(event.actor, event.reason) for event in events} == {(staff.user, "FAX：画面を使えない")}
        assert events.count() == 3
    letter = letters(kanagawa, OWNER)[-1]
    assert "事業所" in letter.text and "宮本町" not in letter.text


def test_a_logo_is_entered_on_behalf(as_staff: AsStaff, partner: Partner, kanagawa: Programme) -> None:
    staff = as_staff(StaffRole.OFFICER)
    picture = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(picture, "PNG")
    address = f"{LIST}{partner.pk}/enter/logo/"
    file = SimpleUploadedFile("logo.png", picture.getvalue(), content_type="image/png")
    assert staff.post(address, FAXED | {"logo": file, "logo_alt": "赤い四角"}).status_code == 302
    shown = now(partner, kanagawa)
    assert shown.logo and shown.logo_alt == "赤い四角"
    assert "ロゴ" in letters(kanagawa, OWNER)[-1].text


def test_only_officers_enter_rows(as_staff: AsStaff, partner: Partner, in_kanagawa: Programme) -> None:
    assert as_staff(StaffRole.READ_ONLY).get(f"{LIST}{partner.pk}/enter-rows/offices/add/").status_code == 403
    with pytest.raises(PermissionDenied):
        save_row(row=Office(partner=partner), values=OFFICE, seen="", actor=make_actor(StaffRole.READ_ONLY, in_kanagawa),
                 on_behalf=OnBehalf(Channel.FAX, "理由"))  # fmt: skip
