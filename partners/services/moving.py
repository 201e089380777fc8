"""Moving over from the former scheme: the office asks, the partner checks its data and says that they are right."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from partners.models import Activity, Member, MovingMail, Partner
from partners.queries.profile import left_to_partner
from partners.rules import may_edit_profile
from partners.services.people import IsStaff, first_owner
from partners.services.records import change_partner, lock_partner, record_activity
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.outbox.services import queue_mail
from portal.web.access import Actor, only_staff

# Nobody is asked again sooner.
PAUSE = timedelta(days=7)


def receivers_of(partner: Partner) -> list[str]:
    """The owners who may sign in, or, where there is nobody yet, the address of the former scheme."""
    owners = Member.objects.who_may_enter().owners().filter(partner=partner).select_related("user").order_by("id")
    return [member.user.email for member in owners] or ([partner.contact_email] if partner.contact_email else [])


def why_not_ask(partner: Partner) -> str:
    if partner.is_migrated:
        return _("移行は済んでいます。")
    last = MovingMail.objects.filter(partner=partner).order_by("-time").first()
    if last and last.sent_at > timezone.now() - PAUSE:
        return _("%(days)d日以内に送っています（%(day)s）。") % {
            "days": PAUSE.days,
            "day": timezone.localdate(last.sent_at).isoformat(),
        }
    return "" if receivers_of(partner) else _("メールアドレスがありません。電話でお確かめください。")


@transaction.atomic
def ask_to_move(*, partner: Partner, actor: Actor) -> MovingMail:
    """One mail to each owner. Two officers who press at once wait for each other at the partner's row."""
    only_staff(actor)
    partner = lock_partner(partner.pk)
    if refusal := why_not_ask(partner):
        raise ValidationError(refusal)
    owners = Member.objects.who_may_enter().owners().filter(partner=partner).select_related("user").order_by("id")
    members = list(owners) or [_first_owner(partner, actor)]
    time = MovingMail.objects.filter(partner=partner).count() + 1
    asked = MovingMail.objects.create(partner=partner, time=time, sent_by=actor.user)
    for member in members:
        queue_mail(
            message="partners.moving",
            to=member.user.email,
            dedupe_key=f"moving:{partner.pk}:{time}:{member.pk}",
            data={"member": member.pk},
            language=member.user.reads,
            about=partner,
        )
    record_event(action=Action.PARTNER_ASKED_TO_MOVE, subject=partner, actor=actor.user, changes={"time": (None, time)})
    return asked


def _first_owner(partner: Partner, actor: Actor) -> Member:
    """Invited by this mail: whoever reads the registered address signs in with it."""
    name = partner.contact_name or _("ご担当者")
    try:
        member, is_new = first_owner(partner=partner, name=name, address=partner.contact_email, actor=actor)
    except IsStaff as refusal:
        raise ValidationError(
            _("登録のメールアドレスは職員のものです。電話でお確かめのうえ、担当者のアドレスに直してください。")
        ) from refusal
    if not is_new:
        raise ValidationError(_("この宛先の方は、代表ではありません。担当者の画面で代表を決めてください。"))
    return member


@transaction.atomic
def finish_moving(*, partner_id: int, actor: Actor) -> None:
    """The partner's people have checked what was brought over, and nothing is missing."""
    if not may_edit_profile(actor, partner_id):
        raise PermissionDenied
    partner = lock_partner(partner_id)
    if partner.is_migrated:
        return
    if missing := left_to_partner(partner):
        raise ValidationError(
            _("まだ入力していない項目があります：%s") % "、".join(str(field.label) for field in missing[:5])
        )
    change_partner(partner=partner, values={"is_migrated": True}, actor=actor)
    record_activity(
        partner=partner,
        kind=Activity.Kind.REGISTRATION,
        title=gettext_noop("登録情報を確認し、移行を完了"),
        key="moved",
    )
