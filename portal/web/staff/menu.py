"""The menu of a programme's staff: every screen has its place here, in the order of the day's work."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Group:
    label: str
    name: Promise
    # As `model._meta.label_lower`.
    screens: tuple[str, ...]
    # Opened a few times a year: closed until one of its screens is open, out of the way of the day's work.
    is_folded: bool = False


GROUPS = (
    Group("partners", _("パートナー"), (
        "partners.application", "partners.changerequest", "partners.partner", "partners.member",
        "partners.movingpartner", "partners.batch",
    )),
    Group("renewals", _("更新と活動報告"), (
        "renewals.standing", "renewals.report", "renewals.docket", "renewals.extension",
    )),
    Group("meetings", _("交流会・セミナー"), (
        "meetings.meeting", "meetings.seat", "meetings.talk", "meetings.theme", "meetings.survey", "meetings.ticket",
        "meetings.board",
    )),
    Group("consultations", _("予約制の相談"), ("meetings.consultation", "meetings.slot", "meetings.reservation")),
    Group("matching", _("連携"), (
        "matching.posting", "matching.application", "matching.introduction", "matching.collaboration",
        "matching.case", "matching.logolicence",
    )),
    Group("inquiries", _("お問い合わせ"), ("inquiries.inquiry",)),
    Group("notices", _("お知らせとメール"), (
        "notices.announcement", "notices.mailing", "notices.subscription", "outbox.outgoingmail",
    )),
    Group("backoffice", _("承認と引継ぎ"), ("web.approvalrequest", "backoffice.handover", "backoffice.personrequest")),
    Group("events", _("地域会・投票・動画"), (
        "meetings.localgroup", "meetings.groupwish", "meetings.groupresult", "meetings.themepoll", "meetings.vote",
        "meetings.idea", "meetings.video", "meetings.jointguest", "meetings.jointhost",
    ), is_folded=True),
    Group("records", _("記録とデータ"), (
        "audit.auditevent", "partners.activity", "partners.dailyfigures", "partners.importrun",
        "backoffice.programmeexport", "files.storedfile", "outbox.deadaddress", "backoffice.failedtask",
    ), is_folded=True),
    Group("settings", _("設定"), (
        "tenancy.programme", "web.page", "accounts.staffappointment", "partners.registrationsettings",
        "partners.fieldexample", "partners.benefit", "partners.supportdesk", "renewals.ruleversion",
        "meetings.meetingsettings", "matching.matchingsettings", "matching.logoedition", "inquiries.inquirykind",
        "inquiries.replytemplate", "notices.genre", "outbox.mailtext",
    ), is_folded=True),
)  # fmt: skip


def in_groups(screens: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The screens that a person may open (label → entry of Django's list), as the menu shows them."""
    groups = [
        {
            "name": group.name,
            "app_label": group.label,
            "is_folded": group.is_folded,
            "screens": [label for label in group.screens if label in screens],
            "models": [screens[label] for label in group.screens if label in screens],
        }
        for group in GROUPS
    ]
    return [group for group in groups if group["models"]]
