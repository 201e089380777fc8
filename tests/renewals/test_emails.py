"""Texts of staff's own for the mails about deadlines: the placeholders have their values."""

from datetime import date

from portal.outbox.messages import messages
from portal.outbox.models import MailText, OutgoingMail
from portal.outbox.rendering import in_own_words
from portal.tenancy.models import Programme
from portal.web.access import MemberRole, StaffRole
from renewals.services.daily import look_at_due
from renewals.services.extending import Shift, extend
from tests.factories import make_actor, make_member, make_partner, make_rules


def written(text: str) -> str:
    mail = OutgoingMail.objects.latest("id")
    message = messages[mail.message]
    return in_own_words(MailText(text=text), message, message.context(mail) or {}).text


def test_a_reminder_says_what_is_owed(in_kanagawa: Programme) -> None:
    make_rules()
    partner = make_partner(approved_on=date(2022, 12, 22), created_at="2022-12-22T00:00:00+09:00", name="青葉商店")
    make_member(MemberRole.OWNER, partner)
    look_at_due(today=date(2024, 10, 31))
    text = written("{団体名}\n{提出するものと期限}\n{リンク}")
    assert text.startswith("青葉商店\n登録の更新の活動報告（期限：2024年11月30日（土））\nhttp")


def test_an_extension_says_the_new_day_and_why(in_kanagawa: Programme) -> None:
    make_rules()
    make_member(MemberRole.OWNER, make_partner(approved_on=date(2022, 12, 22)))
    shift = Shift(date(2024, 11, 1), date(2024, 11, 30), date(2099, 1, 9), "台風のため。")
    extend(shift=shift, partner_ids=None, meant_for="すべて", actor=make_actor(StaffRole.APPROVER, in_kanagawa))
    assert written("{変わったこと}{期限}{理由}") == (
        "期限を延ばしました。登録の更新の活動報告（期限：2099年1月9日（金））台風のため。"
    )
