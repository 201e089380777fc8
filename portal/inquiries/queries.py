"""Reads of the menu, of one's own inquiries, and of what waits for the office."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts import keys
from portal.files.models import StoredFile
from portal.inquiries.models import Inquiry, InquiryKind, InquiryMessage, ReplyTemplate
from portal.inquiries.rules import Speed, speed_of
from portal.tenancy.models import Feature
from portal.tenancy.scope import current_programme
from portal.web.access import Actor
from portal.web.registry import Address, WorkItem, WorkQueue, entrances

PUBLIC, PARTNERS = InquiryKind.Audience.PUBLIC, InquiryKind.Audience.PARTNERS
SLOT = "attachment"


def kinds_for(audience: str) -> "QuerySet[InquiryKind]":
    """The menu: two queries."""
    found: QuerySet[InquiryKind] = InquiryKind.objects.open_to(audience).prefetch_related("answers")
    return found


def public_addresses() -> Sequence[Address]:
    return [Address(reverse("inquiries:menu"))] if current_programme().has(Feature.INQUIRIES) else []


def inquiry_with_token(token: str) -> Inquiry | None:
    """By the mailed link; a partner's people sign in instead."""
    found: Inquiry | None = (
        Inquiry.objects.select_related("kind").filter(link_hash=keys.hash_of(token), user=None).first()
    )
    return found


def thread_of(inquiry: Inquiry) -> list[tuple[InquiryMessage, list[StoredFile]]]:
    """Every text with its files, the oldest first. Two queries."""
    messages = list(inquiry.messages.select_related("author"))
    files: dict[int | None, list[StoredFile]] = {}
    owned = StoredFile.objects.filter(
        owner_type=InquiryMessage._meta.label_lower, owner_id__in=[m.pk for m in messages]
    )
    for file in owned:
        files.setdefault(file.owner_id, []).append(file)
    return [(message, files.get(message.pk, [])) for message in messages]


def newest_in(inquiry: Inquiry) -> int:
    """The last text of the thread; there is always one."""
    found: int = inquiry.messages.latest("id").pk
    return found


def own_inquiries(actor: Actor) -> "QuerySet[Inquiry]":
    found: QuerySet[Inquiry] = Inquiry.objects.visible_to(actor).with_news_for(actor).select_related("kind")
    return found


def card_of(actor: Actor) -> dict[str, Any]:
    """What has an unread answer first."""
    newest_first: Any = ("-has_news", "-id")
    return {"inquiries": list(own_inquiries(actor).order_by(*newest_first)[:3])}


def partner_with_number(number: int) -> tuple[int, str] | None:
    """Its key and its name."""
    return next((found for named in entrances.partners if (found := named(number))), None)


def kinds_to_enter() -> "QuerySet[InquiryKind]":
    found: QuerySet[InquiryKind] = InquiryKind.objects.filter(is_open=True).prefetch_related("questions", "answers")
    return found


def templates_for(inquiry: Inquiry) -> "QuerySet[ReplyTemplate]":
    return ReplyTemplate.objects.filter(Q(kind=None) | Q(kind=inquiry.kind_id))


def speed_since(days: int, now: datetime) -> Speed:
    """How fast the office first answered what came in during the last days."""
    rows = Inquiry.objects.filter(sent_at__gt=now - timedelta(days=days)).values_list(
        "sent_at", "first_answer_by", "first_answered_at"
    )
    return speed_of(
        (timezone.localdate(asked), by, timezone.localdate(answered) if answered else None)
        for asked, by, answered in rows
    )


def waiting_items() -> list[WorkItem]:
    found: Any = Inquiry.objects.waiting().with_news_for_staff().select_related("kind")
    return [
        WorkItem(
            title=f"{inquiry}：{inquiry.organisation or inquiry.name}",
            url=reverse("admin:inquiries_inquiry_change", args=[inquiry.pk]),
            since=inquiry.waiting_since,
            due_at=datetime.combine(inquiry.answer_by, time.max, timezone.get_default_timezone()),
            subject_type="inquiries.inquiry",
            subject_id=str(inquiry.pk),
            is_unread=inquiry.has_news,
        )
        for inquiry in found[:200]
    ]


waiting_queue = WorkQueue(
    label=_("お問い合わせへの回答"),
    url=lambda: reverse("admin:inquiries_inquiry_changelist") + "?state__exact=waiting",
    count=lambda: Inquiry.objects.waiting().count(),
    items=waiting_items,
    feature=Feature.INQUIRIES,
    about="inquiries.inquiry",
)
