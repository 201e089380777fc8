"""Every page that the public may open, as the server sends it: whole without a script."""

import re

from django.test import Client

from portal.tenancy.models import Programme
from tests.policy.walking import open_pages


def test_every_page_is_whole_without_a_script(kanagawa: Programme, tokyo: Programme) -> None:
    unfinished = []
    for host, path in open_pages(["ja"]):
        page = Client(headers={"host": host}).get(path)
        _, _, main = page.text.partition("<main")
        if not re.search(r"<h1.*</main>.*<footer.*<a .*</footer>", main, re.DOTALL):
            unfinished.append(f"{host}{path} {page.status_code}")
    assert unfinished == []
