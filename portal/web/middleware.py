"""What happens to every request, from the outside in: its record, its headers, nonsense refused, its language."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import translation

from portal.web.errors import error_page
from portal.web.languages import html_lang, language_of
from portal.web.logs import request_id

logger = logging.getLogger("portal.requests")
Handler = Callable[[HttpRequest], HttpResponse]

# No form and no link of ours uses another.
METHODS = ("GET", "HEAD", "POST")
LONGEST_ADDRESS = 4096
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def request_record(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        name = uuid.uuid4().hex[:16]
        token = request_id.set(name)
        try:
            response = get_response(request)
            response["X-Request-ID"] = name
            match = request.resolver_match
            logger.info(
                "request",
                extra={
                    "facts": {
                        "method": request.method if request.method in METHODS else "other",
                        # The route, not the path: a path may carry a token.
                        "route": match.view_name if match else "",
                        "status": response.status_code,
                        "ms": round((time.perf_counter() - started) * 1000),
                        "programme": getattr(getattr(request, "programme", None), "slug", ""),
                    }
                },
            )
            return response
        finally:
            request_id.reset(token)

    return middleware


def security_headers(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        return response

    return middleware


class refuse_nonsense:  # noqa: N801 - named like its neighbours; a class because it also looks at what was posted
    """What no browser sends and no form of ours produces ends here, with a page: no view has to think of it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if status := _nonsense(request):
            page = error_page(request, status)
            if status == 405:
                page["Allow"] = ", ".join(METHODS)
            return page
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            page = error_page(request, response.status_code)
            page["Allow"] = response["Allow"]
            return page
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        if request.method != "POST":
            return None
        try:
            names = [*request.POST, *request.FILES]
            values = [value for _, several in request.POST.lists() for value in several]
            broken = request.content_type == "application/x-www-form-urlencoded" and not _is_clean_text(request.body)
        except RequestDataTooBig:
            return error_page(request, 413)
        except (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
            # Too many fields or files, a form without an end, a visitor who hung up.
            return error_page(request, 400)
        if broken or any("\0" in text for text in (*names, *values)):
            return error_page(request, 400)
        return None


def _nonsense(request: HttpRequest) -> int:
    """The status that tells it, or 0."""
    query = request.META.get("QUERY_STRING", "")
    length = request.META.get("CONTENT_LENGTH") or "0"
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if request.method not in METHODS:
        return 405
    if len(request.path) + len(query) > LONGEST_ADDRESS:
        return 414
    if not re.fullmatch("[0-9]{1,18}", length):
        return 400
    if int(length) > settings.LARGEST_REQUEST:
        return 413
    clean = _is_clean_text(query.encode("latin-1", "replace")) and charset in ("utf-8", "utf8", "us-ascii")
    # A cookie in quotes may hold any byte, written as a number.
    return 0 if clean and "\0" not in request.path + "".join(request.COOKIES.values()) else 400


def _is_clean_text(encoded: bytes) -> bool:
    """Percent-encoded text that is UTF-8 and holds no NUL."""
    try:
        return "\0" not in unquote_to_bytes(encoded).decode()
    except UnicodeDecodeError:
        return False


def language_of_path(get_response: Handler) -> Handler:
    """The address alone decides the language: no cookie, no Accept-Language, the same page for everybody."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = language_of(request.path_info)
        programme = getattr(request, "programme", None)
        if programme and language not in programme.languages:
            return error_page(request, 404)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.setdefault("Content-Language", html_lang(language))
        return response

    return middleware
