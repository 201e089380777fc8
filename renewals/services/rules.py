"""Versions of the rules: drafted, tried in the simulator, decided for a day to come, taken back before that day."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.models import Action
from portal.audit.services import record_event
from portal.web.access import Actor, StaffRole, only_staff
from portal.web.content import content_changed
from renewals.models import RuleVersion
from renewals.rulebook import InvalidRules
from renewals.rules_json import read_rules, write_rules
from renewals.services.daily import look_again
from renewals.stages import RULE_TRANSITIONS, RuleState


@transaction.atomic
def draft_rules(*, data: Mapping[str, Any], reason: str, actor: Actor) -> RuleVersion:
    """Binds nobody. What cannot be meant is refused, by field."""
    only_staff(actor)
    try:
        rules = read_rules(data)
    except InvalidRules as mistakes:
        raise ValidationError({name: [text] for name, text in mistakes.errors.items()}) from mistakes
    version = RuleVersion.objects.create(
        name=rules.name, effective_on=rules.effective_on, data=write_rules(rules), reason=reason, drafted_by=actor.user
    )
    _record(Action.RULES_DRAFTED, version, actor)
    return version


def why_not_apply(version: RuleVersion) -> str:
    if version.state != RuleState.DRAFT:
        return _("「%s」のルールには、できません。") % version.get_state_display()
    decided = RuleVersion.objects.approved()
    if decided.filter(effective_on=version.effective_on).exists():
        return _("同じ日に施行するルールがすでにあります。")
    # The first rules tell how it has been; a later change reaches nobody's past.
    if version.effective_on <= timezone.localdate() and decided.exists():
        return _("施行日を明日以降にしてください。過ぎた日のルールは変えられません。")
    return ""


def why_not_withdraw(version: RuleVersion) -> str:
    if RuleState.WITHDRAWN not in RULE_TRANSITIONS[RuleState(version.state)]:
        return _("「%s」のルールには、できません。") % version.get_state_display()
    if version.state == RuleState.APPROVED and version.effective_on <= timezone.localdate():
        return _("すでに施行されています。変えるときは、新しいルールを作ってください。")
    return ""


@transaction.atomic
def apply_rules(*, version_id: int, actor: Actor) -> RuleVersion:
    """From its day on it counts. Every partner is looked at again in the next round."""
    only_staff(actor, StaffRole.APPROVER)
    version = _decided(version_id, RuleState.APPROVED, why_not_apply, actor)
    _record(Action.RULES_APPROVED, version, actor)
    return version


@transaction.atomic
def withdraw_rules(*, version_id: int, reason: str, actor: Actor) -> RuleVersion:
    only_staff(actor, StaffRole.APPROVER)
    version = _decided(version_id, RuleState.WITHDRAWN, why_not_withdraw, actor)
    _record(Action.RULES_WITHDRAWN, version, actor, reason)
    return version


def _decided(version_id: int, state: RuleState, why_not: Any, actor: Actor) -> RuleVersion:
    version: RuleVersion = RuleVersion.objects.select_for_update(of=("self",)).get(pk=version_id)
    if refusal := why_not(version):
        raise ValidationError(refusal)
    version.state, version.decided_by, version.decided_at = state, actor.user, timezone.now()
    version.save()
    look_again(today=timezone.localdate())
    # The public timetable of the cohorts.
    content_changed()
    return version


def _record(action: Action, version: RuleVersion, actor: Actor, reason: str = "") -> None:
    changes = {"name": (None, version.name), "effective_on": (None, version.effective_on)}
    record_event(action=action, subject=version, actor=actor.user, changes=changes, reason=reason or version.reason)
