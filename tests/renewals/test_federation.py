"""A report sent to another programme as well: copied as a draft for the same person, and nothing else crosses the wall."""

from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from partners.models import Member
from portal.audit.models import Action, AuditEvent
from portal.backoffice.failures import try_again
from portal.backoffice.models import FailedTask
from portal.files.models import StoredFile
from portal.files.services import keep_upload, set_files
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from renewals.models import Arrival, Forwarding, Report
from renewals.models.reports import PHOTOS
from renewals.services.federating import CARRY, PHOTO_LIMITS, send_also
from renewals.stages import ReportState
from renewals.tasks import carry_reports
from tests.factories import make_acting, make_actor, make_member, make_partner, make_report, make_rules
from tests.mailbox import letters
from tests.partners.views.pages import hidden_fields
from tests.renewals.views.test_reports import SINCE, YEAR
from tests.sessions import signed_in

TEXT = "屋根で発電しました。"


@pytest.fixture
def sender(kanagawa: Programme, tokyo: Programme) -> Member:
    """Of a partner of Kanagawa, with a report with a photo."""
    with programme_scope(kanagawa):
        make_rules(first_year_cutoff=None)
        member = make_member(MemberRole.OWNER, make_partner(approved_on=SINCE))
        report = make_report(
            member.partner, YEAR, business=TEXT, goals=[7], figures=[["発電量", "120kWh"]], photos_alt="屋根の上"
        )
        file = keep_upload(upload=picture(), limits=PHOTO_LIMITS, sender="test", place="test")
        StoredFile.objects.update(state="ready")
        set_files(owner=report, slot=PHOTOS, files=[file], actor=None, is_shown=True)
    return member


def picture() -> SimpleUploadedFile:
    content = BytesIO()
    Image.new("RGB", (40, 30), "green").save(content, "PNG")
    return SimpleUploadedFile("roof.png", content.getvalue(), "image/png")


def place_in(programme: Programme, sender: Member, role: MemberRole = MemberRole.OWNER, **fields: Any) -> Member:
    with programme_scope(programme):
        make_rules(first_year_cutoff=None)
        return make_member(role, make_partner(approved_on=SINCE, **fields), user=sender.user)


def sent(kanagawa: Programme, tokyo: Programme, sender: Member) -> Forwarding:
    """Pressed, and carried by the task."""
    with programme_scope(kanagawa):
        forwarding = send_also(report_id=Report.objects.get().pk, programme_id=tokyo.pk, actor=make_acting(sender))
    carry_reports(kanagawa.pk)
    return forwarding


def arrivals(programme: Programme) -> list[Arrival]:
    with programme_scope(programme):
        return list(Arrival.objects.all())


def test_it_arrives_as_a_draft_of_the_same_person(kanagawa: Programme, tokyo: Programme, sender: Member) -> None:
    place_in(tokyo, sender)
    sent(kanagawa, tokyo, sender)
    [arrival] = arrivals(tokyo)
    assert (arrival.user, arrival.fiscal_year, arrival.content["business"]) == (sender.user, YEAR, TEXT)
    assert kanagawa.name in arrival.source
    with programme_scope(tokyo):
        assert not Report.objects.exists()
        assert StoredFile.objects.get(key__in=arrival.photos).is_pending
        assert AuditEvent.objects.filter(action=Action.REPORT_ARRIVED).count() == 1
    assert kanagawa.name in letters(tokyo, sender.user.email, "renewals.arrived")[0].text
    assert arrivals(kanagawa) == [] and letters(kanagawa, message="renewals.arrived") == []


def test_repeated_it_arrives_once(kanagawa: Programme, tokyo: Programme, sender: Member) -> None:
    place_in(tokyo, sender)
    first, again = (sent(kanagawa, tokyo, sender) for _ in range(2))
    assert first == again
    with programme_scope(kanagawa):
        # As after a worker that died between the two programmes.
        Forwarding.objects.update(carried_at=None)
    carry_reports(kanagawa.pk)
    assert len(arrivals(tokyo)) == 1
    assert len(letters(tokyo, sender.user.email, "renewals.arrived")) == 1


