"""A programme's own logo files: what is kept of a drawing, which edition partners get, and who may change it."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from matching.drawing import MOST_BYTES, clean_svg
from matching.models import LogoEdition
from matching.services.logos import add_edition, stop_using, use_edition
from matching.vocabulary import Logo
from portal.audit.models import AuditEvent
from portal.files.models import StoredFile
from portal.tenancy.models import Programme
from portal.web.access import StaffRole
from tests.factories import make_acting, make_actor, make_file, make_member, make_staff
from tests.sessions import signed_in

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 10">'
PLAIN = f'{OPEN}<rect width="10" height="10" fill="#0a97d9"/></svg>'

REFUSED = {
    "script": "<script>alert(1)</script>",
    "handler": '<rect width="1" onload="alert(1)"/>',
    "page inside": "<foreignObject><body/></foreignObject>",
    "picture from outside": '<image href="https://example.jp/a.png"/>',
    "motion": '<animate attributeName="href" to="javascript:alert(1)"/>',
    "setting": '<set attributeName="onload" to="alert(1)"/>',
    "style sheet": "<style>@import url(https://example.jp/a.css)</style>",
    "link away": '<use href="https://example.jp/a.svg#x"/>',
    "link by its old name": '<use xlink:href="data:image/svg+xml,x"/>',
    "paint from outside": '<rect fill="url(https://example.jp/a.svg#x)"/>',
    "paint in a style": '<rect style="fill: url( https://example.jp/a )"/>',
    "escaped": '<rect fill="u\\72l(https://example.jp/a)"/>',
    "open bracket": '<rect fill="url(https://example.jp/a"/>',
    "anchor": '<a href="#x"><rect/></a>',
    "unknown": '<rect onfocusin="x"/>',
}


@pytest.mark.parametrize("inside", REFUSED.values(), ids=REFUSED.keys())
def test_what_could_run_load_or_hide_is_refused(inside: str) -> None:
    with pytest.raises(ValidationError):
        clean_svg(f"{OPEN}{inside}</svg>".encode())


def doubling(times: int, link: str) -> str:
    """Each group draws the one before it twice."""
    groups = [f'<g id="g{number}">{link.format(number - 1) * 2}</g>' for number in range(1, times)]
    return f'{OPEN}<defs><g id="g0"><rect/></g>{"".join(groups)}</defs>{link.format(times - 1)}</svg>'


INTRICATE = {
    "deep": f"{OPEN}{'<g>' * 10_000}{'</g>' * 10_000}</svg>",
    "doubling": doubling(40, '<use href="#g{}"/>'),
    "doubling by its old name": doubling(40, '<use xlink:href="#g{}"/>'),
    "doubling by paint": doubling(40, '<rect fill="url(#g{})"/>'),
    "a long chain": OPEN + "".join(f'<g id="g{n}"><use href="#g{n + 1}"/></g>' for n in range(2_000)) + "</svg>",
    "round": f'{OPEN}<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g></svg>',
    "in itself": f'{OPEN}<g id="a"><use href="#a"/></g></svg>',
}


@pytest.mark.parametrize("drawing", INTRICATE.values(), ids=INTRICATE.keys())
def test_what_would_be_drawn_for_ever_is_refused(drawing: str) -> None:
    with pytest.raises(ValidationError, match="多すぎる"):
        clean_svg(drawing.encode())


def test_a_few_references_are_no_harm() -> None:
    assert "g7" in clean_svg(doubling(8, '<use href="#g{}"/>').encode())


BROKEN: list[bytes] = [
    b"",
    b"\xff\xfe<svg/>",
    b"<svg/>",
    b"<html xmlns='http://www.w3.org/1999/xhtml'/>",
    b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    b'<!DOCTYPE svg [<!ENTITY a "b">]>' + PLAIN.encode(),
    b'<?xml version="1.0" encoding="utf-16"?>' + PLAIN.encode("utf-16"),
    PLAIN.encode() + b" " * MOST_BYTES,
]


@pytest.mark.parametrize("data", BROKEN)
def test_what_is_no_drawing_is_refused(data: bytes) -> None:
    with pytest.raises(ValidationError):
        clean_svg(data)


def test_a_programs_own_marks_are_left_out_and_the_picture_stays() -> None:
    clean = clean_svg(
        f"""<?xml version="1.0"?><!-- made by hand -->{OPEN}<metadata><x/></metadata>
        <editor:view xmlns:editor="http://example.jp/editor" editor:zoom="2"><editor:script/></editor:view>
        <defs><linearGradient id="sky"><stop offset="0" style="stop-color: #fff; -x-note: url(javascript:1)"/></linearGradient></defs>
        <g class="layer" data-name="x"><use xlink:href="#sky"/><rect fill="url(#sky)" style="stroke:#000;"/></g>
        <text x="1">SDGs</text></svg>""".encode()
    )
    for gone in ("metadata", "editor", "made by hand", "class", "data-name", "javascript", "style"):
        assert gone not in clean
    for kept in (
        'fill="url(#sky)"',
        'stroke="#000"',
        'stop-color="#fff"',
        'href="#sky"',
        "SDGs",
        'viewBox="0 0 10 10"',
    ):
        assert kept in clean
    assert clean_svg(clean.encode()) == clean


@pytest.fixture
def licensed(in_kanagawa: Programme) -> Any:
    """A partner's browser that may download the registration logo."""
    member = make_member()
    browser = signed_in(member.user, in_kanagawa, member)
    browser.post(reverse("my_matching:logo_terms", args=["registration"]), {"agrees": "on"})
    return browser


