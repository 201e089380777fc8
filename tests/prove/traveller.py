"""People with browsers who walk a journey together: they press what they see and read their mail, and axe looks at each
page that they come to, in Japanese and once in English.

The journeys stand in test_journeys_*.py; each begins with the demo as it was first loaded.
"""

import time
from dataclasses import dataclass, field
from http.client import HTTPConnection

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Locator, Page, Response, expect

from partners.models import Member
from portal.accounts.models import User
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from tests.browser.test_public_pages import NARROW, WIDE
from tests.browser.test_staff_pages import AXE
from tests.mailbox import Letter, letters
from tests.prove.report import note
from tests.prove.walk import route_of
from tests.sessions import signed_in

__all__ = ["NARROW", "WIDE", "Journey", "Traveller"]

# Enough to come to the end of any page.
MOST_TABS = 200
# A link that spreads over its card is outlined there.
OUTLINED = """() => ["", "::after"].some(
  (part) => getComputedStyle(document.activeElement, part || undefined).outlineStyle !== "none")"""


@dataclass
class Journey:
    """Who takes part, and what it takes: axe's own time is not counted."""

    name: str
    programme: Programme
    chromium: Browser
    port: int
    people: list["Traveller"] = field(default_factory=list)
    seen_in_english: set[str] = field(default_factory=set)
    begun_at: float = field(default_factory=time.monotonic)
    looking: float = 0

    def somebody(self, size: dict[str, int] = WIDE, has_script: bool = True) -> "Traveller":
        """With a new browser that knows nothing yet."""
        one = Traveller(self, size, has_script)
        self.people.append(one)
        return one

    def member(self, address: str, size: dict[str, int] = WIDE, has_script: bool = True) -> "Traveller":
        """Who has signed in already as a partner's person."""
        with programme_scope(self.programme):
            member = Member.objects.select_related("user").get(user__email=address)
            return self._signed_in(member.user, member, size, has_script)

    def staff(self, address: str) -> "Traveller":
        """Who has shown password and second factor already."""
        return self._signed_in(User.objects.get(email=address), None, WIDE, True)

    def _signed_in(self, user: User, member: Member | None, size: dict[str, int], has_script: bool) -> "Traveller":
        one = self.somebody(size, has_script)
        cookie = signed_in(user, self.programme, member).cookies[settings.SESSION_COOKIE_NAME].value
        one.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": one.origin}])
        return one

    def mail(self, to: str, message: str = "") -> Letter:
        """The latest that has come to an address."""
        return letters(self.programme, to, message)[-1]

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.begun_at - self.looking

    def end(self) -> None:
        seconds, wrong = self.seconds, [one for person in self.people for one in person.wrong]
        for person in self.people:
            person.page.context.close()
        pages, clicks = (sum(getattr(person, what) for person in self.people) for what in ("pages", "clicks"))
        note(
            f"journey: {self.name}, {self.programme.slug}",
            f"{pages} pages, {clicks} clicks, {len(wrong)} complaints of axe and browser, {seconds:.1f} s",
        )
        assert not wrong, "\n".join(wrong)


