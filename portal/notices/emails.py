"""The mails of mailings: the text as staff wrote it, with the receiver's own words in it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.notices.models import Mailing
from portal.notices.rules import fill
from portal.outbox.messages import Message, Priority
from portal.outbox.models import OutgoingMail


def mailing(mail: OutgoingMail) -> Mapping[str, Any] | None:
    found = Mailing.objects.filter(pk=mail.data["mailing"]).first()
    return None if found is None else words_for(found, mail.data["name"], mail.data["organisation"])


def words_for(mailing: Mailing, name: str, organisation: str) -> dict[str, str]:
    values = {"氏名": name, "団体名": organisation}
    return {"own_subject": fill(mailing.subject, values), "text": fill(mailing.text, values)}


MESSAGES = (
    Message("notices.mailing", _("一斉メール"), Priority.BULK, mailing),
    Message("notices.trial", _("一斉メールの試し送り"), Priority.PERSONAL, mailing),
)
