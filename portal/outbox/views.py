"""Where a mail provider reports what became of our mails. Signed; answers in English, as nobody reads it on a screen."""

import hashlib
import hmac
import json
import re

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.outbox.bounces import take_finding
from portal.outbox.reports import MOST_BYTES, Finding, read_event, read_mail
from portal.web.access import public

MOST_EVENTS = 1000
SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")
# How far the sender's clock may be off; a recorded request is of no use for longer.
TOLERANCE_SECONDS = 300


@csrf_exempt
@public
@require_POST
def reports(request: HttpRequest) -> JsonResponse:
    """JSON events, or one raw report as message/rfc822. What is not about a mail of this programme is counted only."""
    if not settings.MAIL_REPORTS_SECRET:
        raise Http404
    if len(request.body) > MOST_BYTES:
        return JsonResponse({"error": f"more than {MOST_BYTES} bytes"}, status=413)
    if not is_signed(request.headers.get("X-Kakehashi-Signature", ""), request.body, timezone.now().timestamp()):
        return JsonResponse({"error": "X-Kakehashi-Signature is missing, wrong or too old"}, status=401)
    if request.content_type == "message/rfc822":
        return _answer([read_mail(request.body) or "no report about one mail of ours"])
    try:
        events = json.loads(request.body)["events"]
    except (ValueError, KeyError, TypeError, RecursionError):
        events = None
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        return JsonResponse({"error": f'expected {{"events": [at most {MOST_EVENTS}]}}'}, status=400)
    return _answer([read_event(event) for event in events])


def is_signed(signature: str, body: bytes, now: float) -> bool:
    found = SIGNATURE.fullmatch(signature)
    if not found or abs(now - int(found[1])) > TOLERANCE_SECONDS:
        return False
    return constant_time_compare(found[2], sign(found[1], body))


def sign(moment: str, body: bytes) -> str:
    """What the sender computes too: HMAC-SHA256 over the time, a full stop and the body."""
    return hmac.new(settings.MAIL_REPORTS_SECRET.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def _answer(read: list[Finding | str]) -> JsonResponse:
    taken = [isinstance(one, Finding) and take_finding(finding=one) for one in read]
    refused = {str(number): one for number, one in enumerate(read) if isinstance(one, str)}
    return JsonResponse({"taken": sum(taken), "unknown": len(read) - sum(taken) - len(refused), "refused": refused})
