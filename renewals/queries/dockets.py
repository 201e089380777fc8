"""Reading dockets for a partner's own people: what has been done, and what they may still do."""

from renewals.hearing import hearing_lines
from renewals.models import Docket, DocketEntry
from renewals.stages import DocketState


def open_docket_of(partner_id: int) -> Docket | None:
    found: Docket | None = Docket.objects.open().filter(partner=partner_id).first()
    return found


def hearing_of(docket: Docket | None) -> list[tuple[str, str]]:
    """What its people were told of the hearing that is ahead."""
    entry = docket.latest(DocketEntry.Kind.HEARING_SET) if docket and docket.state == DocketState.HEARING else None
    return hearing_lines(entry) if entry else []
