"""The forms of a partner's own pages."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from partners.edits import changed_since, merged, stamp_of
from partners.fields import FIELDS, Section, Visibility, fields_of
from partners.forms.profile import ProfileForm, TypedDayField, form_field, say_example
from partners.models import ChangeRequest, Partner
from partners.queries.profile import value_in_words
from partners.services.changes import why_not_ask
from portal.files.forms import TakesFiles, UploadField
from portal.files.kinds import JPEG, MB, PDF, PNG, WEBP, Limits
from portal.web.staff.forms import OnBehalfForm
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
    """One section of the profile; what the programme keeps is on it for staff alone."""

    def __init__(
        self,
        *args: Any,
        partner: Partner,
        section: Section,
        has_locked: bool = False,
        is_complete: bool = True,
        **options: Any,
    ) -> None:
        initial = {field.name: getattr(partner, field.name) for field in fields_of([section])}
        options["initial"] = initial | {"kind": partner.kind} | options.get("initial", {})
        super().__init__(*args, sections=[section], has_locked=has_locked, is_complete=is_complete, **options)
        self.partner, self.section, self.has_locked = partner, section, has_locked
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
            partner=self.partner,
            section=self.section,
            has_locked=self.has_locked,
            is_complete=self.is_complete,
            initial=self.wanted | {"seen": stamp_of(self.now)},
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
                # It always has a value: neither required nor optional is said (layout/requirement.html).
                self.fields[field.name].need = "none"  # type: ignore[attr-defined]
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


class ChangeForm(TakesFiles, forms.Form):
    """What the programme keeps is to become something else. `before` is what stands there now."""

    proof = UploadField(
        label=_("変更の分かる書類"),
        help_text=_("登記事項証明書、総会の議事録など。"),
        limits=Limits(kinds=(PDF, JPEG, PNG), most=3),
    )
    effective_on = TypedDayField(label=_("変わる日（変わった日）"))
    reason = forms.CharField(
        label=_("理由"), max_length=1000, widget=forms.Textarea({"rows": 3}), help_text=say_example("商号変更のため")
    )
    field_order = ("after", "kana", "effective_on", "reason", "proof")

    def __init__(self, *args: Any, partner: Partner, field: ChangeRequest.Field, **options: Any) -> None:
        super().__init__(*args, **options)
        self.partner, self.field = partner, field
        new = form_field(field) if field in FIELDS else TypedDayField(label=ChangeRequest.Field(field).label)
        new.label = format_lazy("{}{}", _("新しい"), ChangeRequest.Field(field).label)
        new.required = True
        self.fields["after"] = new
        if field == ChangeRequest.Field.NAME:
            self.fields["kana"] = form_field("kana")
            self.fields["kana"].label, self.fields["kana"].required = _("新しいフリガナ"), True
        else:
            self.fields["proof"].required = False
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            for name, problem in why_not_ask(self.partner, self.field, values["after"], values["effective_on"]).items():
                self.add_error(None if name == "__all__" else name, problem)
        return values


class LeaveForm(forms.Form):
    """The partner wants to leave; the office carries it out."""

    effective_on = TypedDayField(label=_("退会の希望日"))
    reason = forms.CharField(label=_("理由"), max_length=1000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, partner: Partner, **options: Any) -> None:
        super().__init__(*args, **options)
        self.partner = partner

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            leaving = ChangeRequest.Field.LEAVING
            for name, problem in why_not_ask(self.partner, leaving, "ended", values["effective_on"]).items():
                self.add_error(None if name == "__all__" else name, problem)
        return values


class LogoForm(TakesFiles, forms.Form):
    logo = UploadField(
        label=_("ロゴ"),
        required=False,
        limits=Limits(kinds=(PNG, JPEG, WEBP), largest=2 * MB, longest_side=640),
        help_text=_("正方形に近い画像をおすすめします。撮影の場所などの情報は取り除きます。"),
    )
    logo_alt = forms.CharField(
        label=_("ロゴの説明"),
        required=False,
        max_length=120,
        help_text=_("画像が見えない方に読み上げられます。空のときは団体の名称を読み上げます。"),
    )


class EntryForm(OnBehalfForm):
    """代理入力: how it came in, why, and from when it is so."""

    on = TypedDayField(label=_("いつから"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["on"].initial = timezone.localdate()