def download(browser: Any, form: str) -> bytes:
    answer = browser.get(reverse("my_matching:logo", args=["registration", form]))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    return bytes(answer.content)


def test_partners_get_the_edition_in_use(in_kanagawa: Programme, licensed: Any) -> None:
    officer, ours = make_actor(StaffRole.OFFICER, in_kanagawa), download(licensed, "svg")
    first = add_edition(logo=Logo.REGISTRATION, svg=PLAIN, files={}, note="", actor=officer)
    assert download(licensed, "svg").decode() == PLAIN
    assert download(licensed, "png").startswith(b"\x89PNG")
    assert download(licensed, "pdf").startswith(b"%PDF")
    second = add_edition(
        logo=Logo.REGISTRATION, svg=PLAIN.replace("0a97d9", "e5243b"), files={}, note="", actor=officer
    )
    add_edition(logo=Logo.COLLABORATION, svg=PLAIN, files={}, note="", actor=officer)
    assert (first.number, second.number) == (1, 2)
    assert b"e5243b" in download(licensed, "svg")
    use_edition(edition=first, actor=officer)
    assert download(licensed, "svg").decode() == PLAIN
    stop_using(edition=first, actor=officer)
    assert download(licensed, "svg") == ours
    assert AuditEvent.objects.filter(subject_type="matching.logoedition").count() == 5
    with pytest.raises(ValidationError):
        stop_using(edition=first, actor=officer)


def test_files_that_staff_gave_are_given_as_they_are(in_kanagawa: Programme, licensed: Any) -> None:
    officer = make_actor(StaffRole.OFFICER, in_kanagawa)
    edition = add_edition(logo=Logo.REGISTRATION, svg=PLAIN, files={}, note="", actor=officer)
    file = make_file(edition, "pdf")
    with file.open() as content:
        assert download(licensed, "pdf") == content.read()
    # By its own address it is the office's alone.
    assert licensed.get(file.get_absolute_url()).status_code == 404


def test_uploading_on_the_page(in_kanagawa: Programme) -> None:
    browser = signed_in(make_staff(StaffRole.OFFICER, in_kanagawa), in_kanagawa)
    address = reverse("admin:matching_logoedition_new")

    def send(svg: str) -> Any:
        return browser.post(address, {"logo": "collaboration", "note": "初版",
                                      "svg": SimpleUploadedFile("logo.svg", svg.encode(), "image/svg+xml")})  # fmt: skip

    assert "「script」があるため使えません" in send(f"{OPEN}<script/></svg>").text
    assert not LogoEdition.objects.exists()
    assert send(PLAIN).status_code == 302
    edition = LogoEdition.objects.get()
    assert (edition.number, edition.is_in_use, edition.note) == (1, True, "初版")
    assert not StoredFile.objects.exists()
    picture = browser.get(reverse("admin:matching_logoedition_file", args=[edition.pk, "png"]))
    assert picture.content.startswith(b"\x89PNG")
    shown = browser.get(reverse("admin:matching_logoedition_change", args=[edition.pk])).text
    assert reverse("admin:matching_logoedition_file", args=[edition.pk, "svg"]) in shown


def test_only_officers(in_kanagawa: Programme) -> None:
    edition = LogoEdition.objects.create(logo=Logo.REGISTRATION, number=1, svg=PLAIN)
    for actor in (make_acting(make_member()), make_actor(StaffRole.READ_ONLY, in_kanagawa)):
        with pytest.raises(PermissionDenied):
            add_edition(logo=Logo.REGISTRATION, svg=PLAIN, files={}, note="", actor=actor)
        for deed in (use_edition, stop_using):
            with pytest.raises(PermissionDenied):
                deed(edition=edition, actor=actor)
