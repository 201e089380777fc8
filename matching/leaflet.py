"""A case on paper, ready to be handed out: the same parts as on its page, with its photos."""

from base64 import b64encode
from io import BytesIO
from typing import Any

from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from PIL import Image

from matching.queries.cases import CaseContent, Photo
from portal.web.goals import SDG_GOALS
from portal.web.kept import kept_document
from portal.web.pdf import letterhead, render_pdf

# Half a page is 85 mm wide: enough for paper, and small enough to be kept.
PIXELS = 800


def case_leaflet(content: CaseContent) -> bytes:
    """Drawing it takes about a second with photos, and everybody may ask for it: it is kept for what it is made from."""
    document = _document(content)
    photos = [(photo.file.key, photo.caption) for photo in content.photos]
    return kept_document((document, photos, letterhead()), lambda: _drawn(document, content))


def _drawn(document: dict[str, Any], content: CaseContent) -> bytes:
    photos = [(_small(photo), photo.caption) for photo in content.photos]
    return render_pdf("case.typ", **document | {"data": document["data"] | {"photos": photos}})


def _document(content: CaseContent) -> dict[str, Any]:
    """What render_pdf takes, as far as it is text."""
    case = content.case
    goals = _("、").join(f"{number} {SDG_GOALS[number][0]}" for number in case.goals)
    facts = [(_("団体"), content.names), *content.facts, *([(_("SDGsの目標"), goals)] if goals else [])]
    facts += [(_("協力者"), case.supporters)] if case.supporters else []
    return {
        "title": case.title,
        "number": _("連携事例 第%d号") % case.pk,
        "day": timezone.localdate(case.published_at or case.created_at),
        "data": {
            "facts": facts,
            "outline": (_("連携の概要"), case.outline),
            "told_heading": _("キーパーソンに聞く"),
            "told": [
                {
                    "name": party.side.partner.name,
                    "person": party.side.key_person,
                    "interview": party.side.interview,
                    "strengths": (_("この団体の強み"), party.side.strengths),
                }
                for party in content.told
            ],
            "roles_heading": _("連携の具体的な内容"),
            "roles_head": [_("団体"), _("役割"), _("取組の内容")],
            "roles": [(party.side.partner.name, party.roles, party.side.does) for party in content.parties],
            "results_heading": _("連携の成果"),
            "results": case.results,
            "gains_head": [_("団体"), _("得られたもの"), _("成果")],
            "gains": [(party.side.partner.name, party.outcomes, party.side.gains) for party in content.parties],
            "lasting": content.lasting,
            "reference_heading": _("参考情報"),
            "references": [
                (party.side.partner.name, party.reference) for party in content.parties if party.reference
            ],
        },
    }  # fmt: skip


def _small(photo: Photo) -> str:
    """The data of a document is text: the picture comes in a drawing."""
    with photo.file.open() as content, Image.open(content) as opened:
        picture = opened.convert("RGB")
    picture.thumbnail((PIXELS, PIXELS))
    width, height = picture.size
    kept = BytesIO()
    picture.save(kept, "JPEG", quality=82)
    href = escape(f"data:image/jpeg;base64,{b64encode(kept.getvalue()).decode()}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="{href}"/></svg>'
    )
