"""The first text of a case, from what was typed before: the posting, the record, the public profiles. In Japanese, as
data is. Nothing of a profile that its partner does not show to everybody.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import override

from matching.models import Application, CaseSide, Collaboration, Progress
from matching.queries.collaborations import PHOTOS
from matching.vocabulary import OUTCOMES_OF_COMPANIES, OUTCOMES_OF_GROUPS, Step
from partners.models import Partner
from partners.queries.partners import sections_in_use
from partners.vocabulary.kinds import Kind
from portal.files.models import StoredFile
from portal.web.dates import fiscal_year_of
from portal.web.languages import JAPANESE

MOST_PHOTOS = 6
COMPANIES = {Kind.COMPANY, Kind.SOLE_TRADER, Kind.FOUNDER}


@dataclass
class CaseDraft:
    values: dict[str, Any]
    sides: list[CaseSide]
    photos: list[StoredFile] = field(default_factory=list)


def draft_from(record: Collaboration) -> CaseDraft:
    """`record` comes with its application, if it has one. A side that is not registered now cannot agree: without it."""
    application: Application | None = record.application
    posting = application.posting if application else None
    photos, captions = _photos_of(record)
    values = {
        "title": record.title,
        "year": fiscal_year_of(record.started_on),
        "outline": _paragraphs(posting.theme if posting else "", record.purpose),
        "results": record.outcome,
        "figures": record.figures,
        "effect": record.effect,
        "captions": "\n".join(captions),
    }
    if posting:
        values |= {name: getattr(posting, name) for name in ("category", "methods", "goals", "region")}
    sides = [side_of(side.partner) for side in record.sides.select_related("partner") if side.partner.is_listed]
    for side in sides:
        side.outcomes = _outcomes_of(side.partner, record.outcomes)
        if application and posting and side.partner_id == posting.partner_id:
            side.roles, side.does = posting.brings, posting.what[:2000]
        elif application and posting and side.partner_id == application.partner_id:
            side.roles, side.does = posting.seeks, application.duties[:2000]
    return CaseDraft(values, sides, photos)


def side_of(partner: Partner) -> CaseSide:
    """What the handbook's form asks of a party and its public profile knows already."""
    sections = sections_in_use()

    def public(name: str) -> Any:
        return getattr(partner, name) if partner.is_public(name, sections) else None

    begun = public("established_on") or public("founded_on")
    people = [("会員", public("member_count")), ("従業員", public("employees_regular"))]
    return CaseSide(
        partner=partner,
        address=f"{partner.municipality_name}{public('address')}"[:200] if public("address") else "",
        founded=f"{begun.year}年{begun.month}月" if begun else "",
        purpose=_one_line(public("mission") or public("summary"), 500),
        members="、".join(f"{label} {number}人" for label, number in people if number),
        awards=_one_line(public("awards"), 500),
        strengths=(public("strengths") or "")[:2000],
    )


def _outcomes_of(partner: Partner, outcomes: list[str]) -> list[str]:
    own = OUTCOMES_OF_COMPANIES if partner.kind in COMPANIES else OUTCOMES_OF_GROUPS
    return [value for value in outcomes if value in own]


def _photos_of(record: Collaboration) -> tuple[list[StoredFile], list[str]]:
    """The pictures of the reports, the first report first, and what each shows as far as that is known."""
    reported = record.reports.filter(partner__in=Partner.objects.listed())
    reports = {report.pk: report for report in reported.order_by("on", "pk")}
    owned = StoredFile.objects.filter(owner_type=Progress._meta.label_lower, owner_id__in=list(reports), slot=PHOTOS)
    pictures = [file for file in owned if file.is_ready and file.type.is_picture]
    pictures.sort(key=lambda file: (list(reports).index(file.owner_id or 0), file.pk))
    with override(JAPANESE):
        captions = [_caption(reports[file.owner_id or 0]) for file in pictures[:MOST_PHOTOS]]
    return pictures[:MOST_PHOTOS], captions


def _caption(report: Progress) -> str:
    return f"{Step(report.step).label}（{report.on.year}年{report.on.month}月）"


def _paragraphs(*texts: str) -> str:
    return "\n\n".join(text.strip() for text in texts if text.strip())


def _one_line(text: str | None, longest: int) -> str:
    return " ".join((text or "").split())[:longest]
