"""The steps to a removal and back. Each asks who may, whether the way is fair so far, and puts itself on record.

Locks are taken in the order that docs/renewals.md gives: the partner, its docket, its standing.
"""

from datetime import date, time, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from partners.models import Partner
from partners.rules import may_edit_profile
from partners.services.records import lock_partner
from partners.services.standing import move_partner
from partners.services.telling import tell_office
from partners.states import Move
from portal.accounts.queries import languages_of
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.outbox.services import Letter, queue_each
from portal.tenancy.models import Language
from portal.web.access import Actor, StaffRole, only_staff
from renewals.models import Docket, DocketEntry, ExtendedPartner, Extension
from renewals.models.docket import NOTICES, RESTORED_WITHIN, hearing_may_be_set_on
from renewals.obligations import Obligations
from renewals.queries.receivers import receivers_of
from renewals.queries.records import owed_by, rulebook
from renewals.reasons import why_docket
from renewals.services.daily import refresh_standing
from renewals.stages import DOCKET_TRANSITIONS, DocketState
from renewals.states import State

Kind = DocketEntry.Kind
# Within which the same words are one press of the button, not a second call.
A_MOMENT = timedelta(minutes=1)


# --- May it be done now? Empty, or the reason for staff to read ---------------------------------------------------------
def why_not_open(partner: Partner, answer: Obligations | None) -> str:
    if Docket.objects.open().filter(partner=partner).exists():
        return _("すでに手続を始めています。")
    if answer is None or answer.state is not State.REMOVABLE:
        return _("今日の時点では、登録取消の検討対象ではありません。")
    return ""


def why_not_notify(docket: Docket) -> str:
    if docket.state not in (DocketState.OPEN, DocketState.NOTICED):
        return _not_in(docket)
    last = docket.latest(Kind.NOTICE)
    if last and timezone.localdate() < hearing_may_be_set_on(last):
        return _("前の通知（%s）から14日たっていません。") % last.on
    return ""


def why_not_set_hearing(docket: Docket) -> str:
    if docket.state != DocketState.NOTICED:
        return _not_in(docket)
    notices = docket.entries.filter(kind=Kind.NOTICE).count()
    if notices < NOTICES:
        return _("通知を%(needed)d回送ってからになります（いま%(sent)d回）。") % {"needed": NOTICES, "sent": notices}
    if not docket.entries.filter(kind=Kind.CALL).exists():
        return _("電話で確かめた記録がありません。")
    last = docket.latest(Kind.NOTICE)
    if last and timezone.localdate() < hearing_may_be_set_on(last):
        return _("最後の通知（%s）から14日たっていません。") % last.on
    return _("団体からの猶予の申出に、まだ答えていません。") if docket.has_open_request else ""


def why_not_note_hearing(docket: Docket) -> str:
    if docket.state != DocketState.HEARING:
        return _not_in(docket)
    hearing = docket.latest(Kind.HEARING_SET)
    if hearing and hearing.until and timezone.localdate() < hearing.until:
        return _("意見を聴く日（%s）が来ていません。") % hearing.until
    return ""


def why_not_remove(docket: Docket, answer: Obligations | None) -> str:
    if docket.state != DocketState.HEARING:
        return _not_in(docket)
    if docket.latest(Kind.HEARD) is None:
        return _("意見を聴いた記録がありません。")
    if docket.has_open_request:
        return _("団体からの猶予の申出に、まだ答えていません。")
    if answer is None or answer.state is not State.REMOVABLE:
        return _("今日の時点では、登録取消の検討対象ではありません。手続を終えてください。")
    return ""


def why_not_answer_grace(docket: Docket) -> str:
    if not docket.is_open:
        return _not_in(docket)
    return "" if docket.has_open_request else _("答えを待っている猶予の申出はありません。")


def why_not_restore(docket: Docket) -> str:
    if docket.state != DocketState.REMOVED:
        return _not_in(docket)
    removed = docket.latest(Kind.REMOVED)
    if removed and timezone.localdate() > removed.on + RESTORED_WITHIN:
        return _("取消しから1年を過ぎています。新しい登録の申請になります。")
    return ""


def _not_in(docket: Docket) -> str:
    return _("「%s」の手続には、できません。") % docket.get_state_display()


