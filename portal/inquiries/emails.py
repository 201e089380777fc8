"""The mails about inquiries: that one has arrived, and that there is an answer. What was written stays in the portal."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.inquiries.models import Inquiry
from portal.outbox.messages import Message, Priority, may, must
from portal.outbox.models import OutgoingMail
from portal.web.links import absolute_url


def to_asker(mail: OutgoingMail) -> Mapping[str, Any] | None:
    inquiry = _inquiry(mail)
    if inquiry is None:
        return None
    if inquiry.is_public:
        link = reverse("inquiries:thread", args=[inquiry.link_token])
    else:
        link = reverse("my_inquiries:thread", args=[inquiry.pk])
    return {"inquiry": inquiry, "kind": inquiry.kind.local("title"), "link": absolute_url(link)}


def to_office(mail: OutgoingMail) -> Mapping[str, Any] | None:
    inquiry = _inquiry(mail)
    if inquiry is None:
        return None
    link = reverse("admin:inquiries_inquiry_change", args=[inquiry.pk])
    return {"inquiry": inquiry, "kind": inquiry.kind.title, "link": absolute_url(link)}


def _inquiry(mail: OutgoingMail) -> Inquiry | None:
    return Inquiry.objects.select_related("kind").filter(pk=mail.about_id).first()


INQUIRY = (may("受付番号", "inquiry.receipt"), may("種類", "kind"))
MESSAGES = (
    Message(
        "inquiries.received", _("お問い合わせの受付"), Priority.PERSONAL, to_asker, secret=True,
        placeholders=(*INQUIRY, may("予定の日", "inquiry.first_answer_by|day"), must("リンク", "link")),
    ),
    Message(
        "inquiries.answered", _("お問い合わせへの回答のお知らせ"), Priority.PERSONAL, to_asker, secret=True,
        placeholders=(*INQUIRY, must("リンク", "link")),
    ),
    Message(
        "inquiries.for_office", _("お問い合わせ（事務局あて）"), Priority.PERSONAL, to_office,
        placeholders=(*INQUIRY, may("期限", "inquiry.answer_by|day"), must("リンク", "link")),
    ),
)  # fmt: skip
