"""登録情報: looking, editing by section with a confirm page, who sees what; and two people who edit at once."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from partners.fields import FIELDS, Section, Visibility, fields_of
from partners.models import Consent, Member, Partner, RegistrationSettings
from partners.queries.finding import find_partners
from partners.queries.open_data import records
from partners.queries.profile import value_in_words
from partners.services.records import add_partner, index_all
from partners.states import MemberState
from portal.accounts.models import Draft
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, MemberRole
from tests.factories import make_member, make_partner
from tests.partners.views.pages import hidden_fields, seen_on
from tests.sessions import signed_in

AsPerson = Callable[..., Client]
PLACE = "/mypage/profile/edit/place/"
ADDRESS = {"municipality": "142123", "address": "日本大通1番", "postal_code": "231-8588", "phone": "045-000-0000"}


@pytest.fixture
def owner(as_member: AsPerson) -> Any:
    return as_member(MemberRole.OWNER, kind="npo", **ADDRESS)


def partner_of(browser: Any, programme: Programme) -> Partner:
    with programme_scope(programme):
        return Partner.objects.get(pk=browser.member.partner_id)


def test_a_section_is_edited_seen_confirmed_and_saved(owner: Any, kanagawa: Programme) -> None:
    typed = ADDRESS | {"phone": "０４５（１１１）２２２２", "links": "https://a.example.jp/\r\nhttps://b.example.jp/"}
    confirm = owner.post(PLACE, typed | {"seen": seen_on(owner, PLACE)}).text
    assert "まだ保存していません" in confirm
    assert "045-000-0000" in confirm and "045-111-2222" in confirm
    assert "郵便番号" not in confirm, "what does not change is not listed"
    assert partner_of(owner, kanagawa).phone == "045-000-0000"
    saved = owner.post(PLACE, hidden_fields(confirm) | {"_send": "1"}, follow=True)
    assert "2項目の変更を保存しました" in saved.text
    partner = partner_of(owner, kanagawa)
    assert (partner.phone, partner.links) == ("045-111-2222", ["https://a.example.jp/", "https://b.example.jp/"])
    with programme_scope(kanagawa):
        event = AuditEvent.objects.get(action=Action.PARTNER_CHANGED)
        assert set(event.changes) == {"phone", "links"} and event.actor == owner.user
        assert partner.activities.get().title == "登録情報を更新"


def test_a_text_of_several_lines_is_no_change_when_sent_back(as_member: AsPerson, kanagawa: Programme) -> None:
    texts = dict.fromkeys(["summary", "economy", "society", "environment"], "一行目\n二行目")
    browser: Any = as_member(kind="npo", goals=[7], published_at="https://www.example.jp/", **texts)
    address = "/mypage/profile/edit/initiatives/"
    sent = dict.fromkeys(texts, "一行目\r\n二行目") | {"goals": ["7"], "published_at": "https://www.example.jp/"}
    answer = browser.post(address, sent | {"seen": seen_on(browser, address)}, follow=True)
    assert "変わったところはありませんでした" in answer.text


def test_back_from_the_confirm_page_everything_is_still_there(owner: Any) -> None:
    confirm = owner.post(PLACE, ADDRESS | {"phone": "045-111-2222", "seen": seen_on(owner, PLACE)}).text
    page = owner.post(PLACE, hidden_fields(confirm) | {"_change": ""}).text
    assert 'value="045-111-2222"' in page and "変更の確認へ" not in page


def test_what_is_wrong_is_said_and_what_was_typed_stays(owner: Any) -> None:
    page = owner.post(PLACE, ADDRESS | {"postal_code": "12", "address": "", "seen": seen_on(owner, PLACE)}).text
    assert "郵便番号は7桁の数字です" in page and "町名・番地・建物を入力してください" in page and 'value="12"' in page


def test_two_owners_at_once_nothing_is_overwritten_unseen(owner: Any, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        colleague = make_member(MemberRole.OWNER, owner.member.partner)
    other = signed_in(colleague.user, kanagawa, colleague)
    seen = seen_on(owner, PLACE)
    first = other.post(PLACE, ADDRESS | {"phone": "045-222-2222", "fax": "045-333-3333", "seen": seen}).text
    other.post(PLACE, hidden_fields(first) | {"_send": "1"})
    # The second typed another phone number, and never saw the fax number.
    typed = ADDRESS | {"phone": "045-444-4444", "fax": "", "seen": seen}
    for attempt in (typed, typed | {"_send": "1"}):
        page = owner.post(PLACE, attempt).text
        assert "ほかの方が次の項目を変えました" in page
        assert "045-222-2222" in page and "045-333-3333" in page
    assert partner_of(owner, kanagawa).phone == "045-222-2222"
    owner.post(PLACE, hidden_fields(page) | {"_send": "1"})
    partner = partner_of(owner, kanagawa)
    assert (partner.phone, partner.fax) == ("045-444-4444", "045-333-3333")


def test_a_draft_is_kept_and_shown_again(owner: Any, kanagawa: Programme) -> None:
    ticket = hidden_fields(owner.get(PLACE).text)["_draft"][0]
    owner.post("/drafts/", ADDRESS | {"phone": "書きかけ", "_draft": ticket})
    page = owner.get(PLACE).text
    assert 'value="書きかけ"' in page and "書きかけの内容を表示しています" in page
    confirm = owner.post(PLACE, ADDRESS | {"fax": "045-111-1111", "seen": seen_on(owner, PLACE)}).text
    owner.post(PLACE, hidden_fields(confirm) | {"_send": "1"})
    with programme_scope(kanagawa):
        assert not Draft.objects.exists()


def test_what_the_programme_keeps_cannot_be_sent(owner: Any, kanagawa: Programme) -> None:
    address = "/mypage/profile/edit/basic/"
    page = owner.get(address).text
    assert "事務局が管理している項目" in page and 'name="name"' not in page
    sent = {"name": "別の名称", "kind": "company", "kana": "アオバ", "seen": seen_on(owner, address), "_send": "1"}
    owner.post(address, sent)
    partner = partner_of(owner, kanagawa)
    assert (partner.name, partner.kind, partner.kana) == ("株式会社あおばソーラー", "npo", "アオバ")


def test_a_viewer_looks_and_changes_nothing(as_member: AsPerson, kanagawa: Programme) -> None:
    viewer = as_member(MemberRole.VIEWER, kind="npo")
    page = viewer.get("/mypage/profile/").text
    assert "担当と代表の方です" in page and "編集する" not in page and "入力が必要です" in page
    for address in (PLACE, "/mypage/profile/visibility/"):
        assert viewer.post(address, ADDRESS).status_code == 403


def test_a_section_that_the_programme_does_not_use_is_not_there(owner: Any) -> None:
    assert owner.get("/mypage/profile/edit/capability/").status_code == 404
    assert owner.get("/mypage/profile/edit/nonsense/").status_code == 404


# --- Who sees what ---------------------------------------------------------------------------------------------------
def everything() -> dict[str, Any]:
    """A value for every field that is recognised wherever it is shown."""
    values: dict[str, Any] = {}
    for number, (name, field) in enumerate(FIELDS.items()):
        column = Partner._meta.get_field(name)
        kind = column.get_internal_type()
        mark = f"見本{number}番"
        values[name] = {
            "DateField": None, "PositiveBigIntegerField": 700_000 + number, "ArrayField": [], "URLField": f"https://x{number}.example.jp/",
        }.get(kind, mark[: getattr(column, "max_length", None) or 99])  # fmt: skip
        if field.name == "contact_email":
            values[name] = f"x{number}@example.jp"
    own = {"kind": "npo", "municipality": "142123", "industry_division": "F", "industry_group": "33", "goals": [7],
           "themes": ["plastic-zero"], "offers": ["place"], "needs": ["grant"], "links": ["https://links.example.jp/"],
           "corporate_number": "1000020140007", "postal_code": "231-8588", "founded_on": "2015-04-01",
           "established_on": "2016-05-02"}  # fmt: skip
    return values | own


def shown_as(name: str, partner: Partner) -> str:
    """What stands on a page that shows the field."""
    return "エネルギー" if name == "goals" else value_in_words(partner, name)


@pytest.mark.parametrize("shift", range(3))
def test_every_field_is_shown_to_those_whom_the_partner_chose(
    kanagawa: Programme, visit: Client, as_member: AsPerson, shift: int
) -> None:
    """Public page, another partner's page, and both previews agree; over the three runs each field has each range."""
    reader = as_member(MemberRole.VIEWER)
    ranges = list(Visibility)
    chosen = {name: str(ranges[(number + shift) % 3]) for number, name in enumerate(FIELDS)}
    with programme_scope(kanagawa):
        partner = add_partner(values=everything() | {"number": 900_077, "visibility": chosen}, actor=Actor())
        partner.refresh_from_db()
        member = make_member(MemberRole.VIEWER, partner)
        RegistrationSettings.objects.create(sections=list(Section.values))
        Consent.objects.create(member=make_member(partner=partner), shows_contact=True)
        lines = [(name, f"<dt>{field.label}</dt>", shown_as(name, partner), partner.visibility_of(name))
                 for name, field in FIELDS.items() if name != "name"]  # fmt: skip
    own = signed_in(member.user, kanagawa, member)
    pages = [
        ({Visibility.PUBLIC}, visit.get("/partners/900077/")),
        ({Visibility.PUBLIC}, own.get("/mypage/profile/seen-by/public/")),
        ({Visibility.PUBLIC, Visibility.PARTNERS}, reader.get("/mypage/partners/900077/")),
        ({Visibility.PUBLIC, Visibility.PARTNERS}, own.get("/mypage/profile/seen-by/partners/")),
    ]
    for visible, answer in pages:
        assert answer.status_code == 200
        text = unescape(answer.text)
        for name, label, value, range_ in lines:
            assert (label in text) is (range_ in visible), (name, answer.request["PATH_INFO"])
            assert range_ not in visible or value.split("\n")[0] in text, name


