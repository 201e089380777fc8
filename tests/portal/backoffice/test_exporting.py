"""The full export of a programme: read again from the file, it holds what the database holds, and nobody else's."""

import csv
import hashlib
import io
import json
import re
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from meetings.models import Draw, JoiningDetails, JointHost
from meetings.services.telling import attachment_of
from portal.accounts.models import Draft
from portal.audit.models import Action, AuditEvent
from portal.audit.queries import history_of
from portal.backoffice.archive import write_archive
from portal.backoffice.exporting import (
    MAKE,
    agree_to_export,
    ask_export,
    call_off_export,
    fetch_export,
    forget_exports,
    make_waiting_exports,
)  # fmt: skip
from portal.backoffice.models import ProgrammeExport
from portal.backoffice.states import APPROVAL, ExportState
from portal.backoffice.tasks import make_exports
from portal.outbox.services import queue_mail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.tenancy.wall import tenant_models
from portal.web.access import Actor, StaffRole
from portal.web.models import ApprovalRequest
from portal.web.queries import approval_items
from portal.web.services.approvals import approve_request, decline_request, withdraw_request
from portal.web.states import ApprovalState
from tests.factories import (
    make_actor,
    make_consultation,
    make_file,
    make_inquiry,
    make_meeting,
    make_member,
    make_partner,
    make_seat,
    make_user,
)
from tests.mailbox import letters

Enter = Callable[..., Client]


