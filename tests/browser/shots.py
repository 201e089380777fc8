"""`make shots`: pictures of the main pages, narrow and wide, from a fresh demo, for docs/pictures/."""

import io
import os
import re
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import CHROMIUM
from tests.portal.local.demos import Demo

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
WIDTHS = (375, 1280)
TALLEST = 2000


@dataclass(frozen=True)
class Shot:
    path: str
    programme: str = "kanagawa"
    # Who looks: nobody, a partner's person, or one of the staff (portal/local/data/people.py).
    who: str = ""


SHOTS = {
    "home": Shot("/"),
    "home-english": Shot("/en/"),
    "home-tokyo": Shot("/", "tokyo"),
    "home-yamaguchi": Shot("/", "yamaguchi"),
    "programmes": Shot("/", ""),
    "directory": Shot("/partners/"),
    "partner": Shot("/partners/101/"),
    "register": Shot("/partners/register/"),
    "sign-in": Shot("/sign-in/"),
    "my-page": Shot("/mypage/", who="owner"),
    "profile": Shot("/mypage/profile/", who="owner"),
    "people": Shot("/mypage/people/", who="owner"),
    "staff": Shot("/admin/", who="officer"),
    "staff-partners": Shot("/admin/partners/partner/", who="officer"),
    "staff-applications": Shot("/admin/partners/application/", who="officer"),
    "staff-imports": Shot("/admin/partners/importrun/", who="officer"),
    "staff-meetings": Shot("/admin/meetings/meeting/", who="officer"),
    "staff-mailings": Shot("/admin/notices/mailing/", who="officer"),
    "staff-standings": Shot("/admin/renewals/standing/", who="officer"),
    "staff-statistics": Shot("/admin/statistics/", who="officer"),
    "meetings": Shot("/meetings/"),
    "matching": Shot("/matching/"),
    "reports": Shot("/reports/"),
    "statistics": Shot("/stats/"),
    "open-data": Shot("/open-data/"),
    "news": Shot("/news/"),
    "demo-people": Shot("/demo/"),
    "components": Shot("/demo/components/"),
}


def main() -> None:
    if CHROMIUM is None:
        sys.exit("There is no Chromium here: make browser")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="shots-") as folder:
        demo = Demo(Path(folder)).until("Ctrl-C stops it.")
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=CHROMIUM, args=["--no-sandbox", "--lang=ja"], env={**os.environ, "LANGUAGE": "ja"}
                )
                states = {"": None}
                for name, shot in SHOTS.items():
                    site = f"http://{shot.programme}{'.' if shot.programme else ''}localhost:{demo.port}"
                    if shot.who not in states:
                        states[shot.who] = sign_in(browser, site, f"{shot.who}@{shot.programme}.example.jp")
                    for width in WIDTHS:
                        take(browser, f"{site}{shot.path}", name, width, states[shot.who])
        finally:
            demo.end(signal.SIGTERM)


def sign_in(browser: Browser, site: str, address: str) -> Any:
    """Through the doors that everybody takes: staff with password and code, a partner's person with the mailed link."""
    page = browser.new_context(locale="ja-JP").new_page()
    if address.startswith(("reader", "officer", "approver")):
        page.goto(f"{site}/demo/")
        row = page.locator("tr, li", has_text=address).last
        code = re.findall(r"[0-9]{6}", row.inner_text())[-1]
        password = re.search(r"demo-[a-z0-9-]+", page.inner_text("main"))
        page.goto(f"{site}/admin/")
        page.fill("[type=email]", address)
        page.fill("[type=password]", password.group() if password else "")
        page.locator("main form button").first.click()
        page.fill("[name=code]", code)
    else:
        page.goto(f"{site}/sign-in/")
        page.fill("main [type=email]", address)
        page.locator("main form button").first.click()
        page.wait_for_url("**/sign-in/**")
        page.goto(mailed_link(page, address))
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    return page.context.storage_state()


def mailed_link(page: Page, address: str) -> str:
    for _attempt in range(60):
        for mail in page.evaluate("fetch('/demo/mail.json').then(answer => answer.json())"):
            if address in str(mail["to"]) and (link := re.search(r"http\S+/sign-in/link/\S+", mail["text"])):
                return link.group()
        page.wait_for_timeout(500)
    sys.exit(f"No mail has come for {address}.")


def take(browser: Browser, address: str, name: str, width: int, state: Any) -> None:
    page = browser.new_page(
        storage_state=state, viewport={"width": width, "height": 800}, device_scale_factor=1, locale="ja-JP"
    )
    answer = page.goto(address)
    if answer is None or not answer.ok:
        sys.exit(f"{address} does not answer.")
    whole = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    page.close()
    # Every colour as it is on screen, at a third of a PNG's size.
    picture = whole.crop((0, 0, whole.width, min(whole.height, TALLEST))).convert("RGB")
    file = FOLDER / f"{name}-{width}.webp"
    picture.save(file, lossless=True, quality=100, method=6)
    print(f"{file.relative_to(Path.cwd())}  {file.stat().st_size / 1000:.0f} kB", flush=True)


if __name__ == "__main__":
    main()
