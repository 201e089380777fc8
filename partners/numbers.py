"""Numbers that people type in many ways: brought into one form, and checked. Pure functions.

Each takes what was typed (full-width digits, hyphens of any kind, spaces) and returns the stored form, or raises
ValueError with the sentence for the person.
"""

import re
import unicodedata

from django.utils.translation import gettext as _

# NFKC turns full-width hyphens into ASCII; these stay as they are and are typed as hyphens all the same.
HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-"))


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(HYPHENS).strip()


def corporate_number(text: str) -> str:
    """法人番号: thirteen digits, the first is a check digit. It cannot catch every slip (0 and 9 look alike to it)."""
    digits = re.sub(r"[\s-]", "", plain(text))
    if not re.fullmatch(r"[0-9]{13}", digits):
        raise ValueError(_("法人番号は13桁の数字です。"))
    total = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits[1:])))
    if int(digits[0]) != 9 - total % 9:
        raise ValueError(_("法人番号の検査数字が合いません。番号を確かめてください。"))
    return digits


def postal_code(text: str) -> str:
    digits = re.sub(r"[\s-]", "", plain(text).removeprefix("〒"))
    if not re.fullmatch(r"[0-9]{7}", digits):
        raise ValueError(_("郵便番号は7桁の数字です。例：231-8588"))
    return f"{digits[:3]}-{digits[3:]}"


def phone(text: str) -> str:
    """Digits and single hyphens; area codes are as long as they like, so the hyphens are left where they were typed."""
    number = re.sub(r"[\s()]+", "-", plain(text)).strip("-")
    number = re.sub(r"-+", "-", number)
    if not re.fullmatch(r"\+?[0-9-]+", number) or not 9 <= sum(c.isdigit() for c in number) <= 15:
        raise ValueError(_("電話番号は数字とハイフンで入力してください。例：045-000-0000"))
    return number


def whole_number(text: str) -> int:
    digits = plain(text).replace(",", "").replace(" ", "")
    if not re.fullmatch(r"[0-9]{1,15}", digits):
        raise ValueError(_("数字で入力してください。"))
    return int(digits)


def katakana(text: str) -> str:
    """フリガナ: full-width katakana; hiragana and half-width katakana are turned into it."""
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    text = "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in text)
    if not re.fullmatch(r"[ァ-ヺーヽヾ・･ ー＝=．.，,（）()「」A-Za-z0-9&'’-]+", text):
        raise ValueError(_("フリガナは全角カタカナで入力してください。"))
    return text
