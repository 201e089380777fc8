"""Closed inquiries: after the years that the programme has set, all that is personal goes; number, kind, days and state stay
for the figures. Each is on record.
"""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from portal.accounts import keys
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.files.models import StoredFile
from portal.files.services import delete_files
from portal.inquiries.models import Inquiry, InquiryMessage
from portal.tenancy.rounds import for_each_row
from portal.tenancy.scope import current_programme
from portal.web.models import Comment

GONE = "（消去済み）"


def forget_closed_inquiries(now: datetime) -> None:
    years = current_programme().inquiry_years
    if years is None:
        return
    ids = Inquiry.objects.to_forget(years_before(now, years)).values_list("pk", flat=True)
    for_each_row(ids, partial(forget_inquiry, now=now))


def years_before(moment: datetime, years: int) -> datetime:
    """The same day of an earlier year; of February 29, the day before."""
    local = timezone.localtime(moment)
    try:
        return local.replace(year=local.year - years)
    except ValueError:
        return local.replace(year=local.year - years, day=28)


@transaction.atomic
def forget_inquiry(inquiry_id: int, *, now: datetime) -> None:
    inquiry = Inquiry.objects.select_for_update(of=("self",)).get(pk=inquiry_id)
    if inquiry.closed_at is None or inquiry.forgotten_at:
        # Written in or forgotten since it was found.
        return
    messages = inquiry.messages.values_list("pk", flat=True)
    owned = StoredFile.objects.filter(owner_type=InquiryMessage._meta.label_lower, owner_id__in=list(messages))
    delete_files(files=owned, actor=None)
    inquiry.messages.all().delete()
    Comment.objects.about(inquiry).delete()
    inquiry.name = inquiry.organisation = inquiry.email = inquiry.phone = ""
    inquiry.user, inquiry.partner_id, inquiry.answers = None, None, []
    # The mailed link leads nowhere any more.
    inquiry.seed, inquiry.link_hash, inquiry.forgotten_at = keys.new_seed(), "", now
    if inquiry.is_on_behalf:
        inquiry.entered_because = GONE
    inquiry.save()
    record_event(action=Action.INQUIRY_FORGOTTEN, subject=inquiry, actor=None)
