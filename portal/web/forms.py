"""What our forms share: kept typing when the language changes, answers to confirm, links to errors, buttons."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from crispy_forms.layout import BaseInput
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxLengthValidator
from django.forms import BaseForm, BoundField
from django.http import HttpRequest
from django.utils.timezone import is_aware, localtime
from django.utils.translation import get_language, gettext_lazy, ngettext_lazy
from django.utils.translation import gettext as _

from portal.web.dates import long_day, long_moment

# Buttons that bring a form back as it was typed: of the language switch (templates/components/languages.html), and
# 変更 of a confirm page, whose value is the field to go to (templates/components/summary.html).
KEEP, CHANGE = "_keep", "_change"
# The page's form, by which the language switch finds it.
ELEMENT_ID = "page-form"

Form = TypeVar("Form", bound=BaseForm)


def page_form(kind: type[Form], request: HttpRequest, **options: Any) -> Form:
    """The form of a page: empty on the first visit, bound when it is sent, kept when only the language changes.

    A kept form holds what was typed and says nothing of errors. Unbound, it is never valid, so a view needs only
    `if form.is_valid(): …` and then shows the page. Files are kept by the
    field of portal/files/forms.py; those of Django's own FileField are lost, as browsers give none back.
    """
    if request.method != "POST":
        form = kind(**options)
    elif KEEP in request.POST or CHANGE in request.POST:
        form = kind(**options)
        form.initial = {**form.initial, **_typed(form, request)}
        if field := form.fields.get(request.POST.get(CHANGE, "")):
            field.widget.attrs["autofocus"] = True
    else:
        form = kind(request.POST, request.FILES, **options)
    form.element_id = ELEMENT_ID  # type: ignore[attr-defined]
    return form


def _typed(form: BaseForm, request: HttpRequest) -> dict[str, Any]:
    return {
        name: field.widget.value_from_datadict(request.POST, request.FILES, form.add_prefix(name))
        for name, field in form.fields.items()
        if not (field.disabled or isinstance(field, forms.FileField))
    }


@dataclass(frozen=True)
class Answer:
    """One line of a page that shows what was entered."""

    label: str
    value: str
    name: str


def answers(form: BaseForm) -> list[Answer]:
    """What was entered into a valid form, in the words that stood on its page."""
    return [
        Answer(str(field.label), _in_words(field, form.cleaned_data[field.name]), field.name)
        for field in form
        if not field.is_hidden and field.name in form.cleaned_data
    ]


def _in_words(field: BoundField, value: Any) -> str:
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if isinstance(value, datetime):
        return long_moment(localtime(value) if is_aware(value) else value, get_language() or "ja")
    if isinstance(value, date):
        return long_day(value, get_language() or "ja")
    if isinstance(value, UploadedFile):
        return value.name or ""
    choices = getattr(field.field, "choices", None)
    if choices is not None:
        chosen = {str(getattr(one, "pk", one)) for one in (value if isinstance(value, list | tuple | set) else [value])}
        return "\n".join(label for key, label in _flat(choices) if key in chosen and key)
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return "" if value is None else str(value)


def _flat(choices: Any) -> Iterator[tuple[str, str]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(key), str(label)


def sentences_of(refusal: ValidationError) -> str:
    """All that a service's refusal says, where it is said at the head of a page and not at a field."""
    return " ".join(refusal.messages)


def error_links(form: BaseForm) -> list[tuple[str, str, str]]:
    """(target id, label, message) for every error, in the order of the page; no target for the form's own errors."""
    links = [("", "", str(error)) for error in form.non_field_errors()]
    for field in form:
        # A group has no control with the field's own id: link to its first option.
        target = field.id_for_label or f"{field.auto_id}_0"
        links += [(target, str(field.label), str(error)) for error in field.errors]
    return links


class Button(BaseInput):
    """A button of a crispy layout: Button("save", _("保存する")), css_class="button-outline" for the lesser one."""

    input_type = "submit"


def say_it_plainly() -> None:
    """Django's words for what is missing, in ours: what to do, by the kind of field. Called once, at the start."""
    chosen = {"required": gettext_lazy("選んでください。")}
    words: dict[type[forms.Field], dict[str, Any]] = {
        forms.Field: {"required": gettext_lazy("入力してください。")},
        forms.ChoiceField: chosen,
        forms.ModelChoiceField: chosen,
        forms.ModelMultipleChoiceField: chosen,
        forms.BooleanField: {"required": gettext_lazy("確かめて、印を付けてください。")},
        forms.FileField: {"required": gettext_lazy("ファイルを選んでください。")},
        forms.EmailField: {"invalid": gettext_lazy("メールアドレスは「name@example.jp」の形で入力してください。")},
    }
    for kind, own in words.items():
        kind.default_error_messages = {**kind.__dict__.get("default_error_messages", {}), **own}
    MaxLengthValidator.message = ngettext_lazy(
        "%(limit_value)d文字以内で入力してください（今は%(show_value)d文字です）。",
        "%(limit_value)d文字以内で入力してください（今は%(show_value)d文字です）。",
        "limit_value",
    )
