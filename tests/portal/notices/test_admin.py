"""Staff's screen of mailings: who gets it, what they will read, a second approver, and no change once it is asked."""

import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from partners.states import MemberState
from portal.accounts.models import User
from portal.notices.models import Genre, Mailing
from portal.notices.services import START
from portal.notices.states import MailingState
from portal.outbox.models import OutgoingMail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.models import ApprovalRequest
from portal.web.registry import Segment, mail_segments
from tests.factories import make_genre, make_mailing, make_member, make_partner, make_subscription

LIST = "/admin/notices/mailing/"
AsStaff = Callable[..., Client]
NEW = {"subject": "交流会のお知らせ", "text": "{団体名} {氏名} 様", "receivers": "partners.goal|7"}


def press(staff: Client, url: str, action: str, key: int, **more: str) -> str:
    data = {"action": action, "_selected_action": [key]}
    found = re.search(r'name="seen" value="([0-9a-f]+)"', shown := staff.post(url, data).text)
    return staff.post(url, data | {"seen": found[1]} | more, follow=True).text if found else shown


def with_people(kanagawa: Programme) -> None:
    from partners.services.records import show_partners

    with programme_scope(kanagawa):
        sunny, other = make_partner(name="あおばソーラー", goals=[7]), make_partner(name="みなと", goals=[14])
        show_partners([sunny, other])
        make_member(partner=sunny, email="sunny@example.jp", name="日向 葵")
        make_member(partner=sunny, email="invited@example.jp", state=MemberState.INVITED)
        make_member(partner=other, email="other@example.jp")


def written(staff: Client, kanagawa: Programme, **changed: str) -> Mailing:
    answer = staff.post(f"{LIST}add/", NEW | changed)
    assert answer.status_code == 302, answer.text
    with programme_scope(kanagawa):
        return Mailing.objects.latest("id")


def test_from_the_first_word_to_the_mails(as_staff: AsStaff, kanagawa: Programme) -> None:
    with_people(kanagawa)
    officer = as_staff(StaffRole.OFFICER)
    mailing = written(officer, kanagawa)
    page = officer.get(f"{LIST}{mailing.pk}/change/").text
    assert "いま条件に合うのは 1 人です。" in page
    assert "【かながわSDGs】交流会のお知らせ" in page
    assert "あおばソーラー 日向 葵 様" in page
    press(officer, LIST, "start", mailing.pk)
    with programme_scope(kanagawa):
        assert [mail.to for mail in OutgoingMail.objects.about(mailing)] == ["sunny@example.jp"]
    page = officer.get(f"{LIST}{mailing.pk}/change/").text
    assert "1通のうち0通が済みました。" in page
    results = re.search(r'href="(/admin/outbox/outgoingmail/\?about[^"]+)"', page)[1].replace("&amp;", "&")  # type: ignore[index]
    assert "sunny@example.jp" in officer.get(results).text
    assert officer.post(f"{LIST}{mailing.pk}/change/", NEW | {"text": "別の文面"}).status_code == 403
    assert "1 通を止めます" not in press(officer, LIST, "stop", mailing.pk)
    with programme_scope(kanagawa):
        assert Mailing.objects.get().state == MailingState.STOPPED
    assert officer.get(LIST).status_code == 200


def test_what_is_wrong_is_said_at_its_field_and_stays(as_staff: AsStaff, kanagawa: Programme) -> None:
    page = as_staff(StaffRole.OFFICER).post(f"{LIST}add/", NEW | {"text": "{会社}御中"}).text
    assert "使えない置き換えです：{会社}" in page
    assert "{会社}御中" in page
    assert '<option value="partners.goal|7" selected>' in page


