"""Reads the settings that differ between places, and refuses to start on a missing or weak one, by its name."""

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


class Environment:
    def __init__(self, values: Mapping[str, str] = os.environ) -> None:
        self.values = values
        self.problems: list[str] = []

    def refuse_if_wrong(self) -> None:
        if self.problems:
            raise ImproperlyConfigured("The portal does not start. " + " ".join(self.problems))

    def text(self, name: str, default: str | None = None) -> str:
        value = self.values.get(name, "") or default
        if value is None:
            self.problems.append(f"{name} is missing.")
            return ""
        return value

    def flag(self, name: str) -> bool:
        value = self.text(name, "0").lower()
        if value not in ("0", "1", "false", "true", "no", "yes"):
            self.problems.append(f"{name} must be 1 or 0, not {value!r}.")
        return value in ("1", "true", "yes")

    def number(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit():
            self.problems.append(f"{name} must be a whole number, not {value!r}.")
            return default
        return int(value)

    def items(self, name: str, default: str | None = None) -> list[str]:
        return [item for item in (part.strip() for part in self.text(name, default).split(",")) if item]

    def secret(self, name: str) -> str:
        value = self.text(name)
        if value and (len(value) < 50 or len(set(value)) < 10):
            self.problems.append(f"{name} is too weak: at least 50 random characters.")
        return value

    def database(self, name: str, default: str | None = None) -> dict[str, Any]:
        """postgresql://user:password@host:port/name?host=/socket/folder&sslmode=require"""
        parts = urlsplit(self.text(name, default))
        if parts.scheme not in ("postgres", "postgresql"):
            if name in self.values:
                self.problems.append(f"{name} must begin with postgresql://.")
            return {}
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
        address = self.text(name, "")
        if not address:
            return {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                # For the portal's own user alone, whatever the machine's habits are.
                "OPTIONS": {"location": folder, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
            }
        parts = urlsplit(address)
        bucket = parts.path.strip("/")
        if parts.scheme not in ("s3", "s3+http") or not parts.hostname or not bucket or "/" in bucket:
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
        parts = urlsplit(self.text(name))
        if parts.scheme == "unix":
            scheme, number = ("redis+socket", "virtual_host") if broker else ("unix", "db")
            return f"{scheme}://{parts.path}?{number}={database}"
        if parts.scheme not in ("redis", "rediss"):
            if name in self.values:
                self.problems.append(f"{name} must begin with redis://, rediss:// or unix://.")
            return "redis://"
        return f"{parts.scheme}://{parts.netloc}/{database}"

    def email(self, name: str) -> dict[str, Any]:
        """smtp://user:password@host:port, smtp+tls:// (STARTTLS) or smtps:// (TLS from the start)"""
        parts = urlsplit(self.text(name))
        if parts.scheme not in ("smtp", "smtp+tls", "smtps"):
            if name in self.values:
                self.problems.append(f"{name} must begin with smtp://, smtp+tls:// or smtps://.")
            return {}
        return {
            "EMAIL_HOST": parts.hostname or "localhost",
            "EMAIL_PORT": parts.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme],
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
            "EMAIL_USE_SSL": parts.scheme == "smtps",
        }
