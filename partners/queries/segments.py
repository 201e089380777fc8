"""Whom a mailing may go to, and by post: the people of registered partners, all or by what the directory filters by."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partners.models import Member, Partner
from partners.queries.directory import FACETS, Choices, Facet, Wish, choices_of, counts_of
from partners.vocabulary.municipalities import codes_within, municipalities
from portal.tenancy.scope import current_programme
from portal.web.prefectures import prefecture_name
from portal.web.registry import Receiver, Segment

ALL = [("", _("全員"))]


Chosen = Callable[[str], "QuerySet[Partner]"]


def people_of(partners: "QuerySet[Partner]") -> "QuerySet[Member]":
    """Everybody who has signed in at least once and still may."""
    return Member.objects.active().filter(partner__in=partners, user__is_active=True).order_by("id")


def segment(label: "str | Promise", choices: Callable[[], Sequence[tuple[str, Any]]], partners: Chosen) -> Segment:
    """Of the people of some partners: all of them in one query, or whether one is among them."""

    def receivers(choice: str) -> list[Receiver]:
        found = people_of(partners(choice)).values_list("user__email", "name", "partner__name")
        return [Receiver(*row) for row in found]

    def rows_of(choice: str, user: Any) -> "QuerySet[Member]":
        return people_of(partners(choice)).filter(user=user)

    return Segment(label, choices, receivers, rows_of, partners)


def everybody(choice: str) -> "QuerySet[Partner]":
    return Partner.objects.listed()


def not_migrated(choice: str) -> "QuerySet[Partner]":
    return Partner.objects.listed().filter(is_migrated=False)


def choices(facet: str) -> Choices:
    return choices_of(facet, counts_of(Wish()))


def of_facet(facet: Facet, choice: str) -> "QuerySet[Partner]":
    """Read from the partners' own rows: the directory does not know what a partner shows to staff alone."""
    return Partner.objects.listed().filter(_has(facet, choice))


def _has(facet: Facet, choice: str) -> Q:
    prefecture = current_programme().prefecture_code
    if facet.name == "region":
        return Q(municipality__in=[one.code for one in municipalities(prefecture).values() if one.region == choice])
    if facet.name == "municipality":
        return Q(municipality__in=codes_within(prefecture, choice))
    if isinstance(Partner._meta.get_field(facet.field or facet.name), ArrayField):
        return Q(**{f"{facet.reads}__contains": [choice]})
    return Q(**{facet.reads: choice})


def addressee_of(user: str) -> dict[str, Any]:
    """For rows with a user in that column: who it is, and where the post finds them, of the first of their partners."""
    programme = current_programme()
    places = municipalities(programme.prefecture_code)
    town = Case(*(When(partner__municipality=code, then=Value(place.full_name)) for code, place in places.items()),
                default=Value(""), output_field=CharField())  # fmt: skip
    people = Member.objects.active().filter(user=OuterRef(user)).order_by("-role", "id")
    whole = Concat(Value(prefecture_name(programme.prefecture_code)), town, "partner__address")
    columns = {
        "person": "name", "organisation": "partner__name", "postal_code": "partner__postal_code", "postal_address": whole,
    }  # fmt: skip
    return {name: Subquery(people.annotate(column=F(source) if isinstance(source, str) else source).values("column")[:1])
            for name, source in columns.items()}  # fmt: skip


SEGMENTS = {
    "partners": segment(_("登録パートナー全員"), lambda: ALL, everybody),
    "partners.not_migrated": segment(_("移行の手続きが済んでいないパートナー"), lambda: ALL, not_migrated),
} | {
    f"partners.{facet.name}": segment(facet.label, partial(choices, facet.name), partial(of_facet, facet))
    for facet in FACETS
}
