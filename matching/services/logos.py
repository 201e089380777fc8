"""A programme's own drawings of its logos: a new edition, back to an earlier one, or none."""

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from matching.models import LogoEdition
from matching.vocabulary import Logo
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.files.models import StoredFile
from portal.files.services import set_files
from portal.web.access import Actor, only_staff


@transaction.atomic
def add_edition(
    *, logo: Logo, svg: str, files: Mapping[str, Sequence[StoredFile]], note: str, actor: Actor
) -> LogoEdition:
    """In use from now on. `files` are by slot: the form of the download that they stand for."""
    only_staff(actor)
    editions = _lock(logo)
    _put_aside(editions)
    try:
        with transaction.atomic():
            edition = LogoEdition.objects.create(
                logo=logo, number=max((one.number for one in editions), default=0) + 1, svg=svg, note=note,
                added_by=actor.user,
            )  # fmt: skip
    except IntegrityError as second:
        raise ValidationError(_("ほかの方が、いま新しい版を載せました。一覧を確かめてください。")) from second
    for slot, kept in files.items():
        set_files(owner=edition, slot=slot, files=kept, actor=actor.user)
    record_event(action=Action.LOGO_EDITION_ADDED, subject=edition, actor=actor.user)
    return edition


def why_not_use(edition: LogoEdition) -> str:
    return _("いま使っている版です。") if edition.is_in_use else ""


def why_not_stop(edition: LogoEdition) -> str:
    return "" if edition.is_in_use else _("いまは使っていません。")


@transaction.atomic
def use_edition(*, edition: LogoEdition, actor: Actor) -> None:
    only_staff(actor)
    editions = _lock(Logo(edition.logo))
    edition = next(one for one in editions if one.pk == edition.pk)
    if refusal := why_not_use(edition):
        raise ValidationError(refusal)
    _put_aside(editions)
    edition.is_in_use = True
    edition.save()
    record_event(action=Action.LOGO_EDITION_USED, subject=edition, actor=actor.user)


@transaction.atomic
def stop_using(*, edition: LogoEdition, actor: Actor) -> None:
    """The portal's own drawing is given again."""
    only_staff(actor)
    edition = next(one for one in _lock(Logo(edition.logo)) if one.pk == edition.pk)
    if refusal := why_not_stop(edition):
        raise ValidationError(refusal)
    _put_aside([edition])
    record_event(action=Action.LOGO_EDITION_STOPPED, subject=edition, actor=actor.user)


def _lock(logo: Logo) -> list[LogoEdition]:
    return list(LogoEdition.objects.select_for_update(of=("self",)).filter(logo=logo).order_by("number"))


def _put_aside(editions: Sequence[LogoEdition]) -> None:
    for edition in editions:
        if edition.is_in_use:
            edition.is_in_use = False
            edition.save()
