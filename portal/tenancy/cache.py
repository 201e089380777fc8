"""The Redis cache, made soft: when Redis is gone, pages are slower and nothing else."""

import time
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

from portal.tenancy.scope import current_programme_or_none

# After a failure Redis is left alone for a moment, so that not every page waits for the time-out.
PAUSE = 2.0


def key_with_programme(key: str, key_prefix: str, version: int) -> str:
    programme = current_programme_or_none()
    return f"{programme.pk if programme else 'none'}:{version}:{key}"


# One step in Redis: a smaller number that comes late changes nothing.
KEEP_HIGHEST = """
if (tonumber(redis.call('GET', KEYS[1])) or -1) < tonumber(ARGV[1]) then
    redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
end
"""


class KeptClient(RedisCacheClient):
    """Django makes a client for every command, which costs as much as the command. One can be shared, like its pool."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **options)
        self._kept = super().get_client(write=True)

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        return self._kept


class SoftRedisCache(RedisCache):
    _quiet_until = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient

    def _soft(self, method: Any, nothing: Any, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() < SoftRedisCache._quiet_until:
            return nothing
        try:
            return method(*args, **kwargs)
        except (redis.ConnectionError, redis.TimeoutError):
            SoftRedisCache._quiet_until = time.monotonic() + PAUSE
            return nothing

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._soft(super().get, default, key, default, version)

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> Any:
        return self._soft(super().set, None, key, value, *args, **kwargs)

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> Any:
        return self._soft(super().add, True, key, value, *args, **kwargs)

    def touch(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        return self._soft(super().touch, False, key, *args, **kwargs)

    def delete(self, key: Any, version: int | None = None) -> Any:
        return self._soft(super().delete, False, key, version)

    def get_many(self, keys: Any, version: int | None = None) -> Any:
        return self._soft(super().get_many, {}, keys, version)

    def set_many(self, data: Any, *args: Any, **kwargs: Any) -> Any:
        return self._soft(super().set_many, [], data, *args, **kwargs)

    def delete_many(self, keys: Any, version: int | None = None) -> Any:
        return self._soft(super().delete_many, None, keys, version)

    def has_key(self, key: Any, version: int | None = None) -> Any:
        return self._soft(super().has_key, False, key, version)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> Any:
        return self._soft(super().incr, delta, key, delta, version)

    def keep_highest(self, made_key: str, number: int, seconds: int) -> None:
        """For numbers that only grow. Takes a key as `make_key` gives it, because it may be called outside the scope."""
        client = self._cache.get_client()
        self._soft(client.eval, None, KEEP_HIGHEST, 1, made_key, number, seconds)
