"""The mails of matching: each function says what stands in one when it is sent, or that it is not wanted."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from matching.models import Application, Case, Collaboration, Introduction, LogoLicence, Posting, SideInvitation
from matching.states import ApplicationState, CaseState
from partners.models import Member
from portal.outbox.messages import Message, Priority
from portal.outbox.models import OutgoingMail
from portal.web.links import absolute_url


def about_posting(mail: OutgoingMail) -> Mapping[str, Any] | None:
    posting, member = _posting(mail), _member(mail)
    return None if posting is None or member is None else _of_posting(posting, member)


def about_open_posting(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """Not wanted any more once it has ended."""
    posting, member = _posting(mail), _member(mail)
    return None if posting is None or member is None or not posting.is_open else _of_posting(posting, member)


def posting_for_office(mail: OutgoingMail) -> Mapping[str, Any] | None:
    posting = _posting(mail)
    if posting is None:
        return None
    return {"posting": posting, "link": absolute_url(reverse("admin:matching_posting_change", args=[posting.pk]))}


def about_application(mail: OutgoingMail) -> Mapping[str, Any] | None:
    application = Application.objects.select_related("posting__partner", "partner").filter(pk=mail.about_id).first()
    member = _member(mail)
    if application is None or member is None:
        return None
    link = absolute_url(reverse("my_matching:application", args=[application.pk]))
    return {"application": application, "posting": application.posting, "member": member, "link": link}


def about_waiting_application(mail: OutgoingMail) -> Mapping[str, Any] | None:
    found = about_application(mail)
    return found if found and found["application"].state == ApplicationState.SENT else None


def about_collaboration(mail: OutgoingMail) -> Mapping[str, Any] | None:
    record, member = Collaboration.objects.filter(pk=mail.about_id).first(), _member(mail)
    if record is None or member is None:
        return None
    link = absolute_url(reverse("my_matching:record", args=[record.pk]))
    logos = absolute_url(reverse("my_matching:logos"))
    return {"record": record, "member": member, "link": link, "logos": logos, **_sides(record, mail)}


def outcome_for_office(mail: OutgoingMail) -> Mapping[str, Any] | None:
    record = Collaboration.objects.filter(pk=mail.about_id).first()
    if record is None:
        return None
    link = absolute_url(reverse("admin:matching_collaboration_change", args=[record.pk]))
    return {"record": record, "link": link, **_sides(record, mail)}


def about_invitation(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """The asked partner is led to its question, the sides to their record."""
    row = SideInvitation.objects.select_related("collaboration", "partner", "asking").filter(pk=mail.about_id).first()
    member = _member(mail)
    if row is None or member is None:
        return None
    if member.partner_id == row.partner_id:
        link = absolute_url(reverse("my_matching:invitation", args=[row.pk]))
    else:
        link = absolute_url(reverse("my_matching:record", args=[row.collaboration_id]))
    return {"invitation": row, "record": row.collaboration, "member": member, "link": link}


def about_open_invitation(mail: OutgoingMail) -> Mapping[str, Any] | None:
    found = about_invitation(mail)
    return found if found and found["invitation"].is_open else None


def about_introduction(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """What both read: no contacts, and the posting only to whom it is shown."""
    row = Introduction.objects.select_related("first", "second").filter(pk=mail.about_id).first()
    member = _member(mail)
    if row is None or member is None:
        return None
    posting = Posting.objects.known_to(member.partner_id).filter(pk=row.posting_id or 0).first()
    link = absolute_url(reverse("my_matching:introduction", args=[row.pk]))
    return {"introduction": row, "other": row.other(member.partner_id), "member": member, "posting": posting,
            "link": link}  # fmt: skip


def about_open_introduction(mail: OutgoingMail) -> Mapping[str, Any] | None:
    found = about_introduction(mail)
    return found if found and found["introduction"].is_open else None


def introduction_for_office(mail: OutgoingMail) -> Mapping[str, Any] | None:
    row = Introduction.objects.select_related("first", "second").filter(pk=mail.about_id).first()
    if row is None:
        return None
    return {"introduction": row, "link": absolute_url(reverse("admin:matching_introduction_change", args=[row.pk]))}


def about_licence(mail: OutgoingMail) -> Mapping[str, Any] | None:
    licence, member = LogoLicence.objects.filter(pk=mail.about_id).first(), _member(mail)
    if licence is None or member is None:
        return None
    return {"licence": licence, "member": member, "link": absolute_url(reverse("my_matching:logos"))}


def about_case(mail: OutgoingMail) -> Mapping[str, Any] | None:
    case, member = Case.objects.filter(pk=mail.about_id).first(), _member(mail)
    if case is None or member is None:
        return None
    link = absolute_url(reverse("my_cases:case", args=[case.pk]))
    return {"case": case, "member": member, "link": link, **_sides(case, mail)}


def about_asked_case(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """Not wanted any more once somebody has said no."""
    found = about_case(mail)
    return found if found and found["case"].state == CaseState.ASKED else None


def case_for_office(mail: OutgoingMail) -> Mapping[str, Any] | None:
    case = Case.objects.filter(pk=mail.about_id).first()
    if case is None:
        return None
    return {
        "case": case,
        "link": absolute_url(reverse("admin:matching_case_change", args=[case.pk])),
        **_sides(case, mail),
    }


def _of_posting(posting: Posting, member: Member) -> dict[str, Any]:
    link = absolute_url(reverse("my_matching:posting", args=[posting.pk]))
    return {"posting": posting, "member": member, "link": link}


def _sides(thing: Collaboration | Case, mail: OutgoingMail) -> dict[str, str]:
    """Who works together, and whose deed it is that the mail tells of."""
    names = {side.partner_id: side.partner.name for side in thing.sides.select_related("partner")}
    return {"sides": gettext("、").join(names.values()), "by": names.get(mail.data.get("by"), "")}


def _posting(mail: OutgoingMail) -> Posting | None:
    found: Posting | None = Posting.objects.select_related("partner").filter(pk=mail.about_id).first()
    return found


def _member(mail: OutgoingMail) -> Member | None:
    """As it is now; not if the place has gone to another address since."""
    return Member.objects.select_related("partner").filter(pk=mail.data["member"], user__email=mail.to).first()


MESSAGES = [
    Message("matching.posting_for_office", _("募集案件の提出（事務局あて）"), Priority.PERSONAL, posting_for_office),
    Message("matching.posting_listed", _("募集案件の公開のお知らせ"), Priority.PERSONAL, about_posting),
    Message("matching.posting_returned", _("募集案件の差戻し"), Priority.PERSONAL, about_posting),
    Message("matching.posting_ended", _("事務局による募集の終了"), Priority.PERSONAL, about_posting),
    Message("matching.posting_expiring", _("募集の期限のお知らせ"), Priority.PERSONAL, about_open_posting),
    Message("matching.posting_expired", _("募集の期限切れ"), Priority.PERSONAL, about_posting),
    Message("matching.designated", _("指名のお知らせ"), Priority.PERSONAL, about_open_posting),
    Message("matching.application_received", _("応募のお知らせ"), Priority.PERSONAL, about_application),
    Message("matching.application_answered", _("応募への回答"), Priority.PERSONAL, about_application),
    Message("matching.application_withdrawn", _("応募の取下げのお知らせ"), Priority.PERSONAL, about_application),
    Message("matching.application_lapsed", _("応募した募集の終了"), Priority.PERSONAL, about_application),
    Message("matching.application_nudge", _("応募への回答のお願い"), Priority.PERSONAL, about_waiting_application),
    Message("matching.introduction_proposed", _("事務局からの紹介"), Priority.PERSONAL, about_open_introduction),
    Message("matching.introduction_nudge", _("紹介への回答のお願い"), Priority.PERSONAL, about_open_introduction),
    Message("matching.introduction_agreed", _("紹介への双方の同意"), Priority.PERSONAL, about_introduction),
    Message("matching.introduction_ended", _("紹介の終了のお知らせ"), Priority.PERSONAL, about_introduction),
    Message(
        "matching.introduction_for_office", _("紹介の結果（事務局あて）"), Priority.PERSONAL, introduction_for_office
    ),
    Message("matching.side_asked", _("連携への参加のお願い"), Priority.PERSONAL, about_open_invitation),
    Message("matching.side_proposed", _("連携に団体が加わる見込み"), Priority.PERSONAL, about_open_invitation),
    Message("matching.side_answered", _("連携への参加の回答"), Priority.PERSONAL, about_invitation),
    Message("matching.side_taken_back", _("連携への参加のお願いの取りやめ"), Priority.PERSONAL, about_invitation),
    Message("matching.plan_written", _("連携の計画のお知らせ"), Priority.PERSONAL, about_collaboration),
    Message("matching.progress_reported", _("連携の経過のお知らせ"), Priority.PERSONAL, about_collaboration),
    Message("matching.collaboration_ended", _("連携記録の終了のお知らせ"), Priority.PERSONAL, about_collaboration),
    Message("matching.outcome_for_office", _("連携の成果報告（事務局あて）"), Priority.PERSONAL, outcome_for_office),
    Message("matching.outcome_sent", _("成果報告の提出のお知らせ"), Priority.PERSONAL, about_collaboration),
    Message("matching.outcome_returned", _("成果報告の差戻し"), Priority.PERSONAL, about_collaboration),
    Message("matching.outcome_approved", _("成果報告の承認"), Priority.PERSONAL, about_collaboration),
    Message("matching.follow_up", _("連携のその後のお尋ね"), Priority.PERSONAL, about_collaboration),
    Message("matching.case_asked", _("連携事例の公開への同意のお願い"), Priority.PERSONAL, about_asked_case),
    Message("matching.case_for_office", _("連携事例の提出（事務局あて）"), Priority.PERSONAL, case_for_office),
    Message("matching.case_published", _("連携事例の公開のお知らせ"), Priority.PERSONAL, about_case),
    Message("matching.case_returned", _("連携事例の差戻し"), Priority.PERSONAL, about_case),
    Message("matching.case_withdrawn", _("連携事例の同意の取消し"), Priority.PERSONAL, about_case),
    Message(
        "matching.case_gone_for_office",
        _("公開中の事例の同意の取消し（事務局あて）"),
        Priority.PERSONAL,
        case_for_office,
    ),
    Message("matching.case_awarded", _("連携事例の受賞のお知らせ"), Priority.PERSONAL, about_case),
    Message("matching.logo_revoked", _("ロゴの使用許諾の取消し"), Priority.PERSONAL, about_licence),
]
