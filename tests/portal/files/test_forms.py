"""A file that was sent stays: through errors elsewhere, the confirm page and back, a change of the language."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from portal.files.forms import Files, Sent, UploadField
from portal.files.kinds import Limits
from portal.files.models import StoredFile
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.models import Page
from tests.factories import make_file
from tests.portal.files.samples import HTML, PDF, picture
from tests.portal.files.site import ApplicationForm

pytestmark = [pytest.mark.urls("tests.portal.files.site"), pytest.mark.usefixtures("in_kanagawa")]
ADDRESS = "/apply/"


def pdf(name: str = "企画書.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, "application/pdf")


def png(name: str = "写真.png", width: int = 40) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture("PNG", (width, 30)), "image/png")


def fields(page: str) -> dict[str, list[str]]:
    """What a browser would send back from the page, without anything being chosen or ticked."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        attrs = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attrs["type"] in ("hidden", "text") and "name" in attrs:
            found.setdefault(attrs["name"], []).append(html.unescape(attrs.get("value", "")))
    found.pop("csrfmiddlewaretoken", None)
    return found


def test_the_field_says_what_it_takes(visit: Client) -> None:
    page = visit.get(ADDRESS).text
    assert "様式1。PDF、画像（PNG）。1ファイル10 MBまで。" in page
    assert "画像（PNG）。1ファイル1 MBまで、2ファイルまで。" in page
    assert 'accept=".pdf,.png,image/png"' in page
    assert page.count(" multiple") == 1
    assert 'enctype="multipart/form-data"' in page
    assert "選択済み" not in page


def test_showing_a_form_reads_no_session(visit: Client) -> None:
    visit.get(ADDRESS)
    assert "session" not in visit.cookies


def test_a_file_survives_an_error_in_another_field(visit: Client) -> None:
    page = visit.post(ADDRESS, {"title": "", "sheet": pdf()}).text
    assert "選択済み：企画書.pdf（1 KB）" in page
    assert "取り消す" in page
    again = fields(page)
    assert again.keys() == {"title", "sheet-kept"}
    answer = visit.post(ADDRESS, again | {"title": "題", "send": "1"})
    assert answer.status_code == 302
    file = StoredFile.objects.get()
    assert (file.name, file.owner, file.slot) == ("企画書.pdf", Page.objects.get(), "sheet")


def test_a_file_survives_the_way_back_from_the_confirm_page(visit: Client) -> None:
    confirm = visit.post(ADDRESS, {"title": "題", "sheet": pdf(), "photos": [png("一.png"), png("二.png", 41)]}).text
    assert "企画書：企画書.pdf（1 KB）" in confirm
    assert "写真：一.png（1 KB）\n二.png（1 KB）" in confirm
    back = visit.post(ADDRESS, fields(confirm) | {"back": "1"}).text
    assert back.count("選択済み") == 3
    confirm = visit.post(ADDRESS, fields(back)).text
    assert visit.post(ADDRESS, fields(confirm) | {"send": "1"}).status_code == 302
    page = Page.objects.get()
    assert [file.name for file in StoredFile.objects.of(page)] == ["企画書.pdf", "一.png", "二.png"]
    assert not StoredFile.objects.pending().exists()


def test_a_good_file_survives_a_bad_one_beside_it(visit: Client) -> None:
    bad = SimpleUploadedFile("悪い.png", HTML)
    page = visit.post(ADDRESS, {"title": "題", "sheet": pdf(), "photos": [bad, png()]}).text
    assert "「悪い.png」の中身は、名前の示す種類（PNG）ではありません" in page
    assert "選択済み：写真.png" in page
    assert "選択済み：企画書.pdf" in page


