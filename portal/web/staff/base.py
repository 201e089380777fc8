"""StaffAdmin: what every staff screen has in common.

Who may do what follows from the staff role; everything that staff change, and who looked at whom, goes on record; the
number of queries does not grow with the list. What a screen does beyond a plain form save is the app's own service.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import lookup_spawns_duplicates, unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import BaseInlineFormSet, ModelForm, model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.functional import Promise, cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.audit.models import Action
from portal.audit.queries import history_of
from portal.audit.services import record_event
from portal.web.access import StaffRole
from portal.web.folding import Folded, fold
from portal.web.models import ApprovalRequest
from portal.web.staff import bulk, exports, restore, work
from portal.web.staff.bulk import BulkAction
from portal.web.staff.changelist import StaffChangeList
from portal.web.staff.forms import StaffForm

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
    """A page rather than a popup: no small windows for adding and changing related rows. What is empty says so. Days,
    hours and addresses are the browser's own fields, each one field with one name.
    """

    formfield_overrides: Any = {
        models.URLField: {"widget": forms.URLInput({"class": "vTextField"})},
        models.DateField: {"widget": forms.DateInput({"type": "date"}, format="%Y-%m-%d")},
        models.TimeField: {"widget": forms.TimeInput({"type": "time"}, format="%H:%M")},
        models.DateTimeField: {
            "form_class": forms.DateTimeField,
            "widget": forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        },
    }

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        if isinstance(field, forms.ChoiceField):
            empty = ("", gettext_lazy("選んでください") if field.required else gettext_lazy("なし"))
            if isinstance(field, forms.ModelChoiceField):
                field.empty_label = field.empty_label and empty[1]
            else:
                choices: Any = field.choices
                field.choices = [empty if choice in BLANK_CHOICE_DASH else choice for choice in choices]
        return field


class RowsThatCame(BaseInlineFormSet):  # type: ignore[type-arg]
    """No more rows than were sent, whatever number the form names: each that it makes up is read, checked and drawn."""

    def total_form_count(self) -> int:
        count: int = super().total_form_count()
        if not self.is_bound:
            return count
        start = f"{self.prefix}-"
        numbers = (key.removeprefix(start).partition("-")[0] for key in self.data if key.startswith(start))
        # Not longer than Django's own limit has digits.
        return min(count, max((int(one) + 1 for one in numbers if one.isdecimal() and len(one) < 5), default=0))


class StaffInline(PlainWidgets, ByRole, admin.TabularInline):  # type: ignore[type-arg]
    form = StaffForm
    formset = RowsThatCame
    # An empty row for whoever has no script; with one, "add another" makes more.
    extra = 1
    show_change_link = True


class StaffAdmin(PlainWidgets, ByRole, admin.ModelAdmin):  # type: ignore[type-arg]
    # A person's fields: they are put on record by name only.
    personal_fields: ClassVar[Sequence[str]] = ()
    # The rows are about people: whoever opens one is put on record.
    records_views: ClassVar[bool] = False
    # What adding and changing is called on the record. None: the service that `save_model` calls records it itself.
    add_action: ClassVar[Action | None] = Action.ROW_ADDED
    change_action: ClassVar[Action | None] = Action.ROW_CHANGED
    # What is done to rows besides editing them, one or many at a time.
    bulk_actions: ClassVar[Sequence[BulkAction]] = ()
    # The columns of the file that staff may take away; none, no file.
    export_columns: ClassVar[Sequence[str]] = ()
    export_role: ClassVar[StaffRole | None] = StaffRole.OFFICER
    # Rows are work: somebody has them in hand, and staff talk about them.
    is_work: ClassVar[bool] = False
    # A change can be taken back from the record: `former_values` says what would change, `restore` does it.
    is_restorable: ClassVar[bool] = False
    # The heading of the page for adding, where it is a deed of its own; otherwise the name of the row says it.
    add_title: ClassVar[str | Promise] = ""
    # The column that holds folded text. Without one, `search_fields` are folded while searching.
    folded_field: ClassVar[str] = ""

    form = StaffForm
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.ALWAYS
    paginator = CappedPaginator

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        routes = [path("export/", view(self.export_view), name=f"{name}_export")] if self.export_columns else []
        if self.is_work:
            routes += [
                path("<path:object_id>/assign/", view(self.assign_view), name=f"{name}_assign"),
                path("<path:object_id>/comment/", view(self.comment_view), name=f"{name}_comment"),
            ]
        if self.is_restorable:
            routes.append(
                path("<path:object_id>/restore/<int:event_id>/", view(self.restore_view), name=f"{name}_restore")
            )
        return routes + super().get_urls()

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """For the menu, which only leads to lists: some screens ask the database whether a row may be added."""
        return {"add": False, "change": False, "delete": False, "view": self.has_view_permission(request)}

    # --- Search --------------------------------------------------------------------------------------------------
    def get_search_fields(self, request: HttpRequest) -> list[str]:
        return [self.folded_field] if self.folded_field else list(super().get_search_fields(request))

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Every word must stand in one of the fields, however it is written."""
        words = fold(search_term).split()
        if self.folded_field:
            return queryset.filter(*(models.Q(**{f"{self.folded_field}__contains": word}) for word in words)), False
        fields = self.get_search_fields(request)
        if not (words and fields):
            return queryset, False
        queryset = queryset.alias(**{f"folded_{number}": Folded(field) for number, field in enumerate(fields)})
        for word in words:
            anywhere = (models.Q(**{f"folded_{number}__contains": word}) for number in range(len(fields)))
            queryset = queryset.filter(models.Q(*anywhere, _connector=models.Q.OR))
        return queryset, any(lookup_spawns_duplicates(self.opts, field) for field in fields)

    # --- Actions and exports ---------------------------------------------------------------------------------------
    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        own = {action.name: bulk.as_admin_action(action) for action in self._open_actions(request)}
        return super().get_actions(request) | own

    def get_action_choices(self, request: HttpRequest, default_choices: Any = ()) -> list[tuple[str, str]]:
        return super().get_action_choices(request, default_choices or [("", _("選んでください"))])

    def _open_actions(self, request: HttpRequest) -> list[BulkAction]:
        return [action for action in self.bulk_actions if self.admin_site.may(request, action.least)]  # type: ignore[attr-defined]

    def may_export(self, request: HttpRequest) -> bool:
        return bool(self.export_columns) and self._may(request, self.export_role)

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        return exports.export_view(self, request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        extra = {"title": self.opts.verbose_name_plural, "may_export": self.may_export(request)}
        return super().changelist_view(request, extra | (extra_context or {}))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[StaffChangeList]:
        return StaffChangeList

    def action_checkbox(self, obj: models.Model) -> SafeString:
        """Django's own renders a template for each row."""
        box = '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">'
        return format_html(box, ACTION_CHECKBOX_NAME, obj.pk, _("%sを選ぶ") % obj)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        try:
            return super().get_changelist_instance(request)
        except ValueError as error:
            # Filters are words in the address: a year 0 is no date. The admin then shows the list unfiltered.
            raise IncorrectLookupParameters from error

    # --- One row ---------------------------------------------------------------------------------------------------
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, unquote(object_id))
        extra = {"title": str(obj), "subtitle": self.opts.verbose_name, **work.panels(self, request, obj)}
        answer = super().change_view(request, object_id, form_url, extra | (extra_context or {}))
        if self.records_views and request.method == "GET" and answer.status_code == 200:
            self._record(request, Action.PERSON_VIEWED, obj, {})
        return answer

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if kwargs.get("add"):
            context["title"] = self.add_title or _("%sを追加") % self.opts.verbose_name
        if self.change_role is None:
            # One deed at a time, and nothing on the row that could be changed again.
            context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if issubclass(form, StaffForm):
            form.refusal = getattr(request, "refusal", None)
        return form

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """What a service refuses comes back on the form, with everything that was typed."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ValidationError as refusal:
            if hasattr(request, "refusal"):
                raise
            request.refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, *args, **kwargs)

    def assign_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return work.assign_view(self, request, self.get_object(request, unquote(object_id)))

    def comment_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return work.comment_view(self, request, self.get_object(request, unquote(object_id)))

    # --- The record, in place of Django's log ------------------------------------------------------------------------
    def construct_change_message(  # type: ignore[override]
        self, request: HttpRequest, form: "ModelForm[Any]", formsets: Sequence[Any] | None, add: bool = False
    ) -> Changes:
        changes = dict(changes_of(form, add=add))
        for formset in formsets or ():
            rows = [*formset.new_objects, *(row for row, _fields in formset.changed_objects), *formset.deleted_objects]
            if rows:
                changes[formset.model._meta.label_lower] = (None, "、".join(str(row) for row in rows))
        return changes

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        self._record(request, self.add_action, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        self._record(request, self.change_action, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]
        for obj in queryset:
            self._record(request, Action.ROW_DELETED, obj, {})

    def _record(self, request: HttpRequest, action: Action | None, obj: models.Model, changes: Changes) -> None:
        if action:
            actor: Any = request.user
            record_event(action=action, subject=obj, actor=actor, changes=changes, personal=self.personal_fields)

    def history(self, obj: models.Model) -> Sequence[Any]:
        return list(history_of(obj)[:200])

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, obj):
            raise Http404
        context = self.admin_site.each_context(request) | {
            "title": str(obj),
            "subtitle": _("記録"),
            "object": obj,
            "opts": self.opts,
            "events": (events := self.history(obj)),
            "restorable": self._restorable(request, obj, events),
        }
        return TemplateResponse(request, "admin/object_history.html", context | (extra_context or {}))

    def _restorable(self, request: HttpRequest, obj: models.Model, events: Sequence[Any]) -> set[int]:
        if not (self.is_restorable and self.has_change_permission(request, obj)):
            return set()
        return {event.pk for event in events if self.former_values(obj, event)}

    def former_values(self, obj: Any, event: Any) -> Mapping[str, tuple[Any, Any]]:
        raise NotImplementedError

    def restore(self, request: HttpRequest, obj: Any, event: Any) -> Sequence[ApprovalRequest] | None:
        """What had to be asked of another approver instead."""
        raise NotImplementedError

    def restore_view(self, request: HttpRequest, object_id: str, event_id: int) -> HttpResponse:
        return restore.restore_view(self, request, self.get_object(request, unquote(object_id)), event_id)

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
    fields = {field.name: field for field in form._meta.model._meta.fields}
    names = [name for name in form.changed_data if name in fields]
    after = model_to_dict(form.instance, fields=names)
    return {
        name: (None if add else _named(fields[name], form.initial.get(name)), _named(fields[name], after.get(name)))
        for name in names
    }


def _named(field: Any, value: Any) -> Any:
    """A row is put on record by what it is called, because its number says nothing to who reads it later."""
    if value is None or not isinstance(field, models.ForeignKey):
        return value
    rows: Any = field.related_model
    return str(rows.objects.filter(pk=value).first() or value)