# --- The deeds of the office --------------------------------------------------------------------------------------------
@transaction.atomic
def open_docket(*, partner_id: int, actor: Actor) -> Docket:
    only_staff(actor)
    partner = lock_partner(partner_id)
    answer = owed_by(partner, timezone.localdate())
    _refuse(why_not_open(partner, answer))
    removal = answer.removal if answer else None
    why = str(why_docket(removal, answer.reports_from)) if answer and removal else ""
    docket = Docket.objects.create(partner=partner, why=why)
    _enter(docket, Kind.OPENED, actor, docket.why)
    return docket


@transaction.atomic
def notify(*, docket_id: int, text: str, actor: Actor) -> DocketEntry:
    """By mail to its people; the same as a letter is printed from the docket's page."""
    docket = _locked(docket_id, actor)
    _refuse(why_not_notify(docket))
    _move(docket, DocketState.NOTICED)
    entry = _enter(docket, Kind.NOTICE, actor, text)
    _tell(entry)
    return entry


@transaction.atomic
def note_call(*, docket_id: int, text: str, actor: Actor) -> DocketEntry:
    docket = _locked(docket_id, actor)
    if not docket.is_open:
        raise ValidationError(_not_in(docket))
    return _just_entered(docket, Kind.CALL, actor, text) or _enter(docket, Kind.CALL, actor, text)


@transaction.atomic
def grant_grace(*, docket_id: int, until: date, text: str, actor: Actor) -> Extension:
    """Moves everything that is missing to the day; the docket stays, and may go on if nothing comes."""
    docket = _locked(docket_id, actor)
    _refuse(why_not_answer_grace(docket))
    today = timezone.localdate()
    if until <= today:
        raise ValidationError({"until": _("明日以降の日を選んでください。")})
    answer = owed_by(docket.partner, today)
    missing = [duty.rule_due_on for duty in answer.duties if duty.rule_due_on < until] if answer else []
    if not missing:
        raise ValidationError(_("いま提出を待っているものはありません。"))
    extension = Extension.objects.create(
        due_from=min(missing), due_to=max(missing), until=until, reason=text, meant_for=str(docket.partner),
        recorded_by=actor.user,
    )  # fmt: skip
    ExtendedPartner.objects.create(extension=extension, partner=docket.partner)
    _tell(_enter(docket, Kind.GRACE_GRANTED, actor, text, until))
    refresh_standing(docket.partner, today)
    return extension


@transaction.atomic
def refuse_grace(*, docket_id: int, text: str, actor: Actor) -> None:
    docket = _locked(docket_id, actor)
    _refuse(why_not_answer_grace(docket))
    _tell(_enter(docket, Kind.GRACE_REFUSED, actor, text))


@transaction.atomic
def set_hearing(*, docket_id: int, on: date, hour: time, place: str, text: str, actor: Actor) -> None:
    docket = _locked(docket_id, actor)
    _refuse(why_not_set_hearing(docket))
    today, rules = timezone.localdate(), rulebook()
    days = rules.on(today).hearing_notice_days if rules else 1
    if on < today + timedelta(days=days):
        raise ValidationError({"on": _("お知らせから%(days)d日以上あとの日を選んでください。") % {"days": days}})
    _move(docket, DocketState.HEARING)
    _tell(_enter(docket, Kind.HEARING_SET, actor, text, on, hour=hour, place=place.strip()))


@transaction.atomic
def note_hearing(*, docket_id: int, text: str, actor: Actor) -> None:
    docket = _locked(docket_id, actor)
    _refuse(why_not_note_hearing(docket))
    if not _just_entered(docket, Kind.HEARD, actor, text):
        _enter(docket, Kind.HEARD, actor, text)


@transaction.atomic
def decide_removal(*, docket_id: int, reason: str, actor: Actor) -> None:
    """The directory, the certificate and the sign-in follow at once (partners.services.standing)."""
    only_staff(actor, StaffRole.APPROVER)
    docket = _locked(docket_id, actor)
    _refuse(why_not_remove(docket, owed_by(docket.partner, timezone.localdate())))
    _move(docket, DocketState.REMOVED)
    _enter(docket, Kind.REMOVED, actor, reason)
    move_partner(partner_id=docket.partner_id, move=Move.REMOVE, reason=reason, actor=actor)
    refresh_standing(lock_partner(docket.partner_id), timezone.localdate())


@transaction.atomic
def close_docket(*, docket_id: int, reason: str, actor: Actor) -> None:
    """Nothing is removed."""
    docket = _locked(docket_id, actor)
    _move(docket, DocketState.CLOSED)
    _tell(_enter(docket, Kind.CLOSED, actor, reason))


