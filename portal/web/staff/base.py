"""StaffAdmin: what every staff screen has in common.

Who may do what follows from the staff role; everything that staff change, and who looked at whom, goes on record; the
number of queries does not grow with the list. What a screen does beyond a plain form save is the app's own service.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.paginator import Paginator
from django.db import models
from django.forms import ModelForm, model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from portal.audit.models import Action
from portal.audit.queries import history_of
from portal.audit.services import record_event
from portal.web.access import StaffRole

Changes = Mapping[str, tuple[Any, Any]]


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than anybody would turn pages: a list of a million rows opens as fast as one of a hundred."""

    LIMIT = 10_000

    @cached_property
    def count(self) -> int:
        return int(self.object_list.order_by()[: self.LIMIT].count())  # type: ignore[attr-defined]


class ByRole:
    """Permissions by staff role. `None` means: nobody, not on this screen."""

    view_role: ClassVar[StaffRole | None] = StaffRole.READ_ONLY
    add_role: ClassVar[StaffRole | None] = StaffRole.OFFICER
    change_role: ClassVar[StaffRole | None] = StaffRole.OFFICER
    delete_role: ClassVar[StaffRole | None] = None

    def _may(self, request: HttpRequest, least: StaffRole | None) -> bool:
        return least is not None and self.admin_site.may(request, least)  # type: ignore[attr-defined, no-any-return]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request, self.view_role)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.view_role)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.add_role)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.change_role)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.delete_role)


class PlainWidgets:
    """A page rather than a popup: no small windows for adding and changing related rows."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


class StaffInline(PlainWidgets, ByRole, admin.TabularInline):  # type: ignore[type-arg]
    extra = 0
    show_change_link = True


class StaffAdmin(PlainWidgets, ByRole, admin.ModelAdmin):  # type: ignore[type-arg]
    # A person's fields: they are put on record by name only.
    personal_fields: ClassVar[Sequence[str]] = ()
    # What adding and changing is called on the record.
    add_action: ClassVar[Action] = Action.ROW_ADDED
    change_action: ClassVar[Action] = Action.ROW_CHANGED

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.ALWAYS
    paginator = CappedPaginator
    save_on_top = False
    actions_selection_counter = True

    # --- The record, in place of Django's log -------------------------------------------------------------------
    def construct_change_message(  # type: ignore[override]
        self, request: HttpRequest, form: "ModelForm[Any]", formsets: Sequence[Any] | None, add: bool = False
    ) -> Changes:
        changes = dict(changes_of(form, add=add))
        for formset in formsets or ():
            rows = [*formset.new_objects, *(row for row, _fields in formset.changed_objects), *formset.deleted_objects]
            if rows:
                changes[formset.model._meta.model_name] = (None, "、".join(str(row) for row in rows))
        return changes

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        self._record(request, self.add_action, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        self._record(request, self.change_action, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]
        for obj in queryset:
            self._record(request, Action.ROW_DELETED, obj, {})

    def _record(self, request: HttpRequest, action: Action, obj: models.Model, changes: Changes) -> None:
        record_event(
            action=action, subject=obj, actor=request.user, changes=changes, personal=self.personal_fields  # type: ignore[arg-type]
        )  # fmt: skip

    def history(self, obj: models.Model) -> Sequence[Any]:
        return list(history_of(obj)[:200])

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if not self.has_view_permission(request, obj):
            raise Http404
        context = self.admin_site.each_context(request) | {
            "title": _("%sの記録") % obj,
            "object": obj,
            "opts": self.opts,
            "events": self.history(obj),  # type: ignore[arg-type]
        }
        return TemplateResponse(request, "admin/object_history.html", context | (extra_context or {}))

    # --- What may not be known is not there ---------------------------------------------------------------------
    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        obj = super().get_object(request, object_id, from_field)
        if obj is None:
            raise Http404
        return obj

    def view_on_site(self, obj: models.Model) -> str | None:  # type: ignore[override]
        address = getattr(obj, "get_absolute_url", None)
        return address() if address else None


def changes_of(form: "ModelForm[Any]", *, add: bool) -> Changes:
    """Field → before and after, as the database holds them, of what was changed in a saved form."""
    names = [name for name in form.changed_data if name in {field.name for field in form._meta.model._meta.fields}]
    after = model_to_dict(form.instance, fields=names)
    return {name: (None if add else form.initial.get(name), after.get(name)) for name in names}
