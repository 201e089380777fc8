"""What both sides share: from the form by way of the confirm page to the inquiry, and another text in a thread."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts import limits
from portal.accounts.visitors import limit_key
from portal.files.kinds import MB
from portal.files.senders import Sender
from portal.inquiries.forms import InquiryForm, MessageForm
from portal.inquiries.models import Inquiry, InquiryKind
from portal.inquiries.queries import thread_of
from portal.inquiries.services import send_inquiry, write_again
from portal.tenancy.models import Feature
from portal.web.access import Refusal
from portal.web.forms import answers, page_form
from portal.web.requests import PortalRequest

STEPS = [gettext_lazy("入力"), gettext_lazy("内容の確認"), gettext_lazy("完了")]


def refuse_without_inquiries(request: PortalRequest) -> None:
    if not request.programme.has(Feature.INQUIRIES):
        raise Http404


def ask_about(
    request: PortalRequest, kind: InquiryKind, form_type: type[InquiryForm], template: str
) -> HttpResponse | Inquiry:
    """The page to answer with, until the inquiry is sent."""
    _refuse_too_many_forms(request)
    form = page_form(form_type, request, about=kind, sender=Sender(request))
    context = {"form": form, "kind": kind, "steps": STEPS}
    if form.is_valid() and "_send" not in request.POST:
        context |= {"rows": [row for row in answers(form) if row.value], "is_member": template != "inquiries/ask.html"}
        return render(request, "inquiries/confirm.html", context)
    if form.is_valid():
        sent = _sent(request, kind, form)
        if sent is not None:
            return sent
    return render(request, template, context)


def write_in_thread(request: PortalRequest, inquiry: Inquiry, context: dict[str, Any]) -> bool:
    """Whether another text was written; otherwise the context holds what the page shows."""
    _refuse_too_many_forms(request)
    form = page_form(MessageForm, request, sender=Sender(request))
    if not inquiry.kind.takes_files:
        del form.fields["attachment"]
    if form.is_valid():
        try:
            if not limits.allow(limits.INQUIRY_MESSAGES, inquiry.pk):
                raise ValidationError(
                    _("短い時間に続けて送信されました。1時間ほど待ってから、もう一度お試しください。")
                )
            files = form.cleaned_data.get("attachment", [])
            key, text = form.cleaned_data["form_key"], form.cleaned_data["text"]
            write_again(form_key=key, inquiry=inquiry, text=text, files=files, actor=request.actor)
            return True
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
    context |= {"inquiry": inquiry, "form": form, "thread": thread_of(inquiry)}
    return False


def _sent(request: PortalRequest, kind: InquiryKind, form: InquiryForm) -> Inquiry | None:
    asker, typed = form.asker(request.actor), form.cleaned_data
    try:
        if not (
            limits.allow(limits.INQUIRIES_BY_VISITOR, limit_key(request))
            and limits.allow(limits.INQUIRIES_FOR_ADDRESS, asker.email)
        ):
            raise ValidationError(_("短い時間に続けて送信されました。1時間ほど待ってから、もう一度お試しください。"))
        return send_inquiry(
            form_key=typed["form_key"],
            kind=kind,
            asker=asker,
            text=typed["text"],
            answers=form.answers,
            files=typed.get("attachment", []),
            actor=request.actor,
        )
    except ValidationError as refusal:
        form.add_error(None, refusal.messages)
        return None


def _refuse_too_many_forms(request: PortalRequest) -> None:
    """Before a form is read, because its files are kept at once."""
    if request.method != "POST":
        return
    visitor, megabytes = limit_key(request), int(request.META.get("CONTENT_LENGTH") or 0) // MB
    may_send = limits.allow(limits.INQUIRY_FORMS, visitor)
    if not may_send or (megabytes and not limits.allow(limits.INQUIRY_MEGABYTES, visitor, amount=megabytes)):
        raise Refusal(
            gettext_lazy("短い時間に操作が続きました"),
            gettext_lazy("1時間ほど待ってから前のページに戻ると、入力した内容を送れます。"),
        )
