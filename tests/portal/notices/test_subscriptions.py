"""What people ask for and stop by themselves: on My Page, from a mail without signing in, and only newsletters."""

import csv
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from partners.services.records import show_partners
from portal.audit.models import Action, AuditEvent
from portal.notices.models import Genre, Mailing, Subscription
from portal.notices.queries import progress_of
from portal.notices.services import choose_genres, end_for_somebody, end_subscription, start_mailing
from portal.outbox.delivery import Rest, deliver_due
from portal.outbox.models import OutgoingMail
from portal.outbox.states import State
from portal.tenancy.models import Feature, Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, MemberRole, StaffRole
from portal.web.links import absolute_url
from portal.web.registry import Receiver
from tests.factories import (
    make_actor,
    make_genre,
    make_mailing,
    make_member,
    make_partner,
    make_subscription,
    make_user,
)
from tests.mail_server import MailServer

Enter = Callable[..., Client]
PREFERENCES = "/mypage/news/preferences/"
PRINTED = Genre.Kind.PRINTED


def running(programme: Programme) -> list[str]:
    with programme_scope(programme):
        return [one.genre.name for one in Subscription.objects.running().order_by("genre")]


def deliver_all() -> None:
    while deliver_due() is Rest.MORE:
        pass


def send_newsletter(people: list[Receiver], programme: Programme, genre: Genre) -> Mailing:
    """To two people, of whom one has subscribed."""
    people += [Receiver(f"person{number}@example.jp", f"山田 {number}", "株式会社あおば") for number in range(2)]
    make_subscription(make_user("person1@example.jp"), genre)
    mailing = make_mailing(genre=genre, text="{氏名} 様、今月号です。")
    start_mailing(mailing=mailing, actor=make_actor(StaffRole.OFFICER, programme))
    return mailing


class TestMyPage:
    def test_nothing_is_chosen_beforehand_and_each_choice_is_dated(
        self, as_member: Enter, kanagawa: Programme, tokyo: Programme
    ) -> None:
        with programme_scope(kanagawa):
            monthly, printed = make_genre("月刊", explanation="毎月15日"), make_genre("冊子", kind=PRINTED)
        with programme_scope(tokyo):
            make_genre("東京まがじん")
        member = as_member(MemberRole.VIEWER)
        page = member.get(PREFERENCES).text
        assert "月刊：毎月15日" in page and "郵送の冊子" in page and "東京まがじん" not in page
        assert " checked" not in page
        choice = {"newsletter": [str(monthly.pk)], "printed": [str(printed.pk)]}
        assert member.post(PREFERENCES, choice).status_code == 302
        assert running(kanagawa) == ["月刊", "冊子"]
        with programme_scope(kanagawa):
            first = Subscription.objects.get(genre=monthly)
            assert (first.wording, first.user) == (Subscription.WORDING, member.user)  # type: ignore[attr-defined]
        assert member.get(PREFERENCES).text.count(" checked") == 2
        member.post(PREFERENCES, {"newsletter": [str(monthly.pk)]})
        assert running(kanagawa) == ["月刊"]
        with programme_scope(kanagawa):
            assert Subscription.objects.get(genre=monthly).began_at == first.began_at
            assert Subscription.objects.get(genre=printed).ended_through == Subscription.Ended.MY_PAGE
            events = AuditEvent.objects.filter(subject_type="notices.subscription").order_by("id")
            assert [event.action for event in events] == [Action.SUBSCRIBED] * 2 + [Action.UNSUBSCRIBED]

    def test_what_is_offered_no_more_may_be_stopped_but_not_begun(self, as_member: Enter, kanagawa: Programme) -> None:
        with programme_scope(kanagawa):
            old = make_genre("旧", is_offered=False)
            member, other = as_member(MemberRole.OWNER), as_member(MemberRole.OWNER)
            make_subscription(member.user, old)  # type: ignore[attr-defined]
        assert "旧" not in other.get(PREFERENCES).text
        refused = other.post(PREFERENCES, {"newsletter": [str(old.pk)]})
        assert refused.status_code == 302 and running(kanagawa) == ["旧"]
        assert "旧" in member.get(PREFERENCES).text
        member.post(PREFERENCES, {})
        assert running(kanagawa) == []

    def test_another_programmes_genre_is_no_choice(
        self, as_member: Enter, kanagawa: Programme, tokyo: Programme
    ) -> None:
        with programme_scope(tokyo):
            theirs = make_genre("東京まがじん")
        with programme_scope(kanagawa):
            make_genre("月刊")
        answer = as_member(MemberRole.OWNER).post(PREFERENCES, {"newsletter": [str(theirs.pk)]})
        assert answer.status_code == 200 and "正しく選択" in answer.text
        assert running(kanagawa) == running(tokyo) == []

    def test_only_a_partners_person(self, in_kanagawa: Programme) -> None:
        with pytest.raises(PermissionDenied):
            choose_genres(actor=Actor(user=make_user()), genres=[make_genre()])

    def test_without_the_feature_there_is_nothing(self, as_member: Enter, kanagawa: Programme) -> None:
        member = as_member(MemberRole.OWNER)
        kanagawa.features = [feature for feature in kanagawa.features if feature != Feature.NEWS]
        kanagawa.save()
        assert member.get(PREFERENCES).status_code == 404


