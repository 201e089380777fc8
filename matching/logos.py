"""The two logos and how they are drawn: from the programme's own edition, or from our template. Who may have one: queries."""

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from matching.models import LogoEdition, LogoLicence
from matching.vocabulary import Logo
from portal.files.models import StoredFile
from portal.tenancy.models import Programme
from portal.web.pdf import picture_of, render_pdf

# In the order of the goals; the same hues as on the site.
HUES = ("#e5243b", "#dda63a", "#4c9f38", "#c5192d", "#ff3a21", "#26bde2", "#fcc30b", "#a21942", "#fd6925", "#dd1367",
        "#fd9d24", "#bf8b2e", "#3f7e44", "#0a97d9", "#56c02b", "#00689d", "#19486a")  # fmt: skip
TYPES = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}


def terms_of(logo: Logo) -> list[str]:
    """What a partner accepts before it may download."""
    shared = [
        _("ウェブサイト、チラシ、商品の包装などに使えます。"),
        _("色や形を変えたり、一部だけを使ったりしないでください。"),
        _("商品の品質や団体の信用を、この事業が保証するものではありません。"),
        _("登録が終わったときや、許諾が取り消されたときは、使うのをやめてください。"),
    ]
    if logo == Logo.COLLABORATION:
        return [_("成果報告が承認された連携の取組についてだけ使えます。"), *shared]
    return [_("登録中の団体であることを示すために使えます。"), *shared]


def draw(logo: Logo, programme: Programme, form: str, licence: LogoLicence) -> bytes:
    edition = LogoEdition.objects.filter(logo=logo, is_in_use=True).first()
    if edition:
        return draw_edition(edition, form, licence.number)
    svg = render_to_string(f"matching/logo/{logo.value}.svg", {"programme": programme, "hues": list(enumerate(HUES))})
    return _drawn(logo, svg, form, licence.number)


def draw_edition(edition: LogoEdition, form: str, number: str) -> bytes:
    """The file as staff gave it; what they did not give is made from the drawing."""
    file = next((one for one in StoredFile.objects.of(edition, form) if one.is_ready), None)
    if file is None:
        return _drawn(Logo(edition.logo), edition.svg, form, number)
    with file.open() as content:
        return content.read()


def _drawn(logo: Logo, svg: str, form: str, number: str) -> bytes:
    if form == "svg":
        return svg.encode()
    if form == "png":
        return picture_of(svg)
    return render_pdf(
        "logo.typ",
        title=_("%sの使い方") % logo.label,
        number=number,
        data={"svg": svg, "alt": str(logo.label), "heading": _("使い方の決まり"), "terms": terms_of(logo)},
    )
