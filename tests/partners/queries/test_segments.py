"""Whom a mailing reaches by what partners are filtered by."""

from partners.fields import FIELDS
from partners.queries.directory import FACETS
from partners.queries.finding import find_partners
from partners.queries.segments import SEGMENTS
from partners.services.records import add_partner
from partners.vocabulary.kinds import Kind
from portal.tenancy.models import Programme
from portal.web.access import Actor
from tests.factories import make_batch, make_member
from tests.partners.queries.test_finding import VALUES


def test_staff_reach_also_those_who_hide_the_field_from_the_public(in_kanagawa: Programme) -> None:
    batch = make_batch()
    hidden = dict.fromkeys(FIELDS, "staff")
    own = add_partner(values=VALUES | {"name": "甲", "number": 1, "batch": batch, "visibility": hidden}, actor=Actor())
    other = add_partner(values={"name": "乙", "number": 2, "kind": Kind.GROUP, "goals": [1]}, actor=Actor())
    person = make_member(partner=own)
    make_member(partner=other)
    for facet in FACETS:
        choice = getattr(own, facet.reads)
        choice = str(choice[0] if isinstance(choice, list) else choice)
        segment = SEGMENTS[f"partners.{facet.name}"]
        assert choice in dict(segment.choices()), facet.name
        assert [receiver.address for receiver in segment.receivers(choice)] == [person.user.email], facet.name


def test_a_city_includes_its_wards(in_kanagawa: Programme) -> None:
    city, ward, other_ward, elsewhere = "141003", "141011", "141020", "142123"
    for number, place in enumerate((city, ward, other_ward, elsewhere), 1):
        values = {"name": f"団体{number}", "number": number, "kind": Kind.GROUP, "municipality": place}
        make_member(partner=add_partner(values=values, actor=Actor()), email=f"{place}@example.jp")
    reached = SEGMENTS["partners.municipality"].receivers
    assert sorted(one.address for one in reached(city)) == [f"{place}@example.jp" for place in (city, ward, other_ward)]
    assert [one.address for one in reached(ward)] == [f"{ward}@example.jp"]
    for chosen, numbers in ((city, {1, 2, 3}), (ward, {2}), (elsewhere, {4})):
        found = find_partners(facets={"municipality": [chosen]})
        assert set(found.values_list("number", flat=True)) == numbers
