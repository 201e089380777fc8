"""Reads the settings that differ between places, and refuses to start on a missing or weak one, by its name."""

import os
import re
from collections.abc import Collection, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


class SettingsRefused(ImproperlyConfigured):
    """The message is for the person who wrote the settings, and enough for them: no stack trace is needed."""


class Environment:
    def __init__(self, values: Mapping[str, str] = os.environ) -> None:
        self.values = values
        self.problems: list[str] = []

    def refuse_if_wrong(self) -> None:
        if self.problems:
            raise SettingsRefused("The portal does not start. " + " ".join(dict.fromkeys(self.problems)))

    def text(self, name: str, default: str | None = None) -> str:
        value = self.values.get(name, "") or default
        if value is None:
            self.problems.append(f"{name} is missing.")
            return ""
        return value

    def choice(self, name: str, choices: Collection[str], default: str) -> str:
        value = self.text(name, default)
        if value not in choices:
            self.problems.append(f"{name} must be one of {', '.join(choices)}.")
            return default
        return value

    def flag(self, name: str) -> bool:
        value = self.text(name, "0").lower()
        if value not in ("0", "1", "false", "true", "no", "yes"):
            self.problems.append(f"{name} must be 1 or 0.")
        return value in ("1", "true", "yes")

    def number(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not re.fullmatch("[0-9]{1,9}", value):
            self.problems.append(f"{name} must be a whole number.")
            return default
        return int(value)

    def items(self, name: str, default: str | None = None) -> list[str]:
        return [item for item in (part.strip() for part in self.text(name, default).split(",")) if item]

    def hosts(self, name: str) -> list[str]:
        hosts = self.items(name)
        if "*" in hosts:
            self.problems.append(f"{name} must name the hosts; * would let any name in.")
        return hosts

    def secret(self, name: str) -> str:
        value = self.text(name)
        if value and (len(value) < 50 or len(set(value)) < 10):
            self.problems.append(f"{name} is too weak: at least 50 random characters.")
        return value

    def database(self, name: str, default: str | None = None) -> dict[str, Any]:
        """postgresql://user:password@host:port/name?host=/socket/folder&sslmode=require"""
        parts = self._address(name, ("postgresql", "postgres"), default)
        if parts is None:
            return {}
        if not parts.path.strip("/"):
            self.problems.append(f"{name} must name a database: postgresql://user@host/name.")
        options: dict[str, Any] = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "portal.tenancy.database",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": options,
        }

    def storage(self, name: str, folder: Path) -> dict[str, Any]:
        """Nothing: the folder. s3://key:secret@host[:port]/bucket?region=…: any S3-compatible store (s3+http: without TLS)."""
        parts = self._address(name, ("s3", "s3+http"), "")
        if parts is None:
            return {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                # For the portal's own user alone, whatever the machine's habits are.
                "OPTIONS": {"location": folder, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
            }
        bucket = parts.path.strip("/")
        if not parts.hostname or not bucket or "/" in bucket:
            self.problems.append(f"{name} must look like s3://key:secret@host/bucket.")
        if find_spec("boto3") is None:
            self.problems.append(f'{name} needs the package boto3 (the extra "s3").')
        return {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "endpoint_url": f"{'http' if parts.scheme == 's3+http' else 'https'}://{parts.netloc.rpartition('@')[2]}",
                "bucket_name": bucket,
                "access_key": unquote(parts.username or ""),
                "secret_key": unquote(parts.password or ""),
                "region_name": dict(parse_qsl(parts.query)).get("region"),
                "default_acl": None,
                "querystring_auth": True,
                "file_overwrite": True,
            },
        }

    def redis(self, name: str, database: int, broker: bool = False) -> str:
        """redis://host:6379, rediss://… or unix:///path; one server, a database number for each use."""
        parts = self._address(name, ("redis", "rediss", "unix"))
        if parts is None:
            return "redis://"
        if parts.scheme == "unix":
            scheme, number = ("redis+socket", "virtual_host") if broker else ("unix", "db")
            return f"{scheme}://{parts.path}?{number}={database}"
        return f"{parts.scheme}://{parts.netloc}/{database}"

    def email(self, name: str) -> dict[str, Any]:
        """smtp://user:password@host:port, smtp+tls:// (STARTTLS) or smtps:// (TLS from the start)"""
        parts = self._address(name, ("smtp", "smtp+tls", "smtps"))
        if parts is None:
            return {}
        return {
            "EMAIL_HOST": parts.hostname or "localhost",
            "EMAIL_PORT": parts.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme],
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
            "EMAIL_USE_SSL": parts.scheme == "smtps",
        }

    def _address(self, name: str, schemes: Sequence[str], default: str | None = None) -> SplitResult | None:
        """The parts of an address; nothing if it is missing or broken, which is then a problem of its name."""
        address = self.text(name, default)
        if not address:
            return None
        try:
            parts = urlsplit(address)
            _ = parts.port  # is looked at only now
        except ValueError:
            self.problems.append(f"{name} is no address.")
            return None
        if parts.scheme not in schemes:
            self.problems.append(f"{name} must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}.")
            return None
        return parts
