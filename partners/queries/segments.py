"""Whom a mailing may go to: the people of registered partners, all of them or by what the directory filters by."""

from functools import partial

from django.contrib.postgres.fields import ArrayField
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from partners.models import Member, Partner
from partners.queries.directory import FACETS, Choices, Facet, Wish, choices_of, counts_of
from partners.vocabulary.municipalities import municipalities
from portal.tenancy.scope import current_programme
from portal.web.registry import Receiver, Segment

ALL = [("", _("全員"))]


def people_of(partners: "QuerySet[Partner]") -> list[Receiver]:
    """Everybody who has signed in at least once and still may. One query."""
    people = Member.objects.active().filter(partner__in=partners, user__is_active=True).order_by("id")
    return [Receiver(*row) for row in people.values_list("user__email", "name", "partner__name")]


def everybody(choice: str) -> list[Receiver]:
    return people_of(Partner.objects.listed())


def not_migrated(choice: str) -> list[Receiver]:
    return people_of(Partner.objects.listed().filter(is_migrated=False))


def choices(facet: str) -> Choices:
    return choices_of(facet, counts_of(Wish()))


def of_facet(facet: Facet, choice: str) -> list[Receiver]:
    """Read from the partners' own rows: the directory does not know what a partner shows to staff alone."""
    return people_of(Partner.objects.listed().filter(_has(facet, choice)))


def _has(facet: Facet, choice: str) -> Q:
    if facet.name == "region":
        places = municipalities(current_programme().prefecture_code)
        return Q(municipality__in=[code for code, place in places.items() if place.region == choice])
    if isinstance(Partner._meta.get_field(facet.field or facet.name), ArrayField):
        return Q(**{f"{facet.reads}__contains": [choice]})
    return Q(**{facet.reads: choice})


SEGMENTS = {
    "partners": Segment(_("登録パートナー全員"), lambda: ALL, everybody),
    "partners.not_migrated": Segment(_("移行の手続きが済んでいないパートナー"), lambda: ALL, not_migrated),
} | {
    f"partners.{facet.name}": Segment(facet.label, partial(choices, facet.name), partial(of_facet, facet))
    for facet in FACETS
}
