"""What a size costs: the pages of everyday work in a small and in a large programme, alone and among many programmes, with
few and with many web processes. The yardsticks **e** and the empty view (bench/pages.py) run in the same rounds with as
many processes. Signing up is here the page on which somebody does it; pages are made anew for each request.

Mail fan-out and the daily run have measurements of their own: `python -m bench capacity mail_rate daily_run`.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from bench.crowd import analyse, copy_programme, fill_programme, on_platform
from bench.pages import ANEW, ROUNDS, Page, compare
from bench.stack import Stack
from bench.table import Row, Table

SLOW = True
SMALL, LARGE = "yamaguchi", "kanagawa"


def run(
    stack: Stack,
    partners: Sequence[int] = (1_000, 20_000),
    programmes: int = 47,
    processes: Sequence[int] = (1, 4),
    rounds: int = ROUNDS,
) -> Table:
    sizes = dict(zip((SMALL, LARGE), partners, strict=True))
    for slug, number in sizes.items():
        fill_programme(stack, slug, number)
    analyse(stack)
    rows, notes, quotable = [], [], True
    for among in sorted({3, programmes}):
        _reach(stack, among)
        for count in processes:
            comparison = compare(stack, list(_pages(sizes)), count)
            comparison.measure(rounds)
            table = comparison.table("", [])
            where = f"{among} programmes, {count} {'process' if count == 1 else 'processes'}"
            rows += [Row(f"{row.name}, {where}", row.values) for row in table.rows]
            notes.append(f"{where}: {on_platform(stack):,} partners on the platform. {table.notes[1]}")
            quotable &= table.quotable
    rows.sort(key=lambda row: row.name)
    title = "Capacity (ratios of requests per second: above 1 is faster than the yardstick)"
    return Table(title, rows, [*notes, *table.notes[-2:]], quotable)


def _reach(stack: Stack, number: int) -> None:
    """So many programmes: the demo's three, and copies of the small one."""
    from portal.tenancy.models import Programme

    while Programme.objects.count() < number:
        copy_programme(stack, SMALL)
    analyse(stack)


def _pages(sizes: dict[str, int]) -> Iterator[Page]:
    from portal.tenancy.models import Programme
    from portal.tenancy.scope import programme_scope

    for slug, number in sizes.items():
        programme = Programme.objects.get(slug=slug)
        with programme_scope(programme):
            owner, staff, partner, meeting = (
                _owner(programme),
                officer(programme),
                _first_partner(),
                _meeting(programme),
            )
        for name, path, cookie in (
            ("directory", f"/partners/{ANEW}", ""),
            ("search", f"/partners/{ANEW}&{urlencode({'q': '環境'})}", ""),
            ("partner page", f"/partners/{partner}/{ANEW}", ""),
            ("My Page", "/mypage/", owner),
            ("sign-up to a meeting", f"/meetings/{meeting}/sign-up/", owner),
            ("admin list", "/admin/partners/partner/", staff),
        ):
            yield Page(f"{name}, {number:,} partners", f"{slug}.localhost", path, cookie)


def _first_partner() -> int:
    from partners.models import Partner

    return Partner.objects.filter(state="registered").exclude(number=None)[0].number or 0


def _owner(programme: Any) -> str:
    from partners.models import Member

    return _cookie(Member.objects.get(user__email=f"owner@{programme.slug}.example.jp"), programme)


def officer(programme: Any) -> str:
    from portal.accounts.models import StaffAppointment
    from portal.web.access import StaffRole

    return _cookie(StaffAppointment.objects.filter(role=StaffRole.APPROVER)[0], programme)


def _cookie(person: Any, programme: Any) -> str:
    """Of a browser in which the person has signed in."""
    from django.conf import settings

    from partners.models import Member
    from tests.sessions import signed_in

    member = person if isinstance(person, Member) else None
    browser = signed_in(person.user, programme, member)
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


def _meeting(programme: Any) -> int:
    """One that the owner may sign up to, asked as a browser would."""
    from meetings.models import Meeting
    from partners.models import Member
    from tests.sessions import signed_in

    owner = Member.objects.get(user__email=f"owner@{programme.slug}.example.jp")
    browser = signed_in(owner.user, programme, owner)
    secure: Any = {"secure": True}
    for meeting in Meeting.objects.order_by("pk"):
        if browser.get(f"/meetings/{meeting.pk}/sign-up/", **secure).status_code == 200:
            return int(meeting.pk)
    raise LookupError(f"No meeting of {programme.slug} takes sign-ups.")