class TestNewsletter:
    def test_it_goes_to_subscribers_alone_with_the_way_to_stop(
        self, in_kanagawa: Programme, people: list[Receiver], mail_server: MailServer
    ) -> None:
        send_newsletter(people, in_kanagawa, make_genre())
        deliver_all()
        [mail] = mail_server.received
        assert mail.to == "person1@example.jp"
        address = absolute_url(f"/news/unsubscribe/{Subscription.objects.get().key}/")
        assert mail.message["List-Unsubscribe"] == f"<{address}>"
        assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert address in mail.text and "「パートナー通信」を購読している方" in mail.text

    def test_duty_mail_cannot_be_stopped_and_says_so(
        self, in_kanagawa: Programme, people: list[Receiver], mail_server: MailServer
    ) -> None:
        people.append(Receiver("person@example.jp", "山田", "あおば"))
        start_mailing(mailing=make_mailing(), actor=make_actor(StaffRole.OFFICER, in_kanagawa))
        deliver_all()
        [mail] = mail_server.received
        assert mail.message["List-Unsubscribe"] is None
        assert "このメールの配信は止められません" in mail.text and "unsubscribe" not in mail.text

    def test_who_stops_while_it_waits_gets_no_more(
        self, in_kanagawa: Programme, people: list[Receiver], mail_server: MailServer
    ) -> None:
        mailing = send_newsletter(people, in_kanagawa, make_genre())
        end_subscription(subscription=Subscription.objects.get(), through=Subscription.Ended.MAIL)
        deliver_all()
        assert mail_server.received == []
        assert progress_of(mailing).cancelled == 1

    @pytest.mark.parametrize("count", [1, 3])
    def test_a_batch_asks_once_for_all_of_it(
        self,
        in_kanagawa: Programme,
        people: list[Receiver],
        mail_server: MailServer,
        count: int,
        django_assert_num_queries: Callable[..., object],
    ) -> None:
        genre = make_genre()
        for number in range(count):
            people.append(Receiver(f"person{number}@example.jp", "山田", "あおば"))
            make_subscription(make_user(f"person{number}@example.jp"), genre)
        assert in_kanagawa.primary_host
        start_mailing(mailing=make_mailing(genre=genre), actor=make_actor(StaffRole.OFFICER, in_kanagawa))
        # Twice a claim in its savepoint, once with mails and their attachments; then staff's own texts, dead
        # addresses, the mailing and the subscriptions.
        with django_assert_num_queries(2 + 3 + 2 + 1 + 4):
            deliver_due()
        assert len(mail_server.received) == count

    def test_a_printed_genre_is_not_mailed(self, in_kanagawa: Programme, people: list[Receiver]) -> None:
        with pytest.raises(ValidationError) as refusal:
            make_mailing(genre=make_genre(kind=PRINTED)).full_clean()
        assert set(refusal.value.message_dict) == {"genre"}


class TestFromTheMail:
    def test_looking_ends_nothing_and_the_button_does(self, visit: Client, kanagawa: Programme) -> None:
        with programme_scope(kanagawa):
            key = make_subscription(make_user()).key
        address = f"/news/unsubscribe/{key}/"
        page = visit.get(address)
        assert "パートナー通信" in page.text and not page.cookies
        assert running(kanagawa) == ["パートナー通信"]
        assert visit.post(address, follow=True).text.count("配信を止めました。") == 1
        assert running(kanagawa) == []
        assert visit.get(address).status_code == 200

    def test_a_mail_program_asks_with_one_post(self, kanagawa: Programme) -> None:
        """No cookie, no token, no redirect, and a second time changes nothing."""
        with programme_scope(kanagawa):
            one = make_subscription(make_user())
        program = Client(enforce_csrf_checks=True, headers={"host": kanagawa.primary_host})
        for _again in range(2):
            answer = program.post(f"/news/unsubscribe/{one.key}/", {"List-Unsubscribe": "One-Click"})
            assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
            assert not answer.cookies
        with programme_scope(kanagawa):
            one.refresh_from_db()
            assert one.ended_through == Subscription.Ended.MAIL
            [event] = AuditEvent.objects.all()
            assert (event.action, event.actor) == (Action.UNSUBSCRIBED, None)

    def test_another_programmes_key_leads_nowhere(self, visit: Client, tokyo: Programme) -> None:
        with programme_scope(tokyo):
            key = make_subscription(make_user()).key
        assert visit.get(f"/news/unsubscribe/{key}/").status_code == 404
        assert visit.post(f"/news/unsubscribe/{key}/").status_code == 404
        assert running(tokyo) == ["パートナー通信"]


