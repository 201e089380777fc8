"""Reads of local groups: a partner's own and the others, one group's page, a result with its pictures and files."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from meetings.models import GroupResult, LocalGroup, Meeting
from meetings.models.groups import PAPERS, PHOTOS
from meetings.queries.meetings import lines_of, with_counts
from partners.models import Partner
from partners.queries.segments import segment
from portal.files.models import StoredFile
from portal.web.access import Actor

if TYPE_CHECKING:
    from django.db.models import QuerySet

SHOWN = 5


def groups_there_are(actor: Actor) -> "list[QuerySet[Any]]":
    return [LocalGroup.objects.open()]


def groups_for(partner: Partner) -> dict[str, Any]:
    """Two queries, however many."""
    own = {group.pk for group in LocalGroup.objects.of(partner)}
    found = list(LocalGroup.objects.open())
    return {
        "own": [group for group in found if group.pk in own],
        "others": [group for group in found if group.pk not in own],
    }


def group_page(group: LocalGroup, partner: Partner, actor: Actor, now: datetime) -> dict[str, Any]:
    """Six queries. A group's meetings are shown to whoever may see them."""
    meetings = with_counts(Meeting.objects.visible_to(actor).filter(group=group))
    return {
        "group": group,
        "is_in": LocalGroup.objects.of(partner).filter(pk=group.pk).exists(),
        "coming": lines_of(list(meetings.upcoming(now)[:SHOWN]), now, "my_meetings:detail"),
        "past": lines_of(list(meetings.past(now)[:SHOWN]), now, "my_meetings:detail"),
        "results": list(GroupResult.objects.for_partners().filter(group=group)),
        "partners": list(group.partners.order_by("kana", "name", "id").values("name", "number")),
    }


def result_page(result: GroupResult, *, actor: Actor, is_public: bool) -> dict[str, Any]:
    """The public page is the same for everybody; a partner's names its meeting to whoever may see that."""
    shown = Meeting.objects.public() if is_public else Meeting.objects.visible_to(actor)
    return {
        "result": result,
        "meeting": shown.filter(results=result).first(),
        "photos": list(StoredFile.objects.of(result, PHOTOS)),
        "papers": list(StoredFile.objects.of(result, PAPERS)),
        "is_public": is_public,
    }


def may_have_result_files(actor: Actor, result: Any) -> bool:
    """Whoever may read the result. Asked first for everybody, so that what is public reads no session."""
    if result.is_public:
        return True
    return actor.is_staff() or (result.is_shown and actor.is_member())


def _partners(choice: str) -> "QuerySet[Partner]":
    return LocalGroup.objects.open().filter(pk=int(choice)).partners()


def _choices() -> list[tuple[str, str]]:
    return [(str(group.pk), group.name) for group in LocalGroup.objects.open()]


groups_segment = segment(_("地域会のパートナー"), _choices, _partners)
