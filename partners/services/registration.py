"""Applications for registration: asked for by mail, typed, sent, and decided. Each step locks the application's row.

Numbers (receipts, registration numbers) are given behind the lock of the programme's settings (services/numbers.py),
so none is given twice.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from partners.edits import ChangedMeanwhile, changed_since, merged
from partners.intake import Rhythm, intake_of
from partners.models import Activity, Application, ApplicationVersion, Batch, Partner, RegistrationSettings
from partners.queries.registration import (
    Typed,
    asked_sections,
    checklist_of,
    complete_values_of,
    fingerprint,
    first_typed,
    page_stamp,
    registration_settings,
    unchecked,
    values_of,
    written,
)
from partners.services.numbers import give_numbers, locked_settings
from partners.services.people import IsStaff, open_account
from partners.services.records import add_partner, change_partner, lock_partner, record_activity
from partners.services.standing import standing_values
from partners.states import APPLICATION_TRANSITIONS, ApplicationState, PartnerState
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.notices.models import Genre
from portal.notices.services import begin_what_was_ticked
from portal.outbox.services import queue_mail
from portal.tenancy.models import Feature
from portal.tenancy.scope import current_programme
from portal.web.access import ANONYMOUS, Actor, only_staff
from portal.web.models import OnBehalf
from portal.web.receipts import next_receipt
from portal.web.steps import state_now

# Of all that one application holds.
LARGEST = 100_000


class HasChanged(ValueError):
    """Something else was typed since the page was shown."""


# --- By the applicant, who holds the mailed link ---------------------------------------------------------------------


@transaction.atomic
def ask_to_apply(*, address: str, language: str) -> Application:
    """The same for every address: a draft, and a mail with the way to it and to whatever was sent before."""
    application, _is_new = Application.objects.get_or_create(
        email=address, state=ApplicationState.DRAFT, defaults={"language": language}
    )
    mail_links(address=address, language=language)
    return application


def mail_links(*, address: str, language: str) -> None:
    queue_mail(
        message="partners.application_links",
        to=address,
        dedupe_key=f"application-links:{address}:{timezone.now().isoformat()}",
        language=language,
    )


@transaction.atomic
def keep_typed(*, application: Application, typed: Typed, language: str, seen: str | None = None) -> str:
    """What one page holds, right or wrong; the other pages keep theirs. The stamp of what the page now shows.

    `seen` is the stamp that the page was given. What somebody else with the same link has typed since stays where
    nothing was typed here; where both typed, nothing is kept before the second has seen it.
    """
    application = _locked(application)
    mine, now = written(typed, typed), written(first_typed(application), typed)
    wanted = mine if seen is None else merged(mine, seen, now)
    if seen is not None and (both := [name for name in changed_since(seen, now) if wanted[name] != now[name]]):
        raise ChangedMeanwhile(both)
    kept = {name: list(texts) for name, texts in typed.items() if wanted[name] == mine[name]}
    data = {**application.data, **kept}
    if not application.is_editable:
        raise ValidationError(_("この申請は「%s」のため、書き直せません。") % application.get_state_display())
    if sum(len(text) for texts in data.values() for text in texts) > LARGEST:
        raise ValidationError(_("申請の全体で%d文字を超えるため、保存できません。文章を短くしてください。") % LARGEST)
    application.data, application.language = data, language
    application.name = "".join(data.get("name", ()))[:200].strip()
    application.changed_at = timezone.now()
    application.save()
    return page_stamp(typed, typed)


@transaction.atomic
def send_application(*, application: Application, seen: str, now: datetime | None = None) -> Application:
    """Send what the confirm page showed (`seen`). Pressed twice, it is sent once."""
    now = now or timezone.now()
    application = _locked(application)
    if application.state == ApplicationState.SENT:
        return application
    if fingerprint(application.data) != seen:
        raise HasChanged
    _send(application, now, ANONYMOUS)
    return application


def _send(application: Application, now: datetime, actor: Actor, reason: str = "") -> None:
    """The same for what an applicant types and for what staff enter from paper."""
    settings = locked_settings()
    values = complete_values_of(application.data, settings)
    before = application.state
    _check(application, ApplicationState.SENT)
    application.state, application.sent_at, application.name = ApplicationState.SENT, now, values["name"]
    application.comment, application.checklist = "", []
    _give_batch(application, settings, now)
    if not application.receipt:
        application.receipt = next_receipt(Application.objects.all(), timezone.localdate(now))
    if current_programme().has(Feature.UNCONFIRMED_MEMBERS):
        _open_unconfirmed(application, values)
    application.save()
    ApplicationVersion.objects.create(application=application, data=application.data, sent_at=now)
    _record(Action.APPLICATION_SENT, application, before, actor, reason)
    _tell(application, "partners.application_sent")


@transaction.atomic
def withdraw_application(*, application: Application) -> Application:
    application = _locked(application)
    if application.state == ApplicationState.WITHDRAWN:
        return application
    before = application.state
    _decide(application, ApplicationState.WITHDRAWN, ANONYMOUS)
    _end_unconfirmed(application, "申請の取下げ", ANONYMOUS)
    _record(Action.APPLICATION_WITHDRAWN, application, before, ANONYMOUS)
    _tell(application, "partners.application_withdrawn")
    return application


# --- By staff --------------------------------------------------------------------------------------------------------


@transaction.atomic
def enter_application(
    *, typed: Typed, address: str, received_on: date, on_behalf: OnBehalf, actor: Actor
) -> Application:
    """代理入力 of what came in on paper: by the same rules, into the same review, and told to its contact, who holds the
    link from then on. It counts to the intake of the day on which it was received.
    """
    only_staff(actor)
    now, today = timezone.now(), timezone.localdate()
    if received_on > today:
        raise ValidationError({"received_on": _("先の日付は選べません。")})
    if received_on < today:
        now = datetime.combine(received_on, time(12), timezone.get_default_timezone())
    application = Application(
        email=address,
        data={name: list(texts) for name, texts in typed.items()},
        **on_behalf.marks(actor.user),
    )
    _send(application, now, actor, reason=on_behalf.reason)
    return application


@transaction.atomic
def check_application(*, application: Application, checked: Sequence[str], actor: Actor) -> None:
    only_staff(actor)
    application = _locked(application)
    if application.state != ApplicationState.SENT:
        raise ValidationError(_("審査待ちではないため、変えられません。"))
    before, application.checklist = application.checklist, list(checked)
    if before == application.checklist:
        return
    application.save(update_fields=["checklist"])
    with override(django_settings.LANGUAGE_CODE):  # the record keeps one language, whoever ticked
        words = checklist_of(registration_settings())
    was, now = ([words.get(key, key) for key in keys] for keys in (before, application.checklist))
    record_event(
        action=Action.APPLICATION_CHECKED,
        subject=application,
        actor=actor.user,
        changes={"checklist": (was, now)},
    )


@transaction.atomic
def return_application(*, application: Application, reason: str, actor: Actor) -> Application:
    """Back to the applicant for correction; what was sent is kept as a version, with the reason beside it."""
    only_staff(actor)
    application = _locked(application)
    before, now = application.state, timezone.now()
    _check(application, ApplicationState.RETURNED)
    application.state, application.comment = ApplicationState.RETURNED, reason
    application.save()
    version = application.versions.latest("id")
    version.returned_at, version.comment = now, reason
    version.save()
    _record(Action.APPLICATION_RETURNED, application, before, actor, reason)
    _tell(application, "partners.application_returned")
    return application


@transaction.atomic
def reject_application(*, application: Application, reason: str, actor: Actor) -> Application:
    only_staff(actor)
    application = _locked(application)
    before, application.comment = application.state, reason
    _decide(application, ApplicationState.REJECTED, actor)
    _end_unconfirmed(application, reason, actor)
    _record(Action.APPLICATION_REJECTED, application, before, actor, reason)
    _tell(application, "partners.application_rejected")
    return application


@transaction.atomic
def approve_application(*, application: Application, approved_on: date, actor: Actor) -> Partner:
    """The organisation becomes a partner of its batch, with a number; its applicant is the first owner."""
    only_staff(actor)
    application = _locked(application)
    before = application.state
    _check(application, ApplicationState.APPROVED)
    _check_day(application, approved_on)
    settings = locked_settings()
    if left := unchecked(application, settings):
        raise ValidationError(_("確かめていない項目があります：%s") % "、".join(left))
    given: dict[str, Any] = {"batch": application.batch, "approved_on": approved_on}
    give_numbers([given])
    partner = _register(application, values_of(application.data, asked_sections(settings)), given, actor)
    application.partner = partner
    _decide(application, ApplicationState.APPROVED, actor)
    Batch.objects.filter(applications=application, approved_on=None).update(approved_on=approved_on)
    record_activity(
        partner=partner, kind=Activity.Kind.REGISTRATION, title=gettext_noop("登録"), key="registration", on=approved_on
    )
    _record(Action.APPLICATION_APPROVED, application, before, actor)
    _tell(application, "partners.application_approved")
    try:
        _open_account(application, partner)
    except IsStaff as refusal:
        raise ValidationError(
            _(
                "申請のメールアドレスは職員のもので、パートナーのログインには使えません。別のアドレスで申請するよう、お伝えください。"
            )
        ) from refusal
    return partner


def carry_out_approval(*, subject_id: str, data: Mapping[str, str], actor: Actor) -> None:
    """When a second approver has agreed (portal/web/services/approvals.py)."""
    approve_application(
        application=Application.objects.get(pk=subject_id),
        approved_on=date.fromisoformat(data["approved_on"]),
        actor=actor,
    )


# --- What these share ------------------------------------------------------------------------------------------------


def why_not(application: Application, state: ApplicationState) -> str:
    """Empty if the application may go there; otherwise the reason."""
    if state in APPLICATION_TRANSITIONS[ApplicationState(application.state)]:
        return ""
    return state_now(application)


def _locked(application: Application) -> Application:
    return Application.objects.select_for_update(of=("self",)).select_related("batch").get(pk=application.pk)


def _check(application: Application, state: ApplicationState) -> None:
    if reason := why_not(application, state):
        raise ValidationError(reason)


def _check_day(application: Application, approved_on: date) -> None:
    if approved_on > timezone.localdate():
        raise ValidationError({"approved_on": _("承認日は、今日までの日付にしてください。")})
    if application.sent_at and approved_on < timezone.localdate(application.sent_at):
        raise ValidationError({"approved_on": _("承認日が、申請の日より前です。")})


def _decide(application: Application, state: ApplicationState, actor: Actor) -> None:
    _check(application, state)
    application.state, application.decided_at, application.decided_by = state, timezone.now(), actor.user
    application.save()


def _give_batch(application: Application, settings: RegistrationSettings, now: datetime) -> None:
    """A corrected application keeps its place, unless its batch has been decided or its answer is due already."""
    kept = application.batch
    if kept and kept.approved_on is None and application.answer_by and timezone.localdate(now) <= application.answer_by:
        return
    intake = intake_of(now, Rhythm(settings.rhythm), settings.answer_days, ZoneInfo(django_settings.TIME_ZONE))
    batch = Batch.objects.filter(closes_on=intake.closes_on).order_by("id").first()
    application.batch = batch or Batch.objects.create(closes_on=intake.closes_on)
    application.answer_by = intake.answer_by


def _changed_values(application: Application, values: dict[str, Any]) -> dict[str, Any]:
    """Of an application whose partner exists: what was typed otherwise than in the version that was written last.
    The rest may have been changed on the partner itself since, by staff on its behalf.
    """
    written = application.versions.latest("id").data
    return {name: value for name, value in values.items() if application.data.get(name) != written.get(name)}


def _open_unconfirmed(application: Application, values: dict[str, Any]) -> None:
    """Where the programme wants it, the account opens at once; it may read and ask, and take part once confirmed."""
    if application.partner_id:
        partner = lock_partner(application.partner_id)
        changed = _changed_values(application, values)
        change_partner(partner=partner, values=changed, actor=ANONYMOUS, reason=application.receipt)
        return
    values |= {"state": PartnerState.UNCONFIRMED}
    application.partner = add_partner(values=values, actor=ANONYMOUS, reason=application.receipt)
    # Whoever approves is told.
    with suppress(IsStaff):
        _open_account(application, application.partner)


def _register(application: Application, values: dict[str, Any], given: dict[str, Any], actor: Actor) -> Partner:
    on, reason = given["approved_on"], application.receipt
    if application.partner_id is None:
        return add_partner(values=values | given, actor=actor, reason=reason, on=on)
    partner = lock_partner(application.partner_id)
    written = _changed_values(application, values) | given | standing_values(partner, PartnerState.REGISTERED)
    change_partner(partner=partner, values=written, actor=actor, reason=reason, on=on)
    return partner


def _end_unconfirmed(application: Application, reason: str, actor: Actor) -> None:
    if application.partner_id:
        partner = lock_partner(application.partner_id)
        values = standing_values(partner, PartnerState.ENDED)
        change_partner(partner=partner, values=values, actor=actor, reason=reason)


def _open_account(application: Application, partner: Partner) -> None:
    """What the applicant wishes to be sent begins with it, as of the day on which they said so."""
    name, language = partner.contact_name, application.language
    member = open_account(partner=partner, name=name, address=application.email, language=language)
    if member:
        ticked = [key for kind in Genre.Kind.values for key in application.data.get(kind, ())]
        agreed_at = application.sent_at or timezone.now()
        begin_what_was_ticked(user=member.user, ticked=ticked, agreed_at=agreed_at, reason=application.receipt)


def _record(action: Action, application: Application, before: str, actor: Actor, reason: str = "") -> None:
    record_event(
        action=action,
        subject=application,
        actor=actor.user,
        changes={"state": (before, application.state)},
        reason=reason,
    )


def _tell(application: Application, message: str) -> None:
    queue_mail(
        message=message,
        to=application.email,
        dedupe_key=f"{message}:{application.pk}:{application.versions.count()}",
        language=application.language,
        about=application,
    )
