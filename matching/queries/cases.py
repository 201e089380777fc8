"""Reads of cases: the public list and page, a partner's own, what waits for staff. Each begins with what one may see."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, Model, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from matching.models import Case, CaseSide
from matching.models.case import CaseQuerySet
from matching.queries.collaborations import outcomes_in_words
from matching.queries.postings import Filter, choices_of
from matching.states import CaseState
from matching.vocabulary import Method
from partners.search import words
from partners.vocabulary.roles import Role
from portal.files.models import StoredFile
from portal.tenancy.models import Feature
from portal.tenancy.scope import current_programme
from portal.web.access import Actor
from portal.web.dates import fiscal_year_name
from portal.web.links import absolute_url
from portal.web.registry import Address, Due, WorkItem, WorkQueue

CASE_PHOTOS = "photos"
ON_PARTNERS_PAGE = 10


# --- The public list --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CaseWish:
    """What a visitor is looking for, as far as it can be understood."""

    query: str = ""
    category: str = ""
    goal: str = ""
    region: str = ""
    year: str = ""
    award: str = ""

    @classmethod
    def read(cls, address: QueryDict, years: Iterable[int]) -> "CaseWish":
        names = ("category", "goal", "region", "year", "award")
        wanted = {name: str(address.get(name, "")) for name in names}
        known = {name: value for name, value in wanted.items() if value in dict(case_choices(name, years))}
        return cls(query=str(address.get("q", "")).strip()[:100], **known)

    def address(self, **changes: str) -> str:
        wish = vars(replace(self, **changes))
        return f"?{urlencode([('q' if name == 'query' else name, value) for name, value in wish.items() if value])}"

    def chips(self, years: Iterable[int]) -> list[tuple[str, str]]:
        """(what is chosen, the address without it)"""
        chosen = [(name, value) for name, value in vars(self).items() if value and name != "query"]
        return [(dict(case_choices(name, years))[value], self.address(**{name: ""})) for name, value in chosen]


def public_years() -> list[int]:
    return list(Case.objects.public().order_by("-year").values_list("year", flat=True).distinct())


def case_choices(name: str, years: Iterable[int]) -> list[tuple[str, str]]:
    match name:
        case "year":
            return [(str(year), year_in_words(year)) for year in years]
        case "award":
            return [("yes", _("受賞した事例"))]
        case _:
            return choices_of(name)


def year_in_words(year: int) -> str:
    return fiscal_year_name(year, get_language() or "ja")


def case_filters(wish: CaseWish, years: list[int]) -> list[Filter]:
    labels = {
        "category": _("連携の種類"), "goal": _("SDGsの目標"), "region": _("地域"), "year": _("年度"), "award": _("受賞"),
    }  # fmt: skip
    return [Filter(name, label, case_choices(name, years), getattr(wish, name)) for name, label in labels.items()]


def find_cases(wish: CaseWish) -> CaseQuerySet:
    found: CaseQuerySet = Case.objects.public().prefetch_related("sides__partner")
    if wish.category:
        found = found.filter(category=wish.category)
    if wish.goal:
        found = found.filter(goals__contains=[int(wish.goal)])
    if wish.region:
        found = found.filter(region__in=["", wish.region])
    if wish.year:
        found = found.filter(year=int(wish.year))
    if wish.award:
        found = found.exclude(awarded_in=None)
    for word in words(wish.query):
        found = found.filter(folded__contains=word)
    return found.order_by("-published_at", "-id")


# --- One case, as page and as paper ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Photo:
    file: StoredFile
    caption: str


@dataclass(frozen=True)
class Party:
    """One side in the words of the handbook's form."""

    side: CaseSide
    roles: str
    outcomes: str
    reference: list[tuple[str, str]]


@dataclass(frozen=True)
class CaseContent:
    case: Case
    facts: list[tuple[str, str]]
    parties: list[Party]
    photos: list[Photo]

    @property
    def names(self) -> str:
        return " × ".join(party.side.partner.name for party in self.parties)

    @property
    def told(self) -> list[Party]:
        """Whoever has a key person's words or names its strengths."""
        return [party for party in self.parties if party.side.interview or party.side.strengths]

    @property
    def lasting(self) -> list[tuple[str, str]]:
        """Beside what each side gained."""
        case = self.case
        texts = [
            (_("数値で見る成果"), case.figures),
            (_("社会的課題への効果"), case.effect),
            (_("お金の流れ"), case.money),
        ]
        return [(label, text) for label, text in texts if text]


def content_of_case(case: Case) -> CaseContent:
    sides = case.sides.select_related("partner")
    return CaseContent(case, _facts(case), [_party(side) for side in sides], photos_of_case(case))


def _facts(case: Case) -> list[tuple[str, str]]:
    facts = [
        (_("連携の種類"), case.get_category_display()),
        (_("連携の形"), _("、").join(str(Method(one).label) for one in case.methods)),
        (_("地域"), _(case.region)),
        (_("取組の年度"), year_in_words(case.year)),
        (_("受賞"), year_in_words(case.awarded_in) if case.awarded_in else ""),
    ]
    return [(str(label), value) for label, value in facts if value]


