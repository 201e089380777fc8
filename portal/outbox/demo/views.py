"""/demo/mail/: what the demo's mail server received from this host's sender, newest first."""

import re
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.outbox.demo.mailbox import KeptMail, Mailbox
from portal.web.access import public
from portal.web.middleware import CONTENT_SECURITY_POLICY
from portal.web.requests import PortalRequest

MOST = 200
SHOWN_OF_SOURCE = 20_000
# Framed by our page alone; may show itself and follow a link that is clicked, and nothing else.
POLICY_OF_HTML = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-top-navigation-by-user-activation"
)


@public
@require_safe
@never_cache
def mails(request: PortalRequest) -> HttpResponse:
    return render(request, "outbox/demo_mails.html", {"mails": list(mailbox_of_host(request).newest(MOST))})


@public
@require_safe
@never_cache
def mail(request: PortalRequest, name: str) -> HttpResponse:
    kept = get_mail(request, name)
    source = kept.source[:SHOWN_OF_SOURCE].decode(errors="replace")
    response = render(request, "outbox/demo_mail.html", {"mail": kept, "source": source})
    response["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
    return response


@public
@require_safe
def html(request: PortalRequest, name: str) -> HttpResponse:
    # Links lead out of the frame.
    body = re.sub(r"(<head[^>]*>)", r'\1<base target="_top">', get_mail(request, name).html, count=1)
    return HttpResponse(body, headers={"Content-Security-Policy": POLICY_OF_HTML})


@public
@require_safe
def source(request: PortalRequest, name: str) -> HttpResponse:
    return HttpResponse(get_mail(request, name).source, content_type="text/plain; charset=utf-8")


@public
@require_safe
@never_cache
def as_json(request: PortalRequest) -> JsonResponse:
    found = mailbox_of_host(request).newest(MOST)
    rows = [
        {"to": mail.to, "subject": mail.subject, "text": mail.text, "sent_at": timezone.localtime(mail.at).isoformat()}
        for mail in found
    ]
    return JsonResponse(rows, safe=False, json_dumps_params={"ensure_ascii": False, "indent": 1})


def get_mail(request: PortalRequest, name: str) -> KeptMail:
    kept = mailbox_of_host(request).get(name)
    if kept is None:
        raise Http404
    return kept


def mailbox_of_host(request: PortalRequest) -> Mailbox:
    programme = request.programme
    sender = programme.sender if programme else settings.DEFAULT_FROM_EMAIL
    return Mailbox(Path(settings.DATA_FOLDER) / "mail", sender)