def test_a_file_is_cancelled_without_script(visit: Client) -> None:
    page = visit.post(ADDRESS, {"title": "題", "sheet": pdf(), "photos": [png()], "back": "1"}).text
    sent = fields(page)
    answer = visit.post(ADDRESS, sent | {"photos-cancelled": sent["photos-kept"]}).text
    assert "写真.png" not in answer
    answer = visit.post(ADDRESS, sent | {"sheet-cancelled": sent["sheet-kept"]}).text
    assert "ファイルを選んでください。" in answer


def test_a_new_file_takes_the_place_of_the_only_one(visit: Client) -> None:
    sent = fields(visit.post(ADDRESS, {"title": "", "sheet": pdf("前.pdf")}).text)
    page = visit.post(ADDRESS, sent | {"sheet": pdf("後.pdf")}).text
    assert "選択済み：後.pdf" in page
    assert "前.pdf" not in page


def test_a_bad_file_does_not_take_the_place_of_a_good_one(visit: Client) -> None:
    sent = fields(visit.post(ADDRESS, {"title": "", "sheet": pdf("前.pdf")}).text)
    page = visit.post(ADDRESS, sent | {"title": "題", "sheet": SimpleUploadedFile("空.pdf", b"")}).text
    assert "「空.pdf」は中身が空" in page
    assert "選択済み：前.pdf" in page


def test_too_many_files_are_told_and_kept(visit: Client) -> None:
    sent = fields(visit.post(ADDRESS, {"title": "題", "sheet": pdf(), "photos": [png("一.png")], "back": "1"}).text)
    page = visit.post(ADDRESS, sent | {"photos": [png("二.png", 41), png("三.png", 42)]}).text
    assert "ファイルは2件までです。いまは3件あります" in page
    assert page.count("選択済み") == 4
    three = [png(f"{number}.png", 50 + number) for number in range(3)]
    assert "いまは3件あります" in visit.post(ADDRESS, {"title": "題", "sheet": pdf(), "photos": three}).text


def test_the_same_picture_twice_is_one(visit: Client) -> None:
    sent = fields(visit.post(ADDRESS, {"title": "", "sheet": pdf(), "photos": [png()]}).text)
    page = visit.post(ADDRESS, sent | {"photos": [png()]}).text
    assert page.count("写真.png（1 KB）") == 1


def test_a_file_survives_a_change_of_the_language(visit: Client) -> None:
    page = visit.post(
        ADDRESS, {"_keep": "1", "title": "題", "sheet": pdf(), "photos": [SimpleUploadedFile("x", b"")]}
    ).text
    assert "選択済み：企画書.pdf" in page
    assert "誤り" not in page


def test_a_name_with_markup_stays_text(visit: Client) -> None:
    page = visit.post(ADDRESS, {"title": "", "sheet": pdf("<b>&'x'.pdf")}).text
    assert "<b>" not in page
    assert "選択済み：&lt;b&gt;&amp;&#x27;x&#x27;.pdf" in page


# --- Nobody else's ------------------------------------------------------------------------------------------------------
@pytest.fixture
def kept(visit: Client) -> dict[str, list[str]]:
    return fields(visit.post(ADDRESS, {"title": "", "sheet": pdf()}).text) | {"title": ["題"]}


GONE = "選んであったファイルが見つかりません"


def test_another_browser_cannot_use_it(kept: dict[str, list[str]], kanagawa: Programme, visit: Client) -> None:
    stranger = Client(headers={"host": kanagawa.primary_host})
    assert GONE in stranger.post(ADDRESS, kept).text
    assert visit.post(ADDRESS, kept | {"send": "1"}).status_code == 302


def test_a_person_cannot_use_anothers_and_keeps_their_own(as_member: Callable[..., Client]) -> None:
    hanako, jiro = as_member(), as_member()
    sent = fields(hanako.post(ADDRESS, {"title": "", "sheet": pdf()}).text) | {"title": ["題"]}
    assert GONE in jiro.post(ADDRESS, sent).text
    assert hanako.post(ADDRESS, sent | {"send": "1"}).status_code == 302
    assert StoredFile.objects.get().uploaded_by == hanako.user


