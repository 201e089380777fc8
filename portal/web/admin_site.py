"""The two faces of /admin/: a programme's back office on its own host, and the operators' on the platform's.

They are two sites with two sets of models, so that what belongs to a programme has no address at all on the platform's
host, and people's accounts have none on a programme's. Who may enter is asked of `request.actor` alone: Django's
groups and permissions play no part.
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib import auth
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from portal.web.access import Actor, StaffRole
from portal.web.staff.base import StaffAdmin
from portal.web.staff.menu import in_groups
from portal.web.staff.today import Whose, todays_work

View = Callable[..., HttpResponse]
# Django's pages that we replace (its own form of the password) or do not want (an address for every object there is).
UNWANTED = {"view_on_site", "password_change_done"}
OTHERS = ("django.", "allauth.")


class StaffSite(AdminSite):
    index_title = _("今日やること")
    empty_value_display = "—"
    enable_nav_sidebar = True

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        # Nothing is deleted from a list; what may be deleted says so itself (StaffAdmin.delete_role).
        self.disable_action("delete_selected")

    def may(self, request: HttpRequest, least: StaffRole) -> bool:
        """Whether the person may do here what is open from this role upwards."""
        raise NotImplementedError

    def has_permission(self, request: HttpRequest) -> bool:
        return self.may(request, StaffRole.READ_ONLY)

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]
        """Who is signed in and may not enter is told so, instead of being sent to sign in once more."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        # Read by the middleware that sends anonymous visitors to sign in.
        guarded.login_url = reverse_lazy("admin:login", current_app=self.name)  # type: ignore[attr-defined]
        return update_wrapper(guarded, view)

    # Django's own forms for these know neither second factor nor limits: they are replaced, not wrapped.
    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect(f"{reverse('staff:sign_in')}?{urlencode({'next': request.GET.get('next', '')})}")

    @method_decorator([login_not_required, require_POST])
    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        auth.logout(request)
        return redirect("staff:sign_in")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return redirect("staff:password")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Other packages bring screens that know nothing of our roles; those stay out."""
        if not issubclass(admin_class or ModelAdmin, StaffAdmin):
            if admin_class and admin_class.__module__.startswith(OTHERS):
                return
            raise TypeError(f"{admin_class}: a staff screen is a StaffAdmin.")
        super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[Any]:
        return [route for route in super().get_urls() if getattr(route, "name", None) not in UNWANTED]


class ProgrammeSite(StaffSite):
    """The programme's settings, pages and record, and whatever apps register."""

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._menus: dict[tuple[Any, ...], list[Any]] = {}

    def may(self, request: HttpRequest, least: StaffRole) -> bool:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        return actor.is_staff(least)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        programme = request.programme  # type: ignore[attr-defined]
        # Whoever may only read is shown no link to what they may not do.
        own = {"site_title": _("%s 管理") % programme.name, "is_officer": request.actor.is_staff(StaffRole.OFFICER)}  # type: ignore[attr-defined]
        return super().each_context(request) | own

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Only a role and the programme's features change what stands in the menu; it is shown on every page."""
        if app_label:
            return super().get_app_list(request, app_label)
        programme = request.programme  # type: ignore[attr-defined]
        key = request.actor.staff_role, get_language(), tuple(programme.features)  # type: ignore[attr-defined]
        if key not in self._menus:
            found = (model for app in super().get_app_list(request) for model in app["models"])
            screens = {model["model"]._meta.label_lower: model for model in found}
            self._menus[key] = in_groups(screens, programme)
        return self._menus[key]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        asked = request.GET.get("whose", "")
        today = todays_work(
            programme=request.programme,  # type: ignore[attr-defined]
            user=request.user,
            whose=Whose(asked) if asked in set(Whose) else Whose.ALL,
            now=timezone.now(),
        )
        names = {Whose.ALL: _("すべて"), Whose.MINE: _("自分"), Whose.NOBODYS: _("担当なし")}
        whose = [(name, label, today.counts[name]) for name, label in names.items()]
        return super().index(request, {"today": today, "whose": whose} | (extra_context or {}))


class PlatformSite(StaffSite):
    """Programmes with their hosts, and people's accounts. A programme's data is not here."""

    index_title = _("全体の管理")
    site_title = _("架け橋 管理")

    def may(self, request: HttpRequest, least: StaffRole) -> bool:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        return actor.is_operator


platform_site = PlatformSite()
