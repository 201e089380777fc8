"""Signing in, signing up and reporting are complete in easy Japanese (やさしい日本語).

Each text that is asked for while these pages are made must stand in portal/locale/easy. Other pages may show the
ordinary Japanese where nobody has written an easy text yet.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from gettext import NullTranslations

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django.utils.translation import trans_real

from meetings.models import Seat
from partners.models import Consent
from partners.vocabulary.industries import DIVISIONS, GROUPS
from partners.vocabulary.municipalities import REGIONS
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.dates import fiscal_year_of
from portal.web.languages import JAPANESE_TEXT
from tests.factories import make_meeting, make_report, make_rules, make_sent_application
from tests.partners.views.pages import hidden_fields
from tests.policy.routes import places
from tests.policy.visitors import make_world
from tests.policy.walking import MAPS, ask, row_of

# Official lists call things the same in easy Japanese.
OFFICIAL = {name for regions in REGIONS.values() for name in regions}
OFFICIAL |= {str(name) for name in (*DIVISIONS.values(), *(name for _division, name in GROUPS.values()))}

DOORS = ("accounts:", "partners:register")


class Noting(NullTranslations):
    """What is asked when the catalogue has no text: notes it, and answers as before."""

    def __init__(self, before: NullTranslations) -> None:
        super().__init__()
        self.add_fallback(before)
        self.noted: set[str] = set()

    def gettext(self, message: str) -> str:
        self.noted.add(message)
        return super().gettext(message)

    def ngettext(self, one: str, many: str, number: int) -> str:
        self.noted.add(one)
        return super().ngettext(one, many, number)


@pytest.fixture(autouse=True)
def complete(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    easy = trans_real.translation("easy")
    noting = Noting(easy._fallback)
    monkeypatch.setattr(easy, "_fallback", noting)
    yield
    missing = sorted(filter(JAPANESE_TEXT.search, noting.noted - OFFICIAL))
    assert not missing, "\n".join(missing)


def test_signing_in_and_registering(db: None) -> None:
    """Every page of these doors for the public, empty and with all errors of its form."""
    world = make_world()
    client = Client(headers={"host": world.kanagawa.primary_host})
    for place in places(settings.ROOT_URLCONF):
        if place.name.startswith(DOORS) and place.has_languages:
            route = MAPS[settings.ROOT_URLCONF][row_of(MAPS[settings.ROOT_URLCONF], place) or ""]
            for method in {"GET", "POST"} & set(route.methods):
                ask(client, method, place.address(route.arguments(world), "easy"))


def test_on_the_way_in(visit: Client, kanagawa: Programme) -> None:
    assert visit.post("/easy/sign-in/", {"address": "hanako@example.jp"}).status_code == 302
    assert visit.get("/easy/sign-in/wait/").status_code == 200
    assert visit.post("/easy/sign-in/wait/", {"code": "000000"}, follow=True).status_code == 200
    with programme_scope(kanagawa):
        sent = make_sent_application()
    assert visit.get(f"/easy/partners/register/{sent.link_token}/").status_code == 200


def test_signing_up_for_a_meeting(as_member: Callable[..., Client], kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        meeting = make_meeting()
    member = as_member()
    form, booking = f"/easy/meetings/{meeting.pk}/sign-up/", f"/easy/mypage/bookings/{meeting.pk}/"
    typed = {"name-0": "山田 花子", "email-0": "hanako@example.jp", "mode-0": "online"}
    assert member.get(f"/easy/meetings/{meeting.pk}/").status_code == 200
    assert member.get(form).status_code == 200
    assert member.post(form, {"name-0": "山田 花子", "_send": "1"}).status_code == 200
    assert member.post(form, typed).status_code == 200
    assert member.post(form, typed | {"_send": "1"}, follow=True).status_code == 200
    with programme_scope(kanagawa):
        place = f"/easy/meetings/places/{Seat.objects.get().token}/"
    for address in (place, "/easy/mypage/bookings/", f"{booking}cancel/"):
        assert member.get(address).status_code == 200
    assert member.post(f"{booking}cancel/", follow=True).status_code == 200
    assert member.get(place).status_code == 200


def test_reporting(as_member: Callable[..., Client], kanagawa: Programme) -> None:
    since = timezone.localdate() - timedelta(days=1)
    with programme_scope(kanagawa):
        make_rules(first_year_cutoff=None)
    owner = as_member(approved_on=since)
    with programme_scope(kanagawa):
        Consent.objects.create(member=owner.member, publishes_reports=True)
        earlier = make_report(owner.member.partner, fiscal_year_of(since) - 1)
    form = f"/easy/renewals/{fiscal_year_of(since)}/"
    assert owner.get("/easy/renewals/").status_code == 200
    assert owner.get(form).status_code == 200
    assert owner.post(form, {"business": "", "figures": "120"}).status_code == 200
    preview = owner.post(form, {"business": "発電しました。", "figures": "発電量：120kWh", "goals": ["7"]})
    sent = owner.post(form, hidden_fields(preview.text) | {"_send": "1"})
    assert owner.get(sent["Location"]).status_code == 200
    for address in ("/renewals/", f"/reports/{earlier.pk}/", "/reports/", "/reports/timetable/"):
        assert owner.get(f"/easy{address}").status_code == 200
