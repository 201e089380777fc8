"""Files that are not what they say, ways to foreign sites, planted sessions, doors that are tried without end.

Hostile texts and fields that a form does not have: test_forms.py. Other people's addresses: test_pages.py.
"""

import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import urljoin, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils.http import urlencode

from portal.accounts.models import LoginTicket, User
from portal.accounts.services.passwords import set_password
from portal.accounts.services.second_factors import add_totp
from portal.files.models import StoredFile
from portal.outbox.models import OutgoingMail
from portal.outbox.rendering import render_mail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.factories import make_staff
from tests.portal.files.samples import HTML, OLE, PDF, PROGRAM, SVG, office, picture, png_header, zipped
from tests.prove.people import Person
from tests.prove.report import ATTACKS, attack, note
from tests.prove.sending import Answer, as_shown, sent
from tests.prove.walk import Field, Form, Reader, Walk

MARK = b"himitsu-payload"
ZEROS = bytes(30 * 1024 * 1024)
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><svg>&b;</svg>'
REFUSED = {
    # Two kinds at once.
    "多.pdf": PDF + zipped({"a.txt": MARK}),
    "頁.pdf": PDF + HTML,
    "前.pdf": HTML + PDF,
    "多.docx": b"GIF89a" + office(),
    "多.xlsx": office("xlsx") + PDF,
    "多.csv": zipped({"a.txt": MARK}) + b"a,b\n",
    # Bombs.
    "爆弾.docx": office(**{"word/media/zeros.bin": ZEROS}),
    "爆弾.xlsx": office("xlsx", **{"xl/media/zeros.bin": ZEROS}),
    "爆弾.zip": zipped({"zeros": ZEROS}),
    "二重.zip": zipped({"中.zip": zipped({"zeros": ZEROS})}),
    "爆弾.png": png_header(50_000, 50_000),
    "爆弾.svg": BOMB,
    # Not what the name says, or nothing that is taken.
    "実行.pdf": PROGRAM,
    "請求書.pdf.exe": PROGRAM,
    "頁.csv": HTML,
    "頁.png": SVG,
    "図.svg": SVG,
    "頁.html": HTML,
    "マクロ.xlsm": office("xlsx"),
    "旧.doc": OLE,
    "空.pdf": b"",
    "\u202egnp.exe": PROGRAM,
}
# Pictures that are more than pictures: refused, or drawn anew and nothing else.
DRAWN_ANEW = {
    "多.png": picture("PNG") + HTML + MARK,
    "多.jpg": picture("JPEG", comment=MARK) + zipped({MARK.decode(): MARK}),
    "多.gif": picture("GIF", comment=MARK) + b"<script>" + MARK,
    "多.webp": picture("WEBP", xmp=b"<x>" + MARK + b"</x>"),
}

EVIL = "evil.example"
FOREIGN = [
    f"https://{EVIL}/",
    f"//{EVIL}/",
    f"/\\{EVIL}/",
    f"///{EVIL}/",
    f"\\\\{EVIL}/",
    f"https:{EVIL}",
    f"https:/{EVIL}",
    f"/\t/{EVIL}/",
    f"\n//{EVIL}/",
    f"https://kanagawa.localhost@{EVIL}/",
    f"//kanagawa.localhost.{EVIL}/",
    "http://tokyo.localhost/",
    "javascript:alert(1)",
    "data:text/html,x",
    EVIL,
    "/" + "x" * 5000,
]
NAMES = ("next", "url", "redirect_to", "return_to", "back")

TIMES = 50
PASSWORD, SEED = "correct horse battery", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


# --- Files ------------------------------------------------------------------------------------------------------------


