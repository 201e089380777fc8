"""Staff write a meeting, publish it, announce it, move or cancel it; everybody concerned is told by the same deed."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from meetings.admin.attendance import AttendanceScreens
from meetings.admin.rooms import RoomScreen
from meetings.models import Invitation, JoiningDetails, Meeting, MeetingSettings, ProgrammeItem, Question, Seat
from meetings.queries.meetings import rooms_of, with_counts
from meetings.services import meetings as services
from meetings.states import MEETING_TRANSITIONS, MeetingState
from partners.models import Partner
from partners.vocabulary.municipalities import region_choices
from portal.files.forms import TakesFiles, UploadField
from portal.files.kinds import Limits
from portal.files.models import StoredFile
from portal.files.senders import Sender
from portal.notices.forms import BETWEEN, segment_choices
from portal.tenancy.scope import current_programme
from portal.web.access import Actor, StaffRole
from portal.web.dates import fiscal_year_name, fiscal_year_of
from portal.web.forms import page_form
from portal.web.goals import SDG_GOALS
from portal.web.staff.base import StaffAdmin, StaffInline
from portal.web.staff.bulk import BulkAction, LeftOut
from portal.web.staff.forms import StaffForm
from portal.web.steps import state_now


def when(label: Any, **options: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"), **options
    )


class MeetingForm(StaffForm):
    starts_at = when(gettext_lazy("開始"))
    ends_at = when(gettext_lazy("終了"))
    opens_at = when(
        gettext_lazy("申込みの開始"), required=False, help_text=gettext_lazy("空のときは、公開してすぐに始まります。")
    )
    closing_by_hand = when(
        gettext_lazy("申込みの締切"), required=False,
        help_text=gettext_lazy("空のときは、事業の「申込みの決まり」から決まります。"),
    )  # fmt: skip
    region = forms.ChoiceField(label=gettext_lazy("地域"), required=False)
    goals = forms.TypedMultipleChoiceField(
        label=gettext_lazy("関連する目標"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(number, f"{number} {short}") for number, (short, _full) in SDG_GOALS.items()],
    )  # fmt: skip

    class Meta:
        model = Meeting
        fields = "__all__"
        widgets = {
            "text": forms.Textarea(attrs={"rows": 14}),
            "doors_at": forms.TimeInput({"type": "time"}, format="%H:%M"),
            "cohosts": forms.Textarea(attrs={"rows": 3}),
            "contact": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("region"):
            choices = region_choices(current_programme().prefecture_code)
            field.choices = [("", "—"), *choices]  # type: ignore[attr-defined]


class JoiningForm(StaffForm):
    url = forms.URLField(label=gettext_lazy("参加用のアドレス"), max_length=500, assume_scheme="https")
    shown_from = when(
        gettext_lazy("いつから見せるか"),
        required=False,
        help_text=gettext_lazy("空のときは、前日のお知らせの時刻からです。"),
    )

    class Meta:
        model = JoiningDetails
        fields = ("url", "room", "passcode", "note", "shown_from")
        widgets = {"note": forms.Textarea({"rows": 2})}


class PartnerByNumber(forms.IntegerField):
    """Typed, not chosen from a list: there may be ten thousand of them."""

    def clean(self, value: Any) -> Partner:
        number = super().clean(value)
        if (found := Partner.objects.filter(number=number).first()) is None:
            raise ValidationError(_("この登録番号の団体は見つかりません。"))
        return found


class InvitationForm(StaffForm):
    partner = PartnerByNumber(label=gettext_lazy("登録番号"), min_value=1, max_value=999_999_999)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["partner"] = self.instance.partner.number

    class Meta:
        model = Invitation
        fields = ("partner",)


class MoveForm(forms.Form):
    starts_at = when(gettext_lazy("新しい開始"))
    ends_at = when(gettext_lazy("新しい終了"))
    notice = forms.CharField(
        label=gettext_lazy("理由など"), max_length=300, required=False, widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("会のページと、参加する方へのメールに載ります。"),
    )  # fmt: skip


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("中止の理由"), max_length=300, widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("会のページと、参加する方へのメールに載ります。"),
    )  # fmt: skip


class AnnounceForm(forms.Form):
    receivers = forms.ChoiceField(label=gettext_lazy("送る相手"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["receivers"].choices = segment_choices()  # type: ignore[attr-defined]


class MaterialsForm(TakesFiles, forms.Form):
    materials = UploadField(
        label=gettext_lazy("資料"), required=False, limits=Limits(most=10),
        help_text=gettext_lazy("会のページを見られる方が、ダウンロードできます。"),
    )  # fmt: skip


def standing(meeting: Meeting) -> int:
    return int(Seat.objects.standing().filter(meeting=meeting).count())


def enters(state: MeetingState, text: Any) -> Any:
    def preview(meeting: Meeting, actor: Actor) -> str:
        if state not in MEETING_TRANSITIONS[MeetingState(meeting.state)]:
            raise LeftOut(state_now(meeting))
        return str(text) % {"people": standing(meeting)}

    return preview


def moving(meeting: Meeting, actor: Actor) -> str:
    if meeting.state != MeetingState.PUBLISHED or meeting.ends_at <= timezone.now():
        raise LeftOut(_("公開中の、これからの会だけ変えられます。"))
    return _("日時を変え、参加する方と待っている方の%d人にメールでお知らせします。") % standing(meeting)


def announcing(meeting: Meeting, actor: Actor) -> str:
    if meeting.state != MeetingState.PUBLISHED or meeting.ends_at <= timezone.now():
        raise LeftOut(_("公開中の、これからの会だけ案内できます。"))
    return _("この会の案内を、一斉メールの下書きとして用意します。まだ送りません。")


def writing(meeting: Meeting, actor: Actor) -> str:
    count = Seat.objects.confirmed().filter(meeting=meeting).count()
    if meeting.state != MeetingState.PUBLISHED or not count:
        raise LeftOut(_("参加が確定した方は、まだいません。"))
    return _("参加が確定した%d人への一斉メールの下書きを用意します。まだ送りません。") % count


def announce(item: Meeting, actor: Actor, receivers: str) -> None:
    segment, _bar, choice = receivers.partition(BETWEEN)
    services.draft_announcement(meeting=item, segment=segment, choice=choice, actor=actor)


class ItemInline(StaffInline):
    model = ProgrammeItem
    delete_role = StaffRole.OFFICER


class QuestionInline(StaffInline):
    model = Question
    delete_role = StaffRole.OFFICER


class JoiningInline(StaffInline):
    model = JoiningDetails
    form = JoiningForm
    delete_role = StaffRole.OFFICER


class InvitationInline(StaffInline):
    model = Invitation
    form = InvitationForm
    delete_role = StaffRole.OFFICER
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        return super().get_queryset(request).select_related("partner")


class YearFilter(admin.SimpleListFilter):
    """The year that the page shows: as staff said, otherwise by the day."""

    title = gettext_lazy("年度")
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        found = Meeting.objects.values_list("fiscal_year", "starts_at__date").distinct()
        years = {said or fiscal_year_of(day) for said, day in found}
        return [(str(year), fiscal_year_name(year, get_language() or "")) for year in sorted(years, reverse=True)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        asked = self.value()
        return queryset.of_year(int(asked)) if asked and asked in dict(self.lookup_choices) else queryset


@admin.register(Meeting)
class MeetingAdmin(AttendanceScreens, RoomScreen, StaffAdmin):
    form = MeetingForm
    change_form_template = "admin/meetings/meeting/change_form.html"
    list_display = ["title", "kind", "starts_at", "format", "state", "taken"]
    list_filter = ["state", "kind", "format", "visibility", "region", "group", YearFilter]
    search_fields = ["title", "theme_label", "summary", "venue"]
    date_hierarchy = "starts_at"
    ordering = ["-starts_at", "-id"]
    export_columns = [
        "title", "kind", "theme_label", "fiscal_year", "starts_at", "ends_at", "format", "region", "visibility", "state",
        "onsite_capacity", "online_capacity", "taken",
    ]  # fmt: skip
    inlines = [ItemInline, JoiningInline, QuestionInline, InvitationInline]
    fieldsets = [
        (None, {"fields": ["title", "kind", "theme_label", "fiscal_year", "starts_at", "ends_at", "doors_at"]}),
        (gettext_lazy("だれに見せるか"), {"fields": ["visibility", "region", "group"]}),
        (
            gettext_lazy("内容"),
            {"fields": ["summary", "text", "audience", "fee", "goals", "cohosts", "contact"]},
        ),
        (
            gettext_lazy("開催方法と定員"),
            {"fields": ["format", "venue", "venue_address", "onsite_capacity", "online_capacity"]},
        ),
        (
            gettext_lazy("申込み"),
            {"fields": ["takes_sign_ups", "most_people", "opens_at", "closing_by_hand", "closes_at"]},
        ),
    ]
    bulk_actions = [
        BulkAction(
            name="publish",
            label=gettext_lazy("公開する"),
            explanation=gettext_lazy("会のページを、選んだ相手に見せます。申込みも始まります。"),
            preview=enters(MeetingState.PUBLISHED, gettext_lazy("公開します。案内のメールは、まだ送りません。")),
            service=lambda item, actor: services.publish_meeting(meeting=item, actor=actor),
        ),
        BulkAction(
            name="announce",
            label=gettext_lazy("案内のメールを用意する"),
            explanation=gettext_lazy(
                "一斉メールの下書きを作ります。「一斉メール」の画面で文面と人数を確かめてから送ってください。"
            ),
            preview=announcing,
            service=announce,
            form=AnnounceForm,
        ),
        BulkAction(
            name="write",
            label=gettext_lazy("参加者へのメールを用意する"),
            explanation=gettext_lazy(
                "参加が確定した方への一斉メールの下書きを作ります。文面を直してから送ってください。"
            ),
            preview=writing,
            service=lambda item, actor: services.draft_announcement(
                meeting=item, segment="meetings.participants", choice=str(item.pk), actor=actor
            ),
        ),
        BulkAction(
            name="move",
            label=gettext_lazy("日時を変える"),
            explanation=gettext_lazy(
                "日時と締切を変え、参加する方と待っている方に、予定表の更新を付けてお知らせします。"
            ),
            preview=moving,
            service=lambda item, actor, **typed: services.move_meeting(meeting=item, actor=actor, **typed),
            form=MoveForm,
        ),
        BulkAction(
            name="cancel",
            label=gettext_lazy("中止にする"),
            explanation=gettext_lazy("中止にし、参加する方と待っている方にお知らせします。元には戻せません。"),
            preview=enters(MeetingState.CANCELLED, gettext_lazy("中止にし、%(people)d人にメールでお知らせします。")),
            service=lambda item, actor, reason: services.cancel_meeting(meeting=item, actor=actor, reason=reason),
            form=CancelForm,
        ),
        BulkAction(
            name="duplicate",
            label=gettext_lazy("写して次の会を作る"),
            explanation=gettext_lazy(
                "同じ内容の下書きを、4週間後の日時で作ります。参加者、資料、参加用のアドレスは写しません。"
            ),
            preview=lambda meeting, actor: _("下書きを作ります。"),
            service=lambda item, actor: services.duplicate_meeting(meeting=item, actor=actor),
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        found: Any = super().get_queryset(request)
        return with_counts(found)

    @admin.display(description=gettext_lazy("参加者"))
    def taken(self, meeting: Meeting) -> str:
        return "、".join(
            f"{room.label} {room.taken}{'' if room.capacity is None else f'/{room.capacity}'}"
            for room in rooms_of(meeting)
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Once it is public, its time is changed by the deed that tells everybody."""
        fixed = ["starts_at", "ends_at"] if obj and obj.state != MeetingState.DRAFT else []
        return ["closes_at", *fixed]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return self.fieldsets
        *rest, (title, options) = self.fieldsets or []
        return [*rest, (title, {"fields": [name for name in options["fields"] if name != "closes_at"]})]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.state == MeetingState.CANCELLED:
            return False
        return super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        services.save_meeting(meeting=obj, actor=request.actor, fields=form.changed_data)  # type: ignore[attr-defined]

    def view_on_site(self, meeting: Meeting) -> str | None:  # type: ignore[override]
        return meeting.get_absolute_url() if meeting.is_public else None

    def get_urls(self) -> list[Any]:
        own = path(
            "<int:meeting_id>/materials/", self.admin_site.admin_view(self.materials), name="meetings_meeting_materials"
        )
        return [own, *self.own_urls(), *self.room_urls(), *super().get_urls()]

    def materials(self, request: HttpRequest, meeting_id: int) -> HttpResponse:
        meeting = self.get_object(request, str(meeting_id))
        if not self.has_change_permission(request, meeting):
            raise PermissionDenied
        kept = list(StoredFile.objects.of(meeting, services.MATERIALS))
        form = page_form(MaterialsForm, request, sender=Sender(request), initial={"materials": kept})  # type: ignore[arg-type]
        if form.is_valid():
            try:
                services.set_materials(meeting=meeting, files=form.cleaned_data["materials"], actor=request.actor)  # type: ignore[attr-defined]
            except ValidationError as refusal:
                form.add_error("materials", refusal)
            else:
                messages.success(request, _("資料を保存しました。"))
                return redirect("admin:meetings_meeting_change", meeting.pk)
        context = self.admin_site.each_context(request) | {
            "title": _("資料"), "opts": self.opts, "object": meeting, "form": form,
        }  # fmt: skip
        return TemplateResponse(request, "admin/row_files.html", context)


@admin.register(MeetingSettings)
class MeetingSettingsAdmin(StaffAdmin):
    """One row for the programme: what holds for meetings that say nothing else."""

    add_role = StaffRole.APPROVER
    change_role = StaffRole.APPROVER
    fields = ["closing_days", "closing_time", "counts_open_days", "offer_hours", "prefers_new", "reminder_time"]
    list_display = ["__str__", "closing_days", "closing_time", "counts_open_days", "offer_hours", "prefers_new"]