def test_a_second_person_approves_where_the_programme_wants_it(as_staff: AsStaff, kanagawa: Programme) -> None:
    with_people(kanagawa)
    kanagawa.second_approval = [START]
    kanagawa.save()
    officer, approver = as_staff(StaffRole.OFFICER), as_staff(StaffRole.APPROVER)
    mailing = written(officer, kanagawa)
    press(officer, LIST, "start", mailing.pk)
    with programme_scope(kanagawa):
        assert OutgoingMail.objects.count() == 0
        request = ApprovalRequest.objects.get()
    assert "1 人に送ります" in request.what
    # What was asked for is not changed meanwhile.
    assert officer.post(f"{LIST}{mailing.pk}/change/", NEW | {"text": "別の文面"}).status_code == 403
    press(approver, "/admin/web/approvalrequest/", "approve", request.pk)
    with programme_scope(kanagawa):
        assert OutgoingMail.objects.about(mailing).count() == 1


def test_readers_look_and_do_nothing(as_staff: AsStaff, kanagawa: Programme) -> None:
    with_people(kanagawa)
    mailing = written(as_staff(StaffRole.OFFICER), kanagawa)
    reader = as_staff(StaffRole.READ_ONLY)
    assert "送信を始める" not in reader.get(f"{LIST}{mailing.pk}/change/").text
    press(reader, LIST, "start", mailing.pk)
    with programme_scope(kanagawa):
        assert OutgoingMail.objects.count() == 0


def test_a_megabyte_is_refused_with_its_words_and_stays(as_staff: AsStaff, kanagawa: Programme) -> None:
    text = "あ" * 350_000
    page = as_staff(StaffRole.OFFICER).post(f"{LIST}add/", NEW | {"text": text}).text
    assert "20000文字以内で入力してください" in page
    assert text in page
    with programme_scope(kanagawa):
        assert not Mailing.objects.exists()


def test_a_newsletter_says_whom_it_is_for_and_when(as_staff: AsStaff, kanagawa: Programme) -> None:
    with_people(kanagawa)
    with programme_scope(kanagawa):
        genre, printed = make_genre(), make_genre("冊子", kind=Genre.Kind.PRINTED)
        make_subscription(User.objects.get(email="sunny@example.jp"), genre)
    officer = as_staff(StaffRole.OFFICER)
    asked = {"receivers": "partners|", "genre": str(genre.pk), "send_from": "2099-04-01T09:00"}
    mailing = written(officer, kanagawa, **asked)
    page = officer.get(f"{LIST}{mailing.pk}/change/").text
    assert "いま条件に合うのは 1 人です。" in page
    assert "「パートナー通信」を購読している方にお送りしています。" in page
    assert ">冊子</option>" not in page
    shown = officer.post(LIST, {"action": "start", "_selected_action": [mailing.pk]}).text
    assert "のうち「パートナー通信」を購読している 1 人に送ります。2099年4月1日（水）9時 から送ります。" in shown
    refused = officer.post(f"{LIST}add/", NEW | {"genre": str(printed.pk)})
    assert refused.status_code == 200


def test_the_list_asks_a_segment_once_for_its_choices(as_staff: AsStaff, kanagawa: Programme) -> None:
    asked: list[int] = []

    def nobody(choice: str, user: Any) -> Any:
        return User.objects.none()

    def choices() -> list[tuple[str, str]]:
        asked.append(1)
        return [("first", "最初の人")]

    mail_segments.register("tests.counted", Segment("数える人", choices, lambda choice: [], nobody))
    try:
        with programme_scope(kanagawa):
            for _ in range(3):
                make_mailing(segment="tests.counted", choice="first")
        text = as_staff(StaffRole.OFFICER).get("/admin/notices/mailing/").text
    finally:
        del mail_segments._entries["tests.counted"]
    assert text.count("数える人：最初の人") == 3
    assert len(asked) == 1


def test_as_many_questions_for_four_mailings_as_for_one(as_staff: AsStaff, kanagawa: Programme) -> None:
    officer = as_staff(StaffRole.OFFICER)

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert officer.get(LIST).status_code == 200
        return len(found)

    with programme_scope(kanagawa):
        make_mailing(segment="partners")
    asked()
    before = asked()
    with programme_scope(kanagawa):
        for _ in range(3):
            make_mailing(segment="partners")
    assert asked() == before
