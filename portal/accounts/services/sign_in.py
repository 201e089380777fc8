"""Signing in by mail: asking for it, and redeeming what it carries.

Each way to redeem ends in one conditional UPDATE of the ticket, so of any number of attempts at once one succeeds.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from portal.accounts import keys, limits
from portal.accounts.models import LoginTicket, LoginTicketQuerySet, User
from portal.accounts.queries import eligible_user
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.outbox.bounces import address_is_read
from portal.outbox.services import queue_mail


@transaction.atomic
def ask_to_sign_in(*, address: str, next_path: str, language: str, now: datetime | None = None) -> LoginTicket:
    """The same rows for every address: the worker that sends the mail finds out whose it is."""
    now = now or timezone.now()
    ticket = LoginTicket.objects.create(address=address, next_path=next_path, language=language, created_at=now)
    mine = LoginTicket.objects.filter(address=address, purpose=LoginTicket.Purpose.SIGN_IN, ended_at=None)
    beyond = mine.order_by("-id").values("pk")[LoginTicket.MOST_LIVE :]
    LoginTicket.objects.filter(pk__in=beyond).update(ended_at=now)
    send_ticket(ticket=ticket, message="accounts.sign_in")
    return ticket


def send_ticket(*, ticket: LoginTicket, message: str) -> None:
    """Also for the second mail with the code alone. The mail's data names the ticket, never what it carries."""
    queue_mail(
        message=message,
        to=ticket.address,
        dedupe_key=f"{message}:{ticket.pk}",
        data={"ticket": ticket.pk},
        language=ticket.language,
    )


@transaction.atomic
def redeem_link(*, token: str, now: datetime | None = None) -> User | None:
    tickets = LoginTicket.objects.filter(link_hash=keys.hash_of(token))
    return _read(_redeem(tickets, now or timezone.now()))


def redeem_code(*, ticket_id: int, code: str, now: datetime | None = None) -> User | None:
    """The attempt is counted, and the count committed, before the code is looked at."""
    now = now or timezone.now()
    ticket = LoginTicket.objects.filter(pk=ticket_id)
    may_try = ticket.live_at(now).filter(attempts__lt=LoginTicket.MOST_ATTEMPTS)
    if not may_try.update(attempts=F("attempts") + 1) or not constant_time_compare(code, ticket.get().code):
        return None
    with transaction.atomic():
        return _read(_redeem(ticket, now))


@transaction.atomic
def confirm_by_phone(*, user: User, number: str, reason: str, officer: User, now: datetime | None = None) -> bool:
    """An officer has made sure who is calling. Only the waiting page that shows the number will sign in."""
    now = now or timezone.now()
    if not limits.allow(limits.PHONE_NUMBERS, officer.pk, now=now) or eligible_user(user.email) != user:
        return False
    waiting = LoginTicket.objects.live_at(now).filter(address=user.email, purpose=LoginTicket.Purpose.SIGN_IN)
    # Two pages with the same number, however unlikely, are none.
    matching = [one for one in waiting.select_for_update() if constant_time_compare(one.phone_number, number)]
    if len(matching) != 1:
        return False
    (ticket,) = matching
    ticket.confirmed_by = officer
    ticket.save(update_fields=["confirmed_by"])
    record_event(action=Action.SIGN_IN_CONFIRMED_BY_PHONE, subject=user, actor=officer, reason=reason)
    queue_mail(
        message="accounts.confirmed_by_phone",
        to=user.email,
        dedupe_key=f"confirmed-by-phone:{ticket.pk}",
        language=ticket.language,
    )
    return True


@transaction.atomic
def redeem_phone_help(*, ticket_id: int, now: datetime | None = None) -> User | None:
    tickets = LoginTicket.objects.filter(pk=ticket_id, confirmed_by__isnull=False)
    return _redeem(tickets, now or timezone.now())


def void_tickets(*, address: str, now: datetime | None = None) -> None:
    """What is on its way to the address opens nothing any more: after a sign-in, and when the person's place changes."""
    now = now or timezone.now()
    LoginTicket.objects.filter(address=address, ended_at=None).update(ended_at=now)


def _read(user: User | None) -> User | None:
    """Whoever has what only the mail carried, reads mail at this address."""
    if user:
        address_is_read(address=user.email)
    return user


def _redeem(tickets: LoginTicketQuerySet, now: datetime) -> User | None:
    if not tickets.live_at(now).update(ended_at=now):
        return None
    ticket = tickets.get()
    user = eligible_user(ticket.address)
    if user:
        void_tickets(address=ticket.address, now=now)
    return user
