"""Keeping the published numbers of each day. What is kept is never changed: the application has no right to. A wrong
number gets a dated amendment beside it.
"""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from partners.models import DailyFigures, FiguresAmendment
from partners.queries.figures import amendments_of, count_on, flat
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.web.access import Actor, StaffRole, only_staff
from portal.web.content import content_changed


def keep_figures(*, today: date) -> list[date]:
    """Those of every day that has ended since the last kept one, missed days too. Twice a day changes nothing."""
    yesterday = today - timedelta(days=1)
    last = DailyFigures.objects.aggregate(last=Max("on"))["last"]
    day = last + timedelta(days=1) if last else yesterday
    kept = []
    while day <= yesterday:
        # Two workers may count the same day; the first one's row stays.
        DailyFigures.objects.bulk_create([DailyFigures(on=day, figures=count_on(day))], ignore_conflicts=True)
        kept.append(day)
        day += timedelta(days=1)
    if kept:
        # The page of figures begins with the last day.
        content_changed()
    return kept


@transaction.atomic
def amend_figure(*, day: DailyFigures, figure: str, value: int, reason: str, actor: Actor) -> FiguresAmendment:
    """The public reads number, amendment, its day and its reason side by side."""
    only_staff(actor, StaffRole.APPROVER)
    published = flat(day.figures)
    if figure not in published:
        raise ValidationError({"figure": _("この日に公表した数値ではありません。")})
    earlier = amendments_of(day.on).get(figure)
    now = earlier[-1].value if earlier else published[figure]
    if value == now:
        raise ValidationError({"value": _("今の値と同じです。")})
    amendment = FiguresAmendment.objects.create(
        on=day.on, figure=figure, value=value, reason=reason, amended_by=actor.user
    )
    record_event(
        action=Action.FIGURES_AMENDED, subject=day, actor=actor.user, changes={figure: (now, value)}, reason=reason
    )
    content_changed()
    return amendment
