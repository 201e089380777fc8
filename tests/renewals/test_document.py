"""On paper: a report has its photos, a letter its address, a decision its steps in words."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override
from PIL import Image
from pypdf import PdfReader

from portal.files.models import StoredFile
from portal.files.services import keep_upload, set_files
from portal.tenancy.models import Programme
from renewals.document import decision_pdf, notice_pdf, report_pdf
from renewals.models import Docket, DocketEntry, Report
from renewals.models.reports import PHOTOS
from renewals.services.federating import PHOTO_LIMITS
from tests.factories import make_member, make_partner, make_report


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


def words(pdf: bytes) -> str:
    return PdfReader(BytesIO(pdf)).pages[0].extract_text().replace("\n", "")


def test_a_letter_is_addressed_as_for_the_post(in_kanagawa: Programme) -> None:
    partner = make_partner(postal_code="231-0001", municipality="141046", address="新港1丁目2番3号")
    docket = Docket.objects.create(partner=partner, why="報告がありません。")
    notice = DocketEntry.objects.create(docket=docket, kind=DocketEntry.Kind.NOTICE)
    letter = words(notice_pdf(notice))
    assert "〒231-0001神奈川県横浜市中区新港1丁目2番3号" in letter
    with override("en"):
        assert words(notice_pdf(notice)) == letter
    # Elsewhere than in the prefecture, the address is all there is.
    partner.municipality, partner.address = "", "東京都港区1-1"
    assert "神奈川県東京都" not in words(notice_pdf(notice)) and "東京都港区1-1" in words(notice_pdf(notice))


def test_the_decision_names_days_in_words_and_nobody_of_the_partner(in_kanagawa: Programme) -> None:
    docket = Docket.objects.create(partner=make_partner(), why="報告がありません。")
    member = make_member(partner=docket.partner, email="tanaka@aoba.example.jp")
    DocketEntry.objects.create(
        docket=docket, kind=DocketEntry.Kind.GRACE_ASKED, on=date(2026, 11, 6), until=date(2027, 1, 1), by=member.user,
        text="記録を集めています。",
    )  # fmt: skip
    paper = words(decision_pdf(docket))
    assert "2026年11月6日" in paper and "申し出た期限：2027年1月1日" in paper
    assert "tanaka" not in paper
    with override("en"):
        assert words(decision_pdf(docket)) == paper
