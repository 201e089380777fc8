"""Applications that were rejected or withdrawn: after the time that the programme has set, their personal data go, and
what figures are counted from stays. Each is on record.
"""

from datetime import datetime

from django.db import transaction

from partners.fields import personal_fields
from partners.intake import months_before
from partners.models import Application, Fact, Member, Partner
from partners.queries.registration import registration_settings
from partners.services.records import change_partner, lock_partner
from partners.values import column_of
from portal.accounts import keys
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.web.access import Actor
from portal.web.models import Comment

# Of what was typed, what says nothing of a person.
COUNTED = ("kind", "municipality", "industry_division", "goals")
GONE = "（消去済み）"


def forget_closed_applications(now: datetime) -> int:
    """How many were forgotten. One transaction each: whatever stops it, the next run goes on."""
    months = registration_settings().keep_closed_months
    if not months:
        return 0
    ids = list(Application.objects.to_forget(months_before(now, months)).values_list("pk", flat=True))
    return sum(_forget(pk, now) for pk in ids)


@transaction.atomic
def _forget(application_id: int, now: datetime) -> bool:
    application = Application.objects.select_for_update(of=("self",)).get(pk=application_id)
    if application.forgotten_at:
        return False
    application.versions.all().delete()
    Comment.objects.about(application).delete()
    application.data = {name: application.data[name] for name in COUNTED if name in application.data}
    application.name = application.email = application.comment = application.link_hash = ""
    # The mailed link leads nowhere any more.
    application.seed, application.forgotten_at = keys.new_seed(), now
    if application.is_on_behalf:
        application.entered_because = GONE
    application.save()
    record_event(action=Action.APPLICATION_FORGOTTEN, subject=application, actor=None)
    if application.partner_id:
        _forget_partner(lock_partner(application.partner_id))
    return True


def _forget_partner(partner: Partner) -> None:
    """One that never was confirmed, and ended with its application."""
    empty = {name: column_of(name).get_default() for name in personal_fields(partner.kind)}
    if "name" in empty:
        empty["name"] = GONE
    change_partner(partner=partner, values=empty, actor=Actor(), action=Action.APPLICATION_FORGOTTEN)
    if "name" in empty:
        Fact.objects.filter(partner=partner, field=Fact.Field.NAME).delete()
    Member.objects.filter(partner=partner).update(name="")
