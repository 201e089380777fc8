"""What the receiver reads."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings

from portal.outbox.messages import messages
from portal.outbox.models import OutgoingMail
from portal.outbox.rendering import Words, check_messages, render_mail
from portal.outbox.services import queue_mail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.languages import JAPANESE_TEXT
from tests.portal.outbox.conftest import GREETING

WithTemplates = Callable[..., None]


def rendered(message: str = "tests.greeting", language: str = "ja", **data: Any) -> Words:
    mail = queue_mail(message=message, to="hanako@example.jp", dedupe_key="x", data=data, language=language)
    words = render_mail(mail)
    assert words
    return words


def test_the_frame_of_the_programme_stands_around_the_words(in_kanagawa: Programme) -> None:
    words = rendered(name="山田 花子")
    assert words.subject == "【かながわSDGs】山田 花子 様へのごあいさつ"
    assert words.sender == "神奈川県 SDGsパートナーポータル"
    lines = words.text.splitlines()
    assert "送信専用" in lines[0]
    assert "inquiry@kanagawa.example.jp" in lines[1]
    assert lines[3:8] == ["山田 花子 様", "", "こんにちは。", "https://kanagawa.localhost/meetings/", ""]
    assert "045-000-0000" in words.text
    assert lines[-1] == "http://kanagawa.localhost:8000/"


def test_no_link_stands_there_without_a_word() -> None:
    """A line of its own before each says what is found there; a fact like 「理由：」 does not."""
    link, bare = re.compile(r"\{\{ (link|home|sign_in|logos|certificate) \}\}"), []
    templates = sorted((settings.BASE_DIR / "templates/mail").rglob("*.txt"))
    for path in templates:
        lines = path.read_text().splitlines()
        for before, line in zip(["", *lines], lines, strict=False):
            if link.match(line) and ("：{{" in before or not JAPANESE_TEXT.search(before)):
                bare.append(f"{path.name}: {before}")
    assert templates and not bare


def test_each_programme_has_its_own_frame(in_kanagawa: Programme, tokyo: Programme) -> None:
    rendered(name="山田")
    with programme_scope(tokyo):
        words = rendered(name="山田")
    assert words.subject.startswith("【ネットクラブ】")
    assert "kanagawa" not in words.text.replace("https://kanagawa.localhost/meetings/", "")


def test_a_change_of_the_programme_shows_in_the_next_mail(in_kanagawa: Programme) -> None:
    rendered(name="山田")
    in_kanagawa.phone = "045-111-1111"
    assert "045-111-1111" in rendered(name="山田").text


def test_in_the_language_of_the_receiver(in_kanagawa: Programme) -> None:
    in_kanagawa.hours_en = "Weekdays, 8:30 to 17:15"
    words = rendered(name="Hanako", language="en")
    assert "045-000-0000 (Weekdays, 8:30 to 17:15)" in words.text
    assert not JAPANESE_TEXT.search(words.text.split("―")[-1])
    assert words.sender == "Kanagawa Prefecture SDGs Partner Portal"
    assert words.text.splitlines()[-1] == "http://kanagawa.localhost:8000/en/"
    assert words.html
    assert '<html lang="en">' in words.html


def test_html_comes_from_the_text_when_the_message_has_none(in_kanagawa: Programme) -> None:
    html = rendered(name="山田 <b>花子", note="1 & 2").html
    assert html
    assert "<p>山田 &lt;b&gt;花子 様</p>" in html
    assert "1 &amp; 2" in html
    assert '<a href="https://kanagawa.localhost/meetings/">' in html
    assert "<title>【かながわSDGs】山田 &lt;b&gt;花子 様へのごあいさつ</title>" in html


def test_the_messages_own_html_is_escaped_and_has_no_pictures(in_kanagawa: Programme) -> None:
    html = rendered("tests.sign_in", name="<script>alert(1)</script>").html
    assert html
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="http://kanagawa.localhost:8000/"' in html


def test_a_name_in_plain_text_is_not_escaped(in_kanagawa: Programme) -> None:
    assert "R&D <部>" in rendered(name="R&D <部>").text


def test_plain_only_has_no_html_and_no_web_address(in_kanagawa: Programme, give_templates: WithTemplates) -> None:
    give_templates("code", subject="確認コード", text="コードは {{ code }} です。")
    messages.register("tests.code", replace(GREETING, name="tests.code", plain_only=True))
    words = rendered("tests.code", code="123456")
    assert words.html is None
    assert "http" not in words.text
    assert "123456" in words.text


@pytest.mark.parametrize("name", ["山田\r\nBcc: all@example.jp", "山\n\n田", "花\u202e子", "\x1b[31m", "x" * 500])
def test_a_name_cannot_leave_the_subject(in_kanagawa: Programme, name: str) -> None:
    words = rendered(name=name)
    assert words.subject.isprintable()
    assert len(words.subject) <= 60
    assert "\x1b" not in words.text
    assert words.html
    assert "\x1b" not in words.html


def test_no_longer_wanted(in_kanagawa: Programme) -> None:
    mail = queue_mail(message="tests.greeting", to="a@example.jp", dedupe_key="x", data={"unwanted": True})
    assert render_mail(mail) is None


def test_a_mail_is_rendered_without_a_query(in_kanagawa: Programme, django_assert_num_queries: Any) -> None:
    mail = queue_mail(message="tests.greeting", to="a@example.jp", dedupe_key="x", data={"name": "山田"})
    render_mail(mail)
    with django_assert_num_queries(0):
        render_mail(mail)


class TestCheck:
    def test_every_message_of_every_app_has_templates_and_a_subject_that_fits(self) -> None:
        """Walks the whole registry: a new message is checked by being registered."""
        assert check_messages() == []

    def test_a_missing_template_is_named(self) -> None:
        messages.register("tests.nothing", replace(GREETING, name="tests.nothing"))
        [problem] = check_messages()
        assert "templates/mail/tests/nothing.subject.txt" in problem.msg

    def test_a_long_subject_is_named(self, give_templates: WithTemplates) -> None:
        give_templates("long", subject="あ" * 17 + "{{ name }}", text="x")
        messages.register("tests.long", replace(GREETING, name="tests.long"))
        [problem, *_] = check_messages()
        assert "too long" in problem.msg
        give_templates("long", subject="あ" * 16 + "{{ name }}", text="x")
        assert check_messages() == []


def test_private_use_characters_do_not_disturb_the_frame(in_kanagawa: Programme) -> None:
    words = rendered(name="\ue000body\ue000", note="\ue000subject\ue000")
    assert words.text.count("送信専用") == 1
    assert OutgoingMail.objects.count() == 1
