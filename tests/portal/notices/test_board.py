"""The board: shown from its time to its end, to everybody or to partners, unread until opened, and as a feed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from partners.services.people import restore_access
from portal.notices.models import Announcement, AnnouncementReading, Mailing
from portal.notices.queries import mails_on_board, public_board, with_words
from portal.notices.services import start_mailing
from portal.outbox.models import OutgoingMail
from portal.outbox.services import queue_mail
from portal.outbox.states import State
from portal.tenancy.models import Feature, Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, MemberRole, StaffRole
from portal.web.registry import Receiver
from tests.factories import (
    make_actor,
    make_announcement,
    make_genre,
    make_mailing,
    make_member,
    make_subscription,
)

PARTNERS = Announcement.Audience.PARTNERS
Enter = Callable[..., Client]
ATOM = "{http://www.w3.org/2005/Atom}"


def titles(programme: Programme, at: timedelta = timedelta()) -> list[str]:
    with programme_scope(programme):
        return [one.title for one in public_board(timezone.now() + at)]


def test_from_its_time_to_its_end_to_the_second(kanagawa: Programme) -> None:
    begins = timezone.now() + timedelta(days=1)
    with programme_scope(kanagawa):
        make_announcement("期間", shown_from=begins, shown_until=begins + timedelta(days=2))
        second = timedelta(seconds=1)
        ends = begins + timedelta(days=2)
        for moment, shown in [(begins - second, 0), (begins, 1), (ends - second, 1), (ends, 0)]:
            assert public_board(moment).count() == shown


def test_the_pinned_stand_first_then_the_newest(kanagawa: Programme) -> None:
    now = timezone.now()
    with programme_scope(kanagawa):
        for title, days, pinned in [("古い", 3, False), ("重要", 9, True), ("新しい", 1, False)]:
            make_announcement(title, shown_from=now - timedelta(days=days), is_pinned=pinned)
    assert titles(kanagawa) == ["重要", "新しい", "古い"]


def test_an_end_before_the_beginning_is_refused(in_kanagawa: Programme) -> None:
    now = timezone.now()
    wrong = Announcement(title="x", text="x", shown_from=now, shown_until=now)
    with pytest.raises(ValidationError, match="開始よりあと"):
        wrong.full_clean()


def test_the_public_reads_what_is_public(visit: Client, kanagawa: Programme, tokyo: Programme) -> None:
    with programme_scope(kanagawa):
        shown = make_announcement("公開のお知らせ", text="## 見出し\n<b>本文</b>")
        hidden = make_announcement("内輪のお知らせ", audience=PARTNERS)
        later = make_announcement("あした", shown_from=timezone.now() + timedelta(days=1))
    with programme_scope(tokyo):
        theirs = make_announcement("東京のお知らせ")
    page = visit.get("/news/")
    assert "公開のお知らせ" in page.text
    for title in ("内輪のお知らせ", "あした", "東京のお知らせ"):
        assert title not in page.text
    assert not page.cookies
    text = visit.get(f"/news/{shown.pk}/").text
    assert "<h2>見出し</h2>" in text
    assert "&lt;b&gt;本文" in text
    assert [visit.get(f"/news/{one.pk}/").status_code for one in (hidden, later, theirs)] == [404] * 3
    assert 'href="/news/"' in visit.get("/").text


def test_partners_read_everything_and_what_is_unread_says_so_until_opened(
    as_member: Enter, kanagawa: Programme
) -> None:
    with programme_scope(kanagawa):
        inner, outer = make_announcement("内輪", audience=PARTNERS), make_announcement("公開")
    member, other = as_member(MemberRole.VIEWER), as_member(MemberRole.VIEWER)
    board = member.get("/mypage/news/").text
    assert "内輪" in board and "公開" in board
    assert board.count("未読") == 2
    assert "2件あります" in member.get("/mypage/").text
    assert member.get(f"/mypage/news/{inner.pk}/").status_code == 200
    member.get(f"/mypage/news/{inner.pk}/")
    assert member.get("/mypage/news/").text.count("未読") == 1
    member.get(f"/mypage/news/{outer.pk}/")
    assert "未読" not in member.get("/mypage/").text
    assert other.get("/mypage/news/").text.count("未読") == 2
    with programme_scope(kanagawa):
        assert AnnouncementReading.objects.count() == 2


def test_a_mailing_stands_on_the_board_of_its_receivers(as_member: Enter, kanagawa: Programme) -> None:
    member, other = as_member(MemberRole.OWNER), as_member(MemberRole.OWNER)
    with programme_scope(kanagawa):
        mailing = make_mailing()
        mail = queue_mail(
            message="notices.mailing", to=member.user.email, dedupe_key="x", about=mailing,  # type: ignore[attr-defined]
            data={"mailing": mailing.pk, "name": "a", "organisation": "b"},
        )  # fmt: skip
        OutgoingMail.objects.update(state=State.SENT, subject="【かながわ】交流会", text="ご参加ください。")
    assert "【かながわ】交流会" in member.get("/mypage/news/").text
    assert "ご参加ください。" in member.get(f"/mypage/news/mail/{mail.pk}/").text
    assert "【かながわ】交流会" not in other.get("/mypage/news/").text
    assert other.get(f"/mypage/news/mail/{mail.pk}/").status_code == 404


def sent(mailing: Mailing) -> None:
    mails = OutgoingMail.objects.about(mailing)
    mails.update(state=State.SENT, subject=f"【かながわ】{mailing.subject}", text="ご参加ください。")


def test_a_mailing_stays_with_its_person_when_the_address_changes(
    as_member: Enter, kanagawa: Programme, people: list[Receiver]
) -> None:
    """Whoever gets the old address later finds nothing of it."""
    member, later = as_member(MemberRole.OWNER), as_member(MemberRole.OWNER)
    address = member.user.email  # type: ignore[attr-defined]
    people.append(Receiver(address.title(), "山田", "あおば"))
    with programme_scope(kanagawa):
        mailing = make_mailing()
        start_mailing(mailing=mailing, actor=make_actor(StaffRole.OFFICER, kanagawa))
        sent(mailing)
        mail = OutgoingMail.objects.about(mailing).get()
    for user, now in [(member.user, "new@aoba.example.jp"), (later.user, address)]:  # type: ignore[attr-defined]
        user.email = now
        user.save()
    assert "【かながわ】交流会のお知らせ" in member.get("/mypage/news/").text
    assert member.get(f"/mypage/news/mail/{mail.pk}/").status_code == 200
    assert "【かながわ】交流会のお知らせ" not in later.get("/mypage/news/").text
    assert later.get(f"/mypage/news/mail/{mail.pk}/").status_code == 404


def test_a_mailing_goes_along_when_staff_give_the_person_another_address(
    in_kanagawa: Programme, people: list[Receiver]
) -> None:
    officer = make_actor(StaffRole.APPROVER, in_kanagawa)
    member, colleague = make_member(), make_member()
    people += [Receiver(one.user.email, one.name, "あおば") for one in (member, colleague)]
    mailing = make_mailing()
    start_mailing(mailing=mailing, actor=officer)
    sent(mailing)
    restore_access(member=member, address="new@aoba.example.jp", reason="電話で確認", actor=officer)
    member.refresh_from_db()
    for one in (member, colleague):
        assert [mail.about_id for mail in mails_on_board(Actor(user=one.user))] == [str(mailing.pk)]


def test_a_newsletter_that_could_not_be_sent_is_read_after_a_change_of_address(
    in_kanagawa: Programme, people: list[Receiver]
) -> None:
    """It was not kept in words, and is written for the person as a subscriber once more."""
    member, genre = make_member(), make_genre()
    make_subscription(member.user, genre)
    people.append(Receiver(member.user.email, member.name, "あおば"))
    mailing = make_mailing(genre=genre)
    start_mailing(mailing=mailing, actor=make_actor(StaffRole.OFFICER, in_kanagawa))
    OutgoingMail.objects.update(state=State.FAILED)
    member.user.email = "new@aoba.example.jp"
    member.user.save()
    [mail] = with_words(mails_on_board(Actor(user=member.user)))
    assert "ご参加ください。" in mail.text


def test_the_feed_is_atom_and_public(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        one = make_announcement("R&D <部会>", text="本文\n- 一\n- 二")
        make_announcement("内輪", audience=PARTNERS)
    answer = visit.get("/news/feed.atom")
    assert answer["Content-Type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(answer.content)
    [entry] = root.findall(f"{ATOM}entry")
    # What a reader of feeds asks of one (RFC 4287): who wrote it, since when, and addresses that lead there from anywhere.
    assert root.findtext(f"{ATOM}author/{ATOM}name") == kanagawa.operator
    assert datetime.fromisoformat(str(root.findtext(f"{ATOM}updated"))) == one.changed_at
    assert all(link.get("href", "").startswith("http") for link in root.iter(f"{ATOM}link"))
    assert entry.findtext(f"{ATOM}title") == "R&D <部会>"
    assert "<li>一</li>" in str(entry.findtext(f"{ATOM}summary"))
    assert entry.find(f"{ATOM}link").get("href").endswith(f"/news/{one.pk}/")  # type: ignore[union-attr]
    assert not answer.cookies


def test_without_the_feature_there_is_no_board(visit: Client, as_member: Enter, kanagawa: Programme) -> None:
    member = as_member(MemberRole.OWNER)
    kanagawa.features = [feature for feature in kanagawa.features if feature != Feature.NEWS]
    kanagawa.save()
    assert [visit.get(path).status_code for path in ("/news/", "/news/feed.atom")] == [404, 404]
    assert member.get("/mypage/news/").status_code == 404
    assert "/mypage/news/" not in member.get("/mypage/").text


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_take_the_same_queries(
    visit: Client,
    as_member: Enter,
    kanagawa: Programme,
    count: int,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    with programme_scope(kanagawa):
        for number in range(count):
            make_announcement(f"お知らせ{number}")
    member = as_member(MemberRole.OWNER)
    visit.get("/news/"), member.get("/mypage/news/")
    with django_assert_max_num_queries(2):
        visit.get("/news/")
    with django_assert_max_num_queries(8):
        member.get("/mypage/news/")


def test_staff_write_one_and_it_stands_there(as_staff: Enter, visit: Client) -> None:
    officer = as_staff(StaffRole.OFFICER)
    form = {
        "title": "会場が変わりました", "text": "第二会議室です。", "audience": "public",
        "shown_from": "2026-04-01T09:00", "shown_until": "",
    }  # fmt: skip
    answer = officer.post("/admin/notices/announcement/add/", form)
    assert answer.status_code == 302
    assert "会場が変わりました" in visit.get("/news/").text
    page = officer.get("/admin/notices/announcement/").text
    assert "会場が変わりました" in page
    refused = officer.post("/admin/notices/announcement/add/", form | {"shown_until": "2026-03-01T00:00"})
    assert "開始よりあと" in refused.text


def test_search_engines_find_what_is_public_now(visit: Client, kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        shown, hidden = make_announcement("公開"), make_announcement("内輪", audience=PARTNERS)
    found = visit.get("/sitemap.xml").text
    assert f"/news/{shown.pk}/" in found
    assert f"/news/{hidden.pk}/" not in found
