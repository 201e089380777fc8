"""Link, code and phone number of a sign-in, derived from a random seed and SECRET_KEY.

The seed is stored, the key is not in the database: a dump alone yields neither link nor code, and the worker that sends
the mail can still compute them. Only the link's SHA-256 is stored, to find its row.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode

from django.utils.crypto import salted_hmac


def new_seed() -> bytes:
    return secrets.token_bytes(32)


def link_token(seed: "bytes | memoryview[int]", purpose: str = "link") -> str:
    return urlsafe_b64encode(_derive(purpose, seed)).decode().rstrip("=")


def code(seed: bytes) -> str:
    return f"{_number(_derive('code', seed), 10**6):06}"


def phone_number(seed: bytes) -> str:
    return f"{_number(_derive('phone', seed), 10**4):04}"


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _derive(purpose: str, seed: "bytes | memoryview[int]") -> bytes:
    return salted_hmac(f"portal.accounts.{purpose}", bytes(seed), algorithm="sha256").digest()


def _number(digest: bytes, limit: int) -> int:
    # 256 bits modulo a small number: the bias is far below anything that can be noticed.
    return int.from_bytes(digest) % limit