def test_one_that_is_stuck_keeps_no_other_back_and_stays_on_staff_s_list_until_it_is_carried(
    kanagawa: Programme, tokyo: Programme, sender: Member
) -> None:
    place_in(tokyo, sender)
    with programme_scope(kanagawa):
        photo, stuck = StoredFile.objects.get(), Report.objects.get()
        with photo.open() as source:
            content = source.read()
        default_storage.delete(photo.path)
        other = make_report(sender.partner, YEAR - 1)
        for report in (stuck, other):
            send_also(report_id=report.pk, programme_id=tokyo.pk, actor=make_acting(sender))
    for _twice in range(2):
        carry_reports.apply(args=[kanagawa.pk])
    assert [arrival.fiscal_year for arrival in arrivals(tokyo)] == [YEAR - 1]
    with programme_scope(kanagawa):
        failed = FailedTask.objects.get()
        assert (failed.times, failed.ended_at) == (2, None)
        try_again(failed=failed, actor=make_actor(StaffRole.OFFICER, kanagawa))
        nudges = {nudge for _sids, nudge, *_ in connection.run_on_commit if getattr(nudge, "task", "") == CARRY}
        default_storage.save(photo.path, ContentFile(content))
    # Pressed by the partner or by staff, it is the same.
    [nudge] = nudges
    carry_reports.apply(args=nudge.args)
    assert len(arrivals(tokyo)) == 2
    with programme_scope(kanagawa):
        assert FailedTask.objects.get().ended_at


@pytest.mark.parametrize("place", ["none", "editor", "suspended", "feature"])
def test_who_is_no_owner_there_finds_nothing_and_nobody_is_told(
    kanagawa: Programme, tokyo: Programme, sender: Member, place: str
) -> None:
    if place == "editor":
        place_in(tokyo, sender, MemberRole.EDITOR)
    elif place == "suspended":
        place_in(tokyo, sender, state="suspended")
    elif place == "feature":
        place_in(tokyo, sender)
    with programme_scope(kanagawa):
        send_also(report_id=Report.objects.get().pk, programme_id=tokyo.pk, actor=make_acting(sender))
    if place == "feature":
        tokyo.features = []
        tokyo.save()
    carry_reports(kanagawa.pk)
    assert arrivals(tokyo) == []
    with programme_scope(kanagawa):
        assert Forwarding.objects.get().carried_at


def test_who_has_left_sends_nothing(kanagawa: Programme, tokyo: Programme, sender: Member) -> None:
    place_in(tokyo, sender)
    with programme_scope(kanagawa):
        send_also(report_id=Report.objects.get().pk, programme_id=tokyo.pk, actor=make_acting(sender))
        Member.objects.update(role=MemberRole.EDITOR)
    carry_reports(kanagawa.pk)
    assert arrivals(tokyo) == []


def test_a_report_returned_before_it_was_carried_is_sent_after_its_correction(
    kanagawa: Programme, tokyo: Programme, sender: Member
) -> None:
    place_in(tokyo, sender)
    with programme_scope(kanagawa):
        send_also(report_id=Report.objects.get().pk, programme_id=tokyo.pk, actor=make_acting(sender))
        handed_in = Report.objects.get().state
        Report.objects.update(state=ReportState.RETURNED)
    carry_reports(kanagawa.pk)
    assert arrivals(tokyo) == []
    with programme_scope(kanagawa):
        Report.objects.update(state=handed_in)
    sent(kanagawa, tokyo, sender)
    assert len(arrivals(tokyo)) == 1


