"""Making the day's open data, and throwing yesterday's away: what a partner has hidden since must not stay about."""

import io
import json
from datetime import date

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import override

from partners.models import OpenDataSet, Partner
from partners.queries.open_data import LICENCE, LICENCE_ADDRESS, columns, records, rows_of
from portal.tenancy.models import Feature, Language
from portal.tenancy.scope import current_programme
from portal.web.content import content_changed
from portal.web.links import absolute_url
from portal.web.staff import spreadsheets


def make_open_data(*, today: date) -> OpenDataSet | None:
    """Once a day. None if the day's is there, or if the programme publishes no directory."""
    if not current_programme().has(Feature.DIRECTORY) or OpenDataSet.objects.filter(on=today).exists():
        return None
    with override(Language.JAPANESE):
        found = list(records(Partner.objects.listed().select_related("batch").order_by("number")))
        rows = rows_of(found)
        made = OpenDataSet(on=today, count=len(found), lost=spreadsheets.unmappable(rows))
        files = {
            OpenDataSet.File.CSV: _csv(rows, "utf-8-sig"),
            OpenDataSet.File.CSV_CP932: _csv(rows, "cp932"),
            OpenDataSet.File.JSON: _json(found, today),
        }
    made.sizes = {str(name): len(content) for name, content in files.items()}
    for name, content in files.items():
        default_storage.save(made.path(name), ContentFile(content))
    try:
        with transaction.atomic():
            made.save()
            content_changed()
    except IntegrityError:
        # Another worker was faster.
        _throw_away(made)
        return None
    for former in OpenDataSet.objects.filter(on__lt=today):
        former.delete()
        _throw_away(former)
    return made


def _csv(rows: list[list[object]], encoding: str) -> bytes:
    target = io.BytesIO()
    spreadsheets.write_csv([column.label for column in columns()], rows, target, encoding)
    return target.getvalue()


def _json(found: list[dict[str, object]], today: date) -> bytes:
    programme = current_programme()
    document = {
        "title": f"{programme.name} {programme.word('partners')}",
        "publisher": programme.operator,
        "as_of": today.isoformat(),
        "licence": LICENCE,
        "licence_url": LICENCE_ADDRESS,
        "source": absolute_url("/open-data/"),
        "columns": [{"name": column.name, "label": column.label, "says": column.says} for column in columns()],
        "partners": found,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _throw_away(data: OpenDataSet) -> None:
    for name in OpenDataSet.File.values:
        default_storage.delete(data.path(name))
