"""The forms of a partner's own pages."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms

from partners.edits import changed_since, merged, stamp_of
from partners.fields import Section, Visibility, fields_of
from partners.forms import ProfileForm
from partners.models import Partner
from partners.queries import value_in_words
from portal.web.staff.record import Change


class Stamped:
    """A form over values that others may change meanwhile. Stands before Django's form class.

    `now` is what stands there at the moment; the hidden field `seen` says what the person has looked at.
    """

    now: Mapping[str, Any]
    cleaned_data: dict[str, Any]

    @property
    def typed(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name in self.now}

    @property
    def drift(self) -> list[str]:
        """What somebody else has changed since."""
        return changed_since(self.cleaned_data["seen"], self.now)

    @property
    def wanted(self) -> dict[str, Any]:
        """What would be saved: what was typed, and the others' values where nothing was."""
        return merged(self.typed, self.cleaned_data["seen"], self.now)

    @property
    def differing(self) -> list[str]:
        return [name for name, value in self.wanted.items() if value != self.now[name]]


def seen_field() -> forms.CharField:
    return forms.CharField(widget=forms.HiddenInput, required=False, max_length=8000)


class SectionForm(Stamped, ProfileForm):
    """One section of the profile, without what the programme keeps."""

    def __init__(self, *args: Any, partner: Partner, section: Section, **options: Any) -> None:
        initial = {field.name: getattr(partner, field.name) for field in fields_of([section])}
        options["initial"] = initial | {"kind": partner.kind} | options.get("initial", {})
        super().__init__(*args, sections=[section], has_locked=False, **options)
        self.partner, self.section = partner, section
        self.now = {name: getattr(partner, name) for name in self.fields}
        self.fields["seen"] = seen_field()
        self.initial.setdefault("seen", stamp_of(self.now))
        self.helper.layout.append("seen")

    @property
    def changes(self) -> list[Change]:
        """Before and after, in words, of what would be saved."""
        after = Partner(**self.wanted)
        return [
            Change(str(self.fields[name].label), value_in_words(self.partner, name), value_in_words(after, name))
            for name in self.differing
        ]

    @property
    def others_changes(self) -> list[Change]:
        """What somebody else has changed, as it stands now."""
        return [Change(str(self.fields[name].label), "", value_in_words(self.partner, name)) for name in self.drift]

    def confirmation(self) -> "SectionForm":
        """The same, to be sent on: merged, and with a stamp of what is shown now."""
        return SectionForm(
            partner=self.partner, section=self.section, initial=self.wanted | {"seen": stamp_of(self.now)}
        )


class VisibilityForm(Stamped, forms.Form):
    """Who sees which field, for the fields where the partner chooses."""

    def __init__(self, *args: Any, partner: Partner, sections: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.partner, self.sections = partner, sections
        groups = []
        for section in Section:
            names = []
            for field in fields_of([section] if section in sections else []):
                if field.is_fixed:
                    continue
                self.fields[field.name] = forms.ChoiceField(
                    label=field.label, choices=Visibility.choices, widget=forms.Select({"class": "w-m"})
                )
                self.initial.setdefault(field.name, str(partner.visibility_of(field.name)))
                names.append(field.name)
            if names:
                groups.append(Fieldset(section.label, *names))
        self.now = {name: str(partner.visibility_of(name)) for name in self.fields}
        self.fields["seen"] = seen_field()
        self.initial.setdefault("seen", stamp_of(self.now))
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(*groups, "seen")

    @property
    def others_changes(self) -> list[Change]:
        return [Change(str(self.fields[name].label), "", str(Visibility(self.now[name]).label)) for name in self.drift]

    def confirmation(self) -> "VisibilityForm":
        return VisibilityForm(
            partner=self.partner, sections=self.sections, initial=self.wanted | {"seen": stamp_of(self.now)}
        )