@pytest.mark.parametrize("section", [name for name in Section.values if name != Section.BASIC])
def test_what_the_programme_no_longer_asks_for_is_shown_nowhere(
    kanagawa: Programme, visit: Client, as_member: AsPerson, section: str
) -> None:
    reader = as_member(MemberRole.VIEWER)
    with programme_scope(kanagawa):
        settings = RegistrationSettings.objects.create(sections=list(Section.values))
        partner = add_partner(
            values=everything() | {"number": 77, "visibility": dict.fromkeys(FIELDS, "public")}, actor=Actor()
        )
        member = make_member(partner=partner)
        Consent.objects.create(member=member, shows_contact=True)
        partner.refresh_from_db()
        gone = {field.name: shown_as(field.name, partner) for field in fields_of([section])}
        # What stands in the menu, in a sentence or in the address of another part says nothing.
        gone = {
            name: value for name, value in gone.items() if len(value) > 3 and partner.visibility_of(name) == "public"
        }
        own = signed_in(member.user, kanagawa, member)
        pages = [(visit, "/partners/"), (visit, "/partners/77/"), (reader, "/mypage/partners/77/"),
                 (own, "/mypage/profile/seen-by/public/"), (own, "/mypage/profile/seen-by/partners/")]  # fmt: skip
        before = "".join(unescape(browser.get(address).text) for browser, address in pages)
        assert [name for name, value in gone.items() if value.split("\n")[0] not in before] == []
        settings.sections = [one for one in Section.values if one != section]
        settings.save()
        index_all()
        searched = [name for name in gone if FIELDS[name].is_searched]
        assert [name for name in searched if find_partners(getattr(partner, name)).exists()] == []
        [record] = records([partner])
        assert [name for name in gone if record.get(name)] == []
    # The change is not committed in a test, so the pages that are kept do not know of it.
    cache.clear()
    for browser, address in pages:
        text = unescape(browser.get(address).text)
        text = re.sub(r"<form.*?</form>", "", text, flags=re.DOTALL)
        assert [name for name, value in gone.items() if value.split("\n")[0] in text] == [], address


