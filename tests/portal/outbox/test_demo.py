"""The demo's mail server and pages: a mail goes over the wire and is read in the browser, by its programme alone."""

import email
import json
import re
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as current_settings
from django.test import Client

from portal.local import processes
from portal.local.child import stop
from portal.outbox.delivery import deliver_due
from portal.outbox.services import queue_mail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope


@pytest.fixture
def sink(settings: Any, tmp_path: Path) -> Iterator[int]:
    """The demo's own process, keeping its mail in a folder of this test."""
    settings.DATA_FOLDER = tmp_path
    with processes.listen(0) as listener:
        port = listener.getsockname()[1]
        process = processes.start_mail_sink(listener, tmp_path / "log", tmp_path / "mail")
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield port
    stop(process, signal.SIGTERM, 5)


def send(programme: Programme, name: str, message: str = "tests.sign_in") -> None:
    with programme_scope(programme):
        queue_mail(message=message, to="hanako@example.jp", dedupe_key=name, data={"name": name})
        deliver_due()


def test_a_mail_is_read_in_the_browser(visit: Client, kanagawa: Programme, sink: int) -> None:
    send(kanagawa, "山田 <b>花子")
    page = visit.get("/demo/mail/").content.decode()
    assert "【かながわSDGs】山田 &lt;b&gt;花子 様へのごあいさつ" in page
    assert "hanako@example.jp" in page
    [address] = set(re.findall(r'href="(/demo/mail/[0-9a-f-]+/)"', page))
    page = visit.get(address).content.decode()
    assert '<a href="https://kanagawa.localhost/meetings/"' in page
    assert "神奈川県 SDGsパートナーポータル" in page
    html = visit.get(f"{address}html/")
    assert "山田 &lt;b&gt;花子 様" in html.content.decode()
    assert '<base target="_top">' in html.content.decode()
    source = visit.get(f"{address}source/")
    assert source["Content-Type"] == "text/plain; charset=utf-8"
    assert email.message_from_bytes(source.content)["Delivered-To"] == "hanako@example.jp"


def test_as_json_newest_first(visit: Client, kanagawa: Programme, sink: int) -> None:
    send(kanagawa, "一人目")
    send(kanagawa, "二人目")
    rows = json.loads(visit.get("/demo/mail.json").content)
    assert [set(row) for row in rows] == [{"to", "subject", "text", "sent_at"}] * 2
    assert ["二人目" in rows[0]["text"], "一人目" in rows[1]["text"]] == [True, True]
    assert rows[0]["to"] == "hanako@example.jp"
    assert rows[0]["subject"] == "【かながわSDGs】二人目 様へのごあいさつ"
    assert rows[0]["sent_at"] > rows[1]["sent_at"]
    assert rows[0]["sent_at"].endswith("+09:00")


def test_each_host_shows_its_own(visit: Client, kanagawa: Programme, tokyo: Programme, sink: int) -> None:
    send(kanagawa, "神奈川の人")
    [_] = json.loads(visit.get("/demo/mail.json").content)
    name = re.findall(r"/demo/mail/([0-9a-f-]+)/", visit.get("/demo/mail/").content.decode())[0]
    for host in (tokyo.primary_host, current_settings.PLATFORM_HOST):
        other = Client(headers={"host": host})
        assert json.loads(other.get("/demo/mail.json").content) == []
        assert "神奈川の人" not in other.get("/demo/mail/").content.decode()
        for part in ("", "html/", "source/"):
            assert other.get(f"/demo/mail/{name}/{part}").status_code == 404


def test_the_platforms_own_mail_is_on_the_platforms_host(kanagawa: Programme, sink: int) -> None:
    with smtplib.SMTP("127.0.0.1", sink) as connection:
        connection.sendmail(current_settings.DEFAULT_FROM_EMAIL, "a@example.jp", "Subject: platform\r\n\r\nx")
    rows = json.loads(Client(headers={"host": current_settings.PLATFORM_HOST}).get("/demo/mail.json").content)
    assert [row["subject"] for row in rows] == ["platform"]


def test_html_is_shown_without_rights(visit: Client, kanagawa: Programme, sink: int) -> None:
    send(kanagawa, "山田")
    name = re.findall(r"/demo/mail/([0-9a-f-]+)/", visit.get("/demo/mail/").content.decode())[0]
    policy = visit.get(f"/demo/mail/{name}/html/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "frame-src 'self'" in visit.get(f"/demo/mail/{name}/")["Content-Security-Policy"]


def test_anything_that_comes_over_the_wire_can_be_shown(visit: Client, kanagawa: Programme, sink: int) -> None:
    odd = [
        b"",
        b"no headers at all",
        b"Subject: =?utf-8?b?broken\r\n\r\n\xff\xfe",
        b"Content-Type: multipart/alternative\r\n\r\nnothing",
        b"Content-Type: text/html; charset=nonsense\r\n\r\n<p>x",
        b"Subject: \xe4\xba\xa4\r\n\r\n" + b"x\r\n" * 300_000,
    ]
    for content in odd:
        with smtplib.SMTP("127.0.0.1", sink) as connection:
            connection.sendmail(kanagawa.sender, "a@example.jp", content)
    page = visit.get("/demo/mail/")
    assert len(json.loads(visit.get("/demo/mail.json").content)) == len(odd)
    names = set(re.findall(r"/demo/mail/([0-9a-f-]+)/", page.content.decode()))
    assert len(names) == len(odd)
    for name in names:
        for part in ("", "html/", "source/"):
            assert visit.get(f"/demo/mail/{name}/{part}").status_code == 200


@pytest.mark.parametrize("name", ["../../secret-key", "..", "x", "0" * 20])
def test_nothing_but_a_mails_name_is_looked_for(visit: Client, sink: int, name: str) -> None:
    assert visit.get(f"/demo/mail/{name}/").status_code == 404


OUTSIDE = """
import os, sys
os.environ["DEMO"] = "0"
import django
django.setup()
from django.urls import Resolver404, get_resolver
for urlconf in ("portal.urls", "portal.platform_urls"):
    for path in ("/demo/mail/", "/demo/mail.json", "/en/demo/mail/"):
        try:
            get_resolver(urlconf).resolve(path)
        except Resolver404:
            continue
        sys.exit(f"{path} is in {urlconf}")
from portal.celery import app
app.loader.import_default_modules()
known = [name for name in sys.modules if name.startswith(("aiosmtpd", "portal.local", "portal.outbox.demo"))]
sys.exit(f"imported: {known}" if known else 0)
"""


def test_neither_exists_outside_the_demo_and_production_never_imports_the_sink() -> None:
    ended = subprocess.run([sys.executable, "-c", OUTSIDE], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
