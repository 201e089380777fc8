"""How pages that are read a thousand times know that they are old: each programme has a content version.

Whoever changes what the public sees calls `content_changed()` in the same transaction. What is kept in the cache carries
the version in its key, so nothing is ever purged, and a change shows as soon as it is committed.
"""

from functools import cache as cache_in_process
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import F

from portal.tenancy.models import Programme, TenantModel
from portal.tenancy.scope import current_programme, current_programme_id

VERSION = "content-version"
# A version that was lost on its way to Redis is repaired within a minute.
LIFETIME = 60
# What a page is made of.
MADE_OF = {".html", ".css", ".js", ".svg", ".py", ".mo", ".typ"}


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
    return newest(cache.get(VERSION))


def newest(version: int | None) -> int:
    if version is None:
        version = Programme.objects.values_list("content_version", flat=True).get(pk=current_programme_id())
        cache.keep_highest(cache.make_key(VERSION), version, LIFETIME)  # type: ignore[attr-defined]
    # A programme that was just saved knows its version before Redis does.
    return max(int(version), current_programme().content_version)


def versioned(*parts: object) -> str:
    """A key for the cache that is another one after each change of what the public sees."""
    return digest_of(content_version(), release(), *parts)


def digest_of(*parts: object) -> str:
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
