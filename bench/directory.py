"""The directory of a programme with 20,000 partners, on a platform with 100,000, behind the wall.

Pages that are kept are asked for as visitors do; those "made anew" carry an address that is too long to be kept, so that
each request renders. How many partners each filter finds is kept until something changes; filtered counts, which are
counted for each new wish, have a line of their own.
"""

from statistics import median
from time import perf_counter
from urllib.parse import urlencode

from bench.capacity import officer
from bench.crowd import RARE, fill
from bench.pages import ANEW, PROGRAMME, Page, compare
from bench.stack import Stack
from bench.table import Row, Table

FEW_PARTNERS = "yamaguchi.localhost"
QUERY = "海藻"
STAFF_LIST = "the staff's list of partners"


def directory(name: str, host: str = PROGRAMME, **wish: str | int) -> Page:
    return Page(name, host, f"/partners/{ANEW}&{urlencode(wish)}")


PAGES = [
    Page("kept", PROGRAMME, "/partners/"),
    directory("page 1"),
    directory("page 1, 50 cards", size=50),
    directory("deep page", after=11_000),
    directory("2 characters", q=QUERY),
    directory("rare words, 20,000 partners", q=RARE),
    directory("rare words, 1,000 partners", FEW_PARTNERS, q=RARE),
    Page("partner, kept", PROGRAMME, "/partners/10500/"),
    Page("partner, made anew", PROGRAMME, f"/partners/10500/{ANEW}"),
]


def run(stack: Stack) -> Table:
    fill(stack)
    comparison = compare(stack, [*PAGES, staff_list()])
    comparison.measure()
    deep, search = comparison.ratio("page 1", "deep page"), comparison.ratio("2 characters", "page 1")
    many = comparison.ratio("rare words, 1,000 partners", "rare words, 20,000 partners")
    table = comparison.table(
        "Directory, 20,000 partners of 100,000",
        [
            f"A deep page takes {deep:.2f} × the time of page 1.",
            f"With a query of 2 characters: {search:.2f} × page 1.",
            f"The same hits among 20,000 partners take {many:.2f} × the time among 1,000.",
            f"The staff's list of partners takes {comparison.ratio('page 1', STAFF_LIST):.2f} × the time of page 1.",
        ],
    )
    table.rows += counting_rows()
    return table


def staff_list() -> Page:
    """With counts beside its filters, as an approver reads it."""
    from portal.tenancy.models import Programme
    from portal.tenancy.scope import programme_scope

    programme = Programme.objects.get(slug="kanagawa")
    with programme_scope(programme):
        return Page(STAFF_LIST, PROGRAMME, "/admin/partners/partner/", officer(programme))


def counting_rows() -> list[Row]:
    """What is counted anew for a wish that nobody had since the last change."""
    from django.core.cache import cache
    from django.http import QueryDict

    from partners.queries.directory import Wish, counts_of
    from portal.tenancy.models import Programme
    from portal.tenancy.scope import programme_scope

    rows = []
    for name, address in (
        ("all", ""),
        (f"for {QUERY}", f"q={QUERY}"),
        ("for goal 7", "goal=7"),
        ("for rare", f"q={RARE}"),
    ):
        with programme_scope(Programme.objects.get(slug="kanagawa")):
            wish, times = Wish.read(QueryDict(address)), []
            for _ in range(7):
                cache.clear()
                started = perf_counter()
                counts_of(wish)
                times.append(perf_counter() - started)
        rows.append(Row(f"counts of all facets, {name}", {"p50 ms": median(times) * 1000}))
    return rows
