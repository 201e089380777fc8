"""Who knows of a case that is not public, surface by surface; and the public list, its filters and its paper."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db.models import F
from django.test import Client, TestCase
from django.urls import reverse
from PIL import Image

from matching.models import Case
from matching.queries.cases import CaseWish, find_cases, public_years
from matching.states import READ_BY_OFFICE, CaseState
from partners.models import Member, Partner
from partners.states import PartnerState
from portal.files.models import StoredFile
from portal.tenancy.models import Feature, Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.content import content_changed
from tests.factories import make_case, make_file, make_member, make_partner, make_staff
from tests.sessions import signed_in

SECRET = "まだ秘密の取組"


@dataclass
class World:
    programme: Programme
    case: Case
    member: Member
    public: Client
    outsider: Client
    side: Client
    staff: Client

    def hide(self, how: Callable[[Case], object]) -> None:
        with programme_scope(self.programme), TestCase.captureOnCommitCallbacks(execute=True):
            how(self.case)
            content_changed()

    def statuses(self, address: str) -> list[int]:
        answers: list[Any] = [client.get(address) for client in (self.public, self.outsider, self.side, self.staff)]
        # Read to the end, a file is closed.
        assert all(answer.getvalue() for answer in answers)
        return [answer.status_code for answer in answers]


@pytest.fixture
def world(kanagawa: Programme) -> World:
    with programme_scope(kanagawa):
        member, outsider = make_member(), make_member(partner=make_partner())
        case = make_case(member.partner, make_partner(name="NPO法人はま"), title=SECRET, awarded_in=2026)
        officer = make_staff(StaffRole.OFFICER, kanagawa)
        return World(
            kanagawa,
            case,
            member,
            Client(headers={"host": kanagawa.primary_host}),
            signed_in(outsider.user, kanagawa, outsider),
            signed_in(member.user, kanagawa, member),
            signed_in(officer, kanagawa),
        )


def photo_of(case: Case) -> StoredFile:
    drawn = BytesIO()
    Image.new("RGB", (60, 40), "navy").save(drawn, "PNG")
    return make_file(case, "photos", is_shown=True, name="浜.png", content=drawn.getvalue())


def unpublished(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(state=CaseState.WITHDRAWN)


def a_consent_gone(case: Case) -> None:
    case.sides.filter(partner__name="NPO法人はま").update(agreed_revision=0)


def a_newer_text(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(revision=F("revision") + 1)


def a_side_suspended(case: Case) -> None:
    Partner.objects.filter(name="NPO法人はま").update(state=PartnerState.SUSPENDED)


HIDING = [unpublished, a_consent_gone, a_newer_text, a_side_suspended]


@pytest.mark.parametrize("how", HIDING)
@pytest.mark.parametrize("route", ["detail", "document"])
def test_page_and_leaflet(world: World, route: str, how: Callable[[Case], object]) -> None:
    address = reverse(f"cases:{route}", args=[world.case.pk])
    assert world.statuses(address) == [200] * 4
    world.hide(how)
    # The public address is for the public alone, whoever asks; its sides have a page of their own.
    assert world.statuses(address) == [404] * 4


@pytest.mark.parametrize("how", HIDING)
@pytest.mark.parametrize("route", ["cases:list", "cases:feed", "sitemap", "partners:detail"])
def test_list_feed_sitemap_and_the_partners_page(world: World, route: str, how: Callable[[Case], object]) -> None:
    args = [world.member.partner.number] if route == "partners:detail" else []
    link = f"/cases/{world.case.pk}/"
    assert link in world.public.get(reverse(route, args=args)).text
    world.hide(how)
    text = world.public.get(reverse(route, args=args)).text
    assert link not in text
    assert SECRET not in text


@pytest.mark.parametrize("asked", ["q=秘密", "category=event", "goal=14", "year=2025", "award=yes"])
def test_search_and_filters(world: World, asked: str) -> None:
    address = f"{reverse('cases:list')}?{asked}"
    assert SECRET in world.public.get(address).text
    world.hide(unpublished)
    assert SECRET not in world.public.get(address).text


def test_the_years_of_the_filter_are_those_of_public_cases(world: World) -> None:
    with programme_scope(world.programme):
        make_case(year=2019, state=CaseState.DRAFT)
        assert public_years() == [2025]
    world.hide(unpublished)
    with programme_scope(world.programme):
        assert public_years() == []


@pytest.mark.parametrize("route", ["files:picture", "files:download"])
def test_the_address_of_a_photo(world: World, route: str) -> None:
    with programme_scope(world.programme):
        address = reverse(route, args=[photo_of(world.case).key])
    assert world.statuses(address) == [200] * 4
    world.hide(unpublished)
    assert world.statuses(address) == [404, 404, 200, 404]


def test_whoever_kept_a_photo_asks_again_within_a_minute(world: World) -> None:
    with programme_scope(world.programme):
        address = reverse("files:picture", args=[photo_of(world.case).key])
    kept = {"If-None-Match": "*"}
    answer = world.public.get(address, headers=kept)
    assert (answer.status_code, answer["Cache-Control"]) == (304, "public, max-age=60, must-revalidate")
    world.hide(unpublished)
    assert world.public.get(address, headers=kept).status_code == 404


def test_my_page_knows_only_ones_own(world: World) -> None:
    address = reverse("my_cases:case", args=[world.case.pk])
    assert [client.get(address).status_code for client in (world.outsider, world.side)] == [404, 200]
    assert SECRET not in world.outsider.get(reverse("my_cases:list")).text
    assert SECRET not in world.outsider.get(reverse("profile:activities")).text


def test_staff_see_what_was_sent_and_no_draft(world: World) -> None:
    address = reverse("admin:matching_case_change", args=[world.case.pk])
    assert SECRET in world.staff.get(address).text
    world.hide(lambda case: Case.objects.filter(pk=case.pk).update(state=CaseState.DRAFT, submitted_at=None))
    # Django's admin sends to its front page whoever asks for a row that it does not show.
    assert world.staff.get(address).status_code in (302, 404)
    assert SECRET not in world.staff.get(reverse("admin:matching_case_changelist")).text


@pytest.mark.parametrize("state", [state for state in CaseState if state not in READ_BY_OFFICE])
def test_staff_do_not_read_what_is_written_again(world: World, state: CaseState) -> None:
    address = reverse("admin:matching_case_change", args=[world.case.pk])
    with programme_scope(world.programme):
        Case.objects.update(outline="まだ人に見せない文")
        photo = str(photo_of(world.case).key)
    page = world.staff.get(address).text
    assert "まだ人に見せない文" in page
    assert photo in page
    world.hide(lambda case: Case.objects.update(state=state))
    page = world.staff.get(address).text
    assert "まだ人に見せない文" not in page
    assert photo not in page
    assert "団体だけが見られます" in page


def test_another_programme_knows_nothing(world: World, tokyo: Programme) -> None:
    with programme_scope(tokyo):
        assert not Case.objects.exists()
    browser = Client(headers={"host": tokyo.primary_host})
    assert browser.get(reverse("cases:detail", args=[world.case.pk])).status_code == 404


def test_where_the_programme_has_no_cases(world: World) -> None:
    world.programme.features = [name for name in world.programme.features if name != Feature.CASES]
    world.programme.save()
    for client, route in ((world.public, "cases:list"), (world.public, "cases:feed"), (world.side, "my_cases:list")):
        assert client.get(reverse(route)).status_code == 404


def test_each_filter_narrows(in_kanagawa: Programme) -> None:
    make_case(title="海", region="横浜", year=2024, awarded_in=2025)
    make_case(title="山", category="sales", goals=[15], region="県西", year=2025)

    def found(**wish: str) -> set[str]:
        return {case.title for case in find_cases(CaseWish(**wish))}

    assert found() == {"海", "山"}
    assert found(category="sales") == found(goal="15") == found(region="県西") == found(year="2025") == {"山"}
    assert found(award="yes") == found(query="海") == {"海"}


def test_paper_with_photos(world: World) -> None:
    with programme_scope(world.programme):
        photo_of(world.case)
        Case.objects.filter(pk=world.case.pk).update(captions="浜辺の朝", money="売上の5％を寄附")
    answer = world.public.get(reverse("cases:document", args=[world.case.pk]))
    assert answer.content.startswith(b"%PDF")
    assert b"/Image" in answer.content


def test_the_same_paper_is_drawn_once(world: World) -> None:
    with programme_scope(world.programme):
        photo = photo_of(world.case)
    address = reverse("cases:document", args=[world.case.pk])
    first = world.public.get(address)
    # Without its photo it cannot be drawn again.
    default_storage.delete(photo.path)
    assert [client.get(address).content for client in (world.public, world.outsider)] == [first.content] * 2


@pytest.mark.parametrize("change", ["award", "photo", "name of a side"])
def test_paper_shows_what_has_changed(world: World, change: str) -> None:
    address = reverse("cases:document", args=[world.case.pk])
    before = world.public.get(address).content
    with programme_scope(world.programme):
        match change:
            case "award":
                Case.objects.update(awarded_in=2025)
            case "photo":
                photo_of(world.case)
            case _:
                Partner.objects.filter(name="NPO法人はま").update(name="NPO法人みなと")
    assert world.public.get(address).content != before


def test_paper_is_another_one_in_another_language(world: World) -> None:
    address = reverse("cases:document", args=[world.case.pk])
    assert world.public.get(address).content != world.public.get(f"/en{address}").content


def test_an_empty_list_says_so(kanagawa: Programme) -> None:
    page = Client(headers={"host": kanagawa.primary_host}).get(reverse("cases:list"))
    assert "当てはまる事例はありません" in page.text
