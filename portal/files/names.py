"""The name that a file had on its sender's machine: shown, and given back on download; never a path."""

import re

from portal.files.refusals import Refused
from portal.web.characters import composed, is_invisible

LONGEST = 120
# Names that Windows keeps for devices, with any extension.
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
JOINERS = "\u200c\u200d"


def checked_name(name: str) -> str:
    """The name as it is kept. Raises Refused for one that hides something or that no machine could open."""
    name = composed(name.strip())
    if any(character in "/\\" or (is_invisible(character) and character not in JOINERS) for character in name):
        raise Refused("name_characters", name=shown(name))
    if not name.strip(". "):
        raise Refused("name_missing")
    if len(name) > LONGEST:
        raise Refused("name_too_long", name=shown(name), length=len(name), longest=LONGEST)
    if RESERVED.fullmatch(name.split(".")[0].strip()):
        raise Refused("name_reserved", name=shown(name))
    return name


def shown(name: str, longest: int = 40) -> str:
    """A name inside a sentence: nothing invisible, not the whole of a long one."""
    name = "".join("□" if is_invisible(character) else character for character in name)
    return name if len(name) <= longest else f"{name[: longest - 12]}…{name[-10:]}"


def extension_of(name: str) -> str:
    """.pdf, in small letters; empty where there is none."""
    stem, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if stem and dot else ""
