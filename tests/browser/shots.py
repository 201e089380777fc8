"""`make shots`: pictures of the main pages, narrow and wide, from a fresh demo, for docs/pictures/."""

import io
import signal
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.chromium import CHROMIUM
from tests.portal.local.demos import Demo

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
WIDTHS = (375, 1280)
TALLEST = 2000
# name of the picture: (host, path)
PAGES = {
    "home": ("kanagawa", "/"),
    "home-english": ("kanagawa", "/en/"),
    "home-tokyo": ("tokyo", "/"),
    "home-yamaguchi": ("yamaguchi", "/"),
    "programmes": ("", "/"),
    "components": ("kanagawa", "/demo/components/"),
}


def main() -> None:
    if CHROMIUM is None:
        sys.exit("There is no Chromium here: make browser")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="shots-") as folder:
        demo = Demo(Path(folder)).until("Ctrl-C stops it.")
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
                for name, (host, path) in PAGES.items():
                    for width in WIDTHS:
                        take(browser, f"http://{host}{'.' if host else ''}localhost:{demo.port}{path}", name, width)
        finally:
            demo.end(signal.SIGTERM)


def take(browser: Browser, address: str, name: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, device_scale_factor=1, locale="ja-JP")
    answer = page.goto(address)
    if answer is None or not answer.ok:
        sys.exit(f"{address} does not answer.")
    whole = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    page.close()
    # Flat colours: a palette looks the same and takes a third of the room.
    picture = whole.crop((0, 0, whole.width, min(whole.height, TALLEST))).convert("RGB").quantize(128)
    file = FOLDER / f"{name}-{width}.png"
    picture.save(file, optimize=True)
    print(f"{file.relative_to(Path.cwd())}  {file.stat().st_size / 1000:.0f} kB", flush=True)


if __name__ == "__main__":
    main()
