"""Consultations for staff: the slots, one or a whole series; the draw, before and after; the reservations."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from meetings.admin.meetings import when
from meetings.admin.reserving import ReservesForPartner
from meetings.models import Consultation, Draw, Reservation, Slot
from meetings.queries.draws import drawn, is_reproduced
from meetings.services import consultations as services
from meetings.services.slots import APPLIED, LOST, cancel_reservation, left_in
from meetings.slots import Series
from meetings.states import MEETING_TRANSITIONS, RESERVATION_TRANSITIONS, MeetingState, ReservationState
from portal.web.access import Actor
from portal.web.models import OnBehalf
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm
from portal.web.staff.forms import OnBehalfForm, StaffForm
from portal.web.steps import state_now

WEEKDAYS = ["月", "火", "水", "木", "金", "土", "日"]


class ConsultationForm(StaffForm):
    opens_at = when(
        gettext_lazy("受付の開始"), required=False, help_text=gettext_lazy("空のときは、公開してすぐに始まります。")
    )
    closes_at = when(
        gettext_lazy("抽選の申込みの締切"), required=False, help_text=gettext_lazy("抽選の枠があるときに決めます。")
    )
    draw_at = when(
        gettext_lazy("抽選の日時"), required=False,
        help_text=gettext_lazy("この時刻に自動で抽選し、結果をメールでお知らせします。"),
    )  # fmt: skip

    class Meta:
        model = Consultation
        fields = "__all__"
        widgets = {"text": forms.Textarea({"rows": 6})}


class SlotForm(StaffForm):
    starts_at = when(gettext_lazy("開始"))
    ends_at = when(gettext_lazy("終了"))

    class Meta:
        model = Slot
        fields = "__all__"


class SeriesForm(forms.Form):
    first = forms.DateField(label=gettext_lazy("最初の日"), widget=forms.DateInput({"type": "date"}))
    last = forms.DateField(label=gettext_lazy("最後の日"), widget=forms.DateInput({"type": "date"}))
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("曜日"), coerce=int, widget=forms.CheckboxSelectMultiple,
        choices=[(number, f"{name}曜日") for number, name in enumerate(WEEKDAYS)],
    )  # fmt: skip
    skips_closed_days = forms.BooleanField(
        label=gettext_lazy("土日、祝日、年末年始を除く"), required=False, initial=True
    )
    starts = forms.TimeField(label=gettext_lazy("開始"), widget=forms.TimeInput({"type": "time"}))
    ends = forms.TimeField(label=gettext_lazy("終了"), widget=forms.TimeInput({"type": "time"}))
    minutes = forms.IntegerField(
        label=gettext_lazy("区切る長さ（分）"), required=False, min_value=5, max_value=480,
        help_text=gettext_lazy("空のときは、1日に一つの枠を作ります。30とすると、30分ずつの枠に分けます。"),
    )  # fmt: skip
    place = forms.CharField(label=gettext_lazy("場所"), max_length=120)
    mode = forms.ChoiceField(label=gettext_lazy("決め方"), choices=Slot.Mode.choices, widget=forms.RadioSelect)
    capacity = forms.IntegerField(label=gettext_lazy("定員（件）"), min_value=1, max_value=999, initial=1)
    held = forms.IntegerField(label=gettext_lazy("取り置き（件）"), min_value=0, max_value=999, initial=0)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if "first" in values and "last" in values and values["last"] < values["first"]:
            self.add_error("last", _("最後の日は、最初の日からあとにしてください。"))
        if "starts" in values and "ends" in values and values["ends"] <= values["starts"]:
            self.add_error("ends", _("終了は、開始よりあとの時刻にしてください。"))
        if values.get("held", 0) > values.get("capacity", 0):
            self.add_error("held", _("取り置きは、定員までの数にしてください。"))
        return values

    @property
    def series(self) -> Series:
        names = ("first", "last", "weekdays", "starts", "ends", "minutes", "skips_closed_days")
        return Series(**{name: self.cleaned_data[name] for name in names})


def publishing(consultation: Consultation, actor: Actor) -> str:
    _refuse_state(consultation, MeetingState.PUBLISHED)
    return _("マイページで、予約を受け付けます。案内のメールは、送りません。")


def cancelling(consultation: Consultation, actor: Actor) -> str:
    _refuse_state(consultation, MeetingState.CANCELLED)
    count = Reservation.objects.standing().filter(consultation=consultation).count()
    return _("これからの枠をすべて中止にし、予約した%d団体にメールでお知らせします。") % count


def _refuse_state(consultation: Consultation, state: MeetingState) -> None:
    if state not in MEETING_TRANSITIONS[MeetingState(consultation.state)]:
        raise LeftOut(state_now(consultation))


@admin.register(Consultation)
class ConsultationAdmin(StaffAdmin):
    form = ConsultationForm
    change_form_template = "admin/meetings/consultation/change_form.html"
    fields = ["title", "text", "minutes", "opens_at", "closes_at", "draw_at"]
    list_display = ["title", "state", "closes_at", "draw_at", "drawn_at"]
    list_filter = ["state"]
    search_fields = ["title", "text"]
    bulk_actions = [
        BulkAction(
            name="publish",
            label=gettext_lazy("公開する"),
            explanation=gettext_lazy("登録した団体のマイページに載せ、予約を受け付けます。"),
            preview=publishing,
            service=lambda item, actor: services.publish_consultation(consultation=item, actor=actor),
        ),
        BulkAction(
            name="cancel",
            label=gettext_lazy("中止にする"),
            explanation=gettext_lazy("これからの枠をすべて中止にします。元には戻せません。"),
            preview=cancelling,
            service=lambda item, actor, reason: services.cancel_consultation(
                consultation=item, reason=reason, actor=actor
            ),
            form=ReasonForm,
        ),
    ]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        services.save_consultation(consultation=obj, actor=request.actor, fields=form.changed_data)  # type: ignore[attr-defined]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:consultation_id>/series/", view(self.series), name="meetings_consultation_series"),
            path("<int:consultation_id>/draw/", view(require_safe(self.draw)), name="meetings_consultation_draw"),
            *super().get_urls(),
        ]

    def series(self, request: HttpRequest, consultation_id: int) -> HttpResponse:
        consultation = self.get_object(request, str(consultation_id))
        if not self.has_change_permission(request, consultation):
            raise PermissionDenied
        form = SeriesForm(request.POST or None, label_suffix="")
        if form.is_valid():
            typed = {name: form.cleaned_data[name] for name in ("place", "mode", "capacity", "held")}
            actor: Actor = request.actor  # type: ignore[attr-defined]
            try:
                made, there = services.add_series(consultation=consultation, series=form.series, actor=actor, **typed)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(
                    request, _("%(made)d枠を作りました（すでにあった枠：%(there)d）。") % {"made": made, "there": there}
                )
                return redirect("admin:meetings_consultation_draw", consultation.pk)
        context = self.admin_site.each_context(request) | {
            "title": _("枠をまとめて作る"), "opts": self.opts, "object": consultation, "form": form,
        }  # fmt: skip
        return TemplateResponse(request, "admin/meetings/consultation/series.html", context)

    def draw(self, request: HttpRequest, consultation_id: int) -> HttpResponse:
        """Before the draw who has applied for what; afterwards each turn and its reason, followed again from the seed."""
        consultation = self.get_object(request, str(consultation_id))
        held = Draw.objects.filter(consultation=consultation).select_related("consultation").first()
        slots = list(Slot.objects.with_counts().filter(consultation=consultation))
        context = self.admin_site.each_context(request) | {
            "title": _("枠と抽選"), "opts": self.opts, "object": consultation, "slots": slots, "draw": held,
            "is_same": held and is_reproduced(held), "drawn": drawn(held) if held else [],
        }  # fmt: skip
        return TemplateResponse(request, "admin/meetings/consultation/draw.html", context)


class HoldForm(forms.Form):
    held = forms.IntegerField(label=gettext_lazy("取り置く数（件）"), min_value=0, max_value=999)


def holding(slot: Slot, actor: Actor) -> str:
    _refuse_over(slot)
    facts = {"capacity": slot.capacity, "held": slot.held, "left": left_in(slot)}
    return _("定員%(capacity)d件、いまの取り置き%(held)d件、空き%(left)d件。") % facts


def calling_off(slot: Slot, actor: Actor) -> str:
    _refuse_over(slot)
    count = Reservation.objects.standing().filter(slot=slot).count()
    return _("中止にし、この枠に決まっている%d団体と、この枠だけを希望している団体にメールでお知らせします。") % count


def _refuse_over(slot: Slot) -> None:
    if slot.is_called_off:
        raise LeftOut(_("もう中止されています。"))
    if slot.ends_at <= timezone.now():
        raise LeftOut(_("この枠は、終わりました。"))


@admin.register(Slot)
class SlotAdmin(StaffAdmin):
    form = SlotForm
    fields = ["consultation", "starts_at", "ends_at", "place", "mode", "capacity", "held"]
    list_display = [
        "starts_at",
        "ends_at",
        "place",
        "consultation",
        "mode",
        "capacity",
        "held",
        "taken",
        "wanted",
        "called_off_at",
    ]
    list_filter = ["mode", ("consultation", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["consultation"]
    search_fields = ["place", "consultation__title"]
    date_hierarchy = "starts_at"
    ordering = ["-starts_at", "-id"]
    export_columns = ["consultation", "starts_at", "ends_at", "place", "mode", "capacity", "held", "taken", "wanted"]
    bulk_actions = [
        BulkAction(
            name="hold",
            label=gettext_lazy("取り置く"),
            explanation=gettext_lazy("定員のうち、事務局が取り置く数を決めます。0にすると、すべてを申込みに回します。"),
            preview=holding,
            service=lambda item, actor, held: services.hold_places(slot=item, held=held, actor=actor),
            form=HoldForm,
        ),
        BulkAction(
            name="call_off",
            label=gettext_lazy("中止にする"),
            explanation=gettext_lazy("枠を中止にします。元には戻せません。"),
            preview=calling_off,
            service=lambda item, actor, reason: services.call_off_slot(slot=item, reason=reason, actor=actor),
            form=ReasonForm,
        ),
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).with_counts()  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("予約"))
    def taken(self, slot: Slot) -> int:
        return slot.taken

    @admin.display(description=gettext_lazy("抽選の申込み（第1・第2希望）"))
    def wanted(self, slot: Slot) -> str:
        return f"{slot.firsts} / {slot.seconds}" if slot.is_lottery else ""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["consultation"] if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not (obj and obj.is_called_off) and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        services.save_slot(slot=obj, actor=request.actor, fields=form.changed_data)  # type: ignore[attr-defined]


class TimeForm(forms.Form):
    at = forms.TimeField(label=gettext_lazy("時刻"), widget=forms.TimeInput({"type": "time"}))
    comment = forms.CharField(
        label=gettext_lazy("ひとこと"), max_length=1000, required=False, widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("メールに載ります。"),
    )  # fmt: skip


def timing(reservation: Reservation, actor: Actor) -> str:
    if not reservation.is_confirmed:
        raise LeftOut(state_now(reservation))
    wishes = reservation.wishes or _("なし")
    return _("%(slot)s の中の時刻を決めて、お知らせします。時間の希望：%(wishes)s") % {"slot": reservation.slot, "wishes": wishes}  # fmt: skip


def giving(reservation: Reservation, actor: Actor) -> str:
    if reservation.state not in (APPLIED, LOST):
        raise LeftOut(state_now(reservation))
    for slot in services.wanted_slots(reservation, timezone.now()):
        if services.free_to_give(slot, reservation.consultation):
            return _("%s の空きを渡します。") % slot
        if slot.held:
            return _("%s の取り置きから渡します。") % slot
    raise LeftOut(_("希望の枠に、空きも取り置きもありません。"))


def recording(state: ReservationState, text: Any) -> Any:
    def preview(reservation: Reservation, actor: Actor) -> str:
        if state not in RESERVATION_TRANSITIONS[ReservationState(reservation.state)]:
            raise LeftOut(state_now(reservation))
        if reservation.slot is None or timezone.now() < reservation.slot.starts_at:
            raise LeftOut(_("相談が始まってから、記録してください。"))
        return str(text)

    return preview


def freeing(reservation: Reservation, actor: Actor) -> str:
    if not reservation.is_standing:
        raise LeftOut(state_now(reservation))
    return _("予約を取り消し、団体にメールでお知らせします。")


@admin.register(Reservation)
class ReservationAdmin(ReservesForPartner, StaffAdmin):
    change_form_template = "admin/meetings/reservation/change_form.html"
    add_role = None
    change_role = None
    is_work = True
    records_views = True
    personal_fields = ["topic", "made_by"]
    list_display = ["partner", "consultation", "state", "slot", "at", "first", "second", "turn", "made_at"]
    list_filter = ["state", ("consultation", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["partner", "consultation", "first", "second", "slot"]
    search_fields = ["partner__name", "consultation__title", "topic"]
    fields = [
        "partner", "consultation", "state", "slot", "at", "first", "second", "topic", "wishes", "comment", "turn", "made_by",
        "made_at",
    ]  # fmt: skip
    export_columns = [
        "consultation", "partner", "state", "slot", "at", "first", "second", "turn", "topic", "wishes", "made_by", "made_at",
    ]  # fmt: skip
    bulk_actions = [
        BulkAction(
            name="time",
            label=gettext_lazy("時刻を決めて知らせる"),
            explanation=gettext_lazy("枠の中の時刻を決め、予定表の入ったメールでお知らせします。あとで変えられます。"),
            preview=timing,
            service=lambda item, actor, **typed: services.set_time(reservation=item, actor=actor, **typed),
            form=TimeForm,
        ),
        BulkAction(
            name="give",
            label=gettext_lazy("席を渡す"),
            explanation=gettext_lazy("待っている団体に、希望の枠の空きか、取り置きを渡します。"),
            preview=giving,
            service=lambda item, actor: services.give_place(reservation=item, actor=actor),
        ),
        BulkAction(
            name="free",
            label=gettext_lazy("予約を取り消す"),
            explanation=gettext_lazy(
                "電話などで連絡を受けたときに使います。抽選のあとに空いた枠は、すぐに次の団体に渡ります。"
            ),
            preview=freeing,
            service=lambda item, actor, **typed: cancel_reservation(
                reservation=item, actor=actor, on_behalf=OnBehalf.typed(typed)
            ),
            form=OnBehalfForm,
        ),
        BulkAction(
            name="done",
            label=gettext_lazy("相談済みにする"),
            explanation=gettext_lazy("相談が済んだことを記録し、団体の利用履歴に載せます。"),
            preview=recording(ReservationState.DONE, gettext_lazy("相談済みにし、利用履歴に載せます。")),
            service=lambda item, actor: services.record_presence(reservation=item, came=True, actor=actor),
        ),
        BulkAction(
            name="absent",
            label=gettext_lazy("欠席にする"),
            explanation=gettext_lazy("来なかったことを記録します。"),
            preview=recording(ReservationState.ABSENT, gettext_lazy("欠席にします。利用履歴には載せません。")),
            service=lambda item, actor: services.record_presence(reservation=item, came=False, actor=actor),
        ),
    ]
