"""The mails of mailings: the text as staff wrote it, with the receiver's own words in it."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.notices.models import Mailing
from portal.notices.queries import Letter, fetch
from portal.notices.rules import fill
from portal.outbox.messages import Message, Priority
from portal.outbox.models import OutgoingMail
from portal.web.links import absolute_url


def mailing(mail: OutgoingMail) -> Mapping[str, Any] | None:
    if mail.fetched is None:
        fetch([mail])
    letter: Letter = mail.fetched
    if not letter.is_wanted or letter.mailing is None:
        return None
    if letter.subscription is None:
        return words_for(letter.mailing, mail)
    address = absolute_url(reverse("news:unsubscribe", args=[letter.subscription.key]))
    return words_for(letter.mailing, mail, where_to_stop=address) | {"unsubscribe": address}


def trial(mail: OutgoingMail) -> Mapping[str, Any] | None:
    """For staff: as its receivers will read it. The link to stop leads where they would see their choices."""
    found = Mailing.objects.select_related("genre").filter(pk=mail.data["mailing"]).first()
    if found is None:
        return None
    return words_for(found, mail, where_to_stop=absolute_url(reverse("my_news:preferences")))


def words_for(mailing: Mailing, mail: OutgoingMail, where_to_stop: str = "") -> dict[str, Any]:
    values = {"氏名": mail.data["name"], "団体名": mail.data["organisation"]}
    return {
        "own_subject": fill(mailing.subject, values),
        "text": fill(mailing.text, values),
        "genre": mailing.genre,
        "where_to_stop": where_to_stop,
    }


# Staff write each of these anyway, and what is said about stopping has to stay.
MESSAGES = (
    Message("notices.mailing", _("一斉メール"), Priority.BULK, mailing, fetch=fetch, is_fixed=True),
    Message("notices.trial", _("一斉メールの試し送り"), Priority.PERSONAL, trial, is_fixed=True),
)
