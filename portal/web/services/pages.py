"""Writing a programme's own pages; every former text stays on record and can come back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.audit.models import Action, AuditEvent
from portal.audit.services import record_event
from portal.tenancy.models import Programme
from portal.web.access import Actor, only_staff
from portal.web.models import Page

TEXTS = ("title", "body")
STANDARD_PAGES = Path(__file__).parent.parent / "standard_pages"
# A prefecture or a municipality adds its own ordinance to the law; others follow the guidelines for private bodies.
AUTHORITIES = ("都", "道", "府", "県", "市", "区", "町", "村")


@transaction.atomic
def write_page(*, page: Page, values: Mapping[str, Any], actor: Actor, reason: str = "") -> Page:
    """Set the texts of a page; one that is not saved yet comes into being."""
    only_staff(actor)
    is_new = page.pk is None
    if not is_new:
        page = Page.objects.select_for_update(of=("self",)).get(pk=page.pk)
    changes = {name: (None if is_new else getattr(page, name), values[name]) for name in TEXTS if name in values}
    changes = {name: (before, after) for name, (before, after) in changes.items() if before != after}
    if not changes:
        return page
    for name, (_before, after) in changes.items():
        setattr(page, name, after)
    page.full_clean()
    page.save()
    record_event(action=Action.PAGE_CHANGED, subject=page, actor=actor.user, changes=changes, reason=reason)
    return page


def former_texts(*, page: Page, event: AuditEvent) -> dict[str, tuple[Any, Any]]:
    """Text → now, and as it was before the event; only what would change. A page's first texts have none before."""
    kept = {
        name: values[0] for name, values in event.changes.items() if name in TEXTS and values and values[0] is not None
    }
    return {name: (getattr(page, name), former) for name, former in kept.items() if former != getattr(page, name)}


def restore_page(*, page: Page, event: AuditEvent, actor: Actor) -> Page:
    if event.subject_id != str(page.pk) or event.action != Action.PAGE_CHANGED:
        raise ValidationError(_("この記録からは戻せません。"))
    former = {name: before for name, (_now, before) in former_texts(page=page, event=event).items()}
    return write_page(
        page=page, values=former, actor=actor, reason=_("%sの変更の取消し") % f"{event.at:%Y-%m-%d %H:%M}"
    )


def lay_standard_pages(programme: Programme) -> None:
    """The policy pages of a new programme in all languages: a title, then the text with the programme's facts.

    Its approvers read them over and change them on their screens.
    """
    for path in sorted(STANDARD_PAGES.glob("*.txt")):
        slug, language = path.stem.split(".")
        lines = path.read_text(encoding="utf-8").splitlines()
        known = "\n".join(line for line in lines if programme.phone or "{phone}" not in line)
        title, body = known.format(**_facts(programme, language)).split("\n", 1)
        Page.objects.create(slug=slug, language=language, title=title.removeprefix("# "), body=body.strip())


def _facts(programme: Programme, language: str) -> dict[str, str]:
    with override(language):
        texts = {field: programme.local(field) for field in ("operator", "name", "office")}
    is_authority = programme.operator.endswith(AUTHORITIES)
    rules = "と関係する条例" if is_authority else "と個人情報保護委員会のガイドライン"
    return texts | {"rules": rules, "phone": programme.phone, "email": programme.email}
