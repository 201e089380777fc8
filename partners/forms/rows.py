"""The forms of what a partner has several of: further offices and equipment."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from partners.edits import stamp_of
from partners.fields import Section
from partners.forms.own import Stamped, seen_field
from partners.forms.profile import form_field
from partners.models import Equipment, Office
from portal.web.staff.record import Change

Row = Office | Equipment


class RowForm(Stamped, forms.ModelForm):  # type: ignore[type-arg]
    """A row of a partner: read as the profile's own fields are, and stamped."""

    class Meta:
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        for name in self.fields:
            if name in ("postal_code", "municipality", "phone"):
                own = form_field(name)
                own.label = self.fields[name].label
                self.fields[name] = own
        self.now = {name: getattr(self.instance, name) for name in self.fields}
        self.fields["seen"] = seen_field()
        self.initial.setdefault("seen", stamp_of(self.now))

    @property
    def others_changes(self) -> list[Change]:
        return [Change(str(self.fields[name].label), "", str(self.now[name] or "")) for name in self.drift]

    def _post_clean(self) -> None:
        """The row stays as it was until the service saves it."""
        before = {name: getattr(self.instance, name) for name in self.now}
        super()._post_clean()  # type: ignore[misc]
        for name, value in before.items():
            setattr(self.instance, name, value)

    def confirmation(self) -> "RowForm":
        return type(self)(instance=self.instance, initial=self.wanted | {"seen": stamp_of(self.now)})


class OfficeForm(RowForm):
    class Meta:
        model = Office
        fields: ClassVar[list[str]] = ["name", "postal_code", "municipality", "address", "phone"]


class EquipmentForm(RowForm):
    class Meta:
        model = Equipment
        fields: ClassVar[list[str]] = ["name", "is_made_in_japan", "maker", "units", "remark"]


@dataclass(frozen=True)
class Kind:
    model: type[Row]
    form: type[RowForm]
    section: Section
    add: str | Promise
    change: str | Promise
    remove: str | Promise


KINDS = {
    "offices": Kind(
        Office, OfficeForm, Section.PLACE,
        gettext_lazy("事業所を加える"), gettext_lazy("事業所を変える"), gettext_lazy("事業所を削除する"),
    ),
    "equipment": Kind(
        Equipment, EquipmentForm, Section.CAPABILITY,
        gettext_lazy("設備を加える"), gettext_lazy("設備を変える"), gettext_lazy("設備を削除する"),
    ),
}  # fmt: skip
