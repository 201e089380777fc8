"""The form of a profile, made from fields.py: for an application, for the partner's own changes, for staff."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.functional import Promise, lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from partners.fields import FIELDS, Field, Section, fields_of, missing, problems_of
from partners.queries.examples import own_examples
from partners.values import LONGEST_TEXT, column_of, read_value
from partners.vocabulary.municipalities import municipalities
from portal.tenancy.scope import current_programme
from portal.web.goals import SDG_GOALS
from portal.web.templatetags.portal_ui import as_written

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# What a browser may fill in by itself.
AUTOCOMPLETE = {
    "name": "organization", "postal_code": "postal-code", "phone": "tel", "website": "url", "contact_name": "name",
    "contact_phone": "tel", "contact_email": "email",
}  # fmt: skip
SHORT = {"postal_code", "phone", "fax", "corporate_number", "contact_phone", "contact_fax", "contact_extension"}


class TypedField(forms.CharField):
    """Takes what people type, in whatever width and writing, and gives what is stored (values.py)."""

    def __init__(self, name: str, **options: Any) -> None:
        self.name = name
        super().__init__(required=False, strip=True, **options)

    def clean(self, value: Any) -> Any:
        try:
            return read_value(self.name, super().clean(value))
        except ValueError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class ProfileForm(forms.Form):
    """Fields of the given sections. `is_complete` asks for what a partner of its kind must give; a draft need not."""

    def __init__(
        self, *args: Any, sections: Iterable[str], has_locked: bool = True, is_complete: bool = True, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.sections, self.is_complete = list(sections), is_complete
        groups, examples = [], own_examples()
        for section in Section:
            names = [
                field.name
                for field in fields_of([section])
                if section in self.sections and (has_locked or not field.is_locked)
            ]
            for name in names:
                self.fields[name] = form_field(name, examples.get(name, ""))
                # Said beside the label (templates/portal/layout/requirement.html).
                self.fields[name].need = FIELDS[name].need  # type: ignore[attr-defined]
            if names:
                groups.append(Fieldset(section.label, *names))
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(*groups)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.is_complete:
            given = {**self.initial, **values}
            for field in missing(given, self.sections):
                if field.name in self.fields and field.name not in self.errors:
                    self.add_error(field.name, _("%sを入力してください。") % field.label)
        for name, problem in problems_of(values).items():
            self.add_error(name, problem)
        return values


def form_field(name: str, example: str = "") -> forms.Field:
    """`example` is the programme's own; without it, the usual one is said."""
    field, column = FIELDS[name], column_of(name)
    options: dict[str, Any] = {"label": field.label, "help_text": say_example(example) if example else _help(field)}
    attributes = {"autocomplete": AUTOCOMPLETE.get(name, "off")} | ({"class": "w-m"} if name in SHORT else {})
    if name == "goals":
        choices: list[tuple[Any, Any]] = [
            (number, f"{number} {short}") for number, (short, *_full) in SDG_GOALS.items()
        ]
        return forms.TypedMultipleChoiceField(
            choices=choices, coerce=int, required=False, widget=forms.CheckboxSelectMultiple, **options
        )
    if isinstance(column, ArrayField) and column.base_field.choices:
        return forms.MultipleChoiceField(
            choices=column.base_field.choices, required=False, widget=forms.CheckboxSelectMultiple, **options
        )
    if name == "municipality":
        places = municipalities(current_programme().prefecture_code)
        return _choice([(code, place.label) for code, place in places.items()], options)
    if column.choices:
        return _choice(column.choices, options)
    if isinstance(column, models.DateField):
        return TypedField(name, widget=forms.TextInput({"class": "w-m", "autocomplete": "off"}), **options)
    if isinstance(column, models.IntegerField):
        widget = forms.TextInput({"inputmode": "numeric", "class": "w-s", "autocomplete": "off"})
        return TypedField(name, widget=widget, **options)
    if isinstance(column, ArrayField) or not column.max_length:
        return TypedField(name, widget=forms.Textarea({"rows": 4, "maxlength": LONGEST_TEXT}), **options)
    return TypedField(name, widget=forms.TextInput(attributes | {"maxlength": column.max_length}), **options)


def _choice(choices: Iterable[tuple[Any, Any]], options: dict[str, Any]) -> forms.Field:
    return forms.ChoiceField(
        choices=[("", _("選んでください")), *choices], required=False, widget=forms.Select({"class": "w-m"}), **options
    )


def usual_example(name: str) -> "StrOrPromise":
    if isinstance(column_of(name), models.DateField):
        return "2015-04-01、平成27年4月1日"
    return FIELDS[name].example


def _help(field: Field) -> str | Promise:
    example = usual_example(field.name)
    return say_example(example) if example else ""


def _said_example(example: "StrOrPromise") -> SafeString:
    """An example in Japanese stays one on an English page, and is marked there."""
    return format_html("{}{}", _("例："), as_written(example))


say_example = lazy(_said_example, SafeString)


class TypedDayField(TypedField):
    """A day, however it is written."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput({"class": "w-m", "autocomplete": "off"})
        super().__init__("approved_on", widget=widget, help_text=say_example("2026-12-01、令和8年12月1日"), **options)
        self.required = True
