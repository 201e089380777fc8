"""The mails about what partners owe: each function says what stands in one when it is sent, or that it is not wanted."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from partners.models import Member, Partner
from portal.outbox.messages import Message, Priority, may, must
from portal.outbox.models import OutgoingMail
from portal.web.dates import long_day
from portal.web.links import absolute_url
from renewals.hearing import hearing_lines
from renewals.models import Arrival, DocketEntry, Extension, Report, Standing
from renewals.queries.records import owed_by
from renewals.queries.showing import DutyLine, line_of
from renewals.rules import is_public


def reminder(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """Only what is still owed when it is sent: whoever has handed it in meanwhile gets no mail."""
    partner = Partner.objects.filter(pk=mail.about_id).first()
    name = _name(mail, partner)
    answer = owed_by(partner, timezone.localdate()) if partner else None
    if name is None or answer is None or Standing.objects.filter(partner=partner).exclude(silent_because="").exists():
        return None
    lines = [line_of(duty, answer.today) for duty in answer.duties if duty.key in mail.data["duties"]]
    if not lines:
        return None
    return {
        "name": name,
        "partner": partner,
        "lines": lines,
        "owed": _in_words(lines),
        "is_late": any(line.is_late for line in lines),
        "link": absolute_url(reverse("renewals:own")),
    }


def about_report(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """Received, returned, hidden: to the owners and to whoever handed it in."""
    report = Report.objects.select_related("partner").filter(pk=mail.about_id).first()
    name = _name(mail, report.partner) if report else None
    if report is None or name is None:
        return None
    return {
        "name": name,
        "report": report,
        "partner": report.partner,
        "is_public": is_public(report),
        "link": absolute_url(reverse("renewals:report", args=[report.pk])),
    }


def docket_step(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """A notice, a hearing, the answer to a request for more time, the end (whose reason is the office's own)."""
    entry = DocketEntry.objects.select_related("docket__partner").filter(pk=mail.data["entry"]).first()
    name = _name(mail, entry.docket.partner) if entry else None
    if entry is None or name is None:
        return None
    return {
        "name": name,
        "entry": entry,
        "partner": entry.docket.partner,
        "why": entry.docket.why,
        "hearing": hearing_lines(entry),
        "link": absolute_url(reverse("renewals:own")),
    }


def grace_asked(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """To the office."""
    entry = DocketEntry.objects.select_related("docket__partner").filter(pk=mail.data["entry"]).first()
    if entry is None:
        return None
    link = absolute_url(reverse("admin:renewals_docket_change", args=[entry.docket_id]))
    return {"entry": entry, "partner": entry.docket.partner, "link": link}


def extended(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """Deadlines were moved, or hold again. Not if the move was taken back before this mail left."""
    extension = Extension.objects.filter(pk=mail.data["extension"]).first()
    partner = Partner.objects.filter(pk=mail.about_id).first()
    name = _name(mail, partner)
    if extension is None or partner is None or name is None:
        return None
    is_withdrawn = extension.withdrawn_on is not None
    answer = owed_by(partner, timezone.localdate())
    if answer is None or is_withdrawn != (mail.data["word"] == "withdrawn"):
        return None
    first, last = extension.due_from, extension.due_to
    lines = [line_of(duty, answer.today) for duty in answer.all_duties if first <= duty.rule_due_on <= last]
    return {
        "name": name,
        "partner": partner,
        "extension": extension,
        "is_withdrawn": is_withdrawn,
        "lines": lines,
        "news": _("期限の延長を取り消しました。") if is_withdrawn else _("期限を延ばしました。"),
        "deadlines": _in_words(lines),
        "reason": extension.withdrawn_because if is_withdrawn else extension.reason,
        "link": absolute_url(reverse("renewals:own")),
    }


def arrived(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """A draft from another programme, to the person who sent it; not once it is handed in."""
    arrival = Arrival.objects.filter(pk=mail.about_id, report=None, user__email=mail.to).first()
    member = Member.objects.active().owners().filter(user__email=mail.to).first()
    if arrival is None or member is None:
        return None
    return {"name": member.name, "source": arrival.source, "link": absolute_url(reverse("renewals:own"))}


def _in_words(lines: Sequence[DutyLine]) -> str:
    """Of what is owed, a line each, for the texts of staff."""
    language = get_language() or "ja"
    return "\n".join(
        gettext("%(title)s（期限：%(day)s）") % {"title": line.title, "day": long_day(line.duty.due_on, language)}
        for line in lines
    )


def _name(mail: OutgoingMail, partner: Partner | None) -> str | None:
    """Of the person as they are now; None if they have left, or their address is another one."""
    if mail.data["member"] is None:
        return (partner.contact_name or str(partner)) if partner and partner.contact_email == mail.to else None
    member = Member.objects.active().filter(pk=mail.data["member"], user__email=mail.to, partner=partner).first()
    return member.name if member else None


PERSON = (may("氏名", "name"), may("団体名", "partner"))
REPORT = (*PERSON, may("報告", "report.title"), may("受付番号", "report.receipt"))
LINK = may("リンク", "link")
MESSAGES = [
    Message(
        "renewals.reminder", _("期限のお知らせ"), Priority.BULK, reminder,
        placeholders=(*PERSON, must("提出するものと期限", "owed"), LINK),
    ),
    Message(
        "renewals.received", _("活動報告の受付"), Priority.PERSONAL, about_report,
        placeholders=(*REPORT, may("受付日", 'report.received_on|day:"era"'), LINK),
    ),
    Message(
        "renewals.returned", _("活動報告の差戻し"), Priority.PERSONAL, about_report,
        placeholders=(*REPORT, must("理由", "report.returned_because"), must("リンク", "link")),
    ),
    Message(
        "renewals.extended", _("期限の延長のお知らせ"), Priority.BULK, extended,
        placeholders=(*PERSON, must("変わったこと", "news"), must("期限", "deadlines"), may("理由", "reason"), LINK),
    ),
    # Says which of five steps was taken, which no placeholder does.
    Message("renewals.docket", _("取消しの手続のお知らせ"), Priority.PERSONAL, docket_step),
    Message(
        "renewals.grace_asked", _("猶予の申出（事務局あて）"), Priority.PERSONAL, grace_asked,
        placeholders=(
            may("団体名", "partner"), must("申し出た期限", 'entry.until|day:"era"'), may("理由", "entry.text"), LINK,
        ),
    ),
    Message(
        "renewals.arrived", _("ほかの事業からの下書き"), Priority.PERSONAL, arrived,
        placeholders=(may("氏名", "name"), must("写し元", "source"), must("リンク", "link")),
    ),
    Message(
        "renewals.hidden", _("活動報告の公開停止"), Priority.PERSONAL, about_report,
        placeholders=(*REPORT, must("理由", "report.hidden_because"), LINK),
    ),
]  # fmt: skip
