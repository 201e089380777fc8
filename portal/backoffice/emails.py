"""The mail to a successor: how much came, and where it stands."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.backoffice.models import Handover
from portal.outbox.messages import Message, Priority, may, must
from portal.outbox.models import OutgoingMail
from portal.web.links import absolute_url


def handed_over(mail: OutgoingMail) -> Mapping[str, Any] | None:
    handover = Handover.objects.select_related("leaver", "successor").filter(pk=mail.about_id).first()
    if handover is None:
        return None
    link = absolute_url(reverse("admin:backoffice_handover_change", args=[handover.pk]))
    return {"handover": handover, "count": handover.items.count(), "link": link}


MESSAGES = (
    Message(
        "backoffice.handed_over", _("職員の引継ぎのお知らせ"), Priority.PERSONAL, handed_over,
        placeholders=(may("氏名", "handover.successor"), may("前任", "handover.leaver"), may("件数", "count"), must("リンク", "link")),
    ),
)  # fmt: skip
