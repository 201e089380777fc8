"""Who may have a file. What a row's owner app registered decides; without an entry nobody may.

An app registers in its apps.py, by the label of the owner row, or of one slot of it:

    file_access.register("inquiries.inquiry", may_see_inquiry)
    file_access.register("partners.partner:logo", lambda actor, partner: partner.is_public)

A rule may raise PermissionDenied instead of returning False, where the person may know that there is such a file.
"""

from typing import TYPE_CHECKING

from portal.web.access import Actor
from portal.web.registry import file_access

if TYPE_CHECKING:
    from portal.files.models import StoredFile


def may_have(actor: Actor, file: "StoredFile") -> bool:
    if not file.is_ready or file.is_pending:
        return False
    rules = [label for label in (f"{file.owner_type}:{file.slot}", file.owner_type) if label in file_access]
    owner = file.owner if rules else None
    return owner is not None and file_access[rules[0]](actor, owner)