def test_the_contact_is_shown_as_long_as_an_owner_agrees(kanagawa: Programme, as_member: AsPerson) -> None:
    reader = as_member(MemberRole.VIEWER)
    with programme_scope(kanagawa):
        partner = make_partner(contact_phone="045-999-9999", contact_email="kakusu@example.jp")
        owner, editor = make_member(partner=partner), make_member(MemberRole.EDITOR, partner)

    def is_shown() -> bool:
        page = reader.get(f"/mypage/partners/{partner.number}/").text
        assert ("045-999-9999" in page) is ("kakusu@example.jp" in page)
        return "045-999-9999" in page

    def agree(member: Member, shows_contact: bool) -> None:
        with programme_scope(kanagawa):
            Consent.objects.create(member=member, shows_contact=shows_contact)

    assert not is_shown()
    agree(editor, True)
    assert not is_shown()
    agree(owner, True)
    assert is_shown()
    agree(owner, False)
    assert not is_shown()
    agree(owner, True)
    with programme_scope(kanagawa):
        Member.objects.filter(pk=owner.pk).update(state=MemberState.DISABLED)
    assert not is_shown()


def test_the_directory_finds_and_shows_public_fields_alone(kanagawa: Programme, visit: Client) -> None:
    searched = [field.name for field in FIELDS.values() if field.is_searched and not field.is_fixed]
    hidden = {name: str(Visibility.PARTNERS) for name in searched}
    with programme_scope(kanagawa):
        values = everything() | {name: f"かくれた言葉{number}" for number, name in enumerate(searched)}
        add_partner(values=values | {"number": 5, "visibility": hidden}, actor=Actor())
    assert "見本0番" in visit.get("/partners/").text
    for number in range(len(searched)):
        assert "見本0番" not in visit.get(f"/partners/?q=かくれた言葉{number}").text
    assert "かくれた言葉" not in visit.get("/partners/").text


