"""Reading an application: its steps, its values, what is missing, what staff check, who might be the same.

Nothing is written here (services/registration.py), and nothing is shown (forms.py, views and admin).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from partners.edits import stamp_of
from partners.fields import Section, Visibility, fields_of, missing, problems_of
from partners.models import Application, Partner, RegistrationSettings
from partners.values import column_of, read_value
from portal.accounts import keys
from portal.notices.models import Genre
from portal.notices.queries import offered_genres
from portal.tenancy.models import Feature
from portal.tenancy.scope import current_programme
from portal.web.folding import fold
from portal.web.registry import WorkItem, WorkQueue

# Name → texts, as a browser posts them.
Typed = Mapping[str, Sequence[str]]
REQUIREMENTS = "requirements"
# Answered by ticks: what is confirmed, and by kind what the applicant wishes to be sent.
TICKED = (REQUIREMENTS, *Genre.Kind.values)


class Step(models.TextChoices):
    """A page of the application. The rest of a profile is filled in on My Page, once the partner is registered."""

    REQUIREMENTS = "requirements", gettext_lazy("要件の確認")
    ORGANISATION = "organisation", gettext_lazy("団体")
    CONTACT = "contact", gettext_lazy("担当者")
    INITIATIVES = "initiatives", gettext_lazy("取組")
    SUBSCRIPTIONS = "subscriptions", gettext_lazy("お知らせの希望")


SECTIONS: dict[Step, tuple[Section, ...]] = {
    Step.REQUIREMENTS: (),
    Step.ORGANISATION: (Section.BASIC, Section.PLACE, Section.BUSINESS),
    Step.CONTACT: (Section.CONTACT,),
    Step.INITIATIVES: (Section.INITIATIVES,),
    Step.SUBSCRIPTIONS: (),
}


def registration_settings() -> RegistrationSettings:
    """The programme's; the usual ones where nobody has set any."""
    return RegistrationSettings.objects.first() or RegistrationSettings()


def application_with_token(token: str) -> Application | None:
    return Application.objects.select_related("batch").filter(link_hash=keys.hash_of(token)).first()


# --- Steps -----------------------------------------------------------------------------------------------------------


def sections_of(step: Step, settings: RegistrationSettings) -> list[str]:
    return [section for section in SECTIONS[step] if section in settings.sections]


def steps_of(settings: RegistrationSettings) -> list[Step]:
    """Those in which the programme asks for something."""
    return [step for step in Step if _asks_something(step, settings)]


def _asks_something(step: Step, settings: RegistrationSettings) -> bool:
    match step:
        case Step.REQUIREMENTS:
            return bool(settings.requirements)
        case Step.SUBSCRIPTIONS:
            return bool(offered_genres())
        case _:
            return bool(sections_of(step, settings))


def asked_sections(settings: RegistrationSettings) -> list[str]:
    return [section for step in Step for section in sections_of(step, settings)]


def requirement_choices(settings: RegistrationSettings) -> list[tuple[str, str]]:
    """Each by its Japanese text, so that what was confirmed says what it was, and a changed one is asked for again."""
    language = get_language() or "ja"
    return [(one["ja"], one.get(language) or one["ja"]) for one in settings.requirements]


# --- Values ----------------------------------------------------------------------------------------------------------


def values_of(typed: Typed, sections: Sequence[str]) -> dict[str, Any]:
    """What is stored for what was typed. Whatever cannot be read is told by field."""
    values, refusals = {}, {}
    for field in fields_of(list(sections)):
        is_list = isinstance(column_of(field.name), ArrayField)
        try:
            values[field.name] = read_value(field.name, ("," if is_list else "").join(typed.get(field.name, ())))
        except ValueError as refusal:
            refusals[field.name] = str(refusal)
    if refusals:
        raise ValidationError(refusals)
    return values


def complete_values_of(typed: Typed, settings: RegistrationSettings) -> dict[str, Any]:
    """For sending: nothing that must be given is missing, nothing contradicts the rest, and every requirement is confirmed."""
    sections = asked_sections(settings)
    values = values_of(typed, sections)
    refusals = {field.name: _("%sを入力してください。") % field.label for field in missing(values, sections)}
    refusals |= problems_of(values)
    confirmed = set(typed.get(REQUIREMENTS, ()))
    if any(one["ja"] not in confirmed for one in settings.requirements):
        refusals[REQUIREMENTS] = _("登録の要件を、すべて確かめてください。")
    if refusals:
        raise ValidationError(refusals)
    return values


