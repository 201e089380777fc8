"""The certificate (登録証): its PDF, its badge, and what its public page says. All three read the partner's row now."""

from datetime import date

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partners.models import Partner
from portal.tenancy.scope import current_programme
from portal.web.dates import long_day
from portal.web.links import absolute_url
from portal.web.pdf import render_pdf
from portal.web.qr import qr_svg


def dated_on(partner: Partner) -> date | None:
    """X31: the day on the certificate is the day of approval, unless the programme wrote another one."""
    return partner.certificate_dated_on or partner.approved_on


def page_address(partner: Partner) -> str:
    """What the QR code leads to: short, without a language, for as long as the certificate hangs on a wall."""
    return absolute_url(reverse("certificates:check", args=[partner.certificate_code]))


def certificate_pdf(partner: Partner) -> bytes:
    programme, address = current_programme(), page_address(partner)
    return render_pdf(
        "certificate.typ",
        title=programme.word("certificate"),
        number=_("登録番号 第%d号") % partner.number,
        day=dated_on(partner),
        data={
            "name": partner.name,
            "reissued": _("（再発行日 %s）")
            % long_day(partner.certificate_reissued_on, get_language() or "ja", with_era=True)
            if partner.certificate_reissued_on
            else "",
            "statement": _("上記の団体を、%(programme)sの%(word)sとして登録したことを証します。")
            % {"programme": programme.local("operator"), "word": programme.word("partner")},
            "operator": programme.local("operator"),
            "office": programme.local("office"),
            "note": _("この登録が今も有効かどうかは、次のページで確かめられます。"),
            "address": address,
            "qr": qr_svg(address),
            "qr_alt": _("登録を確かめるページのQRコード"),
        },
    )
