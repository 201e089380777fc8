"""Drafts: what somebody types into a longer form is never lost, and no page has a time limit.

The form carries a ticket: signed, it says whose draft of which form it is. Whoever sends the ticket may keep text for
that person, and nothing else, so it also works when the session is gone:
- portal.js sends the form to /drafts/ while one types;
- a sent form that meets no session any more, or an old CSRF token, is kept from that very request, the person signs
  in, in whatever browser, and finds the text in the form.
What was sent for good is forgotten by the view.

In a view: `initial=drafts.initial(actor, NAME, Form)`, `drafts.ticket(actor, NAME)` for the template, and after sending
`drafts.forget(actor, NAME)`. In the template, inside the form: {% include "components/draft.html" with ticket=draft only %}
"""

from typing import Any

from django.core import signing
from django.forms import BaseForm, FileField, PasswordInput
from django.http import HttpRequest, QueryDict

from portal.accounts.models import Draft, User
from portal.tenancy.scope import current_programme_id, current_programme_or_none
from portal.web.access import Actor

FIELD = "_draft"
LIFETIME_SECONDS = 60 * 86_400
LARGEST = 100_000
NEVER_KEPT = {FIELD, "csrfmiddlewaretoken"}


def ticket(actor: Actor, form: str) -> str:
    return signing.dumps([actor.user.pk, _partner(actor), form], salt=_salt(), compress=True)


def keep(request: HttpRequest) -> bool:
    """Keeps what was posted, if it carries a ticket of this programme's person."""
    if FIELD not in request.POST or current_programme_or_none() is None:
        return False
    try:
        user_id, partner_id, form = signing.loads(request.POST.get(FIELD, ""), salt=_salt(), max_age=LIFETIME_SECONDS)
    except signing.BadSignature:
        return False
    data = {name: values for name, values in request.POST.lists() if name not in NEVER_KEPT and "password" not in name}
    if sum(len(value) for values in data.values() for value in values) > LARGEST:
        return False
    if not User.objects.filter(pk=user_id, is_active=True).exists():
        return False
    Draft.objects.update_or_create(user_id=user_id, partner_id=partner_id, form=form, defaults={"data": data})
    return True


def initial(actor: Actor, name: str, form: type[BaseForm] | BaseForm) -> dict[str, Any]:
    """The kept text, as the widgets of the form (or of its class) read it. Secrets and files are never kept.

    A disabled field keeps its own value: browsers do not send it, and nobody else may set it.
    """
    draft = Draft.objects.filter(user=actor.user, partner_id=_partner(actor), form=name).first()
    if draft is None:
        return {}
    typed = QueryDict(mutable=True)
    for field, values in draft.data.items():
        typed.setlist(field, values)
    return {
        field: part.widget.value_from_datadict(typed, {}, field)
        for field, part in getattr(form, "fields", form.base_fields).items()  # type: ignore[union-attr]
        if not (part.disabled or isinstance(part, FileField) or isinstance(part.widget, PasswordInput))
    }


def forget(actor: Actor, name: str) -> None:
    Draft.objects.filter(user=actor.user, partner_id=_partner(actor), form=name).delete()


def _partner(actor: Actor) -> int:
    return actor.membership.partner_id if actor.membership else 0


def _salt() -> str:
    """A ticket is worth something in its own programme only."""
    return f"portal.accounts.drafts.{current_programme_id()}"
