"""Pages against two yardsticks of one run: the naive view **e** (bench/naive) and an empty Django view.

Everything is measured in turn, round after round, so that a busy neighbour meets all alike; **e** stands in each round
twice. Where its two halves differ by more than a tenth, the machine was too noisy and no figure of the run counts.
"""

import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from statistics import median, quantiles

from bench.load import CONNECTIONS, Request, Sample, load
from bench.sql import Counter
from bench.stack import WEB_PROCESSES, Stack, Web
from bench.table import Row, Table
from portal.web.kept import LONGEST_KEPT_ADDRESS

ROUNDS = 12
AA_TOLERANCE = 0.10
PROGRAMME = "kanagawa.localhost"
PLATFORM = "localhost"


@dataclass(frozen=True)
class Page:
    """A page of ours: its name in the table, and how to ask for it."""

    name: str
    host: str
    path: str
    cookie: str = ""


# Finished pages are kept, but not those with an address as long as this.
ANEW = f"?anew={'x' * LONGEST_KEPT_ADDRESS}"
PAGES = [
    Page("programme home", PROGRAMME, "/"),
    Page("programme home, made anew", PROGRAMME, f"/{ANEW}"),
    Page("policy page", PROGRAMME, "/about/site-policy/"),
    Page("directory", PROGRAMME, "/partners/"),
    Page("directory, made anew", PROGRAMME, f"/partners/{ANEW}"),
    Page("partner", PROGRAMME, "/partners/101/"),
    Page("platform home", PLATFORM, "/"),
    Page("alive (/healthz)", PLATFORM, "/healthz"),
]


@dataclass
class Target:
    name: str
    web: Web
    request: Request
    samples: list[Sample] = field(default_factory=list)
    cpu: float = 0.0

    def measure(self) -> None:
        before = self.web.cpu_seconds()
        self.samples.append(load(self.web.address, self.request))
        self.cpu += self.web.cpu_seconds() - before

    def rates(self) -> list[float]:
        return [sample.rate for sample in self.samples]

    def cpu_per_request(self) -> float:
        return self.cpu / sum(len(sample.latencies) for sample in self.samples)

    def percentile(self, percent: int) -> float:
        return quantiles([latency for sample in self.samples for latency in sample.latencies], n=100)[percent - 1]


@dataclass
class Comparison:
    """One interleaved run of some pages and both yardsticks."""

    e: Target
    again: Target
    others: list[Target]
    ours: list[Target]
    processes: int = WEB_PROCESSES

    def measure(self, rounds: int = ROUNDS) -> None:
        everything = [self.e, *self.others, *self.ours[: len(self.ours) // 2]]
        everything += [self.again, *self.ours[len(self.ours) // 2 :]]
        for target in everything:
            load(target.web.address, target.request, seconds=0.3)
        for number in range(rounds):
            # Turned by two each round, so that nobody always follows the same neighbour.
            turn = number * 2 % len(everything)
            for target in everything[turn:] + everything[:turn]:
                target.measure()

    def ratio(self, name: str, to: str) -> float:
        """How one of our pages does beside another of them, round by round."""
        targets = {target.name: target for target in self.ours}
        return median(one / other for one, other in zip(targets[name].rates(), targets[to].rates(), strict=True))

    def table(self, title: str, notes: list[str]) -> Table:
        aa = median(self.e.rates()) / median(self.again.rates())
        quotable = abs(aa - 1) <= AA_TOLERANCE
        halves = list(zip(self.e.rates(), self.again.rates(), strict=True))
        yardstick = [(one + other) / 2 for one, other in halves]
        e_cpu = (self.e.cpu_per_request() + self.again.cpu_per_request()) / 2
        low, _, high = quantiles([one / other for one, other in halves], n=4)
        empty, counter = self.others[0].rates(), Counter()
        return Table(
            f"{title} (ratios of requests per second: above 1 is faster than the yardstick)",
            [row(target, yardstick, e_cpu, empty, counter if target in self.ours else None) for target in
             (self.e, self.again, *self.others, *self.ours)],
            [
                f"e: a naive view with 20 cards, {median(yardstick):.0f} requests a second here.",
                f"e / e again: {aa:.2f}, half of the rounds within {low:.2f} to {high:.2f}.",
                *([] if quotable else [f"That is more than {AA_TOLERANCE:.0%} apart: the machine was too busy."]),
                f"{self.processes} gunicorn sync workers, {CONNECTIONS} connections, medians of {len(empty)} interleaved rounds.",
                "CPU: of the web process, per request; hardly shaken by a busy machine.",
                "SQL and rows: with warm caches, and for the first visitor.",
                *notes,
            ],
            quotable,
        )  # fmt: skip


def run(stack: Stack) -> Table:
    comparison = compare(stack, [*PAGES, Page("stylesheet", PROGRAMME, stylesheet())])
    comparison.measure()
    return comparison.table("Pages", [])


def compare(stack: Stack, pages: list[Page], processes: int = WEB_PROCESSES) -> Comparison:
    full, without = naive_webs(stack, processes)
    portal = stack.start_web("portal.wsgi", processes)
    return Comparison(
        Target("e", full, Request("naive.localhost", "/")),
        Target("e again", full, Request("naive.localhost", "/")),
        [
            Target("empty view, default middleware", full, Request("naive.localhost", "/empty/")),
            Target("empty view, no middleware", without, Request("naive.localhost", "/empty/")),
        ],
        [Target(page.name, portal, Request(page.host, page.path, page.cookie)) for page in pages],
        processes,
    )


@cache
def naive_webs(stack: Stack, processes: int = WEB_PROCESSES) -> tuple[Web, Web]:
    naive_url = naive_database(stack)
    full = stack.start_web("bench.naive.wsgi", processes, NAIVE_DATABASE_URL=naive_url)
    without = stack.start_web("bench.naive.wsgi", processes, NAIVE_DATABASE_URL=naive_url, NAIVE_MIDDLEWARE="none")
    return full, without


@cache
def naive_database(stack: Stack) -> str:
    url = stack.postgres.url("kakehashi_owner", "naive")
    stack.postgres.create_database("naive")
    subprocess.run([sys.executable, "-m", "bench.naive.fill", url], check=True)
    return url


def stylesheet() -> str:
    from django.templatetags.static import static

    return static("portal.css")


def row(target: Target, e: list[float], e_cpu: float, empty: list[float], counter: Counter | None) -> Row:
    rates = target.rates()
    first, next_ = counter.count(target.request) if counter else (None, None)
    return Row(
        target.name,
        {
            "× e": median(one / other for one, other in zip(rates, e, strict=True)),
            "× empty": median(one / other for one, other in zip(rates, empty, strict=True)),
            "p50 ms": target.percentile(50) * 1000,
            "p99 ms": target.percentile(99) * 1000,
            "p99/p50": target.percentile(99) / target.percentile(50),
            "CPU ms": target.cpu_per_request() * 1000,
            "× e by CPU": e_cpu / target.cpu_per_request(),
            "SQL": next_.queries if next_ else None,
            "rows": next_.rows if next_ else None,
            "SQL first": first.queries if first else None,
            "rows first": first.rows if first else None,
            "body bytes": target.samples[-1].body_bytes,
        },
    )
