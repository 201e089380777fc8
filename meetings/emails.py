"""The mails of meetings: what stands in one when it is sent, or that it is not wanted any more."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models import Reservation, Seat, Talk, Ticket
from meetings.queries.draws import proof_for
from meetings.queries.seats import joining_for
from meetings.rules import may_undo
from meetings.states import SeatState
from partners.models import Member
from portal.outbox.messages import Message, Priority
from portal.outbox.models import OutgoingMail
from portal.web.links import absolute_url
from portal.web.models import Channel


def about_seat(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """To the person whose place it is, as long as it is theirs."""
    seat = (
        Seat.objects.select_related("meeting", "sign_up__partner").filter(pk=mail.data["seat"], email=mail.to).first()
    )
    if seat is None:
        return None
    return {
        **mail.data,
        "seat": seat,
        "meeting": seat.meeting,
        "partner": seat.sign_up.partner.name,
        "link": absolute_url(reverse("meetings:place", args=[seat.token])),
    }


def offered(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """Not if it was taken, given up or lapsed meanwhile."""
    context = about_seat(mail)
    return context if context and context["seat"].state == SeatState.OFFERED else None


def left(mail: OutgoingMail) -> Mapping[str, Any] | None:
    context = about_seat(mail)
    now = timezone.now()
    return context and {**context, "may_undo": may_undo(context["seat"].cancelled_at, now)}


def reminder(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """With the way in, for who takes part online, if it may be shown by now."""
    context = about_seat(mail)
    now = timezone.now()
    if context is None or not context["seat"].is_confirmed or now >= context["meeting"].ends_at:
        return None
    if context["meeting"].is_cancelled:
        return None
    joining, shown_from = joining_for(context["seat"], now)
    return {**context, "joining": joining, "shown_from": shown_from}


def about_talk(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """`state` is the one that is told, whatever has come since."""
    talk = Talk.objects.select_related("meeting").filter(pk=mail.data["talk"]).first()
    member = Member.objects.filter(pk=mail.data["member"], user__email=mail.to).first()
    if talk is None or member is None:
        return None
    link = absolute_url(reverse("my_meetings:talk", args=[talk.pk]))
    return {"talk": talk, "member": member, "state": mail.data["state"], "link": link}


def about_survey(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """Not if it was answered or closed meanwhile."""
    ticket = Ticket.objects.select_related("survey__meeting").filter(pk=mail.data["ticket"], email=mail.to).first()
    if ticket is None or ticket.has_answered or not ticket.survey.is_open_at(timezone.now()):
        return None
    link = absolute_url(reverse("meetings:answer", args=[ticket.token]))
    return {"ticket": ticket, "survey": ticket.survey, "link": link}


def about_partner_survey(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """To who is still of the organisation, as long as nobody there has answered. Where it leads, one signs in."""
    ticket = Ticket.objects.select_related("survey", "partner").filter(pk=mail.data["ticket"]).first()
    member = Member.objects.active().filter(pk=mail.data["member"], user__email=mail.to).first()
    if ticket is None or member is None or ticket.has_answered or not ticket.survey.is_open_at(timezone.now()):
        return None
    link = absolute_url(reverse("my_meetings:survey", args=[ticket.survey_id]))
    return {"survey": ticket.survey, "partner": ticket.partner, "member": member, "link": link}


def about_reservation(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """As long as it is so: what has changed since has a mail of its own."""
    reservation = Reservation.objects.with_all().filter(pk=mail.data["reservation"]).first()
    member = Member.objects.filter(pk=mail.data["member"], user__email=mail.to).first()
    if reservation is None or member is None or reservation.state != mail.data["state"]:
        return None
    link = absolute_url(reverse("my_meetings:reservation", args=[reservation.pk]))
    return {
        "reservation": reservation,
        "consultation": reservation.consultation,
        "member": member,
        "link": link,
        "through": Channel(mail.data["through"]).label if mail.data["through"] else "",
        "may_undo": may_undo(reservation.cancelled_at, timezone.now()),
    }


def about_draw(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """With what the lots decided, and why."""
    context = about_reservation(mail)
    return context and {**context, "proof": proof_for(context["reservation"])}


MESSAGES = [
    Message("meetings.confirmed", _("参加の確定"), Priority.PERSONAL, about_seat, secret=True),
    Message("meetings.waiting", _("キャンセル待ちの受付"), Priority.PERSONAL, about_seat, secret=True),
    Message("meetings.offered", _("空席のご案内"), Priority.PERSONAL, offered, secret=True),
    Message("meetings.lapsed", _("空席のご案内の期限切れ"), Priority.PERSONAL, about_seat),
    Message("meetings.left", _("参加の取消し"), Priority.PERSONAL, left, secret=True),
    Message("meetings.moved", _("日時の変更"), Priority.PERSONAL, about_seat, secret=True),
    Message("meetings.called_off", _("中止のお知らせ"), Priority.PERSONAL, about_seat),
    Message("meetings.reminder", _("前日のお知らせ"), Priority.PERSONAL, reminder, secret=True),
    Message("meetings.survey", _("アンケートのお願い"), Priority.PERSONAL, about_survey, secret=True),
    Message("meetings.survey_reminder", _("アンケートの再度のお願い"), Priority.PERSONAL, about_survey, secret=True),
    Message("meetings.partner_survey", _("団体へのアンケートのお願い"), Priority.BULK, about_partner_survey),
    Message(
        "meetings.partner_survey_reminder", _("団体へのアンケートの再度のお願い"), Priority.BULK, about_partner_survey
    ),
    Message("meetings.talk_received", _("登壇の申込みの受付"), Priority.PERSONAL, about_talk),
    Message("meetings.talk_moved", _("登壇の申込みの進み"), Priority.PERSONAL, about_talk),
    Message("meetings.talk_meeting", _("登壇する会の変更"), Priority.PERSONAL, about_talk),
    Message("meetings.talk_materials", _("登壇の資料のお願い"), Priority.PERSONAL, about_talk),
    Message("meetings.reservation_applied", _("相談の抽選の受付"), Priority.PERSONAL, about_reservation),
    Message("meetings.reservation_confirmed", _("相談の予約の確定"), Priority.PERSONAL, about_reservation),
    Message("meetings.reservation_won", _("相談の抽選の結果（当選）"), Priority.PERSONAL, about_draw),
    Message("meetings.reservation_lost", _("相談の抽選の結果（落選）"), Priority.PERSONAL, about_draw),
    Message("meetings.reservation_moved_up", _("相談の繰上げ"), Priority.PERSONAL, about_reservation),
    Message("meetings.reservation_timed", _("相談の時刻"), Priority.PERSONAL, about_reservation),
    Message("meetings.reservation_left", _("相談の予約の取消し"), Priority.PERSONAL, about_reservation),
    Message("meetings.reservation_called_off", _("相談の中止"), Priority.PERSONAL, about_reservation),
    Message("meetings.reservation_reminder", _("相談の前日のお知らせ"), Priority.PERSONAL, about_reservation),
]
