"""What staff do to a partner's standing, from its page or for many at once: seen first, with reason and day."""

from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.forms.profile import TypedDayField
from partners.models import Partner
from partners.services.standing import LEAST, move_partner, why_not_move
from partners.states import MOVES, Move
from portal.web.access import Actor
from portal.web.registry import Approval
from portal.web.staff.bulk import BulkAction, LeftOut

SAYS = {
    Move.SUSPEND: gettext_lazy(
        "登録を停止します。一覧から消え、登録証は有効でなくなります。ログインと閲覧はできますが、申込みや投稿はできません。"
    ),
    Move.RESUME: gettext_lazy("停止を解きます。一覧にまた載り、登録証は有効になります。"),
    Move.REMOVE: gettext_lazy(
        "登録を取り消します。一覧から消え、登録証は有効でなくなり、担当者はログインできなくなります。"
    ),
    Move.LEAVE: gettext_lazy("本人の申し出による退会として、登録を終わらせます。担当者はログインできなくなります。"),
    Move.RESTORE: gettext_lazy(
        "終わった登録を元に戻します。一覧にまた載り、登録証は有効になり、担当者はまたログインできます。"
    ),
}
APPROVAL_OF_REMOVAL = "partners.remove"


class MoveForm(forms.Form):
    on = TypedDayField(label=gettext_lazy("いつから"))
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("記録に残り、団体の代表へのメールにも載ります。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["on"].initial = timezone.localdate()

    def clean_on(self) -> str:
        """As text: a second approver's request keeps it so."""
        return str(self.cleaned_data["on"].isoformat())


def action_of(move: Move) -> BulkAction:
    def preview(partner: Partner, actor: Actor) -> str:
        if reason := why_not_move(partner, move):
            raise LeftOut(reason)
        return _("「%(before)s」から「%(after)s」にします。代表の方へメールでお知らせします。") % {
            "before": partner.get_state_display(), "after": MOVES[move][1].label,
        }  # fmt: skip

    def service(item: Partner, actor: Actor, on: str, reason: str) -> None:
        move_partner(partner_id=item.pk, move=move, reason=reason, actor=actor, on=date.fromisoformat(on))

    return BulkAction(
        name=move.value,
        label=move.label,
        explanation=SAYS[move],
        preview=preview,
        service=service,
        least=LEAST[move],
        form=MoveForm,
        approval=APPROVAL_OF_REMOVAL if move == Move.REMOVE else "",
    )


def remove(*, subject_id: str, data: dict[str, Any], actor: Actor) -> None:
    move_partner(
        partner_id=int(subject_id),
        move=Move.REMOVE,
        reason=data["reason"],
        actor=actor,
        on=date.fromisoformat(data["on"]),
    )


removal = Approval(
    label=gettext_lazy("登録の取消し"),
    carry_out=remove,
    url=lambda key: reverse("admin:partners_partner_change", args=[key]),
)