class TestStaff:
    LIST = "/admin/notices/subscription/"

    def test_the_list_for_the_post_is_a_file_on_record(self, as_staff: Enter, kanagawa: Programme) -> None:
        with programme_scope(kanagawa):
            partner = make_partner(
                name="株式会社みなと", postal_code="231-0021", municipality="141003", address="日本大通1番"
            )
            show_partners([partner])
            reader, gone = make_member(partner=partner, name="港 みどり"), make_member(partner=partner)
            printed = make_genre("冊子", kind=PRINTED)
            make_subscription(reader.user, printed)
            stopped = make_subscription(gone.user, printed)
            end_subscription(subscription=stopped, through=Subscription.Ended.MY_PAGE)
        officer = as_staff(StaffRole.OFFICER)
        assert "港 みどり" in officer.get(self.LIST).text
        form = {"file_format": "csv", "reason": "9月号の発送"}
        answer = officer.post(f"{self.LIST}export/?genre__id__exact={printed.pk}", form)
        text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        [header, row] = csv.reader(StringIO(text))
        assert header[:5] == ["ジャンル", "氏名", "団体", "郵便番号", "所在地"]
        assert row[:5] == ["冊子", "港 みどり", "株式会社みなと", "231-0021", "神奈川県横浜市日本大通1番"]
        with programme_scope(kanagawa):
            assert AuditEvent.objects.get(action=Action.ROWS_EXPORTED).reason == "9月号の発送"

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_takes_the_same_queries(
        self, as_staff: Enter, kanagawa: Programme, count: int, django_assert_max_num_queries: Callable[..., object]
    ) -> None:
        with programme_scope(kanagawa):
            genre = make_genre()
            for _number in range(count):
                make_subscription(make_member().user, genre)
        officer = as_staff(StaffRole.OFFICER)
        officer.get(self.LIST)
        with django_assert_max_num_queries(20):
            officer.get(self.LIST)

    def test_they_end_one_for_a_caller(self, in_kanagawa: Programme) -> None:
        one = make_subscription(make_user())
        with pytest.raises(PermissionDenied):
            end_for_somebody(subscription=one, actor=make_actor(StaffRole.READ_ONLY, in_kanagawa), reason="電話")
        end_for_somebody(subscription=one, actor=make_actor(StaffRole.OFFICER, in_kanagawa), reason="電話")
        one.refresh_from_db()
        assert one.ended_through == Subscription.Ended.STAFF
        assert AuditEvent.objects.get().reason == "電話"

    def test_they_write_genres_whose_kind_then_stays(self, as_staff: Enter, kanagawa: Programme) -> None:
        officer = as_staff(StaffRole.OFFICER)
        form = {"kind": "printed", "name": "冊子", "explanation": "", "position": "1", "is_offered": "on"}
        assert officer.post("/admin/notices/genre/add/", form).status_code == 302
        with programme_scope(kanagawa):
            genre = Genre.objects.get()
            make_subscription(make_user(), genre)
        officer.post(f"/admin/notices/genre/{genre.pk}/change/", form | {"kind": "newsletter", "name": "新しい冊子"})
        with programme_scope(kanagawa):
            genre.refresh_from_db()
        assert (genre.kind, genre.name) == (PRINTED, "新しい冊子")
        assert "冊子" in officer.get("/admin/notices/genre/").text


def test_a_dead_address_finds_its_mail_on_the_board_until_read(
    as_member: Enter, kanagawa: Programme, people: list[Receiver]
) -> None:
    member = as_member(MemberRole.OWNER)
    with programme_scope(kanagawa):
        people.append(Receiver(member.user.email, "港 みどり", "みなと"))  # type: ignore[attr-defined]
        start_mailing(mailing=make_mailing(), actor=make_actor(StaffRole.OFFICER, kanagawa))
        OutgoingMail.objects.update(state=State.FAILED, answer="550 no such user here")
        key = OutgoingMail.objects.get().pk
    board = member.get("/mypage/news/").text
    assert "【かながわSDGs】交流会のお知らせ" in board and board.count("未読") == 1
    assert "1件あります" in member.get("/mypage/").text
    assert "港 みどり 様" in member.get(f"/mypage/news/mail/{key}/").text
    assert "未読" not in member.get("/mypage/news/").text