def read_again(content: bytes) -> tuple[dict[str, list[dict[str, str]]], dict[str, bytes], dict]:  # type: ignore[type-arg]
    """The tables and files of an archive; everything that the manifest says of them is checked."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    manifest = json.loads(archive.read("manifest.json"))
    tables, files = {}, {}
    for table in manifest["tables"]:
        text = archive.read(table["name"])
        assert hashlib.sha256(text).hexdigest() == table["sha256"]
        rows = list(csv.DictReader(io.StringIO(text.decode())))
        assert len(rows) == table["rows"]
        tables[table["name"].removeprefix("tables/").removesuffix(".csv")] = rows
    for file in manifest["files"]:
        found = archive.read(file["name"])
        assert (hashlib.sha256(found).hexdigest(), len(found)) == (file["sha256"], file["size"])
        files[file["called"]] = found
    assert set(archive.namelist()) == {"manifest.json"} | {
        one["name"] for one in manifest["tables"] + manifest["files"]
    }
    return tables, files, manifest


def test_what_comes_out_is_what_was_in(in_kanagawa: Programme, tokyo: Programme) -> None:
    partner = make_partner(name='株式会社"あおば", 本社\n（横浜）')
    member = make_member(partner=partner)
    kept = make_file(partner, name="企画書.pdf")
    inquiry = make_inquiry()
    with programme_scope(tokyo):
        make_member(partner=make_partner(name="東京の団体"), email="tokyo@example.jp")
    approver = make_actor(StaffRole.APPROVER, in_kanagawa)
    export = ask_export(reason="事業の終了", actor=approver)
    make_waiting_exports()
    with fetch_export(export=export, actor=approver) as taken:
        tables, files, manifest = read_again(taken.read())
    assert set(tables) == {model._meta.label_lower for model in tenant_models()} | {
        "tenancy.programme", "tenancy.programmehost", "accounts.user",
    }  # fmt: skip
    assert [row["name"] for row in tables["partners.partner"]] == [partner.name]
    assert [row["id"] for row in tables["tenancy.programme"]] == [str(in_kanagawa.pk)]
    assert {row["email"] for row in tables["accounts.user"]} == {member.user.email, approver.user.email}
    with kept.open() as source:
        assert files[kept.name] == source.read()
    assert manifest["missing_files"] == []
    # What opens a door is not in it.
    assert "password" not in tables["accounts.user"][0]
    assert inquiry.link_hash not in str(tables["inquiries.inquiry"])
    asked = ProgrammeExport.objects.get()
    assert asked.rows == sum(map(len, tables.values()))
    assert (asked.files, asked.state, asked.size) == (1, ExportState.READY, default_storage.size(asked.path))


def archived() -> dict[str, list[dict[str, str]]]:
    target = io.BytesIO()
    write_archive(target)
    tables, _files, _manifest = read_again(target.getvalue())
    return tables


def test_no_way_in_and_nothing_unsent_comes_out_and_a_draw_can_be_followed(
    in_kanagawa: Programme, tokyo: Programme
) -> None:
    seat = make_seat(make_meeting())
    secret = dict.fromkeys(("url", "room", "passcode", "note"), "https://rooms.example.jp/way-in")
    JoiningDetails.objects.create(meeting=seat.meeting, **secret)
    facts = {"meeting": {"title": "合同の会"}, "joining": {"passcode": "way-in"}}
    JointHost.objects.create(host=tokyo, key=uuid.uuid4(), facts=facts)
    mail = queue_mail(message="meetings.confirmed", to=seat.email, dedupe_key="1", data={"seat": seat.pk},
                      attachments=[attachment_of(seat, seat.meeting, "REQUEST")])  # fmt: skip
    assert mail and seat.token.encode() in mail.attachments.get().content.replace(b"\r\n ", b"")
    Draft.objects.create(user=make_user(), form="partners.inquiry", data={"text": "way-in"})
    held = Draw.objects.create(consultation=make_consultation(), seed="f00d" * 8, data={"entries": []})
    tables = archived()
    assert json.loads(tables["meetings.jointhost"][0]["facts"]) == {"meeting": {"title": "合同の会"}}
    assert [row["seed"] for row in tables["meetings.draw"]] == [held.seed]
    assert [row["name"] for row in tables["outbox.mailattachment"]] == ["meeting.ics"]
    assert "content" not in tables["outbox.mailattachment"][0]
    everything = str(tables)
    assert "way-in" not in everything and seat.token not in everything


def test_who_asked_fetches_it_until_it_is_thrown_away(
    in_kanagawa: Programme, django_capture_on_commit_callbacks: Callable
) -> None:  # type: ignore[type-arg]
    approver, other = (make_actor(StaffRole.APPROVER, in_kanagawa) for _ in range(2))
    with django_capture_on_commit_callbacks() as nudges:
        export = ask_export(reason="引越し", actor=approver)
    assert [(nudge.task, nudge.args) for nudge in nudges] == [
        ("portal.backoffice.tasks.make_exports", (in_kanagawa.pk,))
    ]
    with pytest.raises(ValidationError):
        ask_export(reason="もう一度", actor=other)
    with pytest.raises(ValidationError):
        fetch_export(export=export, actor=approver)
    make_exports(in_kanagawa.pk)
    make_exports(in_kanagawa.pk)
    with pytest.raises(PermissionDenied):
        fetch_export(export=export, actor=other)
    # The line broke once.
    export.refresh_from_db()
    for _ in range(2):
        fetch_export(export=export, actor=approver).close()
    forget_exports()
    assert default_storage.exists(export.path)
    ProgrammeExport.objects.update(made_at=timezone.now() - ProgrammeExport.LIFETIME)
    with django_capture_on_commit_callbacks(execute=True):
        forget_exports()
    assert not default_storage.exists(export.path)
    with pytest.raises(ValidationError, match="もう受け取れません"):
        fetch_export(export=export, actor=approver)
    actions = AuditEvent.objects.order_by("id").values_list("action", flat=True)
    fetched = [Action.EXPORT_FETCHED] * 2
    assert list(actions) == [Action.EXPORT_ASKED, Action.EXPORT_MADE, *fetched, Action.FILE_DELETED]


def test_after_a_restore_without_its_file_it_says_so_and_offers_another(as_staff: Enter, kanagawa: Programme) -> None:
    approver = as_staff(StaffRole.APPROVER)
    made = approver.post("/admin/backoffice/programmeexport/add/", {"reason": "事業の終了"})
    make_exports(kanagawa.pk)
    with programme_scope(kanagawa):
        default_storage.delete(ProgrammeExport.objects.get().path)
    page = approver.get(made.url).text
    assert "もうありません" in page and "ZIPを受け取る" not in page
    again = page.split("/admin/backoffice/programmeexport/add/?")[1].split('"')[0]
    assert 'value="事業の終了"' in approver.get(f"/admin/backoffice/programmeexport/add/?{again}").text
    # From a page that was opened before.
    refused = approver.post(made.url.replace("/change/", "/fetch/"), follow=True)
    assert (refused.status_code, "もうありません" in refused.text) == (200, True)
    with programme_scope(kanagawa):
        assert ProgrammeExport.objects.get().state == ExportState.READY
        forget_exports()
        assert ProgrammeExport.objects.get().state == ExportState.EXPIRED


def test_who_asked_is_told_when_it_is_ready(in_kanagawa: Programme) -> None:
    approver = make_actor(StaffRole.APPROVER, in_kanagawa)
    export = ask_export(reason="引越し", actor=approver)
    assert letters(in_kanagawa) == []
    make_waiting_exports()
    make_waiting_exports()
    (told,) = letters(in_kanagawa)
    assert (told.message, told.to) == ("backoffice.export_ready", approver.user.email)
    assert f"/admin/backoffice/programmeexport/{export.pk}/change/" in told.text


@pytest.fixture
def two_approvers(in_kanagawa: Programme) -> tuple[Actor, Actor]:
    in_kanagawa.second_approval = [APPROVAL]
    in_kanagawa.save()
    return make_actor(StaffRole.APPROVER, in_kanagawa), make_actor(StaffRole.APPROVER, in_kanagawa)


def test_where_two_must_agree_nothing_is_made_before(
    in_kanagawa: Programme,
    two_approvers: tuple[Actor, Actor],
    django_capture_on_commit_callbacks: Callable,  # type: ignore[type-arg]
) -> None:
    first, second = two_approvers
    make_actor(StaffRole.OFFICER, in_kanagawa)
    with django_capture_on_commit_callbacks() as nudges:
        export = ask_export(reason="事業の終了", actor=first)
    make_waiting_exports()
    export.refresh_from_db()
    assert (export.state, nudges_of_exports(nudges)) == (ExportState.WAITING, [])
    with pytest.raises(ValidationError, match="承認を待っています"):
        ask_export(reason="もう一つ", actor=second)
    (told,) = letters(in_kanagawa)
    request = ApprovalRequest.objects.get()
    assert (told.message, told.to) == ("backoffice.export_asked", second.user.email)
    assert "事業の終了" in told.text and f"/admin/web/approvalrequest/{request.pk}/change/" in told.text
    assert "事業の終了" in approval_items()[0].title
    with pytest.raises(ValidationError, match="ほかの承認者"):
        approve_request(request=request, actor=first)
    with django_capture_on_commit_callbacks() as nudges:
        approve_request(request=request, actor=second)
    assert nudges_of_exports(nudges) == [in_kanagawa.pk]
    make_waiting_exports()
    with pytest.raises(PermissionDenied):
        fetch_export(export=export, actor=second)
    fetch_export(export=export, actor=first).close()
    actions = history_of(export).order_by("id").values_list("action", "actor")
    assert list(actions) == [
        (Action.EXPORT_ASKED, first.user.pk), (Action.APPROVAL_GIVEN, second.user.pk), (Action.EXPORT_MADE, None),
        (Action.EXPORT_FETCHED, first.user.pk),
    ]  # fmt: skip


def nudges_of_exports(nudges: list[Any]) -> list[int]:
    return [nudge.args[0] for nudge in nudges if getattr(nudge, "task", "") == MAKE]


def test_declined_who_asked_is_told_why_and_may_ask_again(
    in_kanagawa: Programme, two_approvers: tuple[Actor, Actor]
) -> None:
    first, second = two_approvers
    export = ask_export(reason="引越し", actor=first)
    request = ApprovalRequest.objects.get()
    decline_request(request=request, actor=second, note="まだ早い")
    # Nobody is asked any more: the mail that had not left stays here.
    (told,) = letters(in_kanagawa)
    assert (told.message, told.to) == ("backoffice.export_declined", first.user.email)
    assert "まだ早い" in told.text
    export.refresh_from_db()
    assert export.state == ExportState.CALLED_OFF and export.ended_at
    make_waiting_exports()
    withdrawn = ask_export(reason="引越し", actor=first)
    withdraw_request(request=ApprovalRequest.objects.get(state=ApprovalState.ASKED), actor=first)
    withdrawn.refresh_from_db()
    assert withdrawn.state == ExportState.CALLED_OFF
    assert len(letters(in_kanagawa)) == 1
    assert [event.action for event in history_of(withdrawn)] == [Action.APPROVAL_WITHDRAWN, Action.EXPORT_ASKED]
    assert not AuditEvent.objects.filter(action=Action.EXPORT_MADE).exists()


@pytest.mark.parametrize("state", ExportState)
def test_only_what_waits_can_be_agreed_to(two_approvers: tuple[Actor, Actor], state: ExportState) -> None:
    first, second = two_approvers
    export = ask_export(reason="引越し", actor=first)
    ProgrammeExport.objects.update(state=state)
    if state == ExportState.WAITING:
        agree_to_export(subject_id=str(export.pk), data={}, actor=second)
        state = ExportState.ASKED
    with pytest.raises(ValidationError):
        agree_to_export(subject_id=str(export.pk), data={}, actor=second)
    with pytest.raises(ValidationError):
        call_off_export(subject_id=str(export.pk), actor=second)
    assert ProgrammeExport.objects.get().state == state


def test_officers_have_none(in_kanagawa: Programme) -> None:
    with pytest.raises(PermissionDenied):
        ask_export(reason="見たい", actor=make_actor(StaffRole.OFFICER, in_kanagawa))


def test_on_the_pages(as_staff: Enter, kanagawa: Programme) -> None:
    approver, other = as_staff(StaffRole.APPROVER), as_staff(StaffRole.APPROVER)
    made = approver.post("/admin/backoffice/programmeexport/add/", {"reason": "事業の終了"})
    make_exports(kanagawa.pk)
    assert "ZIPを受け取る" in approver.get(made.url).text
    assert "ZIPを受け取る" not in other.get(made.url).text
    address = made.url.replace("/change/", "/fetch/")
    assert other.post(address).status_code == 403
    taken = approver.post(address)
    content = b"".join(taken)  # type: ignore[arg-type]
    assert taken["Content-Length"] == str(len(content))
    tables, _files, _manifest = read_again(content)
    assert tables["audit.auditevent"]
    with programme_scope(kanagawa):
        ProgrammeExport.objects.update(state=ExportState.EXPIRED)
    assert approver.post(address).url == made.url
    assert "もう受け取れません" in approver.get(made.url).text


def test_two_approvers_on_the_pages(as_staff: Enter, kanagawa: Programme) -> None:
    kanagawa.second_approval = [APPROVAL]
    kanagawa.save()
    first, second = as_staff(StaffRole.APPROVER), as_staff(StaffRole.APPROVER)
    assert "二人目の承認が必要です" in first.get("/admin/backoffice/programmeexport/add/").text
    made = first.post("/admin/backoffice/programmeexport/add/", {"reason": "事業の終了"}, follow=True)
    assert "ほかの承認者に承認を依頼しました" in made.text
    page = made.redirect_chain[-1][0]
    assert "承認を待っています" in made.text and "もう受け取れません" not in made.text
    with programme_scope(kanagawa):
        request = ApprovalRequest.objects.get()
    assert f"/admin/web/approvalrequest/{request.pk}/change/" in made.text
    assert request.what in second.get("/admin/").text
    deed = {"action": "approve", "_selected_action": request.pk, "from_object": "1"}
    for approver in (first, second):
        confirm = approver.post("/admin/web/approvalrequest/", deed)
        seen = re.search(r'name="seen" value="([^"]*)"', confirm.text)
        approver.post("/admin/web/approvalrequest/", deed | {"seen": seen[1] if seen else ""})
        make_exports(kanagawa.pk)
        assert ("ZIPを受け取る" in first.get(page).text) is (approver is second)


def test_by_command(kanagawa: Programme, tokyo: Programme, tmp_path: Path) -> None:
    with programme_scope(kanagawa):
        make_partner()
    call_command("export_programme", "kanagawa", str(tmp_path / "all.zip"), verbosity=0)
    tables, _files, manifest = read_again((tmp_path / "all.zip").read_bytes())
    assert (len(tables["partners.partner"]), manifest["programme"]) == (1, "kanagawa")
    with programme_scope(kanagawa):
        assert AuditEvent.objects.get().action == Action.EXPORT_MADE
