"""「ほかの事業にも送る」: an owner sends a report to another programme as well."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.web.access import MemberRole, member
from portal.web.forms import page_form
from portal.web.requests import PortalRequest
from renewals.forms.federating import SendAlsoForm
from renewals.queries.federating import sent_to
from renewals.services.federating import send_also
from renewals.views.doors import with_reports
from renewals.views.reports import own_report


@member(MemberRole.OWNER)
@require_http_methods(["GET", "HEAD", "POST"])
@with_reports
def also(request: PortalRequest, report_id: int) -> HttpResponse:
    report = own_report(request, report_id)
    form = page_form(SendAlsoForm, request)
    if form.is_valid():
        to = form.cleaned_data["programme"]
        try:
            send_also(report_id=report.pk, programme_id=to.pk, actor=request.actor)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(
                request,
                _("「%s」へ送りました。代表として登録されていれば、下書きが届いたことをメールでお知らせします。") % to,
            )
            return redirect("renewals:report", report.pk)
    context = {"form": form, "report": report, "sent": sent_to(report, request.actor.user)}
    return render(request, "renewals/own/also.html", context)
