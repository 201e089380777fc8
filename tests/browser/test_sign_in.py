"""Signing in with a real browser over HTTPS: what the browser itself adds to requests, which no test client does."""

import hashlib
import json
import subprocess
import sys
import time
from base64 import b32encode
from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, BrowserContext, Page

from portal.local.data import people
from portal.local.processes import listen
from tests import servers
from tests.browser.https import Seen, https_in_front
from tests.site import Site, running_site

OWNER = "owner@kanagawa.example.jp"
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def secure_site() -> Iterator[tuple[Site, str, list[Seen]]]:
    """As in production: not the demo, secure cookies, one proxy in front."""
    with listen(0) as listener:
        suffix = f":{listener.getsockname()[1]}"
        # The key with which the demo's authenticator apps were encrypted.
        production = {"DEMO": "0", "TRUSTED_PROXIES": "1", "SECRET_KEY": servers.HOME.secret_key()}
        with (
            running_site("secure", PORT_SUFFIX=suffix, **production) as site,
            https_in_front(listener, site.port) as seen,
        ):
            yield site, f"https://kanagawa.localhost{suffix}", seen


@pytest.fixture
def open_page(chromium: Browser, secure_site: tuple[Site, str, list[Seen]]) -> Iterator[Open]:
    contexts: list[BrowserContext] = []

    def go(path: str, **options: object) -> Page:
        contexts.append(chromium.new_context(ignore_https_errors=True, **options))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.goto(secure_site[1] + path)
        return page

    yield go
    for context in contexts:
        context.close()


LAST_LETTER = """
import django, json, sys
django.setup()
from portal.tenancy.models import Programme
from tests.mailbox import letters
letter = letters(Programme.objects.get(slug="kanagawa"), sys.argv[1])[-1]
print(json.dumps([letter.link, letter.code]))
"""


def last_letter(site: Site, to: str) -> tuple[str, str]:
    command = [sys.executable, "-c", LAST_LETTER, to]
    done = subprocess.run(command, env=site.environment, check=True, capture_output=True, text=True)
    link, code = json.loads(done.stdout)
    return link, code


def ask(page: Page, address: str) -> None:
    page.get_by_label("メールアドレス").fill(address)
    page.get_by_role("button", name="ログイン用のメールを送る").click()
    page.wait_for_url("**/sign-in/wait/")


def come_in(open_page: Open, site: Site, address: str) -> Page:
    page = open_page("/sign-in/")
    ask(page, address)
    page.get_by_label("メールに書かれた番号").fill(last_letter(site, address)[1])
    page.get_by_role("button", name="この画面でログインする").click()
    page.wait_for_url("**/mypage/")
    return page


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_the_link_signs_in_and_its_token_is_in_no_referer_and_no_log(
    open_page: Open, secure_site: tuple[Site, str, list[Seen]], scripts: bool
) -> None:
    site, _address, seen = secure_site
    address = OWNER if scripts else "editor@kanagawa.example.jp"
    ask(open_page("/sign-in/", java_script_enabled=scripts), address)
    link, code = last_letter(site, address)
    scanner = open_page(link)  # it runs scripts, and presses nothing
    scanner.wait_for_load_state("networkidle")
    page = open_page(link, java_script_enabled=scripts)
    page.get_by_role("button", name="ログインする").click()
    page.wait_for_url("**/mypage/")
    assert "様" in page.locator(".person").inner_text()
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    session = cookies["__Host-session"]
    assert (session["secure"], session["httpOnly"], session["sameSite"]) == (True, True, "Lax")
    token = link.rstrip("/").rpartition("/")[2]
    pressed = [request for request in seen if request.method == "POST" and token in request.path]
    assert [request.origin for request in pressed] == [secure_site[1]], "not `null`, which would be refused"
    assert any(request.referer for request in seen), "otherwise nothing is proved"
    assert not [request for request in seen if token in request.referer or code in request.referer]
    assert token not in site.log.read_text()


def plug_in_device(page: Page) -> None:
    """One that keeps passkeys, and whose owner agrees to everything."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
              "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": device})


def test_a_passkey_opens_the_door_the_next_time(open_page: Open, secure_site: tuple[Site, str, list[Seen]]) -> None:
    page = come_in(open_page, secure_site[0], "viewer@kanagawa.example.jp")
    plug_in_device(page)
    page.goto(f"{secure_site[1]}/mypage/account/passkeys/")
    page.get_by_label("この機器の呼び名").fill("事務所のパソコン")
    page.get_by_role("button", name="この機器のパスキーを登録する").click()
    page.wait_for_url("**/mypage/account/")
    assert "事務所のパソコン" in page.locator("main").inner_text()
    page.get_by_role("button", name="ログアウト", exact=True).click()
    page.wait_for_url("**/sign-out/done/")
    page.goto(f"{secure_site[1]}/sign-in/?next=/mypage/help/")
    page.get_by_role("button", name="パスキーでログインする").click()
    page.wait_for_url(f"{secure_site[1]}/mypage/help/")
    page.goto(f"{secure_site[1]}/mypage/account/")
    page.get_by_role("button", name="削除").click()
    page.wait_for_load_state()
    page.get_by_role("button", name="ログアウト", exact=True).click()
    page.goto(f"{secure_site[1]}/sign-in/")
    page.get_by_role("button", name="パスキーでログインする").click()
    page.get_by_text("このパスキーではログインできません").wait_for()


def test_for_staff_a_passkey_is_both_factors(open_page: Open, secure_site: tuple[Site, str, list[Seen]]) -> None:
    address, root = "officer@kanagawa.example.jp", secure_site[1]
    page = open_page("/admin/")
    page.get_by_label("メールアドレス").fill(address)
    page.get_by_label("パスワード", exact=False).first.fill(people.PASSWORD)
    page.get_by_role("button", name="次へ").click()
    secret = b32encode(hashlib.sha1(address.encode()).digest()).decode()  # as the demo makes them
    page.get_by_label("確認コード").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.get_by_role("button", name="ログインする").click()
    page.wait_for_url(f"{root}/admin/")
    plug_in_device(page)
    page.goto(f"{root}/staff/security/passkey/")
    page.get_by_label("今のパスワード").fill(people.PASSWORD)
    page.get_by_role("button", name="この機器のパスキーを登録する").click()
    page.wait_for_url(f"{root}/staff/security/")
    page.goto(f"{root}/admin/")
    page.get_by_role("button", name="ログアウト").click()
    page.wait_for_url(f"{root}/staff/sign-in/")
    page.get_by_role("button", name="パスキーを使う").click()
    page.wait_for_url(f"{root}/admin/")
    # At the partners' door the same passkey opens nothing.
    page.get_by_role("button", name="ログアウト").click()
    page.wait_for_url(f"{root}/staff/sign-in/")
    page.goto(f"{root}/sign-in/")
    page.get_by_role("button", name="パスキーでログインする").click()
    page.get_by_text("このパスキーではログインできません").wait_for()
