"""Characters that are not what they seem: invisible ones, and those that computers write in two ways."""

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
