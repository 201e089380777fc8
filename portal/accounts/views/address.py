"""Where the two mails about another sign-in address lead. Only the button confirms."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from portal.accounts.services.address import Over, Taken, confirm_address, find_change
from portal.accounts.views.doors import door
from portal.outbox.bounces import note_opened
from portal.web.requests import PortalRequest


@door
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: PortalRequest, change_id: int, side: str, token: str) -> HttpResponse:
    try:
        change = find_change(change_id=change_id, side=side, token=token)
        if request.method != "POST":
            to = change.old_address if side == "old" else change.new_address
            note_opened(to=to, data={"change": change.pk, "side": side})
            return render(request, "accounts/address/confirm.html", {"change": change})
        is_done = confirm_address(change_id=change_id, side=side, token=token)
    except Over:
        return render(request, "accounts/address/over.html", status=410)
    except Taken:
        return render(request, "accounts/address/over.html", {"is_taken": True}, status=409)
    return render(request, "accounts/address/confirmed.html", {"is_done": is_done, "side": side})