def test_no_upload_takes_what_is_no_such_file(forms: list[tuple[Person, Form]]) -> None:
    wrong: list[str] = []
    fields = {
        (form.route, one.name): (person, form, one)
        for person, form in forms
        for one in form.fields
        if one.kind == "file"
    }
    tried = 0
    for person, form, one in fields.values():
        for name, content in (REFUSED | DRAWN_ANEW).items():
            tried += 1
            _upload(person, form, one, name, content, wrong)
    note("upload fields", sorted({f"{route} {name}" for route, name in fields}))
    note("files sent to them", tried)
    assert not wrong, "\n".join(wrong)
    assert len(fields) >= 15


def _upload(person: Person, form: Form, one: Field, name: str, content: bytes, wrong: list[str]) -> None:
    data = {other.name: as_shown(other) for other in form.fields if other.kind != "file"}
    data[one.name] = SimpleUploadedFile(name, content)
    kept: list[bytes] = []
    look = partial(_files_kept, person, kept, _newest_file(person))
    for answer in sent(person.client, form, data, wrong, name, before_rollback=look):
        leaked = any(MARK in one for one in kept) or (name in REFUSED and bool(kept))
        attack(answer.status, leaked=leaked)
        if leaked:
            wrong.append(f"{form.action} ({one.name}) kept {name}")
        elif answer.status >= 500:
            wrong.append(f"{form.action} ({one.name}) {name}: {answer.status}")


def _newest_file(person: Person) -> int:
    return max((file.pk for file in _files_after(person, 0)), default=0)


def _files_kept(person: Person, kept: list[bytes], after: int) -> None:
    for file in _files_after(person, after):
        with file.open() as content:
            kept.append(content.read())


def _files_after(person: Person, key: int) -> list[StoredFile]:
    if person.programme is None:
        return []  # the platform's own tables know no files
    with programme_scope(person.programme):
        return list(StoredFile.objects.filter(pk__gt=key))


# --- Ways out ---------------------------------------------------------------------------------------------------------


def test_no_address_leads_to_another_site(walks: dict[str, Walk]) -> None:
    """Every kind of page with an address to go on to: all of them where a form carries one, one of them elsewhere."""
    wrong: list[str] = []
    tried, seen = 0, set()
    for walk in walks.values():
        carriers = {form.route for form in walk.forms.values() if "next" in {one.name for one in form.fields}}
        for page in walk.pages.values():
            kind = (walk.person.kind, page.route)
            if kind in seen or page.route.startswith(("en ", "easy ", "?")):
                continue
            seen.add(kind)
            is_door = page.route in carriers or page.status in (301, 302)
            for foreign in FOREIGN if is_door else [FOREIGN[len(seen) % len(FOREIGN)]]:
                tried += 1
                query = urlencode(dict.fromkeys(NAMES, foreign))
                answer = Answer.read(walk.person.client.get(f"{page.address.partition('?')[0]}?{query}"))
                _judge(walk.person, page.address, foreign, answer, wrong)
    note("pages asked for with foreign addresses to go on to", tried)
    assert not wrong, "\n".join(wrong)


def test_no_form_leads_to_another_site(forms: list[tuple[Person, Form]]) -> None:
    wrong: list[str] = []
    tried = 0
    for number, (person, form) in enumerate(forms):
        own = {one.name: as_shown(one) for one in form.fields}
        for foreign in FOREIGN if "next" in own else [FOREIGN[number % len(FOREIGN)]]:
            data = own | {name: foreign for name in NAMES if name not in own or name == "next"}
            for answer in sent(person.client, form, data, wrong, f"next={foreign[:40]}"):
                tried += 1
                _judge(person, form.action, foreign, answer, wrong)
    note("forms sent with foreign addresses to go on to", tried)
    assert not wrong, "\n".join(wrong)


def _judge(person: Person, address: str, foreign: str, answer: Answer, wrong: list[str]) -> None:
    out = [one for one in _ways_out(address, answer) if _is_foreign(person.host, address, one)]
    attack(answer.status, leaked=bool(out))
    if out or answer.status >= 500:
        wrong.append(f"{person.name} {address} with {foreign[:60]!r}: {answer.status} {out[:3]}")


