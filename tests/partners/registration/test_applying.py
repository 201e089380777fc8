"""Applying, as the public does it: by mailed link, page by page, with everything kept that was typed."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from partners.forms.application import pages_of
from partners.intake import Rhythm
from partners.models import Application, Member, Partner, RegistrationSettings
from partners.queries.registration import complete_values_of, fingerprint, listed_partners_like, registration_settings
from partners.services.registration import HasChanged, send_application, withdraw_application
from partners.states import ApplicationState, PartnerState
from partners.tasks import forget_drafts
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Feature, Programme
from portal.tenancy.scope import programme_scope
from tests.clock import later
from tests.factories import make_application, make_partner, make_sent_application, make_typed
from tests.mailbox import letters
from tests.partners.views.pages import hidden_fields, seen_on

MIDORI = "midori@minato.example.jp"
REQUIREMENT = {"ja": "県内に事業所があること", "en": "You have an office in the prefecture."}
TOKYO = ZoneInfo("Asia/Tokyo")


def pages(application: Application) -> dict[str, str]:
    start = f"/partners/register/{application.link_token}/"
    return {"": start} | {
        name: f"{start}{name}/"
        for name in ("requirements", "organisation", "contact", "initiatives", "confirm", "withdraw")
    }


def test_the_start_tells_the_requirements_and_the_days(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        RegistrationSettings.objects.create(requirements=[REQUIREMENT])
    assert "県内に事業所があること" in visit.get("/partners/register/").text
    assert "You have an office in the prefecture." in visit.get("/en/partners/register/").text


def test_without_the_feature_there_is_nothing(visit: Client, kanagawa: Programme) -> None:
    kanagawa.features = [one for one in kanagawa.features if one != Feature.REGISTRATION]
    kanagawa.save()
    assert visit.get("/partners/register/").status_code == 404
    assert "/partners/register/" not in visit.get("/").text


def test_every_address_gets_the_same_page_and_a_mail(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        make_sent_application("known@example.jp")
    answers = []
    for address in ("known@example.jp", "nobody@example.jp"):
        answer = visit.post("/partners/register/", {"address": address})
        assert (answer.status_code, answer["Location"]) == (302, "/partners/register/mail/")
        answers.append(re.sub("(kn|no)•+@", "@", visit.get("/partners/register/mail/").text))
    assert answers[0] == answers[1]
    known = letters(kanagawa, "known@example.jp", "partners.application_links")[-1]
    nobody = letters(kanagawa, "nobody@example.jp", "partners.application_links")[-1]
    assert "受付番号" in known.text
    assert "受付番号" not in nobody.text


def test_mails_to_one_address_are_limited(visit: Client, kanagawa: Programme) -> None:
    visit.post("/partners/register/", {"address": MIDORI})
    again = visit.post("/partners/register/", {"address": MIDORI})
    assert "続けて送れません" in again.text
    later(21, kanagawa)
    assert visit.post("/partners/register/", {"address": MIDORI}).status_code == 302
    with programme_scope(kanagawa):
        assert Application.objects.filter(email=MIDORI).count() == 1


def test_from_the_mail_to_the_receipt(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        RegistrationSettings.objects.create(requirements=[REQUIREMENT])
        typed = make_typed()
    visit.post("/partners/register/", {"address": MIDORI})
    found = re.search(r"/partners/register/[\w-]{40,}/", letters(kanagawa, MIDORI)[-1].text)
    assert found
    start = found[0]
    assert "入力が必要" in visit.get(start).text
    page = f"{start}requirements/"
    for _step in range(4):
        answer = visit.post(page, typed)
        assert answer.status_code == 302, answer.text
        page = answer["Location"]
    assert page == f"{start}confirm/"
    shown = visit.get(page)
    assert "株式会社みなとデザイン" in shown.text
    assert "アオバソーラー" not in shown.text
    assert f'href="{start}contact/#id_contact_name"' in shown.text
    seen = re.search('name="seen" value="([^"]+)"', shown.text)
    assert seen
    assert visit.post(page, {"seen": seen[1]})["Location"] == start
    with programme_scope(kanagawa):
        application = Application.objects.get()
        assert application.state == ApplicationState.SENT
        assert application.versions.count() == 1
        assert AuditEvent.objects.filter(action=Action.APPLICATION_SENT, subject_id=application.pk).count() == 1
    assert application.receipt in visit.get(start).text
    mail = letters(kanagawa, MIDORI, "partners.application_sent")
    assert len(mail) == 1
    assert application.receipt in mail[0].text


def test_wrong_input_is_told_and_kept(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        application = make_application()
        typed = make_typed(postal_code="12", corporate_number="1234567890123", phone="なし")
    page = pages(application)["organisation"]
    answer = visit.post(page, typed)
    for sentence in ("郵便番号は7桁の数字です", "検査数字が合いません", "電話番号は数字とハイフンで"):
        assert sentence in answer.text
    again = visit.get(page)
    for text in ("1234567890123", "なし", 'value="12"'):
        assert text in again.text
    assert visit.get(pages(application)["confirm"]).status_code == 302


def test_what_one_page_holds_leaves_the_others_alone(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        application = make_application()
    visit.post(pages(application)["contact"], {"contact_name": "別の 人", "_later": "1"})
    with programme_scope(kanagawa):
        application.refresh_from_db()
        assert application.data["contact_name"] == ["別の 人"]
        assert application.data["name"] == ["株式会社みなとデザイン"]


def test_coming_back_another_day(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        application = make_application()
    answer = visit.post(pages(application)["contact"], {"contact_name": "港", "_later": "1"})
    assert "保存しました" in visit.get(answer["Location"]).text
    assert application.link_token in letters(kanagawa, MIDORI, "partners.application_links")[-1].text
    elsewhere = Client(headers={"host": kanagawa.primary_host}, enforce_csrf_checks=True)
    assert 'value="港"' in elsewhere.get(pages(application)["contact"]).text
    assert elsewhere.post(pages(application)["contact"], {"contact_name": "港 みどり"}).status_code == 200
    assert 'value="港 みどり"' in visit.get(pages(application)["contact"]).text


def test_typing_is_kept_by_script(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        application = make_application()
    assert visit.post(pages(application)["contact"] + "keep/", {"contact_name": "港"}).status_code == 200
    assert 'value="港"' in visit.get(pages(application)["contact"]).text


def test_no_more_is_kept_than_anybody_types(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        application = make_application()
    answer = visit.post(pages(application)["organisation"] + "keep/", {"affiliates": "あ" * 200_000})
    assert answer.status_code == 409


@pytest.mark.parametrize("button", [{}, {"_later": "1"}], ids=["next", "later"])
def test_what_cannot_be_kept_is_said_and_stays_on_the_page(
    visit: Client, kanagawa: Programme, button: dict[str, str]
) -> None:
    with programme_scope(kanagawa):
        long, decided = make_application(), make_sent_application("other@example.jp")
        typed = make_typed(contact_name="浜 なぎさ")
    too_long = visit.post(pages(long)["organisation"], typed | {"affiliates": "あ" * 100_001} | button)
    assert (too_long.status_code, "あ" * 100_001 in too_long.text) == (200, True)
    too_late = visit.post(pages(decided)["contact"], typed | button)
    assert 'value="浜 なぎさ"' in too_late.text
    assert "この申請は「審査待ち」のため" in too_late.text
    for answer in (too_long, too_late):
        assert "入力した内容は、保存していません" in answer.text
        assert "保存しました" not in answer.text.replace("書きかけの内容を保存しました", "")


def test_the_language_switch_keeps_what_was_typed(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        application = make_application()
    answer = visit.post("/en" + pages(application)["contact"], {"contact_name": "港", "_keep": "1"})
    assert 'value="港"' in answer.text
    assert "error-summary" not in answer.text


def test_a_requirement_that_is_not_met_is_asked_for(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        RegistrationSettings.objects.create(requirements=[REQUIREMENT, {"ja": "公表していること"}])
        application = make_application(requirements=[])
    answer = visit.post(pages(application)["requirements"], {"requirements": ["公表していること"]})
    assert "すべての要件に当てはまる団体が申請できます" in answer.text
    with programme_scope(kanagawa), pytest.raises(ValidationError, match="要件"):
        complete_values_of(application.data, registration_settings())


def test_the_forms_and_the_sending_read_alike(in_kanagawa: Programme) -> None:
    RegistrationSettings.objects.create(requirements=[REQUIREMENT])
    typed = make_typed(links="https://a.example.jp/\nhttps://b.example.jp/", themes=["plastic-zero", "super-aged"])
    values: dict[str, Any] = {}
    for page in pages_of(typed, registration_settings()):
        form = page.kept()
        assert form.is_valid(), form.errors
        values |= form.cleaned_data
    del values["requirements"]
    assert complete_values_of(typed, registration_settings()) == values


@pytest.mark.parametrize(
    "bad",
    [
        {"industry_group": "39"}, {"industry_division": ""}, {"name": ""}, {"goals": []}, {"goals": ["99"]}, {"kind": "x"},
        {"municipality": "999999"}, {"phone": "なし"}, {"links": "x"}, {"themes": ["x"]}, {"capital": "多い"},
        {"summary": "あ" * 2001}, {"requirements": []},
    ],
    ids=str,
)  # fmt: skip
def test_the_forms_and_the_sending_refuse_alike(in_kanagawa: Programme, bad: dict[str, Any]) -> None:
    RegistrationSettings.objects.create(requirements=[REQUIREMENT])
    company = {
        "kind": "company",
        "industry_division": "F",
        "industry_group": "33",
        "capital": "1",
        "office_name": "本社",
    }
    typed = make_typed(**(company | {"employees_regular": "1"} | bad))
    told = {name for page in pages_of(typed, registration_settings()) for name in page.kept().errors}
    with pytest.raises(ValidationError) as refusal:
        complete_values_of(typed, registration_settings())
    assert told == set(refusal.value.message_dict)


def test_nobody_is_named_where_there_is_no_directory(in_kanagawa: Programme) -> None:
    make_partner(name="神奈川の団体")
    typed = make_typed(name="神奈川の団体")
    assert [partner.name for partner in listed_partners_like(typed)] == ["神奈川の団体"]
    in_kanagawa.features = [feature for feature in in_kanagawa.features if feature != Feature.DIRECTORY]
    assert listed_partners_like(typed) == []


def test_registered_ones_are_named_and_others_are_not(visit: Client, kanagawa: Programme, tokyo: Programme) -> None:
    number = "1000020140007"
    with programme_scope(tokyo):
        make_partner(name="東京の団体", corporate_number=number)
    with programme_scope(kanagawa):
        make_partner(name="みなとデザイン本社", corporate_number=number)
        make_partner(name="番号を見せない団体", corporate_number=number, visibility={"corporate_number": "staff"})
        make_partner(name="株式会社みなとデザイン", state=PartnerState.SUSPENDED)
        make_sent_application("rival@example.jp", name="株式会社みなとデザイン")
        application = make_application(corporate_number=number)
    shown = visit.get(pages(application)["confirm"]).text
    assert "みなとデザイン本社" in shown
    assert "すでに登録されている団体かもしれません" in shown
    assert "東京の団体" not in shown
    assert "番号を見せない団体" not in shown
    with programme_scope(kanagawa):
        alone = make_application("alone@example.jp", name="ほかにない団体")
    quiet = without_tokens(visit.get(pages(alone)["confirm"]).text)
    with programme_scope(kanagawa):
        make_sent_application("rival2@example.jp", name="ほかにない団体")
    assert without_tokens(visit.get(pages(alone)["confirm"]).text) == quiet


def without_tokens(page: str) -> str:
    return re.sub('name="csrfmiddlewaretoken" value="[^"]+"', "", page)


def test_pressed_twice_it_is_sent_once(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        application = make_application()
        seen = fingerprint(application.data)
    for _press in range(2):
        assert visit.post(pages(application)["confirm"], {"seen": seen}).status_code == 302
    with programme_scope(kanagawa):
        assert Application.objects.get().versions.count() == 1
    assert len(letters(kanagawa, MIDORI, "partners.application_sent")) == 1


def test_nothing_is_sent_that_was_not_shown(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        application = make_application()
        seen = fingerprint(application.data)
    visit.post(pages(application)["contact"], make_contact("別の 人"))
    answer = visit.post(pages(application)["confirm"], {"seen": seen})
    assert "内容が変わりました" in visit.get(answer["Location"]).text
    with programme_scope(kanagawa):
        assert Application.objects.get().state == ApplicationState.DRAFT
        with pytest.raises(HasChanged):
            send_application(application=application, seen=seen)


def make_contact(name: str) -> dict[str, str]:
    return {
        "contact_name": name,
        "contact_kana": "ミナト",
        "contact_phone": "045-000-0000",
        "contact_email": MIDORI,
    }


@pytest.mark.parametrize(
    ("moment", "rhythm", "closes_on", "answer_by"),
    [
        ((2026, 1, 31, 23, 59, 59), Rhythm.MONTHLY, "2026-01-31", "2026-02-28"),
        ((2026, 2, 1, 0, 0, 0), Rhythm.MONTHLY, "2026-02-28", "2026-03-31"),
        ((2026, 1, 31, 23, 59, 59), Rhythm.ROLLING, "2026-01-31", "2026-02-28"),
        ((2026, 2, 1, 0, 0, 0), Rhythm.ROLLING, "2026-02-01", "2026-03-31"),
    ],
)
def test_the_batch_is_that_of_the_moment(
    in_kanagawa: Programme, moment: tuple[int, ...], rhythm: Rhythm, closes_on: str, answer_by: str
) -> None:
    RegistrationSettings.objects.create(rhythm=rhythm)
    application = make_sent_application(now=datetime(*moment, tzinfo=TOKYO))  # type: ignore[arg-type, misc]
    assert application.batch is not None
    assert (str(application.batch.closes_on), str(application.answer_by)) == (closes_on, answer_by)


def test_receipts_count_up_within_a_day(in_kanagawa: Programme) -> None:
    day = datetime(2026, 5, 10, 12, tzinfo=TOKYO)
    receipts = [make_sent_application(f"a{number}@example.jp", now=day).receipt for number in range(3)]
    assert receipts == ["20260510-001", "20260510-002", "20260510-003"]


def test_taking_it_back(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        application = make_sent_application()
    assert "取り下げると、元に戻せません" in visit.get(pages(application)["withdraw"]).text
    visit.post(pages(application)["withdraw"])
    assert "取り下げられています" in visit.get(pages(application)[""]).text
    assert len(letters(kanagawa, MIDORI, "partners.application_withdrawn")) == 1
    visit.post(pages(application)["withdraw"])
    assert len(letters(kanagawa, MIDORI, "partners.application_withdrawn")) == 1


def test_a_sent_application_is_not_typed_into(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        application = make_sent_application()
    assert "保存していません" in visit.post(pages(application)["contact"], make_contact("別の 人")).text
    with programme_scope(kanagawa):
        assert Application.objects.get().data["contact_name"] == ["港 みどり"]


def test_a_draft_that_nobody_touches_is_forgotten(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        old, young = make_application("old@example.jp"), make_application("young@example.jp")
        sent = make_sent_application("sent@example.jp")
        for application, days in ((old, 91), (young, 89), (sent, 91)):
            changed_at = timezone.now() - timedelta(days=days)
            Application.objects.filter(pk=application.pk).update(changed_at=changed_at)
    forget_drafts()
    assert visit.get(pages(old)[""]).status_code == 410
    assert visit.get(pages(young)[""]).status_code == 200
    assert visit.get(pages(sent)[""]).status_code == 200


def test_another_programmes_link_opens_nothing(kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(kanagawa):
        application = make_application()
    elsewhere = Client(headers={"host": tokyo.primary_host})
    assert elsewhere.get(pages(application)[""]).status_code == 410


def test_where_the_programme_wants_it_the_account_opens_at_once(tokyo: Programme) -> None:
    with programme_scope(tokyo):
        application = make_sent_application()
        partner = Partner.objects.get()
        assert (partner.state, partner.number, partner.name) == (
            PartnerState.UNCONFIRMED, None, "株式会社みなとデザイン",
        )  # fmt: skip
        assert Member.objects.get().user.email == MIDORI
    assert len(letters(tokyo, MIDORI, "partners.invitation")) == 1
    with programme_scope(tokyo):
        withdraw_application(application=application)
        partner.refresh_from_db()
        assert partner.state == PartnerState.ENDED


def test_two_people_with_one_link_overwrite_nothing_unseen(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        application = make_application()
    page, first = pages(application)["contact"], make_contact("港 みどり")
    seen = seen_on(visit, page)
    visit.post(page, first | {"contact_name": "港 あおい", "_later": "1", "seen": seen})
    # The second one, who has the former page open, writes elsewhere: the first one's name stays.
    visit.post(page, first | {"contact_phone": "045-111-1111", "_later": "1", "seen": seen})
    assert contact(application, kanagawa) == ("港 あおい", "045-111-1111")
    # In the same field, nothing is kept before it has been seen; then it may be.
    shown = visit.post(page, first | {"contact_name": "浜 なぎさ", "_later": "1", "seen": seen})
    assert "ほかの方が次の項目を変えました" in shown.text and "港 あおい" in shown.text
    assert 'value="浜 なぎさ"' in shown.text
    assert contact(application, kanagawa)[0] == "港 あおい"
    fresh = hidden_fields(shown.text)["seen"][0]
    visit.post(page, first | {"contact_name": "浜 なぎさ", "_later": "1", "seen": fresh})
    assert contact(application, kanagawa)[0] == "浜 なぎさ"


def test_the_verified_address_is_kept_as_it_stood_on_the_page(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        application = make_application()
    page = pages(application)["contact"]
    contact = {**make_contact("港 あおい"), "contact_email": application.email}
    visit.post(page, contact | {"_later": "1", "seen": seen_on(visit, page)})
    with programme_scope(kanagawa):
        application.refresh_from_db()
    assert application.data["contact_email"] == [application.email]


def test_what_a_script_keeps_moves_the_stamp_on(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        application = make_application()
    page, typed = pages(application)["contact"], make_contact("港 みどり")
    seen = seen_on(visit, page)
    for name in ("港 あ", "港 あお", "港 あおい"):
        answer = visit.post(f"{page}keep/", typed | {"contact_name": name, "seen": seen})
        assert answer.status_code == 200
        seen = answer.json()["seen"]
    stale = seen_on(visit, page)
    visit.post(f"{page}keep/", typed | {"contact_name": "浜 なぎさ", "seen": stale})
    assert visit.post(f"{page}keep/", typed | {"contact_name": "港 みどり", "seen": seen}).status_code == 409
    assert contact(application, kanagawa)[0] == "浜 なぎさ"


def contact(application: Application, programme: Programme) -> tuple[str, str]:
    with programme_scope(programme):
        data = Application.objects.get(pk=application.pk).data
    return data["contact_name"][0], data["contact_phone"][0]
