"""From a row to the words that its receiver reads, in their language and with the programme's frame around them.

Asked when the mail is sent, inside the programme's scope. How the words become bytes stands in mime.py.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.template import Context, Template, TemplateDoesNotExist, engines
from django.utils import translation
from django.utils.html import escape, linebreaks

from portal.outbox.messages import Message, messages
from portal.outbox.models import OutgoingMail
from portal.outbox.subjects import COLUMNS, clean_line, columns, shorten
from portal.tenancy.models import Programme
from portal.tenancy.palettes import PALETTES
from portal.tenancy.scope import current_programme
from portal.web.links import absolute_url

CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
MANY_BLANK_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
# An address of a page or of a mailbox, without the full stop behind it.
LINKS = re.compile(r"(https?://[\w\-./?%&=#~:+,;@!*]*[\w/#=~\-]|[\w.+\-]+@\w[\w\-]*(?:\.[\w\-]+)+)", re.ASCII)
LONGEST_SHORT_NAME = "あ" * 12


# Stand in the frame where each mail's own words come.
SUBJECT, BODY = "\ue000subject\ue000", "\ue000body\ue000"


@dataclass(frozen=True)
class Words:
    sender: str
    subject: str
    text: str
    html: str | None


@dataclass(frozen=True)
class Sender:
    """What the frame says of the programme, in the receiver's language."""

    name: str
    office: str
    phone: str
    hours: str
    email: str
    site: str
    colour: str
    language: str


def render_mail(mail: OutgoingMail) -> Words | None:
    """None when the mail is no longer wanted."""
    message, programme = messages[mail.message], current_programme()
    with translation.override(mail.language):
        given = message.context(mail)
        if given is None:
            return None
        sender = _sender(programme, mail.language)
        context = {"programme": programme, "site": sender.site, "colour": sender.colour, **given}
        own_subject = _render(f"{message.path}.subject.txt", context, escaped=False)
        subject = shorten(clean_line(f"【{programme.short_name}】{own_subject}"))
        text = _render(f"{message.path}.txt", context, escaped=False).strip()
        html = None if message.plain_only else _html(message, context, text)
        signed = replace(sender, site="") if message.plain_only else sender
        return Words(
            sender=sender.name,
            subject=subject,
            text=_tidy(_frame("mail/frame.txt", signed).replace(BODY, text)),
            html=html and _frame("mail/frame.html", sender).replace(SUBJECT, escape(subject)).replace(BODY, html),
        )


def _sender(programme: Programme, language: str) -> Sender:
    return Sender(
        name=clean_line(f"{programme.local('operator')} {programme.local('name')}"),
        office=programme.local("office"),
        phone=programme.phone,
        hours=programme.hours,
        email=programme.email,
        site=absolute_url("/" if language == settings.LANGUAGE_CODE else f"/{language}/"),
        colour=PALETTES[programme.palette][5],
        language=language,
    )


@lru_cache(200)
def _frame(name: str, sender: Sender) -> str:
    """The same around all mails of a run, so it is made once: a third of the time that a mail takes to write."""
    context = {"sender": sender, "subject": SUBJECT, "body": BODY, "lang": "en" if sender.language == "en" else "ja"}
    return _render(name, context, escaped=name.endswith(".html"))


def _html(message: Message, context: Mapping[str, Any], text: str) -> str:
    """The message's own HTML, or its text with paragraphs and links."""
    try:
        own = _template(f"{message.path}.html")
    except TemplateDoesNotExist:
        return CONTROLS.sub("", linebreaks(_linked(text)))
    return CONTROLS.sub("", own.render(Context(dict(context))))


def _linked(text: str) -> str:
    """Escaped, with links. Django's urlize looks at every word, which was a tenth of the cost of a bulk run."""
    parts: list[str] = [escape(part) for part in LINKS.split(text)]
    for number in range(1, len(parts), 2):
        target = parts[number] if "://" in parts[number] else f"mailto:{parts[number]}"
        parts[number] = f'<a href="{target}">{parts[number]}</a>'
    return "".join(parts)


def _render(name: str, context: Mapping[str, Any], escaped: bool = True) -> str:
    return _template(name).render(Context(dict(context), autoescape=escaped))


def _template(name: str) -> Template:
    return engines["django"].get_template(name).template  # type: ignore[no-any-return, attr-defined]


def _tidy(text: str) -> str:
    """Without the blank lines that tags leave behind."""
    lines = "\n".join(line.rstrip() for line in CONTROLS.sub("", text).splitlines())
    return MANY_BLANK_LINES.sub("\n\n", lines).strip() + "\n"


def check_messages(**kwargs: Any) -> list[CheckMessage]:
    """`manage.py check`: every message has its templates, and a subject that fits behind the longest short name."""
    return [Error(problem, id="outbox.E001") for message in messages for problem in _problems(message)]


def _problems(message: Message) -> Iterator[str]:
    longest = Programme(short_name=LONGEST_SHORT_NAME)
    for suffix in (".subject.txt", ".txt"):
        try:
            _template(message.path + suffix)
        except TemplateDoesNotExist:
            yield f"{message.name}: templates/{message.path}{suffix} is missing."
            return
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            # Without data: what a name adds is cut when the mail is sent.
            own = clean_line(_render(f"{message.path}.subject.txt", {"programme": longest}, escaped=False))
        if columns(f"【{LONGEST_SHORT_NAME}】{own}") > COLUMNS:
            yield f"{message.name}: the subject {own!r} is too long behind the name of the programme."