def _ways_out(address: str, answer: Answer) -> Iterator[str]:
    if answer.location:
        yield answer.location
    if "<html" in answer.text[:500]:
        reader = Reader(address)
        reader.feed(answer.text)
        yield from reader.links
        for form in reader.forms:
            yield form.action
            yield from (one.value for one in form.fields if one.name == "next" and one.kind == "hidden")


def _is_foreign(host: str, address: str, target: str) -> bool:
    """As a browser reads it: it drops tabs and line ends, and takes a backslash for a slash."""
    plain = re.sub(r"[\t\r\n]", "", target).replace("\\", "/").strip()
    if plain.lower().startswith(("javascript:", "data:")):
        return True
    there = urlsplit(urljoin(f"http://{host}{address}", plain)).hostname or ""
    # The platform's own pages lead to every programme.
    return EVIL in there or (there == "tokyo.localhost" and host not in ("tokyo.localhost", settings.PLATFORM_HOST))


# --- Sessions ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def kanagawa() -> Iterator[Programme]:
    """What is done in it is taken back."""
    with transaction.atomic():
        yield Programme.objects.get(slug="kanagawa")
        transaction.set_rollback(True)


@pytest.fixture
def officer(kanagawa: Programme) -> User:
    user = make_staff(StaffRole.OFFICER, kanagawa, email="attacked@kanagawa.example.jp")
    with programme_scope(kanagawa):
        set_password(user=user, password=PASSWORD)
        add_totp(user=user, secret=SEED)
    return user


def test_a_planted_session_is_worth_nothing_after_staff_signed_in(kanagawa: Programme, officer: User) -> None:
    visitor = _browser(kanagawa)
    visitor.session.save()
    _planted(visitor, "an invented key")
    keys = [_key(visitor)]
    visitor.post("/staff/sign-in/", {"address": officer.email, "password": PASSWORD})
    keys.append(_key(visitor))
    visitor.post("/staff/sign-in/second-factor/", {"code": _app_code()})
    keys.append(_key(visitor))
    assert visitor.get("/admin/").status_code == 200
    _no_key_but_the_last_opens(kanagawa, keys, "/admin/")
    visitor.post("/sign-out/")
    _no_key_but_the_last_opens(kanagawa, [*keys, ""], "/admin/")
    note("keys of sessions tried around the sign-in of staff", len(keys))


def test_a_planted_session_is_worth_nothing_after_a_person_signed_in(kanagawa: Programme) -> None:
    visitor = _browser(kanagawa)
    visitor.post("/sign-in/", {"address": "owner@kanagawa.example.jp"})
    keys = [_key(visitor)]
    visitor.post("/sign-in/wait/", {"code": _code_for("owner@kanagawa.example.jp", kanagawa)})
    keys.append(_key(visitor))
    assert visitor.get("/mypage/").status_code == 200
    _no_key_but_the_last_opens(kanagawa, keys, "/mypage/")
    visitor.post("/sign-out/")
    _no_key_but_the_last_opens(kanagawa, [*keys, ""], "/mypage/")
    note("keys of sessions tried around the sign-in of a person", len(keys))


def _no_key_but_the_last_opens(programme: Programme, keys: list[str], address: str) -> None:
    assert len(set(keys)) == len(keys), "a key stayed the same"
    for key in keys[:-1]:
        attacker = _browser(programme)
        _planted(attacker, key)
        status = attacker.get(address).status_code
        attack(status, leaked=status == 200)
        assert status != 200, f"a key from before opens {address}"


def _planted(browser: Client, key: str) -> None:
    browser.cookies[settings.SESSION_COOKIE_NAME] = key


def _key(browser: Client) -> str:
    cookie = browser.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie.value if cookie else ""


# --- Doors that are tried without end ---------------------------------------------------------------------------------


