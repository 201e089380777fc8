"""The page of components shows them all, and shows how each is written."""

import re

from django.conf import settings
from django.test import Client

from portal.web.demo.views import SAMPLES

TEMPLATES = settings.BASE_DIR / "templates"
# Parts of the shell stand on every page; the confirm page has a page of its own; a draft's part is hidden.
SHELL = {"header", "footer", "languages", "mark", "messages", "contact", "breadcrumb", "confirm_page", "draft"}


def test_every_component_has_a_sample() -> None:
    components = {path.stem for path in (TEMPLATES / "components").glob("*.html")}
    samples = "".join((TEMPLATES / "demo" / "samples" / f"{name}.html").read_text() for name in SAMPLES)
    used = set(re.findall(r'components/(\w+)\.html"', samples)) | set(re.findall(r"{% (\w+) ", samples))
    assert components - SHELL - used == set()


def test_every_sample_is_shown(visit: Client) -> None:
    assert {path.stem for path in (TEMPLATES / "demo" / "samples").glob("*.html")} == set(SAMPLES)
    page = visit.get("/demo/components/").content.decode()
    for name in SAMPLES:
        assert f'<h2 class="heading-bar" id="{name}">' in page
    assert "{% include &quot;components/tag.html&quot;" in page


def test_the_page_stands_on_the_platform_too(db: None) -> None:
    assert Client(headers={"host": settings.PLATFORM_HOST}).get("/demo/components/").status_code == 200


def test_the_sample_document_has_a_programmes_letterhead(visit: Client, db: None) -> None:
    answer = visit.get("/demo/components/sample.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    platform = Client(headers={"host": settings.PLATFORM_HOST})
    assert platform.get("/demo/components/sample.pdf").status_code == 404
