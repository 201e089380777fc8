"""The mails to staff: what a successor takes over; a full export that is to be agreed to, was declined, can be fetched."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.backoffice.models import Handover, ProgrammeExport
from portal.backoffice.queries import request_for
from portal.backoffice.states import ExportState
from portal.outbox.messages import Message, Priority, may, must
from portal.outbox.models import OutgoingMail
from portal.web.links import absolute_url
from portal.web.models import ApprovalRequest
from portal.web.states import ApprovalState


def handed_over(mail: OutgoingMail) -> Mapping[str, Any] | None:
    handover = Handover.objects.select_related("leaver", "successor").filter(pk=mail.about_id).first()
    if handover is None:
        return None
    link = absolute_url(reverse("admin:backoffice_handover_change", args=[handover.pk]))
    return {"handover": handover, "count": handover.items.count(), "link": link}


def export_asked(mail: OutgoingMail) -> Mapping[str, Any] | None:
    request = ApprovalRequest.objects.select_related("asked_by").filter(pk=mail.about_id).first()
    if request is None or request.state != ApprovalState.ASKED:
        return None
    link = absolute_url(reverse("admin:web_approvalrequest_change", args=[request.pk]))
    return {"approval": request, "link": link}


def export_declined(mail: OutgoingMail) -> Mapping[str, Any] | None:
    export = ProgrammeExport.objects.select_related("asked_by").filter(pk=mail.about_id).first()
    request = request_for(export) if export else None
    if export is None or request is None:
        return None
    link = absolute_url(reverse("admin:backoffice_programmeexport_change", args=[export.pk]))
    return {"export": export, "approval": request, "link": link}


def export_ready(mail: OutgoingMail) -> Mapping[str, Any] | None:
    export = ProgrammeExport.objects.select_related("asked_by").filter(pk=mail.about_id).first()
    if export is None or export.state != ExportState.READY:
        return None
    link = absolute_url(reverse("admin:backoffice_programmeexport_change", args=[export.pk]))
    return {"export": export, "days": ProgrammeExport.LIFETIME.days, "link": link}


MESSAGES = (
    Message(
        "backoffice.handed_over", _("職員の引継ぎのお知らせ"), Priority.PERSONAL, handed_over,
        placeholders=(may("氏名", "handover.successor"), may("前任", "handover.leaver"), may("件数", "count"), must("リンク", "link")),
    ),
    Message(
        "backoffice.export_asked", _("全データの書き出しの承認のお願い"), Priority.PERSONAL, export_asked,
        placeholders=(may("依頼した人", "approval.asked_by"), may("内容", "approval.what"), must("リンク", "link")),
    ),
    Message(
        "backoffice.export_declined", _("全データの書き出しが差し戻されたお知らせ"), Priority.PERSONAL, export_declined,
        placeholders=(may("氏名", "export.asked_by"), may("理由", "approval.note"), must("リンク", "link")),
    ),
    Message(
        "backoffice.export_ready", _("全データの書き出しができたお知らせ"), Priority.PERSONAL, export_ready,
        placeholders=(may("氏名", "export.asked_by"), may("日数", "days"), must("リンク", "link")),
    ),
)  # fmt: skip