def test_who_becomes_an_owner_there_only_later_presses_again(
    kanagawa: Programme, tokyo: Programme, sender: Member
) -> None:
    sent(kanagawa, tokyo, sender)
    there = place_in(tokyo, sender)
    carry_reports(kanagawa.pk)
    assert arrivals(tokyo) == []
    with programme_scope(kanagawa):
        report = Report.objects.get()
    browser, address = signed_in(sender.user, kanagawa, sender), f"/renewals/reports/{report.pk}/also/"
    assert f'value="{tokyo.pk}"' in browser.get(address).text
    for _twice in range(2):
        assert browser.post(address, {"programme": tokyo.pk}).status_code == 302
    carry_reports(kanagawa.pk)
    [arrival] = arrivals(tokyo)
    assert arrival.user == there.user
    with programme_scope(kanagawa):
        assert Forwarding.objects.count() == 1
        assert AuditEvent.objects.filter(action=Action.REPORT_FORWARDED).count() == 2


def test_who_may_send_what_where(kanagawa: Programme, tokyo: Programme, sender: Member) -> None:
    with programme_scope(kanagawa):
        report, owner = Report.objects.get(), make_acting(sender)
        editor = make_acting(make_member(MemberRole.EDITOR, sender.partner))
        for other in (editor, make_acting(make_member())):
            with pytest.raises(PermissionDenied):
                send_also(report_id=report.pk, programme_id=tokyo.pk, actor=other)
        for programme_id in (kanagawa.pk, 0):
            with pytest.raises(ValidationError):
                send_also(report_id=report.pk, programme_id=programme_id, actor=owner)
        report.state = ReportState.RETURNED
        report.save()
        with pytest.raises(ValidationError):
            send_also(report_id=report.pk, programme_id=tokyo.pk, actor=owner)
        assert not Forwarding.objects.exists()


def test_from_the_button_to_the_report_there(kanagawa: Programme, tokyo: Programme, sender: Member) -> None:
    there = place_in(tokyo, sender)
    with programme_scope(kanagawa):
        report = Report.objects.get()
    browser = signed_in(sender.user, kanagawa, sender)
    assert "ほかの事業にも送る" in browser.get(f"/renewals/reports/{report.pk}/").text
    answer = browser.post(f"/renewals/reports/{report.pk}/also/", {"programme": tokyo.pk})
    assert answer.status_code == 302
    with programme_scope(kanagawa):
        assert not Forwarding.objects.get().carried_at
    carry_reports(kanagawa.pk)
    [arrival] = arrivals(tokyo)
    browser = signed_in(sender.user, tokyo, there)
    address = f"/renewals/{YEAR}/?from={arrival.pk}"
    assert address in browser.get("/renewals/").text
    page = browser.get(address).text
    assert TEXT in page and "発電量：120kWh" in page and "roof" in page and arrival.source in page
    preview = browser.post(
        address, hidden_fields(page) | {"business": "東京でも発電しました。", "photos_alt": "屋根"}
    ).text
    assert browser.post(address, hidden_fields(preview) | {"_send": "1"}).status_code == 302
    with programme_scope(tokyo):
        report = Report.objects.get()
        assert report.business == "東京でも発電しました。" and Arrival.objects.get().report == report
        assert StoredFile.objects.of(report, PHOTOS).count() == 1
    assert arrival.source in browser.get(f"/renewals/reports/{report.pk}/").text
    assert address not in browser.get("/renewals/").text


def test_only_the_person_sees_it(kanagawa: Programme, tokyo: Programme, sender: Member) -> None:
    there = place_in(tokyo, sender)
    sent(kanagawa, tokyo, sender)
    [arrival] = arrivals(tokyo)
    with programme_scope(tokyo):
        colleague = make_member(MemberRole.OWNER, there.partner)
    other: Client = signed_in(colleague.user, tokyo, colleague)
    assert arrival.source not in other.get("/renewals/").text
    assert TEXT not in other.get(f"/renewals/{YEAR}/?from={arrival.pk}").text
    assert other.get(f"/renewals/{YEAR}/?from=x").status_code == 200
