"""What did not run by itself: seen, tried again, or set aside with a reason."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.backoffice.failures import set_aside, try_again, why_not_try_again
from portal.backoffice.models import FailedTask
from portal.backoffice.words import words_of
from portal.web.access import Actor
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm


def again_sentence(failed: FailedTask, actor: Actor) -> str:
    if reason := why_not_try_again(failed):
        raise LeftOut(reason)
    return _("もう一度動かします。うまくいけば、この行は自動で「済み」になります。")


def aside_sentence(failed: FailedTask, actor: Actor) -> str:
    if failed.ended_at:
        raise LeftOut(_("すでに済んでいます。"))
    return _("「済み」にします。次に失敗すると、また「今日やること」に出ます。")


@admin.register(FailedTask)
class FailedTaskAdmin(StaffAdmin):
    add_role = change_role = None
    is_work = True
    list_display = ["what", "last_at", "times", "is_over"]
    list_display_links = ["what"]
    list_filter = [("ended_at", admin.EmptyFieldListFilter)]
    date_hierarchy = "last_at"
    ordering = ["-last_at"]
    fields = ("what", "meaning", "first_at", "last_at", "times", "problem", "tried_again_at", "ended_at")
    readonly_fields = fields
    bulk_actions = [
        BulkAction(
            name="again",
            label=gettext_lazy("もう一度動かす"),
            explanation=gettext_lazy("同じことが二度行われることはありません。残っている分だけが行われます。"),
            preview=again_sentence,
            service=lambda item, actor: try_again(failed=item, actor=actor),
        ),
        BulkAction(
            name="aside",
            label=gettext_lazy("済みにする"),
            explanation=gettext_lazy("ほかの方法で済ませたものを、一覧から外します。"),
            preview=aside_sentence,
            service=lambda item, actor, reason: set_aside(failed=item, reason=reason, actor=actor),
            form=ReasonForm,
        ),
    ]

    @admin.display(description=gettext_lazy("仕事"), ordering="task")
    def what(self, failed: FailedTask) -> str:
        return str(failed)

    @admin.display(description=gettext_lazy("止まるとどうなるか"))
    def meaning(self, failed: FailedTask) -> str:
        return str(words_of(failed.task).meaning)

    @admin.display(description=gettext_lazy("済み"), boolean=True)
    def is_over(self, failed: FailedTask) -> Any:
        return failed.ended_at is not None
