"""Handing out: only to who may see the row, only when it is safe, always as a download."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from partners.models import Partner
from portal.audit.models import Action, AuditEvent
from portal.files.models import StoredFile
from portal.files.rules import may_have
from portal.files.states import FileState
from portal.tenancy.models import Programme
from portal.web.access import ANONYMOUS, Actor, StaffRole
from portal.web.models import Page
from tests.factories import make_file, make_member, make_partner, make_pending_file
from tests.portal.files.samples import PDF, picture
from tests.sessions import signed_in

Register = Callable[[str, Callable[[Actor, Any], bool]], None]


def its_own_people_and_staff(actor: Actor, partner: Partner) -> bool:
    return actor.is_staff() or (actor.membership is not None and actor.membership.partner_id == partner.pk)


@pytest.fixture
def partner(in_kanagawa: Programme, may_have_files: Register) -> Partner:
    may_have_files("partners.partner", its_own_people_and_staff)
    return make_partner()


@pytest.fixture
def file(partner: Partner) -> StoredFile:
    return make_file(owner=partner, name="企画書 「案」.pdf", content=PDF)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes


def get(browser: Client, address: str, **options: Any) -> Answer:
    response = browser.get(address, **options)
    # Read to its end, a file is closed.
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return Answer(response.status_code, response.headers, content)


def as_person_of(partner: Partner, programme: Programme) -> Client:
    member = make_member(partner=partner)
    return signed_in(member.user, programme, member)


def test_it_is_a_download_that_can_do_nothing(file: StoredFile, partner: Partner, kanagawa: Programme) -> None:
    response = get(as_person_of(partner, kanagawa), file.get_absolute_url())
    assert (response.status, response.content) == (200, PDF)
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E4%BC%81%E7%94%BB%E6%9B%B8%20%E3%80%8C%E6%A1%88%E3%80%8D.pdf"
    )
    assert response.headers["Content-Length"] == str(len(PDF))
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a b.pdf", 'attachment; filename="a b.pdf"'),
        ('a"b;c.pdf', 'attachment; filename="a\\"b;c.pdf"'),
        ("a'%00.pdf", 'attachment; filename="a\'%00.pdf"'),
        ("名前;x=1.pdf", "attachment; filename*=utf-8''%E5%90%8D%E5%89%8D%3Bx%3D1.pdf"),
    ],
)
def test_no_name_breaks_out_of_its_header(
    name: str, header: str, partner: Partner, as_staff: Callable[..., Client]
) -> None:
    response = get(as_staff(StaffRole.READ_ONLY), make_file(owner=partner, name=name).get_absolute_url())
    assert response.headers["Content-Disposition"] == header


def test_who_may_not_see_the_row_finds_nothing(
    file: StoredFile,
    visit: Client,
    as_member: Callable[..., Client],
    as_staff: Callable[..., Client],
    tokyo: Programme,
    kanagawa: Programme,
) -> None:
    address = file.get_absolute_url()
    assert get(visit, address).status == 404
    assert get(as_member(), address).status == 404
    assert get(as_staff(StaffRole.READ_ONLY), address).status == 200
    theirs = as_staff(StaffRole.APPROVER, tokyo)
    assert get(theirs, address).status == 404
    assert get(theirs, address, headers={"host": kanagawa.primary_host}).status == 404
    assert get(visit, f"/files/{uuid.uuid4()}/").status == 404


def test_a_row_that_nobody_registered_is_closed_to_all(in_kanagawa: Programme, as_staff: Callable[..., Client]) -> None:
    file = make_file(owner=Page.objects.create(slug="privacy", title="t", body="b"))
    assert get(as_staff(StaffRole.APPROVER), file.get_absolute_url()).status == 404


@pytest.mark.parametrize("state", [FileState.UPLOADED, FileState.QUARANTINED])
def test_what_is_not_found_clean_is_handed_to_nobody(
    state: FileState, file: StoredFile, as_staff: Callable[..., Client]
) -> None:
    StoredFile.objects.update(state=state)
    assert get(as_staff(StaffRole.APPROVER), file.get_absolute_url()).status == 404


def test_a_pending_file_is_handed_to_nobody(partner: Partner, as_staff: Callable[..., Client]) -> None:
    assert get(as_staff(StaffRole.APPROVER), make_pending_file().get_absolute_url()).status == 404


def test_a_file_whose_row_is_gone_is_handed_to_nobody(in_kanagawa: Programme, may_have_files: Register) -> None:
    may_have_files("web.page", lambda actor, page: True)
    page = Page.objects.create(slug="privacy", title="t", body="b")
    file = make_file(owner=page)
    assert may_have(ANONYMOUS, file)
    page.delete()
    assert not may_have(ANONYMOUS, file)


def test_a_slot_may_have_a_rule_of_its_own(file: StoredFile, partner: Partner, may_have_files: Register) -> None:
    may_have_files("partners.partner:picture", lambda actor, partner: True)
    assert may_have(ANONYMOUS, make_file(owner=partner, slot="logo"))
    assert not may_have(ANONYMOUS, file)


def test_a_rule_may_say_that_there_is_something(
    partner: Partner, may_have_files: Register, as_member: Callable[..., Client]
) -> None:
    def not_yet(actor: Actor, partner: Partner) -> bool:
        raise PermissionDenied

    may_have_files("partners.partner:mark", not_yet)
    file = make_file(owner=partner, slot="mark")
    assert get(as_member(), file.get_absolute_url()).status == 403


def test_a_public_file_needs_no_session(in_kanagawa: Programme, may_have_files: Register, visit: Client) -> None:
    may_have_files("web.page", lambda actor, page: True)
    file = make_file(owner=Page.objects.create(slug="privacy", title="t", body="b"))
    assert get(visit, file.get_absolute_url()).status == 200
    assert not visit.cookies


def test_who_downloads_is_on_record(file: StoredFile, partner: Partner, kanagawa: Programme, visit: Client) -> None:
    hanako = as_person_of(partner, kanagawa)
    assert not b"".join(hanako.head(file.get_absolute_url()).streaming_content)
    get(visit, file.get_absolute_url())
    assert not AuditEvent.objects.filter(action=Action.FILE_DOWNLOADED).exists()
    get(hanako, file.get_absolute_url())
    event = AuditEvent.objects.get(action=Action.FILE_DOWNLOADED)
    assert (event.actor, event.subject_type, event.subject_id) == (hanako.user, "files.storedfile", str(file.pk))
    assert event.at <= now()


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_file_is_only_read(method: str, file: StoredFile, as_staff: Callable[..., Client]) -> None:
    assert getattr(as_staff(StaffRole.APPROVER), method)(file.get_absolute_url()).status_code == 405


# --- Pictures on pages ------------------------------------------------------------------------------------------------
@pytest.fixture
def logo(partner: Partner) -> StoredFile:
    return make_file(owner=partner, slot="picture", name="ロゴ.png", content=picture(), is_shown=True)


def picture_address(file: StoredFile) -> str:
    return reverse("files:picture", args=[file.key])


def test_a_picture_is_shown_only_if_its_app_says_so(
    logo: StoredFile, partner: Partner, as_staff: Callable[..., Client]
) -> None:
    other = make_file(owner=partner, slot="photo", name="写真.png", content=picture())
    officer = as_staff(StaffRole.OFFICER)
    assert get(officer, picture_address(other)).status == 404
    response = get(officer, picture_address(logo))
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Content-Disposition"].startswith("inline; filename*=utf-8''")
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["Cache-Control"] == "no-store"
    assert not AuditEvent.objects.filter(action=Action.FILE_DOWNLOADED).exists()


def test_a_private_picture_is_as_closed_as_a_file(
    logo: StoredFile, visit: Client, as_member: Callable[..., Client]
) -> None:
    assert get(visit, picture_address(logo)).status == 404
    assert get(as_member(), picture_address(logo)).status == 404


def test_a_public_picture_may_be_kept_and_reads_no_session(
    logo: StoredFile, may_have_files: Register, as_member: Callable[..., Client], django_assert_num_queries: Any
) -> None:
    may_have_files("partners.partner:picture", lambda actor, partner: True)
    hanako = as_member()
    get(hanako, picture_address(logo))
    with django_assert_num_queries(2):  # the file, its row
        response = get(hanako, picture_address(logo))
    assert response.headers["Cache-Control"] == "public, max-age=60, must-revalidate"
    assert "Vary" not in response.headers or "Cookie" not in response.headers["Vary"]
    # Whoever kept it asks again, and gets it no second time; once it is withdrawn, not even that.
    kept = {"If-None-Match": response.headers["ETag"]}
    assert (get(hanako, picture_address(logo), headers=kept).status, response.status) == (304, 200)
    may_have_files("partners.partner:picture", lambda actor, partner: False)
    assert get(hanako, picture_address(logo), headers=kept).status == 404
