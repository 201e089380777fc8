"""The record in people's words: the names of fields, and their values as screens show them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext_lazy as _

from portal.audit.models import Event
from portal.web.registry import approvals
from portal.web.staff.exports import plain


@dataclass(frozen=True)
class Change:
    label: str
    before: str = ""
    after: str = ""
    # A personal field's values are not on record.
    kept: bool = True


def readable_changes(event: Event) -> Iterator[Change]:
    for name, values in event.changes.items():
        if values is None:
            yield Change(in_words(event.subject_type, name, ("", ""))[0], kept=False)
        else:
            yield Change(*in_words(event.subject_type, name, values))


def in_words(subject_type: str, name: str, values: Sequence[Any]) -> tuple[str, str, str]:
    """A field's name, and its values before and after."""
    field = _field(subject_type, name)
    label = str(field.verbose_name) if field else str(OTHER_NAMES.get(name) or subject_name(name))
    before, after = (_display(field, value) for value in values)
    return label, before, after


def subject_name(subject_type: str) -> str:
    """What the thing is called: 「ページ」. The label itself if there is no such model any more."""
    try:
        return str(apps.get_model(subject_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return subject_type


# What is put on record beside a row's own fields.
OTHER_NAMES = {
    "rows": _("件数"),
    "file": _("ファイル"),
    "added": _("加わる団体"),
    "changed": _("変わる団体"),
    "format": _("形式"),
    "filter": _("絞り込み"),
    "searched": _("検索"),
    "assignee": _("担当"),
    "hosts": _("ホスト名"),
    "shares_names": _("主催者への情報の提供"),
}


def _field(subject_type: str, name: str) -> Any:
    try:
        field = apps.get_model(subject_type)._meta.get_field(name)
    except (LookupError, FieldDoesNotExist):
        return None
    # The rows of an import are no field of it: their number is on record.
    return field if field.concrete else None


def _display(field: Any, value: Any) -> str:
    if getattr(field, "name", "") == "second_approval":
        return "、".join(str(approvals[one].label) if one in approvals else one for one in value)
    choices = dict(getattr(getattr(field, "base_field", field), "flatchoices", None) or ())
    if isinstance(value, list):
        return "、".join(str(choices.get(one, plain(one))) for one in value)
    if isinstance(value, dict):
        return "\n".join(
            f"{key}：{'、'.join(words.values()) if isinstance(words, dict) else words}" for key, words in value.items()
        )
    return str(choices[value] if value in choices else plain(value))
