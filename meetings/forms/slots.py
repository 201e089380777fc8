"""The form by which an organisation reserves a consultation: first and second choice, and what it is about. For staff who
enter it on behalf: with the places that are held back, and who rang up.
"""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.forms.seen import SeenForm
from meetings.models import Reservation
from meetings.queries.slots import SlotLine
from meetings.services.slots import Wish
from partners.models import Member, Partner
from portal.web.staff.forms import OnBehalfForm
from portal.web.templatetags.portal_ui import as_written


def slot_label(line: SlotLine) -> Any:
    """A choice in one line: when, where, and how it is decided."""
    return as_written(_("%(slot)s（%(how)s）") % {"slot": line.slot.in_words, "how": line.in_words})


class ReservationForm(SeenForm):
    """`lines` are the slots to come; what may not be chosen now stands on the page, not in the form."""

    # The revision of the reservation that was on the page.
    first = forms.TypedChoiceField(label=gettext_lazy("第1希望"), coerce=int, widget=forms.RadioSelect)
    second = forms.TypedChoiceField(
        label=gettext_lazy("第2希望"), coerce=int, required=False, empty_value=None, widget=forms.RadioSelect,
        help_text=gettext_lazy("第1希望が抽選の枠のとき、外れた場合に使います。"),
    )  # fmt: skip
    topic = forms.CharField(
        label=gettext_lazy("相談したいこと"), max_length=800, widget=forms.Textarea({"rows": 5}),
        help_text=gettext_lazy("800文字まで。担当する専門家が前もって読みます。"),
    )  # fmt: skip
    wishes = forms.CharField(
        label=gettext_lazy("時間の希望など"), max_length=120, required=False,
        help_text=gettext_lazy("例：午後がよい、15時まで"),
    )  # fmt: skip

    def __init__(self, *args: Any, lines: Sequence[SlotLine], held: Reservation | None = None, **options: Any) -> None:
        kept = second = None
        if held:
            # Whoever has a slot, be it the second choice, waits for no other.
            kept, second = held.slot_id or held.first_id, None if held.slot_id else held.second_id
            now = {"first": kept, "second": second, "topic": held.topic}
            options["initial"] = now | {"wishes": held.wishes} | options.get("initial", {})
        super().__init__(*args, **options)
        self.lines, self.held = {line.slot.pk: line for line in lines}, held
        choices = [(pk, self.label_of(one)) for pk, one in self.lines.items() if self.is_offered(one) or pk == kept]
        others = [(pk, slot_label(one)) for pk, one in self.lines.items() if one.may_be_second or pk == second]
        self.fields["first"].choices = choices  # type: ignore[attr-defined]
        self.fields["second"].choices = [("", _("なし")), *others]  # type: ignore[attr-defined]
        self.has_second = bool(second) or (any(line.is_drawn_for for line in lines) and len(self.lines) > 1)
        if not self.has_second:
            del self.fields["second"]
        choosing = ["first", "second"] if self.has_second else ["first"]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "seen", Fieldset(_("日程"), *choosing), Fieldset(_("相談の内容"), "topic", "wishes")
        )

    def is_offered(self, line: SlotLine) -> bool:
        return line.may_choose

    def label_of(self, line: SlotLine) -> Any:
        return slot_label(line)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("second") is not None and values["second"] == values.get("first"):
            self.add_error("second", _("第2希望は、第1希望とは別の枠を選んでください。"))
        return values

    @property
    def keeps_wishes(self) -> bool:
        """Only what it is about is corrected."""
        typed = self.cleaned_data
        return self.held is not None and self.held.keeps_wishes(typed["first"], typed.get("second"))

    @property
    def is_settled_at_once(self) -> bool:
        """The first choice is given to whoever comes first: a second one is not needed."""
        return not self.lines[self.cleaned_data["first"]].is_drawn_for

    @property
    def wish(self) -> Wish:
        typed = self.cleaned_data
        return Wish(typed["first"], typed.get("second"), typed["topic"], typed["wishes"])


class EnteredReservationForm(ReservationForm):
    """代理予約: a place that is held back may be given, too."""

    uses_held = forms.BooleanField(
        label=gettext_lazy("取り置きの席を使う"), required=False,
        help_text=gettext_lazy("取り置きのある枠だけです。抽選や空きを待たず、締切のあとでも、その場で決まります。"),
    )  # fmt: skip
    field_order = ("seen", "first", "uses_held", "second", "topic", "wishes")

    def is_offered(self, line: SlotLine) -> bool:
        return line.may_choose or line.slot.held_left(timezone.now()) > 0

    def label_of(self, line: SlotLine) -> Any:
        words = line.in_words if line.may_choose else line.standing[0]
        if held := line.slot.held_left(timezone.now()):
            words = _("%(how)s、取り置き%(held)d件") % {"how": words, "held": held}
        return as_written(_("%(slot)s（%(how)s）") % {"slot": line.slot.in_words, "how": words})

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("uses_held"):
            values["second"] = None
        line = self.lines.get(values.get("first", 0))
        is_kept = self.held is not None and line is not None and line.slot.pk in (self.held.slot_id, self.held.first_id)
        if line is None or is_kept:
            return values
        if values.get("uses_held") and not line.slot.held_left(timezone.now()):
            self.add_error("uses_held", _("この枠に、取り置きの席はありません。"))
        elif not values.get("uses_held") and not line.may_choose:
            self.add_error(
                "first", _("この枠は、取り置きの席だけがあります。使うときは「取り置きの席を使う」を選んでください。")
            )
        return values

    @property
    def is_settled_at_once(self) -> bool:
        return self.cleaned_data["uses_held"] or super().is_settled_at_once


class CallerForm(OnBehalfForm):
    """Who rang up: the mail goes to them and to the organisation's owners."""

    member = forms.TypedChoiceField(label=gettext_lazy("連絡をくださった方"), coerce=int)
    field_order = ("member", "entered_through", "entered_because")

    def __init__(self, *args: Any, partner: Partner, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        self.people = list(Member.objects.active().filter(partner=partner).order_by("-role", "id"))
        names = [(one.pk, _("%(name)s（%(role)s）") % {"name": one.name, "role": one.role_name}) for one in self.people]
        self.fields["member"].choices = names  # type: ignore[attr-defined]
