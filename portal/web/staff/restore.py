"""Taking back a change: the values that the record holds from before it, shown first, then set by the app's service."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from portal.web.forms import sentences_of
from portal.web.models import ApprovalRequest
from portal.web.staff.record import Change, in_words


def asked_for(requests: Sequence[ApprovalRequest]) -> str:
    sentences = " ".join(request.what for request in requests)
    return _("ほかの承認者に承認を依頼しました。承認されると変わります。%s") % sentences


def restore_view(admin: Any, request: HttpRequest, obj: models.Model, event_id: int) -> HttpResponse:
    """GET shows what would become what; POST does it."""
    if not admin.has_change_permission(request, obj):
        raise PermissionDenied
    event = next((event for event in admin.history(obj) if event.pk == event_id), None)
    former = admin.former_values(obj, event) if event else {}
    if event is None:
        raise Http404
    if request.method == "POST" and former:
        try:
            if asked := admin.restore(request, obj, event):
                admin.message_user(request, asked_for(asked), messages.WARNING)
            else:
                admin.message_user(request, _("変更の前に戻しました。"), messages.SUCCESS)
        except ValidationError as refused:
            admin.message_user(request, sentences_of(refused), messages.ERROR)
        return HttpResponseRedirect("../../change/")
    context = admin.admin_site.each_context(request) | {
        "title": str(obj),
        "subtitle": _("変更の取消し"),
        "opts": admin.opts,
        "object": obj,
        "event": event,
        "changes": [Change(*in_words(admin.opts.label_lower, name, values)) for name, values in former.items()],
    }
    return TemplateResponse(request, "admin/restore.html", context)
