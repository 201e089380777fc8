"""A questionnaire of organisations: asked all at once, reminded, answered by any of their people until it closes.

Who is asked is settled when it opens, by a ticket each, so that the rate of answers means the same to the end.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import Reply, Survey, Ticket
from meetings.queries.surveys import people_asked
from meetings.services.steps import Overtaken, lock_survey
from partners.models import Member, Partner
from partners.queries.segments import people_of
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.outbox.services import Letter, queue_each
from portal.web.access import Actor


def ask_partners(survey: Survey) -> int:
    """Survey locked. An organisation where nobody could be written to is not asked. How many are."""
    people = people_asked(survey)
    asked = {person.partner_id: Ticket(survey=survey, partner_id=person.partner_id) for person in people}
    if not asked:
        raise ValidationError(_("送る相手がいません。"))
    Ticket.objects.bulk_create(asked.values())
    _mail(survey, people, asked.values(), "meetings.partner_survey", "asked")
    return len(asked)


def remind_partners(survey: Survey, tickets: Collection[Ticket]) -> None:
    """All people whom they have now: whoever joined since may answer too."""
    partners = Partner.objects.filter(pk__in=[ticket.partner_id for ticket in tickets])
    people = people_of(partners).select_related("user")
    _mail(survey, people, tickets, "meetings.partner_survey_reminder", f"{timezone.localdate()}")


@transaction.atomic
def answer_for_partner(
    *, survey_id: int, answers: Mapping[str, Any], seen: int, actor: Actor, now: datetime | None = None
) -> Reply:
    """The organisation's answer, or another in its place. `seen` is the revision that was on the page, 0 for none."""
    if not actor.is_member():
        raise PermissionDenied
    # Closing waits for this answer, or this answer for the closing; so does a colleague's.
    survey = lock_survey(survey_id)
    ticket = survey.tickets.of_partners().filter(partner=actor.place.partner_id).first()
    if ticket is None:
        raise PermissionDenied
    if not survey.is_open_at(now or timezone.now()):
        raise ValidationError(_("このアンケートは終了しました。"))
    reply = Reply.objects.filter(ticket=ticket).first() or Reply(ticket=ticket, revision=0)
    if reply.revision != seen:
        if reply.answers == answers:
            return reply  # the same form, sent twice
        words = _("入力のあいだに、同じ団体の方の回答がありました。このまま送ると、その回答に置き換わります。")
        raise Overtaken(words, reply.revision)
    reply.answers, reply.answered_at, reply.revision = dict(answers), timezone.now(), seen + 1
    reply.save()
    Ticket.objects.filter(pk=ticket.pk).update(has_answered=True)
    changes = {"revision": (seen or None, reply.revision)}
    record_event(action=Action.SURVEY_ANSWERED, subject=ticket, actor=actor.user, changes=changes)
    return reply


def _mail(survey: Survey, people: Collection[Member], tickets: Collection[Ticket], message: str, key: str) -> None:
    """To each person in their language, once for each organisation."""
    by_partner = {ticket.partner_id: ticket.pk for ticket in tickets}
    queue_each(
        message=message,
        letters=[
            Letter(
                to=person.user.email,
                dedupe_key=f"{message}:{by_partner[person.partner_id]}:{person.pk}:{key}",
                data={"ticket": by_partner[person.partner_id], "member": person.pk},
                about=survey,
                language=person.user.reads,
            )
            for person in people
        ],
    )
