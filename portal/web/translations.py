"""Marked strings → portal/locale/<language>/LC_MESSAGES/django.po → .mo. Needs no gettext on the machine.

Extracting needs Babel (a tool of development); compiling only polib. The texts are Japanese in the source, so a
language without a translation shows Japanese.
"""

import io
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "locale"
# Language → its plural forms, and whether every string must be translated.
CATALOGUES = {"en": ("nplurals=2; plural=(n != 1);", True), "easy": ("nplurals=1; plural=0;", False)}
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")

Key = tuple[str, str]  # context, text


def catalogue_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> polib.POFile:
    path = catalogue_path(language)
    return polib.pofile(str(path), wrapwidth=0) if path.exists() else polib.POFile()


def extract(folders: Iterable[Path], base: Path) -> dict[Key, polib.POEntry]:
    """Every marked string in the folders' Python files and templates, with the files it stands in."""
    found: dict[Key, polib.POEntry] = {}
    for folder in folders:
        for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.html"), *folder.rglob("*.txt")]):
            for context, texts in _marked(path):
                entry = found.setdefault((context, texts[0]), polib.POEntry(msgid=texts[0], msgctxt=context or None))
                if len(texts) > 1:
                    entry.msgid_plural = texts[1]
                place = (str(path.relative_to(base)), "")
                if place not in entry.occurrences:
                    entry.occurrences.append(place)
    return found


def _marked(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    from babel.messages.extract import extract as babel_extract
    from django.utils.translation.template import templatize

    text = path.read_text()
    if path.suffix != ".py":
        # Python as far as Babel looks; indents left over from the template would only confuse it.
        text = "\n".join(line.strip() for line in templatize(text, origin=path.name).splitlines())
    for _line, texts, _comments, context in babel_extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS):
        yield context or "", (texts,) if isinstance(texts, str) else tuple(texts)


def merge(language: str, known: polib.POFile, found: dict[Key, polib.POEntry]) -> polib.POFile:
    """What was found, in the order of the texts, with the translations that are known. What is gone is forgotten."""
    plural_forms, _complete = CATALOGUES[language]
    merged = polib.POFile(wrapwidth=0)
    merged.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": plural_forms,
    }
    translated = {(entry.msgctxt or "", entry.msgid): entry for entry in known if not entry.obsolete}
    for key, fresh in sorted(found.items(), key=lambda item: (item[0][1], item[0][0])):
        old = translated.get(key)
        entry = polib.POEntry(
            msgid=fresh.msgid, msgctxt=fresh.msgctxt, msgid_plural=fresh.msgid_plural, occurrences=fresh.occurrences
        )
        if fresh.msgid_plural:
            forms = range(int(plural_forms[9]))
            entry.msgstr_plural = {form: (old.msgstr_plural.get(form, "") if old else "") for form in forms}
        else:
            entry.msgstr = old.msgstr if old else ""
        merged.append(entry)
    return merged


def problems(language: str, known: polib.POFile, merged: polib.POFile) -> list[str]:
    """Why the catalogue cannot be shipped as it is, in words."""
    found = []
    if str(known) != str(merged):
        found.append(f"{language}: out of step with the sources: manage.py translations")
    for entry in merged:
        forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        if CATALOGUES[language][1] and not all(forms):
            found.append(f"{language}: not translated: {entry.msgid}")
        found += [
            f"{language}: other placeholders: {entry.msgid} → {form}"
            for form in filter(None, forms)
            if set(PLACEHOLDER.findall(form)) != set(PLACEHOLDER.findall(entry.msgid))
        ]
    return found


def compile_all() -> None:
    """The .mo files that Django reads. They are made, never kept in the repository."""
    for language in CATALOGUES:
        path = catalogue_path(language).with_suffix(".mo")
        content = read(language).to_binary()
        if path.exists() and path.read_bytes() == content:
            continue
        # Renamed into place: another process never reads half a file.
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
        os.chmod(file.name, 0o644)
        os.replace(file.name, path)
