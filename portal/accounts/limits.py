"""How often something may be done, counted in Postgres: exact with any number of processes, and without Redis.

`allow()` is one statement: it notes the moment and says yes, or notes nothing and says no. Postgres locks the key's row
for it, so of many at once only as many pass as may.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from portal.tenancy.scope import current_programme_or_none

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limit:
    name: str
    # (how many, within how many seconds); all must hold.
    rates: tuple[tuple[int, int], ...]

    @property
    def longest(self) -> timedelta:
        return timedelta(seconds=max(seconds for _, seconds in self.rates))


MAILS_TO_ADDRESS = Limit("mails to address", ((1, 20), (5, 3600)))
MAILS_BY_VISITOR = Limit("mails by visitor", ((40, 3600),))
# An alarm, never a refusal: otherwise anybody could close a programme's door for all.
MAILS_OF_PROGRAMME = Limit("mails of programme", ((300, 3600),))
# Tight for one visitor and one address; wide for an address, so that nobody can lock a person out from afar.
PASSWORDS_BY_VISITOR_FOR_ADDRESS = Limit("passwords by visitor for address", ((5, 300), (20, 86_400)))
PASSWORDS_BY_VISITOR = Limit("passwords by visitor", ((60, 3600),))
PASSWORDS_FOR_ADDRESS = Limit("passwords for address", ((100, 3600),))
SECOND_FACTORS = Limit("second factors", ((5, 300), (40, 86_400)))
# A code from an authenticator app counts once.
SAME_SECOND_FACTOR = Limit("same second factor", ((1, 180),))
CODES_BY_VISITOR = Limit("codes by visitor", ((100, 3600),))
PHONE_NUMBERS = Limit("phone numbers", ((10, 900),))
ADDRESS_CHANGES = Limit("address changes", ((3, 3600),))
INVITATIONS = Limit("invitations", ((30, 86_400),))
# Each is a mail with free text to another partner's owners.
SIDE_INVITATIONS = Limit("side invitations", ((30, 86_400),))
APPLICATION_LINKS = Limit("application links", ((1, 20), (5, 3600)))
# A form may bring files; an inquiry sends a mail to whatever address was typed.
INQUIRY_FORMS = Limit("inquiry forms", ((60, 3600),))
# Of all those files together, kept for a day before anybody has sent the form.
INQUIRY_MEGABYTES = Limit("inquiry megabytes", ((120, 3600), (300, 86_400)))
INQUIRIES_BY_VISITOR = Limit("inquiries by visitor", ((10, 3600), (40, 86_400)))
INQUIRIES_FOR_ADDRESS = Limit("inquiries for address", ((1, 20), (5, 3600)))
# In a meeting: a telephone, and a whole room behind one network address.
LIVE_BY_DEVICE = Limit("live by device", ((15, 60), (120, 3600)))
LIVE_BY_VISITOR = Limit("live by visitor", ((400, 60),))
LIVE_IDEAS_BY_VISITOR = Limit("live ideas by visitor", ((60, 60),))
INQUIRY_MESSAGES = Limit("inquiry messages", ((10, 3600),))


def allow(limit: Limit, who: object, *, amount: int = 1, now: datetime | None = None) -> bool:
    """`who` is an address, a visitor's network address or a key; it is stored as a hash within the programme."""
    if amount > min(most for most, _ in limit.rates):
        return False
    now = now or timezone.now()
    programme = current_programme_or_none()
    text = f"{programme.pk if programme else 0}:{limit.name}:{who}"
    conditions = " AND ".join(["(SELECT count(*) FROM unnest(h.times) t WHERE t > %s) <= %s"] * len(limit.rates))
    bounds = [value for most, seconds in limit.rates for value in (now - timedelta(seconds=seconds), most - amount)]
    with connection.cursor() as cursor:
        cursor.execute(
            # Its only variable part repeats one condition of ours.
            f"""
            INSERT INTO accounts_hits AS h (key, times, forget_at) VALUES (%s, array_fill(%s::timestamptz, ARRAY[%s::int]), %s)
            ON CONFLICT (key) DO UPDATE SET
                times = ARRAY(SELECT t FROM unnest(h.times) t WHERE t > %s) || excluded.times,
                forget_at = excluded.forget_at
            WHERE {conditions}
            RETURNING 1
            """,  # noqa: S608
            [hashlib.sha256(text.encode()).hexdigest(), now, amount, now + limit.longest, now - limit.longest, *bounds],
        )
        return cursor.fetchone() is not None


def watch(limit: Limit) -> None:
    """Counts something that is never refused; more than usual is told in the logs."""
    if not allow(limit, "all"):
        logger.warning("more than usual", extra={"facts": {"what": limit.name}})