class Traveller:
    """One person. What loads a page is counted, and so is each click (by keyboard: each Enter and Space)."""

    def __init__(self, journey: Journey, size: dict[str, int], has_script: bool) -> None:
        self.journey, self.has_script = journey, has_script
        self.origin = f"http://{journey.programme.primary_host}:{journey.port}"
        context = journey.chromium.new_context(
            base_url=self.origin,
            locale="ja-JP",
            viewport=size,  # type: ignore[arg-type]
            java_script_enabled=has_script,
        )
        self.page = context.new_page()
        self.page.set_default_timeout(60_000)
        self.pages = self.clicks = 0
        self.wrong: list[str] = []
        self._looked_at: set[tuple[str, str]] = set()
        self.page.on("console", lambda message: self._complain(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self._complain(str(error)))

    def fetch(self, path: str) -> tuple[str, bytes]:
        """A file with the visitor's cookies. Of all programs here only the browser finds the way to *.localhost."""
        cookies = "; ".join(f"{one['name']}={one['value']}" for one in self.page.context.cookies())
        way = HTTPConnection("127.0.0.1", self.journey.port)
        way.request("GET", path, headers={"Host": self.journey.programme.primary_host, "Cookie": cookies})
        answer = way.getresponse()
        found = answer.headers["Content-Type"], answer.read()
        way.close()
        return found

    # --- Going --------------------------------------------------------------------------------------------------------

    def go(self, path: str) -> None:
        """An address from a mail, a sheet of paper or a bookmark."""
        answer = self.page.goto(path)
        assert answer and answer.ok, f"{path}: {answer and answer.status}"
        self._arrive()

    def link(self, name: str, within: str = "main", exact: bool = True) -> None:
        self.follow(self.page.locator(within).get_by_role("link", name=name, exact=exact).first)

    def press(self, name: str, within: str = "main", exact: bool = True) -> None:
        self.follow(self.page.locator(within).get_by_role("button", name=name, exact=exact).first)

    def follow(self, target: Locator) -> None:
        self.clicks += 1
        with self.page.expect_navigation():
            target.click()
        self._arrive()

    # --- On a page ----------------------------------------------------------------------------------------------------

    def fill(self, label: str, text: str, exact: bool = False) -> None:
        self.page.locator("main").get_by_label(label, exact=exact).first.fill(text)

    def choose(self, label: str, option: str) -> None:
        self.page.locator("main").get_by_label(label).first.select_option(label=option)

    def check(self, label: str) -> None:
        self.clicks += 1
        self.page.locator("main").get_by_label(label).first.check()

    def sees(self, words: str) -> None:
        expect(self.page.locator("main")).to_contain_text(words)

    # --- By keyboard --------------------------------------------------------------------------------------------------

    def tab_to(self, target: Locator) -> None:
        """By Tab alone, and one sees where one is."""
        for _press in range(MOST_TABS):
            if target.evaluate("node => node === document.activeElement"):
                assert self.page.evaluate(OUTLINED), f"{target}: the focus is not seen"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target}: not reached by keyboard")

    def type_into(self, target: Locator, text: str) -> None:
        self.tab_to(target)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)

    def tick(self, target: Locator) -> None:
        self.tab_to(target)
        if not target.is_checked():
            self.clicks += 1
            self.page.keyboard.press("Space")
        expect(target).to_be_checked()

    def enter(self, target: Locator) -> None:
        """Follows a link, or presses a button."""
        self.tab_to(target)
        self.clicks += 1
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self._arrive()

    # --- What is wrong ------------------------------------------------------------------------------------------------

    def _complain(self, text: str) -> None:
        self.wrong.append(f"{self.page.url}: {text}")

    def _arrive(self) -> None:
        self.pages += 1
        address = self.page.url.removeprefix(self.origin)
        here = (address.partition("?")[0], self.page.title())
        if not self.has_script or here in self._looked_at:
            return  # without JavaScript axe cannot look either
        self._looked_at.add(here)
        began = time.monotonic()
        self._look(self.page)
        self._look_in_english(here[0])
        self.journey.looking += time.monotonic() - began

    def _look(self, page: Page) -> None:
        for one in Axe().run(page, options=AXE).response["violations"]:
            self.wrong.append(f"{page.url}: {one['id']}: {one['nodes'][0]['html'][:160]}")
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            self.wrong.append(f"{page.url}: wider than the window")

    def _look_in_english(self, path: str) -> None:
        route = route_of(path, self.journey.programme.primary_host)
        if route in self.journey.seen_in_english or path.startswith(("/en/", "/easy/", "/admin/", "/staff/")):
            return
        self.journey.seen_in_english.add(route)
        page = self.page.context.new_page()
        answer = page.goto(f"/en{path}")
        if _is_page(answer):
            self._look(page)
        page.close()


def _is_page(answer: Response | None) -> bool:
    """Some addresses only take what is sent, or lead on at once."""
    return bool(answer and answer.ok and answer.request.redirected_from is None)
