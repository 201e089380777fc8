"""One upload, two forms at the same moment: one row gets it, the other form is told that it is gone."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

from django.db import connection, transaction

from portal.files.models import StoredFile
from portal.files.refusals import Refused
from portal.files.services import set_files
from portal.tenancy.scope import programme_scope
from portal.web.models import Page
from tests.factories import make_pending_file, make_programme


def test_one_upload_goes_to_one_row(committed: None, settings: Any, tmp_path: Path) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path}}
    }
    kanagawa = make_programme("kanagawa")
    with programme_scope(kanagawa):
        file = make_pending_file()
        pages = [Page.objects.create(slug=slug, title="t", body="b") for slug in ("privacy", "accessibility")]
    start = Barrier(2)

    def send(page: Page) -> str:
        try:
            with programme_scope(kanagawa), transaction.atomic():
                start.wait()
                set_files(owner=page, slot="sheet", files=[file], actor=None)
            return "taken"
        except Refused as refused:
            return str(refused.code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, pages)) == ["gone", "taken"]
    with programme_scope(kanagawa):
        assert StoredFile.objects.get().owner in pages
