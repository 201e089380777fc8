"""Finished pages that are the same for everybody. They lie in Redis for all processes, and those asked for lately in the
memory of each, where they are answered before session, sign-in and view wake up. Either way Redis is asked one thing.
Parts that pages share are remembered by each process too. Documents lie in Redis alone: they are large.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from functools import wraps
from typing import Any, NamedTuple, TypeVar, cast

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import ResponseHeaders
from django.urls import ResolverMatch
from django.utils.translation import get_language

from portal.tenancy.scope import current_programme_id
from portal.web.access import View
from portal.web.content import VERSION, content_version, digest_of, newest, release

KEPT_SECONDS = 3600
LONGEST_KEPT_ADDRESS = 300


class NearPage(NamedTuple):
    version: int
    until: float
    etag: str
    headers: dict[str, str]
    body: bytes
    match: ResolverMatch | None


Value = TypeVar("Value")


class NearMemory(OrderedDict[Hashable, Value]):
    """What this process remembers; the one asked for longest ago is forgotten first."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def recall(self, key: Hashable) -> Value | None:
        value = self.get(key)
        with suppress(KeyError):  # another thread may have forgotten it
            self.move_to_end(key)
        return value

    def keep(self, key: Hashable, value: Value) -> None:
        # Taken out first, so that it comes in as the latest.
        self.pop(key, None)
        self[key] = value
        while len(self) > self.most:
            with suppress(KeyError):
                self.popitem(last=False)


# By programme and address.
near_pages: NearMemory[NearPage] = NearMemory(200)
near_parts: NearMemory[str] = NearMemory(200)


def kept(view: View) -> View:
    """Keep the finished page of a public view, for this address and this content version, an hour at most.

    The page must depend on nothing else: no session, no visitor, no clock finer than an hour. Answers other than 200
    are not kept.
    """

    @wraps(view)
    def keeping(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address = request.get_full_path()
        if not _may_be_kept(request, address):
            return view(request, *args, **kwargs)
        # One question to Redis: the version, and the page with the version that it was made from.
        name = f"page:{digest_of(release(), address)}"
        found = cache.get_many([VERSION, name])
        version = newest(found.get(VERSION))
        made_from, until, content_type, body = found.get(name) or (None, 0.0, "", b"")
        if made_from == version and time.time() < until:
            response = HttpResponse(body, content_type=content_type)
        else:
            response = view(request, *args, **kwargs)
            if response.status_code != 200:
                return response
            until = time.time() + KEPT_SECONDS
            cache.set(name, (version, until, response["Content-Type"], response.content), KEPT_SECONDS)
        response["ETag"] = f'"{digest_of(version, name)}"'
        # Browsers keep it and ask each time; a change shows at once.
        response["Cache-Control"] = "public, no-cache"
        response.kept = version, until  # type: ignore[attr-defined]
        return response

    return cast(View, keeping)


def near_pages_first(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: answer from memory what was kept, and remember what the views behind it keep."""

    def middleware(request: HttpRequest) -> HttpResponse:
        programme = request.programme  # type: ignore[attr-defined]
        if programme is None:
            return get_response(request)
        address = request.get_full_path()
        key = (programme.pk, address)
        near = near_pages.recall(key)
        if near and _may_be_kept(request, address) and time.time() < near.until and near.version == content_version():
            request.resolver_match = near.match
            response = HttpResponse(near.body, headers=near.headers)
        else:
            response = get_response(request)
            version, until = getattr(response, "kept", (None, 0.0))
            if version is None:
                return response
            headers = _headers(response)
            near = NearPage(version, until, response["ETag"], headers, response.content, request.resolver_match)
            near_pages.keep(key, near)
        if request.headers.get("If-None-Match") == near.etag:
            return _unchanged(response)
        return response

    return middleware


def kept_document(made_from: object, make: Callable[[], bytes]) -> bytes:
    """A document that is costly to make and comes out the same from the same `made_from`, for this programme.

    Whoever hands it out asks first whether it may still be seen: nothing here needs to be taken back.
    """
    name = f"document:{digest_of(release(), get_language(), made_from)}"
    document: bytes | None = cache.get(name)
    if document is None:
        document = make()
        cache.set(name, document, KEPT_SECONDS)
    return document


def near_part(name: str, make: Callable[[], str]) -> str:
    """A part that many pages share. The name is another one when its content changes (portal/web/content.py)."""
    key = (current_programme_id(), get_language(), name)
    part = near_parts.recall(key)
    if part is None:
        part = make()
        near_parts.keep(key, part)
    return part


def _may_be_kept(request: HttpRequest, address: str) -> bool:
    # A reading request with a body is nonsense, and is left to those who refuse that.
    is_reading = request.method in ("GET", "HEAD") and request.META.get("CONTENT_LENGTH") in (None, "", "0")
    return is_reading and len(address) <= LONGEST_KEPT_ADDRESS


def _headers(response: HttpResponse) -> dict[str, str]:
    headers: ResponseHeaders = response.headers
    return dict(headers.items())


def _unchanged(response: HttpResponse) -> HttpResponse:
    headers = {name: value for name, value in response.items() if name not in ("Content-Type", "Content-Length")}
    unchanged = HttpResponse(status=304, headers=headers)
    del unchanged["Content-Type"]
    return unchanged
