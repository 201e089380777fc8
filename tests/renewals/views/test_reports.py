"""From the draft to the published page, through the browser."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from partners.models import Activity, Consent, Partner
from partners.services.records import record_activity
from portal.accounts.models import Draft
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from portal.web.dates import fiscal_year_of
from renewals.models import Report, ReportVersion
from tests.factories import make_member, make_partner, make_report, make_rules
from tests.partners.views.pages import hidden_fields
from tests.sessions import signed_in

AsMember = Callable[..., Client]
SINCE = timezone.localdate() - timedelta(days=1)
YEAR = fiscal_year_of(SINCE)
WRITE = f"/renewals/{YEAR}/"


@pytest.fixture
def owner(as_member: AsMember, kanagawa: Programme) -> Client:
    with programme_scope(kanagawa):
        make_rules(first_year_cutoff=None)
    browser = as_member(MemberRole.OWNER, approved_on=SINCE, summary="屋根で発電しています。", number=7)
    with programme_scope(kanagawa):
        Consent.objects.create(member=browser.member, publishes_reports=True)
        partner = Partner.objects.get(pk=browser.member.partner_id)
        record_activity(partner=partner, kind=Activity.Kind.MEETING, title="第3回 交流会に参加", key="m", on=SINCE)
    return browser


def handed_in(owner: Client) -> str:
    page = owner.post(WRITE, {"business": "発電しました。", "figures": "発電量：120kWh", "goals": ["7"]}).text
    assert "まだ提出していません" in page
    answer = owner.post(WRITE, hidden_fields(page) | {"_send": "1"})
    assert answer.status_code == 302
    return answer["Location"]


def test_the_draft_is_written_from_the_timeline(owner: Client) -> None:
    page = owner.get(WRITE).text
    assert "第3回 交流会に参加" in page and "屋根で発電しています。" in page


def test_from_draft_to_public_page(owner: Client, visit: Client, kanagawa: Programme) -> None:
    place = handed_in(owner)
    assert "受付番号は" in owner.get(place).text
    assert "公開中" in owner.get(place).text
    listed = visit.get("/reports/", {"q": "発電"}).text
    assert "株式会社あおばソーラー" in listed
    number = place.rstrip("/").rpartition("/")[2]
    page = visit.get(f"/reports/{number}/").text
    assert "120kWh" in page and "発電しました。" in page
    assert visit.get(f"/reports/{number}/pdf/").content.startswith(b"%PDF")
    assert owner.get(f"{place}pdf/").content.startswith(b"%PDF")
    assert "の活動報告" in visit.get("/partners/7/").text
    assert f"/reports/{number}/" in visit.get("/sitemap.xml").text
    with programme_scope(kanagawa):
        Report.objects.filter(pk=number).update(hidden_on=timezone.localdate(), hidden_because="写真")
    assert visit.get(f"/reports/{number}/pdf/").status_code == 404


def test_what_is_wrong_is_said_and_what_was_typed_stays(owner: Client) -> None:
    page = owner.post(WRITE, {"business": "", "figures": "120人", "free": "そのまま残る"}).text
    assert "入力してください。" in page and "：」で区切って" in page and "そのまま残る" in page


def test_going_back_from_the_preview_keeps_the_text(owner: Client) -> None:
    page = owner.post(WRITE, {"business": "発電しました。"}).text
    assert "発電しました。" in owner.post(WRITE, hidden_fields(page) | {"_change": ""}).text


def test_a_kept_draft_comes_back_and_goes_when_sent(owner: Client, kanagawa: Programme) -> None:
    ticket = hidden_fields(owner.get(WRITE).text)["_draft"][0]
    owner.post("/drafts/", {"_draft": ticket, "business": "書きかけ"})
    assert "書きかけ" in owner.get(WRITE).text
    handed_in(owner)
    with programme_scope(kanagawa):
        assert not Draft.objects.exists()


def test_a_correction_through_the_browser(owner: Client, kanagawa: Programme) -> None:
    place = handed_in(owner)
    page = owner.get(f"{place}change/").text
    seen = hidden_fields(page)["seen"][0]
    preview = owner.post(f"{place}change/", {"business": "直しました。", "seen": seen}).text
    owner.post(f"{place}change/", hidden_fields(preview) | {"_send": "1"})
    with programme_scope(kanagawa):
        assert Report.objects.get().business == "直しました。"
    stale = owner.post(f"{place}change/", hidden_fields(preview) | {"_send": "1"}, follow=True).text
    assert "ほかの方が先に直しました" in stale


def test_a_kept_draft_does_not_shut_out_a_correction(owner: Client, kanagawa: Programme) -> None:
    address = f"{handed_in(owner)}change/"
    fields = hidden_fields(owner.get(address).text)
    owner.post("/drafts/", {"_draft": fields["_draft"][0], "business": "書きかけ", "seen": fields["seen"][0]})
    with programme_scope(kanagawa):
        Report.objects.update(revision=2, business="ほかの方の文")
    page = owner.get(address).text
    assert "書きかけ" in page and hidden_fields(page)["seen"] == ["2"]
    refused = owner.post(address, {"business": "急いで直す", "seen": "1", "_send": "1"}).text
    assert "ほかの方が先に直しました" in refused and "急いで直す" in refused
    sent = {"business": "急いで直す", "seen": hidden_fields(refused)["seen"][0], "_send": "1"}
    assert owner.post(address, sent).status_code == 302
    with programme_scope(kanagawa):
        assert Report.objects.get().business == "急いで直す"


def test_pressed_twice_it_is_handed_in_once(owner: Client, kanagawa: Programme) -> None:
    page = owner.post(WRITE, {"business": "発電しました。", "form_key": str(uuid4())}).text
    typed = hidden_fields(page) | {"_send": "1"}
    assert owner.post(WRITE, typed)["Location"] == owner.post(WRITE, typed)["Location"]
    with programme_scope(kanagawa):
        assert Report.objects.count() == 1


def test_others_do_not_see_it_on_their_pages(owner: Client, as_member: AsMember, kanagawa: Programme) -> None:
    place = handed_in(owner)
    other = as_member(MemberRole.OWNER, approved_on=SINCE)
    assert [other.get(place + end).status_code for end in ("", "change/", "pdf/")] == [404, 404, 404]


def test_what_is_not_public_is_nowhere(kanagawa: Programme, visit: Client) -> None:
    with programme_scope(kanagawa):
        partner = make_partner(name="みどり農園", number=9)
        report = make_report(partner)
    assert "みどり農園" not in visit.get("/reports/").text
    assert visit.get(f"/reports/{report.pk}/").status_code == 404
    assert f"/reports/{report.pk}/" not in visit.get("/sitemap.xml").text


def test_as_many_questions_for_three_as_for_one(
    kanagawa: Programme, visit: Client, django_assert_max_num_queries: Callable[..., object]
) -> None:
    with programme_scope(kanagawa):
        for number in range(3):
            member = make_member(partner=make_partner(number=50 + number))
            Consent.objects.create(member=member, publishes_reports=True)
            make_report(member.partner)
    with django_assert_max_num_queries(6):
        assert visit.get("/reports/").text.count('class="card"') == 3


def test_an_officer_enters_a_past_year(as_staff: Callable[..., Client], kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        make_rules()
        partner = make_partner(approved_on=SINCE - timedelta(days=730))
    officer = as_staff(StaffRole.OFFICER)
    address = f"/admin/renewals/report/enter/{partner.pk}/"
    assert str(YEAR - 1) in officer.get(address).text
    typed = {
        "what": str(YEAR - 1), "received_on": SINCE.isoformat(), "entered_through": "fax", "entered_because": "FAXで受付",
        "business": "紙で届いた報告", "form_key": str(uuid4()),
    }  # fmt: skip
    assert 'name="form_key"' in officer.get(address).text
    answer = officer.post(address, typed)
    assert answer.status_code == 302
    assert officer.post(address, typed)["Location"] == answer["Location"]
    assert "紙で届いた報告" in officer.get(answer["Location"]).text
    with programme_scope(kanagawa):
        assert Report.objects.get().is_on_behalf
    assert (
        "先の日付は選べません"
        in officer.post(address, typed | {"received_on": "2099-01-01", "form_key": str(uuid4())}).text
    )


def test_staff_read_what_was_written_and_what_stood_there_before(
    as_staff: Callable[..., Client], kanagawa: Programme
) -> None:
    with programme_scope(kanagawa):
        report = make_report(make_partner(name="みどり農園"), business="今の文")
        before = {"business": "前の文", "calls": "", "goals": [7], "figures": [["参加者数", "120人"]]}
        ReportVersion.objects.create(report=report, content=before)
    page = as_staff(StaffRole.READ_ONLY).get(f"/admin/renewals/report/{report.pk}/change/").text
    former = page.partition("前の版")[2]
    assert "今の文" in page and "主な取組" in former and "前の文" in former and "参加者数：120人" in former
    assert "business" not in former and "差戻し日" not in page


def test_a_year_that_cannot_be_reported_and_numbers_that_nobody_has(owner: Client, visit: Client) -> None:
    for what in ("1999", str(YEAR + 1), "99999999999999999999", "nonsense"):
        assert owner.get(f"/renewals/{what}/").status_code == 404
        assert owner.post(f"/renewals/{what}/", {"business": "発電しました。", "_send": "1"}).status_code == 404
    for path in ("99999999999999999999/", "99999999999999999999/pdf/"):
        assert visit.get(f"/reports/{path}").status_code == 404
        assert owner.get(f"/renewals/reports/{path}").status_code == 404
    for wish in ({"year": "99999999999999999999"}, {"year": "x"}, {"page": "99999999999999999999"}, {"q": "%"}):
        assert visit.get("/reports/", wish).status_code == 200


def test_a_file_of_another_type_is_named_and_the_text_stays(owner: Client) -> None:
    file = SimpleUploadedFile("report.exe", b"MZ\x90", "image/png")
    page = owner.post(WRITE, {"business": "発電しました。", "photos": file, "photos_alt": "屋根"}).text
    assert "エラー" in page and "report.exe" in page and "発電しました。" in page and "まだ提出していません" not in page


def test_two_tabs_keep_each_its_own_text_until_one_is_handed_in(owner: Client, kanagawa: Programme) -> None:
    """The second tab's report is another one of the same year: one may always report more."""
    tabs = [owner.post(WRITE, {"business": text, "form_key": str(uuid4())}).text for text in ("一つ目", "二つ目")]
    for page in tabs:
        assert owner.post(WRITE, hidden_fields(page) | {"_send": "1"}).status_code == 302
    with programme_scope(kanagawa):
        assert sorted(Report.objects.values_list("business", flat=True)) == ["一つ目", "二つ目"]


def test_typed_into_an_expired_session_it_is_there_after_signing_in(owner: Client, kanagawa: Programme) -> None:
    fields = hidden_fields(owner.get(WRITE).text) | {"business": "書いたままの文"}
    Session.objects.all().delete()
    answer = owner.post(WRITE, fields)
    assert answer.status_code == 302 and "sign-in" in answer["Location"]
    back = signed_in(owner.member.user, kanagawa, owner.member)  # type: ignore[attr-defined]
    assert "書いたままの文" in back.get(WRITE).text
