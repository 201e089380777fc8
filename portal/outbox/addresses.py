"""Which addresses we can send to, and how they stand in the envelope.

- A Japanese domain is sent to in its ASCII form (IDNA).
- A local part with other than ASCII characters is refused: most receiving servers in Japan do not take SMTPUTF8.
- Dots that the standard forbids (`..`, or before the @), as old mobile addresses have them, are sent in quotes.
"""

import re
from functools import lru_cache

from django.utils.translation import gettext as _

ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
ATOMS_AND_DOTS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
QUOTED = re.compile(r'"([ !#-\[\]-~]|\\[ -~])*"')
DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")


class Undeliverable(ValueError):
    """We cannot send to this address. The message is for the person who typed it."""


@lru_cache(500)
def split_address(address: str) -> tuple[str, str]:
    """(local part, domain), both in ASCII as the envelope needs them."""
    local, at, domain = address.strip().rpartition("@")
    if not at or not local or not domain:
        raise Undeliverable(_("メールアドレスは「name@example.jp」の形で入力してください。"))
    if len(local) > 64 or len(domain) > 253:
        raise Undeliverable(_("メールアドレスが長すぎます。"))
    if not local.isascii():
        raise Undeliverable(_("「@」より前に全角の文字があるメールアドレスには送れません。半角で入力してください。"))
    if not (ATOMS.fullmatch(local) or QUOTED.fullmatch(local)):
        if not ATOMS_AND_DOTS.fullmatch(local):
            raise Undeliverable(_("メールアドレスの「@」より前に、使えない文字があります。"))
        local = f'"{local}"'
    try:
        domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        domain = ""
    if not DOMAIN.fullmatch(domain):
        raise Undeliverable(_("メールアドレスの「@」より後ろが正しくありません。"))
    return local, domain


def envelope_address(address: str) -> str:
    return "@".join(split_address(address))
