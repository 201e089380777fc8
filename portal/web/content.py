"""How pages that are read a thousand times know that they are old: each programme has a content version.

Whoever changes what the public sees calls `content_changed()` in the same transaction. What is kept in the cache carries
the version in its key, so nothing is ever purged, and a change shows as soon as it is committed.
"""

from functools import cache as cache_in_process
from functools import wraps
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse

from portal.tenancy.models import Programme, TenantModel
from portal.tenancy.scope import current_programme, current_programme_id
from portal.web.access import View

VERSION = "content-version"
# A version that was lost on its way to Redis is repaired within a minute.
LIFETIME = 60
# What a page is made of.
MADE_OF = {".html", ".css", ".js", ".svg", ".py", ".mo"}


def content_changed() -> None:
    programme = Programme.objects.filter(pk=current_programme_id())
    programme.update(content_version=F("content_version") + 1)
    version = programme.values_list("content_version", flat=True).get()
    key = cache.make_key(VERSION)
    # The row stays locked until the commit, so versions grow; a late one never lowers what Redis has.
    transaction.on_commit(lambda: cache.keep_highest(key, version, LIFETIME))  # type: ignore[attr-defined]


class PublicRow(TenantModel):
    """A row that public pages show: saving or deleting it changes them. Rows that are only changed by services that call
    `content_changed` themselves need not be one.
    """

    class Meta:
        abstract = True

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        content_changed()

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        deleted = super().delete(*args, **kwargs)
        content_changed()
        return deleted


def content_version() -> int:
    return _newest(cache.get(VERSION))


def _newest(version: int | None) -> int:
    if version is None:
        version = Programme.objects.values_list("content_version", flat=True).get(pk=current_programme_id())
        cache.keep_highest(cache.make_key(VERSION), version, LIFETIME)  # type: ignore[attr-defined]
    # A programme that was just saved knows its version before Redis does.
    return max(int(version), current_programme().content_version)


def versioned(*parts: object) -> str:
    """A key for the cache that is another one after each change of what the public sees."""
    return _digest(content_version(), release(), *parts)


def _digest(*parts: object) -> str:
    return sha256(repr(parts).encode()).hexdigest()[:32]


@cache_in_process
def release() -> str:
    """Another one after each change of the source, so that nobody has to remember to give a release its name."""
    base: Path = settings.BASE_DIR
    installed = [Path(app.path) for app in apps.get_app_configs()]
    ours = {path.relative_to(base).parts[0] for path in installed if path.is_relative_to(base)} - {".venv"}
    digest = sha256()
    for folder in sorted({"templates", "static", *ours}):
        for file in sorted((base / folder).rglob("*.*")):
            if file.suffix in MADE_OF:
                digest.update(file.read_bytes())
    return digest.hexdigest()


KEPT_SECONDS = 3600
LONGEST_KEPT_ADDRESS = 300


def kept(view: View) -> View:
    """Keep the finished page of a public view, for this address and this content version.

    The page must depend on nothing else: no session, no visitor, no clock finer than an hour. Answers other than 200
    are not kept.
    """

    @wraps(view)
    def keeping(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address = request.get_full_path()
        if request.method not in ("GET", "HEAD") or len(address) > LONGEST_KEPT_ADDRESS:
            return view(request, *args, **kwargs)
        # One question to Redis: the version, and the page with the version that it was made from.
        name = f"page:{_digest(release(), address)}"
        found = cache.get_many([VERSION, name])
        version = _newest(found.get(VERSION))
        made_from, content_type, body = found.get(name) or (None, "", b"")
        etag = f'"{_digest(version, name)}"'
        if request.headers.get("If-None-Match") == etag:
            response = HttpResponse(status=304)
        elif made_from == version:
            response = HttpResponse(body, content_type=content_type)
        else:
            response = view(request, *args, **kwargs)
            if response.status_code != 200:
                return response
            cache.set(name, (version, response["Content-Type"], response.content), KEPT_SECONDS)
        response["ETag"] = etag
        # Browsers keep it and ask each time; a change shows at once.
        response["Cache-Control"] = "public, no-cache"
        return response

    return cast(View, keeping)
