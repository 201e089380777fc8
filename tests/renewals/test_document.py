"""A report on paper has its photos."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from portal.files.models import StoredFile
from portal.files.services import keep_upload, set_files
from portal.tenancy.models import Programme
from renewals.document import report_pdf
from renewals.models import Report
from renewals.models.reports import PHOTOS
from renewals.services.federating import PHOTO_LIMITS
from tests.factories import make_partner, make_report


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_photos_are_printed(in_kanagawa: Programme, kind: str) -> None:
    report = make_report(make_partner(), photos_alt="屋根の上の社員たち")
    without = report_pdf(report)
    content = BytesIO()
    Image.effect_noise((1200, 900), 60).convert("RGB").save(content, kind)
    upload = SimpleUploadedFile(f"roof.{kind.lower()}", content.getvalue())
    file = keep_upload(upload=upload, limits=PHOTO_LIMITS, sender="test", place="test")
    StoredFile.objects.update(state="ready")
    set_files(owner=report, slot=PHOTOS, files=[file], actor=None, is_shown=True)
    pdf = report_pdf(Report.objects.get())
    assert b"/Subtype/Image" in pdf and b"/Subtype/Image" not in without
    assert len(pdf) < 600_000
    # Drawn once for what it says: without its photo it cannot be drawn again.
    default_storage.delete(file.path)
    assert report_pdf(Report.objects.get()) == pdf
    Report.objects.update(goals=[7, 13])
    StoredFile.objects.of(report, PHOTOS).delete()
    assert report_pdf(Report.objects.get()) not in (pdf, without)
