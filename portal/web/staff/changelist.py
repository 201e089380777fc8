"""The list of a staff screen, worked out once: Django builds the filters and the query anew for each filter's numbers,
and counts for each by itself. What stands on the page is the same.
"""

from collections import Counter
from functools import cached_property, partial
from typing import Any

from django.contrib.admin.filters import (
    BooleanFieldListFilter,
    ChoicesFieldListFilter,
    FieldListFilter,
    RelatedFieldListFilter,
)
from django.contrib.admin.utils import quote
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse

# Filters whose choices are the values of a column.
BY_VALUE = (BooleanFieldListFilter, ChoicesFieldListFilter, RelatedFieldListFilter)


class StaffChangeList(ChangeList):
    def get_filters(self, request: HttpRequest) -> Any:
        found = self.__dict__.get("_filters") or super().get_filters(request)
        self._filters = found
        for spec in found[0]:
            if column := _column(spec, self.model):
                spec.get_facet_queryset = partial(self._numbers, spec, column)  # type: ignore[union-attr]
        return found

    def _numbers(self, spec: Any, column: str, _changelist: Any) -> dict[str, int]:
        """What `get_facet_queryset` of the filter gives. One that is in use counts without itself, the others together."""
        if not spec.used_parameters and self._countable(self.queryset):
            counts = self._counted_together[column]
        else:
            rows = self.get_queryset(spec.request, exclude_parameters=spec.expected_parameters())
            if not self._countable(rows):
                return type(spec).get_facet_queryset(spec, self)  # type: ignore[no-any-return]
            counts = _counted(rows, [column])[column]
        return _as_facets(spec, counts)

    @cached_property
    def _counted_together(self) -> dict[str, "Counter[Any]"]:
        columns = [
            _column(spec, self.model) for spec in self.filter_specs if not getattr(spec, "used_parameters", None)
        ]
        return _counted(self.queryset, [column for column in columns if column])

    @staticmethod
    def _countable(rows: "QuerySet[Any]") -> bool:
        """Not where rows may stand twice, or are sums themselves."""
        return not rows.query.distinct and rows.query.group_by is None

    @cached_property
    def _address(self) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=["ROW"], current_app=self.model_admin.admin_site.name)

    def url_for_result(self, result: Any) -> str:
        return self._address.replace("ROW", str(quote(getattr(result, self.pk_attname))))


def _column(spec: Any, model: Any) -> str:
    """The list's own column by whose values the filter chooses; empty for filters of another kind."""
    if not isinstance(spec, FieldListFilter) or type(spec) not in BY_VALUE:
        return ""
    field: Any = spec.field
    if spec.field_path != field.name or field.model not in (model, *model._meta.parents) or field.many_to_many:
        return ""
    if field.is_relation and not (field.many_to_one and field.target_field.primary_key):
        return ""
    return str(field.attname)


def _counted(rows: "QuerySet[Any]", columns: list[str]) -> dict[str, "Counter[Any]"]:
    """How often each value stands in each column: one query, read once through the table."""
    counts: dict[str, Counter[Any]] = {column: Counter() for column in columns}
    for *values, number in rows.order_by().values_list(*columns).annotate(number=Count("pk")):
        for column, value in zip(columns, values, strict=True):
            counts[column][value] += number
    return counts


def _as_facets(spec: Any, counts: "Counter[Any]") -> dict[str, int]:
    if isinstance(spec, BooleanFieldListFilter):
        return {"true__c": counts[True], "false__c": counts[False], "null__c": counts[None]}
    if isinstance(spec, ChoicesFieldListFilter):
        return {f"{i}__c": counts[value] for i, (value, _label) in enumerate(spec.field.flatchoices)}
    return {f"{key}__c": counts[key] for key, _label in spec.lookup_choices} | {"__c": counts[None]}