def first_typed(application: Application) -> Typed:
    """What is typed so far; the verified address stands in its place until somebody writes another one there."""
    return {"contact_email": [application.email], **application.data}


def fingerprint(typed: Typed) -> str:
    """Names what a confirm page showed, so that nothing else is sent by its button."""
    text = json.dumps(typed, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def written(typed: Typed, names: Iterable[str]) -> dict[str, list[str]]:
    """What is typed in these fields; left empty and never seen are the same."""
    return {name: [text for text in typed.get(name, ()) if text] for name in names}


def page_stamp(typed: Typed, names: Iterable[str]) -> str:
    """What a page has shown, so that its sender overwrites nothing unseen (partners/edits.py)."""
    return stamp_of(written(typed, names))


# --- Review ----------------------------------------------------------------------------------------------------------


def checklist_of(settings: RegistrationSettings) -> dict[str, str]:
    """What an officer makes sure of before approving: every requirement, and what holds for all programmes."""
    own = {one["ja"]: one["ja"] for one in settings.requirements}
    return own | {
        "published": _("取組を公表しているページを開いて確かめた"),
        "same": _("同じ団体の登録や申請がないことを確かめた"),
        "contact": _("担当者と連絡先を確かめた"),
    }


def unchecked(application: Application, settings: RegistrationSettings) -> list[str]:
    return [text for key, text in checklist_of(settings).items() if key not in application.checklist]


def listed_partners_like(typed: Typed) -> list[Partner]:
    """Registered ones with this name or corporate number, as far as the public may know both: nobody knows who is
    registered where there is no directory.
    """
    if not current_programme().has(Feature.DIRECTORY):
        return []
    found = Partner.objects.listed().filter(_same_as(typed))
    return [partner for partner in found if _is_known_to_all(partner, typed)]


def partners_like(application: Application) -> list[Partner]:
    """For staff: also those that are shown nowhere."""
    return list(Partner.objects.filter(_same_as(application.data)).exclude(pk=application.partner_id or 0))


def applications_like(application: Application) -> list[Application]:
    """For staff: other open applications for the same organisation, or from the same address."""
    name, number = _name_and_number(application.data)
    same = models.Q(email=application.email)
    if name:
        same |= models.Q(name__iexact=name)
    if number:
        same |= models.Q(data__corporate_number=[number])
    sent = Application.objects.open().exclude(sent_at=None)
    return list(sent.filter(same).exclude(pk=application.pk))


def application_address(key: object) -> str:
    """The review's page."""
    return reverse("admin:partners_application_change", args=[key])


def waiting_items() -> list[WorkItem]:
    return [
        WorkItem(
            title=str(application),
            url=application_address(application.pk),
            since=application.sent_at,
            due_at=datetime.combine(application.answer_by, time.max, timezone.get_default_timezone()),
            subject_type="partners.application",
            subject_id=str(application.pk),
        )
        for application in Application.objects.waiting()[:200]
        if application.sent_at and application.answer_by
    ]


review_queue = WorkQueue(
    label=gettext_lazy("登録申請の審査"),
    url=lambda: reverse("admin:partners_application_changelist") + "?state__exact=sent",
    count=lambda: Application.objects.waiting().count(),
    items=waiting_items,
    feature=Feature.REGISTRATION,
    about="partners.application",
)


def _name_and_number(typed: Typed) -> tuple[str, str]:
    def text(name: str) -> str:
        try:
            return str(read_value(name, "".join(typed.get(name, ()))))
        except ValueError:
            return ""

    return text("name"), text("corporate_number")


def _same_as(typed: Typed) -> models.Q:
    name, number = _name_and_number(typed)
    same = models.Q(pk__in=[])
    if name:
        same |= models.Q(name__iexact=name)
    if number:
        same |= models.Q(corporate_number=number)
    return same


def _is_known_to_all(partner: Partner, typed: Typed) -> bool:
    name, _number = _name_and_number(typed)
    return fold(partner.name) == fold(name) or partner.visibility_of("corporate_number") is Visibility.PUBLIC
