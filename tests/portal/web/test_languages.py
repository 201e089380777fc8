from datetime import date

import pytest
from django.conf import settings
from django.test import Client
from django.urls import translate_url
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from portal.web.languages import address_in, html_lang, language_of
from tests.factories import make_programme


@pytest.mark.parametrize("address", ["/", "/about/privacy/", "/about/privacy/?q=%E6%B0%B4&page=2"])
@pytest.mark.parametrize("here", ["ja", "en", "easy"])
@pytest.mark.parametrize("there", ["ja", "en", "easy"])
def test_the_same_page_in_another_language(address: str, here: str, there: str) -> None:
    there_address = address_in(there, address_in(here, address))
    assert there_address == address_in(there, address)
    with override(here):
        assert there_address == translate_url(address_in(here, address), there)


def test_an_address_never_leads_to_another_host() -> None:
    assert address_in("ja", "/en//elsewhere.example/") == "/elsewhere.example/"
    assert address_in("en", "//elsewhere.example/") == "/en/elsewhere.example/"


def test_the_language_of_an_address() -> None:
    assert [language_of(path) for path in ("/", "/en/", "/en", "/easy/about/", "/entry/", "/x/en/")] == [
        "ja", "en", "en", "easy", "ja", "ja",
    ]  # fmt: skip
    assert [html_lang(code) for code in ("ja", "en", "easy")] == ["ja", "en", "ja"]


@pytest.mark.parametrize(("prefix", "lang"), [("/", "ja"), ("/en/", "en"), ("/easy/", "ja")])
def test_a_page_says_its_language(visit: Client, prefix: str, lang: str) -> None:
    page = visit.get(prefix)
    assert f'<html lang="{lang}"' in page.content.decode()
    assert page["Content-Language"] == lang


def test_the_switch_keeps_page_and_query(visit: Client) -> None:
    page = visit.get("/en/about/privacy/", {"q": "水"})
    assert '<a href="/about/privacy/?q=%E6%B0%B4" lang="ja" hreflang="ja">日本語</a>' in page.content.decode()
    assert '<a href="/easy/about/privacy/?q=%E6%B0%B4"' in page.content.decode()
    assert '<span aria-current="true">English</span>' in page.content.decode()


def test_a_programme_offers_only_its_languages(db: None) -> None:
    programme = make_programme("yamaguchi", languages=["ja", "easy"])
    visit = Client(headers={"host": programme.primary_host})
    page = visit.get("/").content.decode()
    assert "English" not in page
    assert 'href="/easy/"' in page
    assert visit.get("/en/").status_code == 404


def test_one_language_needs_no_switch(db: None) -> None:
    programme = make_programme("yamaguchi", languages=["ja"])
    page = Client(headers={"host": programme.primary_host}).get("/").content.decode()
    assert 'class="languages"' not in page


def test_easy_japanese_falls_back_to_japanese() -> None:
    with override("easy"):
        assert gettext("承認者") == "承認者"
        # Django's own words too.
        assert gettext("This field is required.") == "このフィールドは必須です。"
    with override("en"):
        assert gettext("This field is required.") == "This field is required."
    with override("ja"):
        assert gettext("This field is required.") == "このフィールドは必須です。"


def test_days_by_django_follow_the_language() -> None:
    day = date(2026, 11, 21)
    written = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            written[code] = date_format(day)
    assert written == {"ja": "2026年11月21日", "easy": "2026年11月21日", "en": "21 November 2026"}
