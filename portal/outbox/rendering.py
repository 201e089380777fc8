"""From a row to the words that its receiver reads, in their language and with the programme's frame around them.

Asked when the mail is sent, inside the programme's scope. How the words become bytes stands in mime.py. Where staff have
put a text of their own in the place of the standard one, that goes out; if it fails for one receiver, the standard one.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import InterfaceError, OperationalError
from django.template import Context, Template, TemplateDoesNotExist, engines
from django.template.defaulttags import ForNode, IfNode
from django.utils import translation
from django.utils.html import escape, linebreaks

from portal.outbox.messages import Message, messages
from portal.outbox.models import MailText, OutgoingMail
from portal.outbox.placeholders import STANDARD, as_context, fill, missing
from portal.outbox.subjects import COLUMNS, clean_line, columns, shorten
from portal.tenancy.models import Programme
from portal.tenancy.palettes import PALETTES
from portal.tenancy.scope import current_programme
from portal.web.links import absolute_url

logger = logging.getLogger(__name__)
# Staff's own texts by message and language.
Texts = Mapping[tuple[str, str], MailText]
STANDARD_ONLY: Texts = {}
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
    # Why staff's own text was not taken for this receiver.
    problem: str = ""
    # Where one request ends the subscription (RFC 8058): of newsletters alone.
    unsubscribe: str = ""


@dataclass(frozen=True)
class Content:
    """What stands inside the frame."""

    subject: str
    text: str
    html: str | None
    problem: str = ""


class NotForThisReceiver(ValueError):
    """Staff's own text makes no mail here; the sentence is for them."""


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


def render_mail(mail: OutgoingMail, texts: Texts = STANDARD_ONLY) -> Words | None:
    """None when the mail is no longer wanted."""
    message, programme = messages[mail.message], current_programme()
    with translation.override(mail.language):
        given = message.context(mail)
        if given is None:
            return None
        sender = _sender(programme, mail.language)
        context = {"programme": programme, "site": sender.site, "colour": sender.colour, **given}
        own = texts.get((mail.message, mail.language))
        content = _own_or_standard(own, message, context) if own else standard(message, context)
        subject = shorten(clean_line(f"【{programme.short_name}】{content.subject}"))
        html = content.html
        signed = replace(sender, site="") if message.plain_only else sender
        return Words(
            sender=sender.name,
            subject=subject,
            text=_tidy(_frame("mail/frame.txt", signed).replace(BODY, content.text)),
            html=html and _frame("mail/frame.html", sender).replace(SUBJECT, escape(subject)).replace(BODY, html),
            problem=content.problem,
            unsubscribe=context.get("unsubscribe", ""),
        )


def standard(message: Message, context: Mapping[str, Any]) -> Content:
    text = _render(f"{message.path}.txt", context, escaped=False).strip()
    html = None if message.plain_only else _html(message, context, text)
    return Content(_render(f"{message.path}.subject.txt", context, escaped=False), text, html)


def in_own_words(own: MailText, message: Message, context: Mapping[str, Any], whole: str | None = None) -> Content:
    """The text that staff wrote, with this receiver's values in it. `whole` stands for the standard text in a preview."""
    sources = {placeholder.name: placeholder for placeholder in message.placeholders}

    def value_of(name: str) -> str:
        if name == STANDARD:
            return standard(message, context).text if whole is None else whole
        if name not in sources:
            raise NotForThisReceiver(translation.gettext("使えない差込みがあります：%s") % f"{{{name}}}")
        value = _expression(sources[name].source).render(Context(dict(context), autoescape=False)).strip()
        if not value and sources[name].is_required:
            raise NotForThisReceiver(translation.gettext("この方には値のない差込みがあります：%s") % f"{{{name}}}")
        return value

    if left_out := missing(message, own.text):
        raise NotForThisReceiver(translation.gettext("本文に必要な差込みがありません：%s") % "、".join(left_out))
    text = fill(own.text, value_of).strip()
    subject = fill(own.subject, value_of) or _render(f"{message.path}.subject.txt", context, escaped=False)
    return Content(subject, text, None if message.plain_only else _paragraphs(text))


def to_go_on_from(message: Message) -> str:
    """The standard text with placeholders in the place of values; where it depends on more, a placeholder for it all."""
    template = _template(f"{message.path}.txt")
    if message.placeholders and not template.nodelist.get_nodes_by_type((IfNode, ForNode)):  # type: ignore[arg-type]
        try:
            text = _tidy(template.render(Context(as_context(message), autoescape=False))).strip()
        except (AttributeError, TypeError, ValueError):  # a filter for dates was given a placeholder
            text = ""
        if text and not missing(message, text):
            return text
    return f"{{{STANDARD}}}"


def _own_or_standard(own: MailText, message: Message, context: Mapping[str, Any]) -> Content:
    try:
        return in_own_words(own, message, context)
    except NotForThisReceiver as reason:
        problem = str(reason)
    except (OperationalError, InterfaceError):
        raise  # The database is gone: that says nothing about the text.
    except Exception as error:
        # Whatever is wrong with a value stops nobody's mail; staff see it, and the log says where.
        logger.exception("own text cannot be filled in", extra={"facts": {"text": own.pk, "message": message.name}})
        problem = type(error).__name__
    return replace(standard(message, context), problem=problem)


@lru_cache(500)
def _expression(source: str) -> Template:
    return engines["django"].from_string("{{ " + source + " }}").template  # type: ignore[no-any-return, attr-defined]


def _sender(programme: Programme, language: str) -> Sender:
    return Sender(
        name=clean_line(f"{programme.local('operator')} {programme.local('name')}"),
        office=programme.local("office"),
        phone=programme.phone,
        hours=programme.local("hours"),
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
        return _paragraphs(text)
    return CONTROLS.sub("", own.render(Context(dict(context))))


def _paragraphs(text: str) -> str:
    return CONTROLS.sub("", linebreaks(_linked(text)))


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
