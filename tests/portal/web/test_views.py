from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portal.local.data import programmes as demo
from portal.tenancy.models import Feature, Programme, ProgrammeHost
from portal.tenancy.scope import programme_scope
from portal.web.models import Page
from portal.web.services.pages import lay_standard_pages
from tests.factories import make_programme

OnCommit = Callable[..., AbstractContextManager[Any]]

PLATFORM = Client(headers={"host": settings.PLATFORM_HOST})


def test_home_says_what_one_can_do_here(visit: Client) -> None:
    page = visit.get("/").content.decode()
    assert "SDGsに取り組む企業・団体を" in page
    for part in ("登録パートナー", "交流会・セミナー", "連携募集", "活動報告", "登録までの流れ", "お問い合わせ"):
        assert part in page
    assert 'href="tel:045-000-0000"' in page
    assert 'href="mailto:inquiry@kanagawa.example.jp"' in page


def test_home_speaks_in_the_programmes_words_of_what_is_switched_on(db: None) -> None:
    tokyo = make_programme("tokyo", features=[Feature.DIRECTORY, Feature.MEETINGS])
    page = Client(headers={"host": tokyo.primary_host}).get("/").content.decode()
    assert "会員企業" in page
    assert "セミナー・相談" in page
    assert "登録パートナー" not in page
    assert "連携事例" not in page
    assert "登録までの流れ" not in page


def test_home_asks_the_database_little(visit: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(3):
        visit.get("/")
    with django_assert_max_num_queries(0):
        visit.get("/")


def test_the_logo_stands_in_the_header_and_is_kept_for_long(
    visit: Client, kanagawa: Programme, django_capture_on_commit_callbacks: OnCommit
) -> None:
    assert 'class="mark"' in visit.get("/").content.decode()
    assert visit.get("/brand/0/logo").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        demo.give_logo(kanagawa)
        kanagawa.save()
    page = visit.get("/").content.decode()
    assert f'<img src="/brand/{kanagawa.brand_version}/logo" alt=""' in page
    assert 'class="mark"' not in page
    logo = visit.get(f"/brand/{kanagawa.brand_version}/logo")
    assert logo["Content-Type"] == "image/png"
    assert "immutable" in logo["Cache-Control"]
    assert logo.content == bytes(kanagawa.logo)
    # From the cache, where the programme lies as a copy.
    assert visit.get("/").status_code == 200


def test_demo_logos_are_small_and_always_the_same() -> None:
    for draw in demo.LOGOS.values():
        assert draw() == draw()
        assert len(draw()) < 8_000


def test_a_policy_page_in_three_languages(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        lay_standard_pages(kanagawa)
    for slug in Page.Slug.values:
        for prefix in ("", "/en", "/easy"):
            assert visit.get(f"{prefix}/about/{slug}/").status_code == 200
    page = visit.get("/about/privacy/").content.decode()
    assert "<h2>利用の目的</h2>" in page
    assert "と関係する条例に従い" in page
    assert "{" not in page[page.index("<article") : page.index("</article")]
    assert "<h1>Privacy</h1>" in visit.get("/en/about/privacy/").content.decode()


def test_a_page_without_a_translation_says_so(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        Page.objects.create(slug=Page.Slug.PRIVACY, title="個人情報", body="## 目的\n<b>登録</b>")
    page = visit.get("/en/about/privacy/").content.decode()
    assert '<h1 lang="ja">個人情報</h1>' in page
    assert '<article class="prose" lang="ja"><h2>目的</h2>\n<p>&lt;b&gt;登録&lt;/b&gt;</p></article>' in page
    assert "only in Japanese" in page
    assert 'lang="ja"><h2>' not in visit.get("/easy/about/privacy/").content.decode()


def test_a_page_that_nobody_wrote(visit: Client) -> None:
    assert visit.get("/about/privacy/").status_code == 404
    assert visit.get("/about/other/").status_code == 404


def test_another_programmes_page_is_not_shown(visit: Client, tokyo: Programme) -> None:
    with programme_scope(tokyo):
        Page.objects.create(slug=Page.Slug.PRIVACY, title="個人情報", body="東京")
    assert visit.get("/about/privacy/").status_code == 404


def test_the_platform_lists_the_public_programmes(
    kanagawa: Programme, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_programme("tokyo", is_public=False)
    yamaguchi = make_programme("yamaguchi", languages=["ja"])
    ProgrammeHost.objects.create(programme=yamaguchi, name="kyodo.example.jp")
    with django_assert_num_queries(1):
        page = PLATFORM.get("/").content.decode()
    assert page.index("神奈川県") < page.index("山口県")
    assert f'href="http://kanagawa.localhost{settings.PORT_SUFFIX}/"' in page
    assert "kyodo.example.jp" not in page
    assert "ネットクラブ" not in page
    english = PLATFORM.get("/en/").content.decode()
    assert f'href="http://kanagawa.localhost{settings.PORT_SUFFIX}/en/"' in english
    assert f'href="http://yamaguchi.localhost{settings.PORT_SUFFIX}/"' in english
    assert "<b>Kanagawa</b>" in english


def test_the_platform_without_programmes(db: None) -> None:
    assert "公開している事業はまだありません" in PLATFORM.get("/").content.decode()
