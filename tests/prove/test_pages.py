"""Every page that somebody is led to answers, and is nobody else's."""

from tests.prove.open_to_all import answer_of, in_japanese, is_a_thing, is_for_everybody
from tests.prove.people import Person
from tests.prove.report import note
from tests.prove.walk import Page, Walk

FINE = {200, 204, 301, 302}
# Under the staff's addresses, and still for whoever comes.
OPEN_DOORS = {"staff:sign_in", "staff:password_done", "admin:jsi18n"}


def test_no_link_leads_nowhere_and_no_page_fails(walks: dict[str, Walk]) -> None:
    wrong = []
    for name, walk in walks.items():
        wrong += [
            f"{name}: {page.status} {page.address} (from {page.came_from})"
            for page in walk.pages.values()
            if page.status not in FINE and not _is_another_mans_door(walk.person, page)
        ]
    assert not wrong, "\n".join(wrong)


def test_what_one_partner_is_shown_is_shown_to_no_other_by_its_address(
    walks: dict[str, Walk], people: dict[str, Person]
) -> None:
    """An address of a thing that only one side was led to: the other side gets 403 or 404, or is sent away."""
    leaks, tried = [], 0
    for slug in {name.split()[0] for name in walks if " " in name}:
        for one, other in (("owner", "rival"), ("rival", "owner")):
            reached = {in_japanese(address) for address in walks[f"{slug} {other}"].pages}
            for page in walks[f"{slug} {one}"].pages.values():
                if page.status != 200 or in_japanese(page.address) in reached or not is_a_thing(page.address):
                    continue
                tried += 1
                status, _ = answer_of(people[f"{slug} {other}"], page.address)
                if status == 200 and not is_for_everybody(page.address, people[f"{slug} public"]):
                    leaks.append(f"{slug}: the {other} sees {page.address} of the {one}")
    note("addresses of one partner tried as another", tried)
    assert not leaks, "\n".join(leaks)


def test_nothing_of_one_programme_is_reached_from_another(walks: dict[str, Walk], people: dict[str, Person]) -> None:
    """The same address on the other programme's host never shows this programme's page."""
    leaks, tried = [], 0
    for name, walk in walks.items():
        slug, _, role = name.partition(" ")
        for other in {one.split()[0] for one in people if " " in one} - {slug}:
            stranger = people.get(f"{other} {role}")
            if stranger is None:
                continue
            for page in walk.pages.values():
                if page.status == 200 and is_a_thing(page.address) and len(page.body) > 500:
                    tried += 1
                    _, body = answer_of(stranger, page.address)
                    if body == page.body:
                        leaks.append(f"{other} {role} sees {page.address} of {slug}")
    note("addresses of one programme tried in another", tried)
    assert not leaks, "\n".join(leaks)


def test_what_needs_a_role_is_refused_to_whoever_has_less(walks: dict[str, Walk], people: dict[str, Person]) -> None:
    """Nobody who is not staff gets a staff page; nobody who is not signed in gets a page of My Page."""
    leaks, tried = [], 0
    for slug in {name.split()[0] for name in walks if " " in name}:
        for one, lower in (("approver", ("owner", "viewer", "public")), ("owner", ("public",))):
            for page in walks[f"{slug} {one}"].pages.values():
                if page.status != 200 or not page.address.startswith(("/admin/", "/mypage/")):
                    continue
                for role in lower:
                    if f"{slug} {role}" not in people:
                        continue
                    tried += 1
                    status, _ = answer_of(people[f"{slug} {role}"], page.address)
                    if status == 200 and page.route not in OPEN_DOORS:
                        leaks.append(f"{slug} {role}: {page.address}")
    note("pages of a role tried with less", tried)
    assert not leaks, "\n".join(leaks)


def _is_another_mans_door(person: Person, page: Page) -> bool:
    """Public pages are the same for everybody, and so lead to what not everybody may do."""
    return page.status == 403 and not page.came_from.startswith(("/mypage/", "/admin/"))