def close_if_answered(*, partner: Partner, actor: Actor) -> None:
    """A report that came, or was put right, ends the way to a removal: the only step that nobody has to decide.

    The caller has locked the partner.
    """
    docket = Docket.objects.open().select_for_update(of=("self",)).filter(partner=partner).first()
    answer = owed_by(partner, timezone.localdate())
    if docket and answer and answer.state is not State.REMOVABLE:
        _move(docket, DocketState.CLOSED)
        with override(Language.JAPANESE):
            why = _("活動報告が提出されたため。")
        _tell(_enter(docket, Kind.CLOSED, actor, why))


@transaction.atomic
def restore(*, docket_id: int, reason: str, actor: Actor) -> None:
    only_staff(actor, StaffRole.APPROVER)
    docket = _locked(docket_id, actor)
    _refuse(why_not_restore(docket))
    _move(docket, DocketState.RESTORED)
    _enter(docket, Kind.RESTORED, actor, reason)
    move_partner(partner_id=docket.partner_id, move=Move.RESTORE, reason=reason, actor=actor)
    refresh_standing(lock_partner(docket.partner_id), timezone.localdate())


# --- The partner's own ----------------------------------------------------------------------------------------------------
@transaction.atomic
def ask_for_grace(*, partner_id: int, until: date, text: str, actor: Actor) -> DocketEntry:
    """More time, in the partner's own words. Until it is answered, no hearing is set and nothing is decided."""
    if not may_edit_profile(actor, partner_id) or actor.is_staff():
        raise PermissionDenied
    docket = Docket.objects.open().select_for_update(of=("self",)).filter(partner=lock_partner(partner_id)).first()
    if docket is None:
        raise ValidationError(_("いま進んでいる手続はありません。"))
    if docket.has_open_request:
        raise ValidationError(_("すでに申し出ています。事務局からの返事をお待ちください。"))
    if until <= timezone.localdate():
        raise ValidationError({"until": _("明日以降の日を選んでください。")})
    entry = _enter(docket, Kind.GRACE_ASKED, actor, text, until)
    tell_office(message="renewals.grace_asked", key=str(entry.pk), about=docket, data={"entry": entry.pk})
    return entry


def _locked(docket_id: int, actor: Actor) -> Docket:
    only_staff(actor)
    lock_partner(Docket.objects.values_list("partner", flat=True).get(pk=docket_id))
    docket: Docket = Docket.objects.select_for_update(of=("self",)).select_related("partner").get(pk=docket_id)
    return docket


def _refuse(reason: str) -> None:
    if reason:
        raise ValidationError(reason)


def _move(docket: Docket, state: DocketState) -> None:
    if state not in DOCKET_TRANSITIONS[DocketState(docket.state)]:
        raise ValidationError(_not_in(docket))
    docket.state = state
    docket.save()


def _enter(
    docket: Docket, kind: DocketEntry.Kind, actor: Actor, text: str, until: date | None = None, **more: Any
) -> DocketEntry:
    entry = DocketEntry.objects.create(docket=docket, kind=kind, text=text.strip(), until=until, by=actor.user, **more)
    # The words may name people: they stand in the docket, and the record is kept for ever.
    with override(Language.JAPANESE):
        changes: dict[str, Any] = {"kind": (None, str(kind.label)), "state": (None, docket.get_state_display())}
    record_event(action=Action.DOCKET_STEP, subject=docket, actor=actor.user, changes=changes)
    return entry


def _just_entered(docket: Docket, kind: DocketEntry.Kind, actor: Actor, text: str) -> DocketEntry | None:
    """Pressed twice: the same words of the same person a moment ago."""
    since = timezone.now() - A_MOMENT
    same = docket.entries.filter(kind=kind, text=text.strip(), by=actor.user, at__gte=since)
    found: DocketEntry | None = same.first()
    return found


def _tell(entry: DocketEntry) -> None:
    partner = entry.docket.partner
    receivers = receivers_of([partner])[partner.pk]
    languages = languages_of(receiver.address for receiver in receivers)
    letters = [
        Letter(
            to=receiver.address,
            dedupe_key=f"renewals.docket:{entry.pk}:{receiver.member_id or receiver.address}",
            data={"member": receiver.member_id, "entry": entry.pk},
            about=partner,
            language=languages.get(receiver.address.lower(), Language.JAPANESE),
        )
        for receiver in receivers
    ]
    queue_each(message="renewals.docket", letters=letters)
