"""Moving a deadline for everybody, or for some, after an outage: seen first, mailed, and reversible."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import Partner
from partners.services.numbers import locked_settings
from portal.accounts.queries import languages_of
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.outbox.services import Letter, queue_each
from portal.tenancy.models import Language
from portal.web.access import Actor, only_staff
from renewals.facts import DutyKind
from renewals.facts import Extension as ExtensionFact
from renewals.models import ExtendedPartner, Extension
from renewals.queries.receivers import receivers_of
from renewals.queries.records import what_is_owed
from renewals.services.daily import look_again

AT_ONCE = 500
MESSAGE = "renewals.extended"


@dataclass(frozen=True)
class Shift:
    """What an officer typed: which deadlines go to which day, and why."""

    due_from: date
    due_to: date
    until: date
    reason: str
    kind: str = Extension.Kind.BOTH

    @property
    def fact(self) -> ExtensionFact:
        """Raises ValueError where it does not move to a later day, or says no reason."""
        return ExtensionFact(
            due_from=self.due_from,
            due_to=self.due_to,
            until=self.until,
            reason=self.reason,
            recorded_on=timezone.localdate(),
            kind=DutyKind(self.kind) if self.kind else None,
        )


def reached_by(shift: Shift, partner_ids: Sequence[int] | None = None) -> list[int]:
    """The partners whose open or coming deadlines it would move to a later day."""
    fact, today = shift.fact, timezone.localdate()
    partners = Partner.objects.current().exclude(approved_on=None)
    if partner_ids is not None:
        partners = partners.filter(pk__in=partner_ids)
    found = []
    for batch in _batches(partners.order_by("pk").values_list("pk", flat=True)):
        for partner_id, answer in what_is_owed(list(Partner.objects.filter(pk__in=batch)), today).items():
            kinds = {
                duty: DutyKind.RENEWAL if duty is answer.renewal else DutyKind.REPORT for duty in answer.all_duties
            }
            if any(fact.moves(kind, duty.rule_due_on) and shift.until > duty.due_on for duty, kind in kinds.items()):
                found.append(partner_id)
    return found


@transaction.atomic
def extend(*, shift: Shift, partner_ids: Sequence[int] | None, meant_for: str, actor: Actor) -> Extension:
    """`partner_ids` None: everybody, those too who come in later. Pressed twice, it is decided and mailed once."""
    only_staff(actor)
    locked_settings()
    try:
        reached = reached_by(shift, partner_ids)
    except ValueError as problem:
        raise ValidationError(str(problem)) from problem
    if partner_ids is not None and not partner_ids:
        raise ValidationError(_("対象の団体がありません。"))
    decided: dict[str, Any] = {
        "due_from": shift.due_from, "due_to": shift.due_to, "until": shift.until, "kind": shift.kind,
        "reason": shift.reason, "is_for_all": partner_ids is None, "meant_for": meant_for, "recorded_by": actor.user,
    }  # fmt: skip
    today = timezone.localdate()
    if again := Extension.objects.filter(**decided, recorded_on=today, withdrawn_on=None).first():
        return again
    extension = Extension.objects.create(**decided)
    if partner_ids is not None:
        ExtendedPartner.objects.bulk_create(
            ExtendedPartner(extension=extension, partner_id=partner_id) for partner_id in partner_ids
        )
    record_event(action=Action.DEADLINES_EXTENDED, subject=extension, actor=actor.user, reason=shift.reason)
    _tell(extension, reached)
    look_again(partner_ids, today=today)
    return extension


@transaction.atomic
def withdraw_extension(*, extension_id: int, reason: str, actor: Actor) -> Extension:
    """The former dates hold again, and everybody who was told is told."""
    only_staff(actor)
    extension: Extension = Extension.objects.select_for_update(of=("self",)).get(pk=extension_id)
    if extension.withdrawn_on:
        raise ValidationError(_("すでに取り消しています。"))
    chosen = None if extension.is_for_all else list(extension.partners.values_list("partner_id", flat=True))
    today = timezone.localdate()
    extension.withdrawn_on, extension.withdrawn_because = today, reason.strip()
    shift = Shift(extension.due_from, extension.due_to, extension.until, extension.reason, extension.kind)
    extension.save()
    _tell(extension, reached_by(shift, chosen))
    record_event(action=Action.EXTENSION_WITHDRAWN, subject=extension, actor=actor.user, reason=reason)
    look_again(chosen, today=today)
    return extension


def _tell(extension: Extension, partner_ids: Sequence[int]) -> None:
    word = "withdrawn" if extension.withdrawn_on else "given"
    for batch in _batches(partner_ids):
        partners = list(Partner.objects.filter(pk__in=batch))
        receivers = receivers_of(partners)
        languages = languages_of(receiver.address for found in receivers.values() for receiver in found)
        letters = [
            Letter(
                to=receiver.address,
                dedupe_key=f"{MESSAGE}:{extension.pk}:{word}:{partner.pk}:{receiver.member_id or receiver.address}",
                data={"member": receiver.member_id, "extension": extension.pk, "word": word},
                about=partner,
                language=languages.get(receiver.address.lower(), Language.JAPANESE),
            )
            for partner in partners
            for receiver in receivers[partner.pk]
        ]
        queue_each(message=MESSAGE, letters=letters)


def _batches(ids: Iterable[int]) -> list[Sequence[int]]:
    ids = list(ids)
    return [ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE)]
