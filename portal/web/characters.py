"""Characters that are not what they seem: invisible ones, those that computers write in two ways, and those that are
several to a computer and one to a reader.
"""

import re
import unicodedata

# The old forms of kanji, as in 神奈 and 福田: composing would write the common form instead, another name.
COMPATIBILITY_KANJI = "\uf900-\ufaff\U0002f800-\U0002fa1f"
OTHERS = re.compile(f"[^{COMPATIBILITY_KANJI}]+")


def composed(text: str) -> str:
    """か followed by its mark (as macOS names files) becomes が. Names keep their old kanji."""
    return OTHERS.sub(lambda match: unicodedata.normalize("NFC", match[0]), text)


def is_invisible(character: str) -> bool:
    """Control and format characters, halves of pairs, separators of lines: also what turns the direction of text."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


JOINER = "\u200d"
# Marks of half-width kana, and shades of skin: they belong to what stands before them, whatever their category says.
FOLLOWERS = frozenset("\uff9e\uff9f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
FLAG_LETTERS = range(0x1F1E6, 0x1F200)
HANGUL_VOWELS_AND_ENDS = range(0x1160, 0x1200)


def clusters(text: str) -> list[str]:
    """The characters as people see and count them: が, 葛󠄀, 🇯🇵 and 👨‍👩‍👧 are one each, however many codes they take."""
    found: list[str] = []
    for character in text:
        if found and _belongs_to(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return found


def _belongs_to(before: str, character: str) -> bool:
    if before in ("\r", "\n", "\r\n") or character in "\r\n":
        return before == "\r" and character == "\n"
    if unicodedata.category(character) in ("Mn", "Me", "Mc", "Cf") or character in FOLLOWERS:
        return True
    if ord(character) in FLAG_LETTERS:
        return len(before) == 1 and ord(before) in FLAG_LETTERS
    return before.endswith(JOINER) or (ord(character) in HANGUL_VOWELS_AND_ENDS and 0x1100 <= ord(before[-1]) < 0x1200)
