"""Announcements for some partners alone, and their files: who finds them, and who may have the bytes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from portal.files.models import StoredFile
from portal.files.states import FileState
from portal.notices.models import Announcement
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from portal.web.registry import Receiver
from tests.factories import make_announcement, make_consultation, make_file, make_group, make_meeting

Enter = Callable[..., Client]
ADD = "/admin/notices/announcement/add/"
PARTNERS, SEGMENT = Announcement.Audience.PARTNERS, Announcement.Audience.SEGMENT
FORM = {
    "title": "ソーラー部会のご案内", "text": "資料をご覧ください。", "audience": "public",
    "shown_from": "2026-04-01T09:00", "shown_until": "",
}  # fmt: skip
PDF = b"%PDF-1.7\n1\nstartxref\n0\n%%EOF\n"


def for_the_first(**fields: object) -> Announcement:
    """For the first of the people whom a test names."""
    return make_announcement("一部の方へ", audience=SEGMENT, segment="tests.people", choice="first", **fields)


def download(client: Client, file: StoredFile) -> int:
    answer = client.get(f"/files/{file.key}/")
    if answer.streaming:
        assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    return answer.status_code


def test_only_who_is_in_the_segment_finds_it(
    as_member: Enter, visit: Client, kanagawa: Programme, people: list[Receiver]
) -> None:
    inside, outside = as_member(MemberRole.VIEWER), as_member(MemberRole.OWNER)
    people.append(Receiver(inside.user.email, "山田", "あおば"))  # type: ignore[attr-defined]
    people.append(Receiver(outside.user.email, "佐藤", "みなと"))  # type: ignore[attr-defined]
    with programme_scope(kanagawa):
        one = for_the_first()
    assert "一部の方へ" in inside.get("/mypage/news/").text
    assert "1件あります" in inside.get("/mypage/").text
    assert inside.get(f"/mypage/news/{one.pk}/").status_code == 200
    assert "一部の方へ" not in outside.get("/mypage/news/").text
    assert "まだ読んでいない" not in outside.get("/mypage/").text
    assert outside.get(f"/mypage/news/{one.pk}/").status_code == 404
    assert visit.get(f"/news/{one.pk}/").status_code == 404
    assert "一部の方へ" not in visit.get("/news/").text + visit.get("/news/feed.atom").text


def test_a_segment_that_is_gone_shows_nothing(as_member: Enter, kanagawa: Programme) -> None:
    member = as_member(MemberRole.OWNER)
    with programme_scope(kanagawa):
        make_announcement("むかしの相手へ", audience=SEGMENT, segment="gone.app")
    assert "むかしの相手へ" not in member.get("/mypage/news/").text


def test_its_segment_is_named_and_no_others_is(in_kanagawa: Programme, people: list[Receiver]) -> None:
    with pytest.raises(ValidationError, match="選んでください"):
        Announcement(title="x", text="x", audience=SEGMENT).full_clean()
    public = Announcement(title="x", text="x", segment="tests.people", choice="first")
    public.full_clean()
    assert (public.segment, public.choice) == ("", "")
    with pytest.raises(IntegrityError):
        make_announcement(segment="tests.people")


def test_its_files_are_for_its_readers_while_it_is_shown(
    as_member: Enter, as_staff: Enter, visit: Client, kanagawa: Programme, people: list[Receiver]
) -> None:
    inside, outside = as_member(MemberRole.VIEWER), as_member(MemberRole.OWNER)
    people.append(Receiver(inside.user.email, "山田", "あおば"))  # type: ignore[attr-defined]
    officer = as_staff(StaffRole.READ_ONLY)
    later = timezone.now() + timedelta(days=1)
    with programme_scope(kanagawa):
        announcements = [
            make_announcement(), make_announcement(audience=PARTNERS), for_the_first(), make_announcement(shown_from=later),
        ]  # fmt: skip
        files = [make_file(one, Announcement.ATTACHMENT) for one in announcements]
    assert [download(visit, file) for file in files] == [200, 404, 404, 404]
    assert [download(outside, file) for file in files] == [200, 200, 404, 404]
    assert [download(inside, file) for file in files] == [200, 200, 200, 404]
    assert [download(officer, file) for file in files] == [200] * 4


def test_another_programmes_file_is_not_there(visit: Client, tokyo: Programme) -> None:
    with programme_scope(tokyo):
        file = make_file(make_announcement(), Announcement.ATTACHMENT)
    assert download(visit, file) == 404


def test_staff_attach_a_file_and_take_it_away(as_staff: Enter, visit: Client, kanagawa: Programme) -> None:
    officer = as_staff(StaffRole.OFFICER)
    assert officer.post(ADD, FORM | {"attachments": SimpleUploadedFile("案内.pdf", PDF)}).status_code == 302
    with programme_scope(kanagawa):
        announcement, file = Announcement.objects.get(), StoredFile.objects.get()
    page = visit.get(f"/news/{announcement.pk}/").text
    assert "案内.pdf" in page and str(file.key) in page
    change = f"/admin/notices/announcement/{announcement.pk}/change/"
    assert "案内.pdf" in officer.get(change).text
    kept = FORM | {"attachments-kept": str(file.key)}
    assert officer.post(change, kept).status_code == 302
    assert "案内.pdf" in visit.get(f"/news/{announcement.pk}/").text
    assert officer.post(change, kept | {"attachments-cancelled": str(file.key)}).status_code == 302
    assert "案内.pdf" not in visit.get(f"/news/{announcement.pk}/").text
    assert "案内" in as_staff(StaffRole.READ_ONLY).get(change).text


def test_a_refused_form_keeps_its_file(as_staff: Enter) -> None:
    upload = SimpleUploadedFile("案内.pdf", PDF)
    page = (
        as_staff(StaffRole.OFFICER).post(ADD, FORM | {"attachments": upload, "title": "", "audience": "segment"}).text
    )
    assert "選択済み：案内.pdf" in page
    assert "送る相手を選んでください。" in page


def test_a_program_is_no_attachment(as_staff: Enter, kanagawa: Programme) -> None:
    upload = SimpleUploadedFile("案内.pdf", b"MZ\x90\0" + b"\0" * 200)
    assert as_staff(StaffRole.OFFICER).post(ADD, FORM | {"attachments": upload}).status_code == 200
    with programme_scope(kanagawa):
        assert not Announcement.objects.exists() and not StoredFile.objects.exists()


def test_a_file_that_waits_for_the_scanner_is_named_and_not_given(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        announcement = make_announcement()
        file = make_file(announcement, Announcement.ATTACHMENT, name="案内.pdf")
        StoredFile.objects.update(state=FileState.UPLOADED)
    page = visit.get(f"/news/{announcement.pk}/").text
    assert "案内.pdf" in page and "安全を確かめています" in page and str(file.key) not in page
    assert download(visit, file) == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_takes_the_same_queries(
    as_member: Enter,
    kanagawa: Programme,
    people: list[Receiver],
    count: int,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    member = as_member(MemberRole.OWNER)
    people.append(Receiver(member.user.email, "山田", "あおば"))  # type: ignore[attr-defined]
    with programme_scope(kanagawa):
        for _number in range(count):
            for_the_first()
    member.get("/mypage/news/")
    with django_assert_max_num_queries(9):
        assert member.get("/mypage/news/").text.count("一部の方へ") == count


@pytest.mark.parametrize("count", [1, 20])
def test_a_board_for_many_groups_takes_the_same_queries(
    as_member: Enter, kanagawa: Programme, count: int, django_assert_num_queries: Callable[..., object]
) -> None:
    """Of every kind that there is, in turn; the person is in the first of each."""
    member = as_member(MemberRole.VIEWER, municipality="142123")
    with programme_scope(kanagawa):
        for number in range(count):
            group, meeting, consultation = make_group(f"{number}番目の会"), make_meeting(), make_consultation()
            kinds = [
                ("partners", ""), ("meetings.group", group.pk), ("partners.not_migrated", ""), ("renewals.missing", "due"),
                ("meetings.participants", meeting.pk), ("partners.region", "県央地域"), ("meetings.waiting", meeting.pk),
                ("meetings.reservations", consultation.pk), ("partners.goal", "7"),
            ]  # fmt: skip
            segment, choice = kinds[number % len(kinds)]
            make_announcement(f"お知らせ{number}", audience=SEGMENT, segment=segment, choice=choice)
    for path in ("/mypage/news/", "/mypage/"):
        member.get(path)
    with django_assert_num_queries(9):
        shown = member.get("/mypage/news/").text
    assert "お知らせ0" in shown
    assert ("お知らせ1" in shown, "お知らせ4" in shown) == (count > 1, False)
