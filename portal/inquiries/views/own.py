"""Asking on My Page: for everybody who signs in, also while their organisation is not confirmed yet."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.inquiries.forms import InquiryForm
from portal.inquiries.models import Inquiry
from portal.inquiries.queries import PARTNERS, kinds_for, own_inquiries
from portal.inquiries.services import mark_opened
from portal.inquiries.views.asking import ask_about, refuse_without_inquiries, write_in_thread
from portal.web.access import member
from portal.web.requests import PortalRequest

FORM = ["GET", "HEAD", "POST"]
PER_PAGE = 20


@member()
@require_safe
def inquiries(request: PortalRequest) -> HttpResponse:
    refuse_without_inquiries(request)
    page = Paginator(own_inquiries(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "inquiries/my_list.html", {"page": page, "kinds": kinds_for(PARTNERS)})


@member()
@require_http_methods(FORM)
def ask(request: PortalRequest, kind_id: int) -> HttpResponse:
    refuse_without_inquiries(request)
    kind = get_object_or_404(kinds_for(PARTNERS), pk=kind_id)
    answer = ask_about(request, kind, InquiryForm, "inquiries/my_ask.html")
    if isinstance(answer, Inquiry):
        return redirect(f"{reverse('my_inquiries:thread', args=[answer.pk])}?sent=1")
    return answer


@member()
@require_http_methods(FORM)
def thread(request: PortalRequest, pk: int) -> HttpResponse:
    refuse_without_inquiries(request)
    inquiry = get_object_or_404(own_inquiries(request.actor), pk=pk)
    context: dict[str, Any] = {}
    if write_in_thread(request, inquiry, context):
        return redirect("my_inquiries:thread", inquiry.pk)
    if request.method == "GET":
        mark_opened(inquiry=inquiry, actor=request.actor, newest=context["thread"][-1][0].pk)
    return render(request, "inquiries/my_thread.html", context)
