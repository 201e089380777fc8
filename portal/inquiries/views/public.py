"""Asking without signing in: the menu with its answers, the form, the number; and the thread behind the mailed link."""

import uuid

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.rules import masked
from portal.accounts.views.doors import door
from portal.files.models import StoredFile
from portal.files.views import file_response
from portal.inquiries.forms import PublicInquiryForm
from portal.inquiries.models import Inquiry
from portal.inquiries.queries import PUBLIC, inquiry_with_token, kinds_for, thread_of
from portal.inquiries.views.asking import STEPS, ask_about, refuse_without_inquiries, write_in_thread
from portal.web.access import ANONYMOUS, public
from portal.web.requests import PortalRequest

FORM = ["GET", "HEAD", "POST"]
# Key of the session: number and, in part, address of what was sent last.
SENT = "inquiry"


@public
@require_safe
def menu(request: PortalRequest) -> HttpResponse:
    refuse_without_inquiries(request)
    return render(request, "inquiries/menu.html", {"kinds": kinds_for(PUBLIC)})


@door
@require_http_methods(FORM)
def ask(request: PortalRequest, kind_id: int) -> HttpResponse:
    refuse_without_inquiries(request)
    kind = get_object_or_404(kinds_for(PUBLIC), pk=kind_id)
    # Whoever is signed in and asks here, asks as anybody: what belongs to an organisation is asked on My Page.
    request.actor = ANONYMOUS
    answer = ask_about(request, kind, PublicInquiryForm, "inquiries/ask.html")
    if isinstance(answer, Inquiry):
        request.session[SENT] = [answer.receipt, masked(answer.email)]
        return redirect("inquiries:sent")
    return answer


@door
@require_safe
def sent(request: PortalRequest) -> HttpResponse:
    if SENT not in request.session:
        return redirect("inquiries:menu")
    receipt, address = request.session[SENT]
    return render(request, "inquiries/sent.html", {"receipt": receipt, "address": address, "steps": STEPS})


@door
@require_http_methods(FORM)
def thread(request: PortalRequest, token: str) -> HttpResponse:
    refuse_without_inquiries(request)
    inquiry = inquiry_with_token(token)
    if inquiry is None:
        return render(request, "inquiries/link_over.html", status=410)
    request.actor = ANONYMOUS
    context = {"token": token}
    if write_in_thread(request, inquiry, context):
        return redirect("inquiries:thread", token)
    return render(request, "inquiries/thread.html", context)


@public
@require_safe
def thread_file(request: PortalRequest, token: str, key: uuid.UUID) -> HttpResponseBase:
    """Of this thread, for whoever holds its link."""
    refuse_without_inquiries(request)
    inquiry = inquiry_with_token(token)
    files: list[StoredFile] = [] if inquiry is None else [one for _m, found in thread_of(inquiry) for one in found]
    for file in files:
        if file.key == key and file.is_ready:
            response = file_response(file, as_attachment=True)
            patch_cache_control(response, no_store=True)
            return response
    raise Http404