def test_no_door_is_tried_without_end(kanagawa: Programme, officer: User) -> None:
    passed: dict[str, tuple[int, int]] = {}
    for name, (most, door) in DOORS.items():
        with transaction.atomic():
            passed[name] = door(kanagawa, TIMES), most
            transaction.set_rollback(True)
        ATTACKS.update({"tried": TIMES, "refused": TIMES - passed[name][0]})
        note(f"{name}: tried {TIMES} times, let through", passed[name][0])
    assert {name: count for name, (count, most) in passed.items() if count > most} == {}


def _mails_to_one_address(programme: Programme, times: int) -> int:
    for _ in range(times):
        _browser(programme).post("/sign-in/", {"address": "owner@kanagawa.example.jp"})
    with programme_scope(programme):
        return LoginTicket.objects.filter(address="owner@kanagawa.example.jp").count()


def _mails_of_one_visitor(programme: Programme, times: int) -> int:
    visitor = _browser(programme)
    for number in range(times):
        visitor.post("/sign-in/", {"address": f"person{number}@example.jp"})
    with programme_scope(programme):
        return LoginTicket.objects.filter(address__startswith="person").count()


def _codes(programme: Programme, times: int) -> int:
    """The right one comes last, after all that were wrong."""
    visitor = _browser(programme)
    visitor.post("/sign-in/", {"address": "owner@kanagawa.example.jp"})
    right = _code_for("owner@kanagawa.example.jp", programme)
    for number in range(times):
        visitor.post("/sign-in/wait/", {"code": f"{(int(right) + number + 1) % 1_000_000:06}"})
    visitor.post("/sign-in/wait/", {"code": right})
    return int(visitor.get("/mypage/").status_code == 200)


def _passwords(programme: Programme, times: int) -> int:
    visitor = _browser(programme)
    for _ in range(times):
        visitor.post("/staff/sign-in/", {"address": "attacked@kanagawa.example.jp", "password": "wrong horse battery"})
    answer = visitor.post("/staff/sign-in/", {"address": "attacked@kanagawa.example.jp", "password": PASSWORD})
    return int(answer.status_code == 302)


def _second_factors(programme: Programme, times: int) -> int:
    visitor = _browser(programme)
    visitor.post("/staff/sign-in/", {"address": "attacked@kanagawa.example.jp", "password": PASSWORD})
    for _ in range(times):
        visitor.post("/staff/sign-in/second-factor/", {"code": "000000"})
    visitor.post("/staff/sign-in/second-factor/", {"code": _app_code()})
    return int(visitor.get("/admin/").status_code == 200)


# What is tried, and how often it may come through.
DOORS: dict[str, tuple[int, Callable[[Programme, int], int]]] = {
    "mails to one address": (5, _mails_to_one_address),
    "mails asked for by one visitor": (40, _mails_of_one_visitor),
    "the right code after wrong ones": (0, _codes),
    "the right password after wrong ones": (0, _passwords),
    "the right second factor after wrong ones": (0, _second_factors),
}


def _browser(programme: Programme) -> Client:
    return Client(headers={"host": programme.primary_host})


def _code_for(address: str, programme: Programme) -> str:
    with programme_scope(programme):
        mail = OutgoingMail.objects.filter(to=address, message="accounts.sign_in").latest("pk")
        words = render_mail(mail)
    found = re.search(r"^\d{6}$", words.text if words else "", re.MULTILINE)
    assert found
    return found[0]


def _app_code() -> str:
    return format_hotp_value(hotp_value(SEED, int(time.time()) // 30))


# --- The sum ----------------------------------------------------------------------------------------------------------


def test_nothing_leaked_and_nothing_broke() -> None:
    """Last in this file. Those of the other files stand in the summary."""
    note("attacks of this file", ", ".join(f"{what} {count}" for what, count in ATTACKS.items()))
    assert ATTACKS["tried"] > 0
    assert (ATTACKS["leaks"], ATTACKS["500s"]) == (0, 0)
