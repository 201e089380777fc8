"""The menu of a programme's staff: every screen has its place here, in the order of the day's work."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Feature, Programme


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

# What stands in no menu where the programme has switched its feature off. Renewal goes on without activity reports, and
# applications that came before registration was closed are still answered.
NEEDS = {
    Feature.MEETINGS: (
        "meetings.meeting", "meetings.seat", "meetings.talk", "meetings.theme", "meetings.survey", "meetings.ticket",
        "meetings.board", "meetings.consultation", "meetings.slot", "meetings.reservation", "meetings.themepoll",
        "meetings.vote", "meetings.idea", "meetings.video", "meetings.jointguest", "meetings.jointhost",
        "meetings.meetingsettings",
    ),
    Feature.LOCAL_GROUPS: ("meetings.localgroup", "meetings.groupwish", "meetings.groupresult"),
    Feature.MATCHING: (
        "matching.posting", "matching.application", "matching.introduction", "matching.collaboration",
        "matching.logolicence", "matching.logoedition", "matching.matchingsettings",
    ),
    Feature.CASES: ("matching.case",),
    Feature.RENEWALS: ("renewals.report",),
    Feature.INQUIRIES: ("inquiries.inquiry", "inquiries.inquirykind", "inquiries.replytemplate"),
    Feature.NEWS: ("notices.announcement", "notices.subscription", "notices.genre"),
}  # fmt: skip


def in_groups(screens: Mapping[str, Any], programme: Programme) -> list[dict[str, Any]]:
    """The screens that a person may open (label → entry of Django's list), as the programme's menu shows them."""
    off = {label for feature, labels in NEEDS.items() if not programme.has(feature) for label in labels}
    screens = {label: entry for label, entry in screens.items() if label not in off}
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
