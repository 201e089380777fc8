"""What renewals gives to the staff's list of the day, and to mailings."""

from datetime import datetime, time

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from partners.queries.segments import segment
from portal.tenancy.models import Feature
from portal.web.registry import WorkItem, WorkQueue
from renewals.models import Docket, Standing
from renewals.states import LABELS, State

MOST = 200


def _items(state: State) -> list[WorkItem]:
    rows = Standing.objects.filter(state=state).select_related("partner").order_by("state_since", "pk")[:MOST]
    return [
        WorkItem(
            title=str(standing),
            url=reverse("admin:renewals_standing_change", args=[standing.pk]),
            since=timezone.make_aware(datetime.combine(standing.state_since or timezone.localdate(), time())),
            subject_type="renewals.standing",
            subject_id=str(standing.pk),
        )
        for standing in rows
    ]


def queue_of(state: State) -> WorkQueue:
    return WorkQueue(
        label=LABELS[state],
        url=lambda: reverse("admin:renewals_standing_changelist") + f"?state__exact={state.value}",
        count=lambda: Standing.objects.filter(state=state).count(),
        items=lambda: _items(state),
        feature=Feature.RENEWALS,
    )


def _dockets() -> list[WorkItem]:
    return [
        WorkItem(
            title=str(docket),
            url=reverse("admin:renewals_docket_change", args=[docket.pk]),
            since=docket.opened_at,
            subject_type="renewals.docket",
            subject_id=str(docket.pk),
        )
        for docket in Docket.objects.open().select_related("partner").order_by("opened_at")[:MOST]
    ]


QUEUES = {f"renewals.{state.value}": queue_of(state) for state in (State.TERM_EXPIRED, State.REMOVABLE)} | {
    "renewals.dockets": WorkQueue(
        label=_("取消しの手続"),
        url=lambda: reverse("admin:renewals_docket_changelist"),
        count=lambda: Docket.objects.open().count(),
        items=_dockets,
        feature=Feature.RENEWALS,
    )
}

MISSING = {
    "due": (_("受付中で、まだ提出していない"), [State.DUE]),
    "late": (_("期限を過ぎて、まだ提出していない"), [State.OVERDUE, State.TERM_EXPIRED, State.GRACE, State.REMOVABLE]),
}


def without_report(choice: str) -> "QuerySet[Partner]":
    states = MISSING[choice][1] if choice in MISSING else []
    return Partner.objects.listed().filter(standing__state__in=states)


SEGMENT = segment(
    _("活動報告をまだ提出していないパートナー"),
    lambda: [(name, label) for name, (label, _states) in MISSING.items()],
    without_report,
)
