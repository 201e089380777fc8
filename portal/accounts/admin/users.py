"""People's accounts, on the platform's host alone. An account is read and disabled here, never edited or deleted."""

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import User
from portal.accounts.services.users import disable_user, enable_user, why_not_disable, why_not_enable
from portal.web.access import Actor
from portal.web.admin_site import platform_site
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm


def sentence_for_disabling(user: User, actor: Actor) -> str:
    if reason := why_not_disable(user, actor):
        raise LeftOut(reason)
    return _("%s は、どの事業にもログインできなくなります。") % user.email


def sentence_for_enabling(user: User, actor: Actor) -> str:
    if reason := why_not_enable(user):
        raise LeftOut(reason)
    return _("%s は、またログインできるようになります。") % user.email


@admin.register(User, site=platform_site)
class UserAdmin(StaffAdmin):
    add_role = change_role = None
    records_views = True
    list_display = ["email", "name", "is_active", "was_appointed", "is_superuser", "last_login"]
    list_filter = ["is_active", "was_appointed", "is_superuser"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    fields = ["email", "name", "is_active", "was_appointed", "is_superuser", "date_joined", "last_login"]
    bulk_actions = [
        BulkAction(
            name="disable",
            label=gettext_lazy("ログインを停止する"),
            explanation=gettext_lazy("選んだ人は、すぐにどの事業からもログアウトされ、ログインできなくなります。"),
            preview=sentence_for_disabling,
            service=lambda item, actor, reason: disable_user(user=item, actor=actor, reason=reason),
            form=ReasonForm,
        ),
        BulkAction(
            name="enable",
            label=gettext_lazy("ログインを再開する"),
            explanation=gettext_lazy("停止した人が、またログインできるようになります。"),
            preview=sentence_for_enabling,
            service=lambda item, actor, reason: enable_user(user=item, actor=actor, reason=reason),
            form=ReasonForm,
        ),
    ]