def _party(side: CaseSide) -> Party:
    labels = [(name, CaseSide._meta.get_field(name)) for name in ("address", "founded", "purpose", "members", "awards")]
    reference = [(str(column.verbose_name), value) for name, column in labels if (value := getattr(side, name))]  # type: ignore[union-attr]
    roles = _("、").join(str(Role(one).label) for one in side.roles)
    return Party(side, roles, outcomes_in_words(side.outcomes), reference)


def photos_of_case(case: Case) -> list[Photo]:
    """Each with its line of the captions; only what has been found safe."""
    captions = case.captions.splitlines()
    files = enumerate(StoredFile.objects.of(case, CASE_PHOTOS))
    found = [Photo(file, captions[number] if number < len(captions) else case.title) for number, file in files]
    return [photo for photo in found if photo.file.is_ready]


def first_photos(cases: Iterable[Case]) -> dict[int, str]:
    """Case → the key of the photo that stands beside it in lists; one query for all."""
    owned = StoredFile.objects.filter(
        owner_type=Case._meta.label_lower, owner_id__in=[case.pk for case in cases], slot=CASE_PHOTOS
    )
    first: dict[int, str] = {}
    for file in owned:
        if file.is_ready and file.owner_id is not None:
            first.setdefault(file.owner_id, str(file.key))
    return first


def missing_of(case: Case) -> list[str]:
    """What must still be said before the others are asked."""
    shared = [("category", _("連携の種類")), ("outline", _("連携の概要")), ("results", _("連携の成果"))]
    lacking = [label for name, label in shared if not getattr(case, name).strip()]
    lacking += [
        _("%sの取組の内容") % side.partner.name
        for side in case.sides.select_related("partner")
        if not side.does.strip()
    ]
    return lacking


def case_json_ld(content: CaseContent) -> dict[str, Any]:
    case = content.case
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": case.title,
        "abstract": case.outline,
        "url": absolute_url(reverse("cases:detail", args=[case.pk])),
        "about": [{"@type": "Organization", "name": party.side.partner.name} for party in content.parties],
        "publisher": {"@type": "GovernmentOrganization", "name": current_programme().operator},
    }
    if case.published_at:
        data["datePublished"] = timezone.localdate(case.published_at).isoformat()
    if content.photos:
        data["image"] = [absolute_url(reverse("files:picture", args=[photo.file.key])) for photo in content.photos]
    return data


# --- A partner's own, and other places ----------------------------------------------------------------------------------


def own_cases(partner_id: int) -> "QuerySet[Case]":
    found: QuerySet[Case] = Case.objects.of(partner_id).exclude(state=CaseState.DISCARDED)
    return found.prefetch_related("sides__partner").order_by("-id")


def asked_of(partner_id: int) -> "QuerySet[Case]":
    """Those to which this partner has not said yes yet."""
    waiting = CaseSide.objects.filter(partner=partner_id, case__state=CaseState.ASKED).exclude(
        agreed_revision=F("case__revision")
    )
    found: QuerySet[Case] = Case.objects.filter(pk__in=waiting.values("case")).order_by("asked_at")
    return found


def case_card(actor: Actor) -> dict[str, Any]:
    return {"public": Case.objects.public().of(actor.place.partner_id).count()}


def due_cases(actor: Actor, card: dict[str, Any]) -> Iterator[Due]:
    for case in asked_of(actor.place.partner_id):
        yield Due(
            title=_("連携事例「%s」の公開への同意") % case,
            url=reverse("my_cases:case", args=[case.pk]),
            note=_("相手の団体が、公開への同意を求めています。"),
            action=_("内容を確かめる"),
        )


def case_section(partner: Model, actor: Actor) -> dict[str, Any] | None:
    """On a partner's public page; nothing where nothing is published."""
    if not current_programme().has(Feature.CASES):
        return None
    cases = list(Case.objects.public().of(partner.pk)[:ON_PARTNERS_PAGE])
    return {"cases": cases} if cases else None


def case_addresses() -> Iterator[Address]:
    if current_programme().has(Feature.CASES):
        yield Address(reverse("cases:list"))
        for key, published_at in Case.objects.public().values_list("pk", "published_at"):
            yield Address(reverse("cases:detail", args=[key]), published_at)


def _submitted() -> "QuerySet[Case]":
    found: QuerySet[Case] = Case.objects.filter(state=CaseState.SUBMITTED)
    return found


def case_items() -> list[WorkItem]:
    return [
        WorkItem(
            title=str(case),
            url=reverse("admin:matching_case_change", args=[case.pk]),
            since=case.submitted_at or case.created_at,
            subject_type="matching.case",
            subject_id=str(case.pk),
        )
        for case in _submitted().order_by("submitted_at")[:200]
    ]


case_queue = WorkQueue(
    label=gettext_lazy("連携事例の確認"),
    url=lambda: reverse("admin:matching_case_changelist") + "?state__exact=submitted",
    count=lambda: _submitted().count(),
    items=case_items,
    feature=Feature.CASES,
)