def test_another_field_with_other_limits_cannot_use_it(kept: dict[str, list[str]], visit: Client) -> None:
    page = visit.post(ADDRESS, {"title": "題", "sheet": pdf(), "photos-kept": kept["sheet-kept"]}).text
    assert GONE in page


def test_another_programme_cannot_use_it(kept: dict[str, list[str]], tokyo: Programme, visit: Client) -> None:
    """Even with the same session cookie: the row is behind the wall."""
    with programme_scope(tokyo):
        assert GONE in visit.post(ADDRESS, kept, headers={"host": tokyo.primary_host}).text


def test_after_a_day_it_is_gone_and_that_is_said(kept: dict[str, list[str]], visit: Client) -> None:
    StoredFile.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert GONE in visit.post(ADDRESS, kept).text


@pytest.mark.parametrize("key", ["", "x", "../../etc/passwd", "00000000-0000-0000-0000-000000000000", "' OR 1=1"])
def test_an_invented_key_finds_nothing(key: str, visit: Client) -> None:
    assert GONE in visit.post(ADDRESS, {"title": "題", "sheet-kept": key}).text


def test_a_file_of_a_row_cannot_be_claimed_by_its_key(visit: Client) -> None:
    file = make_file(owner=Page.objects.create(slug="accessibility", title="t", body="b"))
    assert GONE in visit.post(ADDRESS, {"title": "題", "sheet-kept": str(file.key)}).text


def test_sending_the_same_form_twice_uses_the_file_once(kept: dict[str, list[str]], visit: Client) -> None:
    visit.post(ADDRESS, kept | {"send": "1"})
    assert GONE in visit.post(ADDRESS, kept | {"send": "1"}).text
    assert Page.objects.count() == 1


# --- A row that has files already -----------------------------------------------------------------------------------------
def form_of(page: Page, **data: Any) -> ApplicationForm:
    initial = {"sheet": StoredFile.objects.of(page, "sheet"), "photos": StoredFile.objects.of(page, "photos")}
    return ApplicationForm(data or None, sender=None, initial=initial)


@pytest.fixture
def page(in_kanagawa: Programme) -> Page:
    page = Page.objects.create(slug="accessibility", title="題名", body="b")
    make_file(owner=page, slot="sheet")
    make_file(owner=page, slot="photos", name="写真.png", content=picture())
    return page


def test_the_files_of_a_row_are_shown_with_their_address(page: Page) -> None:
    form = form_of(page)
    (file,) = StoredFile.objects.of(page, "sheet")
    assert f'登録済み：<a href="/files/{file.key}/">企画書.pdf</a>' in str(form["sheet"])
    assert "required" not in str(form["sheet"])


def test_the_files_of_a_row_stay_or_are_cancelled(page: Page) -> None:
    (sheet,), (photo,) = StoredFile.objects.of(page, "sheet"), StoredFile.objects.of(page, "photos")
    data = {"title": "題", "sheet-kept": [str(sheet.key)], "photos-kept": [str(photo.key)]}
    form = form_of(page, **data)
    assert form.is_valid()
    assert form.changed_data == ["title"]
    assert form.cleaned_data["photos"] == [photo]
    form = form_of(page, **data, **{"photos-cancelled": [str(photo.key)]})
    assert form.is_valid()
    assert form.cleaned_data["photos"] == []
    assert form.changed_data == ["title", "photos"]


def test_files_in_words() -> None:
    files = Files([StoredFile(name="一.pdf", size=10), StoredFile(name="二.pdf", size=2 * 1024 * 1024)])
    assert str(files) == "一.pdf（1 KB）\n二.pdf（2 MB）"
    assert str(Files()) == ""


def test_a_form_that_does_not_know_its_sender_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="TakesFiles"):
        UploadField(limits=Limits()).clean(Sent(files=[pdf()]))