def test_the_range_is_chosen_and_kept(owner: Any, kanagawa: Programme) -> None:
    address = "/mypage/profile/visibility/"
    page = owner.get(address).text
    assert 'name="phone"' in page and 'name="kana"' not in page
    sections = [
        Section.BASIC,
        Section.PLACE,
        Section.BUSINESS,
        Section.INITIATIVES,
        Section.COLLABORATION,
        Section.CONTACT,
    ]
    partner = partner_of(owner, kanagawa)
    sent = {field.name: str(partner.visibility_of(field.name)) for field in FIELDS.values()
            if field.section in sections and not field.is_fixed}  # fmt: skip
    seen = seen_on(owner, address)
    done = owner.post(address, sent | {"phone": "staff", "seen": seen}, follow=True)
    assert "1項目の変更を保存しました" in done.text
    assert partner_of(owner, kanagawa).visibility == {"phone": "staff"}
    # Somebody who had the page open from before is shown that first.
    late = owner.post(address, sent | {"fax": "staff", "seen": seen}).text
    assert "ほかの方が次の項目を変えました" in late and "代表電話" in late
    assert partner_of(owner, kanagawa).visibility == {"phone": "staff"}


def test_what_is_for_partners_is_not_for_those_who_do_not_take_part(kanagawa: Programme, as_member: AsPerson) -> None:
    with programme_scope(kanagawa):
        partner = make_partner(contact_phone="045-999-9999")
        Consent.objects.create(member=make_member(partner=partner), shows_contact=True)
    address = f"/mypage/partners/{partner.number}/"
    assert "045-999-9999" in as_member(MemberRole.VIEWER).get(address).text
    for outside in ({"state": "unconfirmed", "number": None}, {"state": "suspended"}, {"is_migrated": False}):
        assert as_member(MemberRole.OWNER, **outside).get(address).status_code == 403


def test_another_programmes_partner_is_not_there(as_member: AsPerson, tokyo: Programme) -> None:
    with programme_scope(tokyo):
        partner = make_partner(number=987_654)
    assert as_member(MemberRole.OWNER).get(f"/mypage/partners/{partner.number}/").status_code == 404
