"""Every page that somebody is led to answers, and is nobody else's."""

from urllib.parse import urlsplit

from django.urls import resolve

from matching.models import Posting
from matching.vocabulary import Reach
from meetings.models import Meeting
from portal.tenancy.scope import programme_scope
from tests.prove.people import Person
from tests.prove.report import note
from tests.prove.walk import Page, Walk, body_of

FINE = {200, 204, 301, 302}
# Under the staff's addresses, and still for whoever comes.
OPEN_DOORS = {"staff:sign_in", "staff:password_done", "admin:jsi18n"}
# Below /mypage/, and still the same thing for every partner.
FOR_EVERY_PARTNER = {
    "profile:other_partner", "my_meetings:reserve", "my_meetings:group", "my_meetings:leave_group", "my_meetings:group_result",
}  # fmt: skip
# So are these, unless the posting is for partners whom it names, and the meeting for some of them.
OF_A_POSTING = {"my_matching:posting", "my_matching:document", "my_matching:apply"}
FOR_ALL = (Meeting.Visibility.PUBLIC, Meeting.Visibility.PARTNERS)
OF_A_MEETING = {"my_meetings:detail", "my_meetings:entry"}


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
            reached = {_in_japanese(address) for address in walks[f"{slug} {other}"].pages}
            for page in walks[f"{slug} {one}"].pages.values():
                if page.status != 200 or _in_japanese(page.address) in reached or not _is_a_thing(page.address):
                    continue
                tried += 1
                status, _ = answer_of(people[f"{slug} {other}"], page.address)
                if status == 200 and not _is_for_everybody(page.address, people[f"{slug} public"]):
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
                if page.status == 200 and _is_a_thing(page.address) and len(page.body) > 500:
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


def _in_japanese(address: str) -> str:
    return address.removeprefix("/en").removeprefix("/easy")


def _is_a_thing(address: str) -> bool:
    """It names something: a number, a code, a file."""
    return any(character.isdigit() for character in address.partition("?")[0])


def _is_for_everybody(address: str, public: Person) -> bool:
    match = resolve(urlsplit(_in_japanese(address)).path)
    assert public.programme
    with programme_scope(public.programme):
        if match.view_name in OF_A_POSTING:
            return Posting.objects.get(pk=match.kwargs["posting_id"]).reach != Reach.NAMED
        if match.view_name in OF_A_MEETING:
            return Meeting.objects.get(pk=match.kwargs["pk"]).visibility in FOR_ALL
    return match.view_name in FOR_EVERY_PARTNER or answer_of(public, address)[0] == 200


def answer_of(person: Person, address: str) -> tuple[int, bytes]:
    answer = person.client.get(address)
    return answer.status_code, body_of(answer)
