"""Captions: put beside a video by staff, had by whoever may see the video."""

from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from meetings.models import Video
from portal.files.models import StoredFile
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole

WORDS = "WEBVTT\n\n00:00.000 --> 00:02.000\nみなさま、こんにちは。\n".encode()


def test_captions_of_a_video(
    as_staff: Callable[..., Client], as_member: Callable[..., Client], visit: Client, kanagawa: Programme
) -> None:
    officer, member = as_staff(StaffRole.OFFICER), as_member(MemberRole.VIEWER)
    with programme_scope(kanagawa):
        video = Video.objects.create(
            title="会員の録画", url="https://video.example.jp/1", recorded_on=timezone.localdate()
        )  # fmt: skip
    address = f"/admin/meetings/video/{video.pk}/captions/"
    assert address in officer.get(f"/admin/meetings/video/{video.pk}/change/").text
    wrong = officer.post(address, {"captions": SimpleUploadedFile("字幕.vtt", "こんにちは".encode())})
    assert "1行目が WEBVTT で始まる形式" in wrong.text
    assert officer.post(address, {"captions": SimpleUploadedFile("字幕.vtt", WORDS)}).status_code == 302
    with programme_scope(kanagawa):
        video.refresh_from_db()
        link = StoredFile.objects.of(video, "captions").get().get_absolute_url()
    assert video.has_captions
    assert link in member.get(f"/mypage/videos/{video.pk}/").text
    got = member.get(link)
    assert (got["Content-Type"], b"".join(got.streaming_content)) == ("text/vtt", WORDS)
    assert visit.get(link).status_code == 404
    with programme_scope(kanagawa):
        Video.objects.update(audience=Video.Audience.PUBLIC)
    assert link in visit.get(f"/meetings/videos/{video.pk}/").text
    assert b"".join(visit.get(link).streaming_content) == WORDS
    with programme_scope(kanagawa):
        Video.objects.update(is_shown=False)
    assert visit.get(link).status_code == 404
    assert member.get(link).status_code == 404
