"""A case on paper, ready to be handed out: the same parts as on its page, with its photos."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from matching.queries.cases import CaseContent
from portal.files.printing import for_print
from portal.web.goals import SDG_GOALS
from portal.web.kept import kept_document
from portal.web.pdf import letterhead, render_pdf


def case_leaflet(content: CaseContent) -> bytes:
    """Drawing it takes about a second with photos, and everybody may ask for it: it is kept for what it is made from."""
    document = _document(content)
    photos = [(photo.file.key, photo.caption) for photo in content.photos]
    return kept_document((document, photos, letterhead()), lambda: _drawn(document, content))


def _drawn(document: dict[str, Any], content: CaseContent) -> bytes:
    photos = [(for_print(photo.file), photo.caption) for photo in content.photos]
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
