"""Joint meetings: other programmes that we ask to ours, and those that ask us to theirs."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import JointGuest, JointHost, Meeting
from meetings.services.joint import (
    accept_joint,
    change_places,
    decline_joint,
    end_joint,
    invite_programme,
    shared_values,
)
from meetings.states import JOINT_TRANSITIONS, JointState, MeetingState
from portal.tenancy.models import Feature, Programme
from portal.tenancy.scope import current_programme
from portal.web.access import Actor
from portal.web.dates import span
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut
from portal.web.staff.forms import StaffForm
from portal.web.steps import state_now


def entering(state: JointState, text: Any) -> Any:
    def preview(row: JointGuest | JointHost, actor: Actor) -> str:
        if state not in JOINT_TRANSITIONS[JointState(row.state)]:
            raise LeftOut(state_now(row))
        return str(text)

    return preview


class GuestForm(StaffForm):
    class Meta:
        model = JointGuest
        fields = ("meeting", "guest", "onsite_places", "online_places", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("meeting"):
            coming = Meeting.objects.filter(state=MeetingState.PUBLISHED).upcoming(timezone.now())
            field.queryset = coming.filter(joint_host=None)  # type: ignore[attr-defined]
        if field := self.fields.get("guest"):
            others = Programme.objects.exclude(pk=current_programme().pk)
            field.queryset = others.filter(features__contains=[Feature.MEETINGS])  # type: ignore[attr-defined]


@admin.register(JointGuest)
class JointGuestAdmin(StaffAdmin):
    form = GuestForm
    add_action = None
    fields = [
        "meeting", "whom", "onsite_places", "online_places", "note",
        "state", "answer", "waiting", "problem", "asked_by", "asked_at",
    ]  # fmt: skip
    list_display = ["meeting", "guest", "state", "onsite_places", "online_places", "waiting", "problem"]
    list_filter = ["state", "guest", ("meeting", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["meeting", "guest"]
    search_fields = ["meeting__title", "note"]
    bulk_actions = [
        BulkAction(
            name="end",
            label=gettext_lazy("合同開催を取りやめる"),
            explanation=gettext_lazy(
                "相手の事業の会は中止になり、申し込んだ方には、相手の事業からお知らせします。元には戻せません。"
            ),
            preview=entering(JointState.ENDED, gettext_lazy("取りやめを、1分ほどで相手の事業に伝えます。")),
            service=lambda item, actor: end_joint(joint=item, actor=actor),
        )
    ]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else GuestForm.Meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        told = ["state", "answer", "waiting", "problem", "asked_by", "asked_at"]
        return ["meeting", "whom", *told] if obj else []

    @admin.display(description=gettext_lazy("招く事業"))
    def whom(self, joint: JointGuest) -> str:
        """By name alone: its settings are behind its own wall."""
        return joint.guest.name

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.state not in (JointState.ASKED, JointState.ACCEPTED):
            return False
        return super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            change_places(joint=obj, actor=request.actor, fields=form.changed_data)  # type: ignore[attr-defined]
            return
        made = invite_programme(actor=request.actor, **form.cleaned_data)  # type: ignore[attr-defined]
        # The form's own row becomes the one that was made.
        obj.__dict__.update(made.__dict__)


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("理由"), max_length=300, widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("招いた事業の職員が読みます。"),
    )  # fmt: skip


@admin.register(JointHost)
class JointHostAdmin(StaffAdmin):
    add_role = None
    change_role = None
    fields = [
        "from_where",
        "title",
        "when",
        "places",
        "text",
        "note",
        "state",
        "meeting",
        "answer",
        "problem",
        "received_at",
    ]
    readonly_fields = ["from_where", "title", "when", "places", "text", "note"]
    list_display = ["title", "host", "when", "state", "meeting", "problem"]
    list_filter = ["state", "host"]
    list_select_related = ["host", "meeting"]
    bulk_actions = [
        BulkAction(
            name="accept",
            label=gettext_lazy("合同で開く"),
            explanation=gettext_lazy(
                "こちらの事業に、同じ会の下書きを作ります。内容と見せる相手を確かめて公開すると、こちらのパートナーが申し込めます。"
            ),
            preview=entering(JointState.ACCEPTED, gettext_lazy("下書きを作り、合同で開くことを相手に伝えます。")),
            service=lambda item, actor: accept_joint(bond=item, actor=actor),
        ),
        BulkAction(
            name="decline",
            label=gettext_lazy("見送る"),
            explanation=gettext_lazy("今回は合同で開かないことを、理由を添えて相手の事務局に伝えます。"),
            preview=entering(JointState.DECLINED, gettext_lazy("見送ることを、相手に伝えます。")),
            service=lambda item, actor, answer: decline_joint(bond=item, actor=actor, answer=answer),
            form=AnswerForm,
        ),
    ]

    @admin.display(description=gettext_lazy("主催する事業"))
    def from_where(self, bond: JointHost) -> str:
        """By name alone: its settings are behind its own wall."""
        return bond.host.name

    @admin.display(description=gettext_lazy("題名"))
    def title(self, bond: JointHost) -> str:
        return str(bond.facts["meeting"]["title"])

    @admin.display(description=gettext_lazy("日時"))
    def when(self, bond: JointHost) -> str:
        values = shared_values(bond.facts)
        return span(timezone.localtime(values["starts_at"]), timezone.localtime(values["ends_at"]))

    @admin.display(description=gettext_lazy("割当て"))
    def places(self, bond: JointHost) -> str:
        return _("会場%(onsite)d席、オンライン%(online)d席") % bond.facts["places"]

    @admin.display(description=gettext_lazy("内容"))
    def text(self, bond: JointHost) -> str:
        return str(bond.facts["meeting"]["text"] or bond.facts["meeting"]["summary"])

    @admin.display(description=gettext_lazy("連絡"))
    def note(self, bond: JointHost) -> str:
        return str(bond.facts["note"])
