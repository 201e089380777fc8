"""The staff's screens of joint meetings, and the one list of everybody at the host."""

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from meetings.models import JointGuest, JointHost, JointPerson, Meeting
from meetings.tasks import keep_time
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from tests.factories import make_meeting

AsStaff = Callable[..., Client]


def address_of(joint: JointGuest) -> str:
    return f"/admin/meetings/jointguest/{joint.pk}/change/"


def writes_to(table: str, press: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        press()
    return [query["sql"] for query in asked if query["sql"].startswith(f'UPDATE "{table}"')]


def test_asked_accepted_signed_up_and_listed(
    as_staff: AsStaff, as_member: Callable[..., Client], kanagawa: Programme, tokyo: Programme
) -> None:
    with programme_scope(kanagawa):
        meeting = make_meeting("合同の交流会")
    officer = as_staff(StaffRole.OFFICER)
    typed = {
        "meeting": meeting.pk, "guest": tokyo.pk, "onsite_places": "0", "online_places": "5", "note": "ごいっしょに。",
    }  # fmt: skip
    assert officer.post("/admin/meetings/jointguest/add/", typed).status_code == 302
    assert "この事業は、もう招いています。" in officer.post("/admin/meetings/jointguest/add/", typed).text
    with programme_scope(kanagawa):
        joint = JointGuest.objects.get()
    page = officer.get(address_of(joint)).text
    assert tokyo.name in page
    # Its settings are behind its own wall.
    assert f"/admin/tenancy/programme/{tokyo.pk}/" not in page
    # Sent without a change, the form writes nothing over what the exchange keeps in the same row.
    sent = {"onsite_places": "0", "online_places": "5", "note": "ごいっしょに。"}
    with programme_scope(kanagawa):
        JointGuest.objects.update(waiting=3)
    before = writes_to("meetings_jointguest", lambda: officer.post(address_of(joint), sent))
    after = writes_to("meetings_jointguest", lambda: officer.post(address_of(joint), sent | {"online_places": "6"}))
    assert before == []
    assert ["waiting" in sql for sql in after] == [False]
    officer.post(address_of(joint), sent)
    keep_time()

    colleague = as_staff(StaffRole.OFFICER, tokyo)
    assert "合同開催の誘い" in colleague.get("/admin/").text
    with programme_scope(tokyo):
        bond = JointHost.objects.get()
    page = colleague.get(f"/admin/meetings/jointhost/{bond.pk}/change/").text
    assert "ごいっしょに。" in page
    assert "オンライン5席" in page
    chosen = {"action": "accept", "_selected_action": bond.pk, "from_object": "1"}
    plan = colleague.post("/admin/meetings/jointhost/", chosen).text
    seen = plan.partition('name="seen" value="')[2].partition('"')[0]
    colleague.post("/admin/meetings/jointhost/", chosen | {"seen": seen})
    with programme_scope(tokyo):
        mirror = Meeting.objects.get()
        Meeting.objects.update(state="published")

    member, address = as_member(MemberRole.EDITOR, tokyo, name="東京の会社"), f"/meetings/{mirror.pk}/sign-up/"
    assert "主催者に知らせることに同意します" in member.get(address).text
    person = {"name-0": "山田 花子", "email-0": "hanako@example.jp", "title-0": "", "mode-0": "online", "note": ""}
    assert member.post(address, person | {"shares_names": "on", "_send": "1"}).status_code == 302
    own = f"/mypage/bookings/{mirror.pk}/"
    assert "お名前を知らせる同意を取り消す" in member.get(own).text
    keep_time()
    with programme_scope(kanagawa):
        coming = JointPerson.objects.get()
    address = f"/admin/meetings/meeting/{meeting.pk}/people/"
    page = officer.get(address).text
    assert "東京の会社" in page
    assert "山田 花子" in page
    officer.post(address, {"guest": coming.pk, "_keep": "1"})
    with programme_scope(kanagawa):
        coming.refresh_from_db()
        assert coming.attended_at
    assert member.post(f"{own}keep-names/").status_code == 302
    assert "お名前を知らせる同意を取り消す" not in member.get(own).text
    keep_time()
    with programme_scope(kanagawa):
        assert JointPerson.objects.get().name == ""
