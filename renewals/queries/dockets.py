"""Reading dockets for a partner's own people: what has been done, and what they may still do."""

from renewals.models import Docket


def open_docket_of(partner_id: int) -> Docket | None:
    found: Docket | None = Docket.objects.open().filter(partner=partner_id).first()
    return found
