"""A partner says that its data, brought over from the former scheme, are right."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners.services.moving import finish_moving
from portal.web.access import MemberRole, member
from portal.web.requests import PortalRequest


@member(MemberRole.EDITOR)
@require_POST
def moved(request: PortalRequest) -> HttpResponse:
    try:
        finish_moving(partner_id=request.actor.place.partner_id, actor=request.actor)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("ありがとうございます。移行が終わりました。"))
    return redirect("mypage:home")
