"""担当の交代: whoever signs in is in charge, and may name whoever comes after them. Then their own access ends."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partners.models import Member
from partners.services.people import AlreadyThere, IsStaff
from partners.services.successors import name_successor
from portal.mypage.forms import SuccessorForm
from portal.mypage.views.people import IS_STAFF
from portal.web.access import member, public
from portal.web.forms import answers, page_form
from portal.web.requests import PortalRequest


@member()
@require_http_methods(["GET", "HEAD", "POST"])
def successor(request: PortalRequest) -> HttpResponse:
    place = get_object_or_404(Member.objects.select_related("partner", "user"), pk=request.actor.place.member_id)
    form = page_form(SuccessorForm, request)
    context = {"form": form, "place": place}
    if form.is_valid() and "_send" not in request.POST:
        return render(request, "mypage/successor_confirm.html", context | {"rows": answers(form), "danger": True})
    if form.is_valid():
        try:
            name_successor(member=place, actor=request.actor, **form.cleaned_data)
        except AlreadyThere:
            form.add_error("address", _("この方は、すでに担当者です。別の方のアドレスを入力してください。"))
        except IsStaff:
            form.add_error("address", IS_STAFF)
        else:
            return redirect("mypage:succeeded")
    return render(request, "mypage/successor.html", context)


@public
@require_safe
def succeeded(request: PortalRequest) -> HttpResponse:
    """For somebody who is out by now."""
    return render(request, "mypage/succeeded.html")
