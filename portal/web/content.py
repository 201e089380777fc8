"""How pages that are read a thousand times know that they are old: each programme has a content version.

Whoever changes what the public sees calls `content_changed()` in the same transaction. What is kept in the cache carries
the version in its key, so nothing is ever purged, and a change shows as soon as it is committed.
"""

from django.core.cache import cache
from django.db import transaction
from django.db.models import F

from portal.tenancy.models import Programme
from portal.tenancy.scope import current_programme_id

VERSION = "content-version"
# A version that was lost on its way to Redis is repaired within a minute.
LIFETIME = 60


def content_changed() -> None:
    programme = Programme.objects.filter(pk=current_programme_id())
    programme.update(content_version=F("content_version") + 1)
    version = programme.values_list("content_version", flat=True).get()
    key = cache.make_key(VERSION)
    # The row stays locked until the commit, so versions grow; a late one never lowers what Redis has.
    transaction.on_commit(lambda: cache.keep_highest(key, version, LIFETIME))  # type: ignore[attr-defined]


def content_version() -> int:
    version = cache.get(VERSION)
    if version is None:
        version = Programme.objects.values_list("content_version", flat=True).get(pk=current_programme_id())
        cache.keep_highest(cache.make_key(VERSION), version, LIFETIME)  # type: ignore[attr-defined]
    return int(version)
