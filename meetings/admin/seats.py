"""Who comes, who waits, who came: found, printed, taken away as a file, and freed on behalf of who telephones."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import Seat
from meetings.services.seats import leave_seat
from portal.web.access import Actor, only_staff
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut
from portal.web.steps import state_now


def freeing(seat: Seat, actor: Actor) -> str:
    if not seat.is_standing:
        raise LeftOut(state_now(seat))
    return _("%(name)sさんの席を空け、ご本人にメールでお知らせします。") % {"name": seat.name}


def free(item: Seat, actor: Actor) -> None:
    only_staff(actor)
    leave_seat(seat=item)


@admin.register(Seat)
class SeatAdmin(StaffAdmin):
    add_role = None
    change_role = None
    records_views = True
    personal_fields = ["name", "email", "title"]
    list_display = ["name", "partner", "meeting", "mode", "state", "since", "attended_at"]
    list_filter = ["state", "mode", ("meeting", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["meeting", "sign_up__partner"]
    search_fields = ["name", "email", "sign_up__partner__name", "meeting__title"]
    fields = [
        "name",
        "email",
        "title",
        "partner",
        "meeting",
        "mode",
        "state",
        "since",
        "held_until",
        "attended_at",
        "answers",
    ]
    readonly_fields = ["partner", "answers"]
    ordering = ["-meeting__starts_at", "since", "id"]
    export_columns = [
        "meeting",
        "name",
        "partner",
        "title",
        "email",
        "mode",
        "state",
        "since",
        "attended_at",
        "answers",
    ]
    bulk_actions = [
        BulkAction(
            name="free",
            label=gettext_lazy("席を空ける"),
            explanation=gettext_lazy(
                "電話などで取消しの連絡を受けたときに使います。空いた席は、待っている方にすぐご案内します。"
            ),
            preview=freeing,
            service=free,
        )
    ]

    @admin.display(description=gettext_lazy("団体"), ordering="sign_up__partner__name")
    def partner(self, seat: Seat) -> str:
        return str(seat.sign_up.partner)

    @admin.display(description=gettext_lazy("回答"))
    def answers(self, seat: Seat) -> str:
        questions = {str(question.pk): question.text for question in seat.meeting.questions.all()}  # type: ignore[attr-defined]
        given: dict[str, Any] = seat.sign_up.answers
        lines = [f"{questions[key]}：{_text(value)}" for key, value in given.items() if value and key in questions]
        return "\n".join([*lines, seat.sign_up.note]).strip()

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).prefetch_related("meeting__questions")


def _text(value: Any) -> str:
    return "、".join(value) if isinstance(value, list) else str(value)
