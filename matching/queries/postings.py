"""Reads of postings. Each begins with `visible_to(actor)`, so that a page, a count or a file knows no more than another."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.models import Application, Designation, MatchingSettings, Posting
from matching.models.posting import PostingQuerySet
from matching.proposal import sections_of
from matching.rules import acts_for
from matching.states import ApplicationState, PostingState
from matching.vocabulary import Category, Method
from partners.models import Partner
from partners.queries.finding import find_partners
from partners.search import words
from partners.vocabulary.municipalities import region_choices
from partners.vocabulary.roles import OF_COMPANIES, OF_GROUPS, Role
from portal.tenancy.models import Feature
from portal.tenancy.scope import current_programme
from portal.web.access import ANONYMOUS, Actor
from portal.web.goals import SDG_GOALS
from portal.web.registry import Address, WorkItem, WorkQueue


def matching_settings() -> MatchingSettings:
    return MatchingSettings.objects.first() or MatchingSettings()


def end_of_listing(today: date, settings: MatchingSettings) -> date:
    return today + timedelta(days=settings.listed_days)


@dataclass(frozen=True)
class Wish:
    """What a visitor is looking for, as far as it can be understood."""

    query: str = ""
    category: str = ""
    method: str = ""
    goal: str = ""
    region: str = ""

    @classmethod
    def read(cls, address: QueryDict) -> "Wish":
        wanted = {name: str(address.get(name, "")) for name in ("category", "method", "goal", "region")}
        known = {name: value for name, value in wanted.items() if value in dict(choices_of(name))}
        return cls(query=str(address.get("q", "")).strip()[:100], **known)

    @property
    def is_narrowed(self) -> bool:
        return self != Wish()

    def address(self, **changes: str) -> str:
        wish = vars(replace(self, **changes))
        pairs = [("q" if name == "query" else name, value) for name, value in wish.items() if value]
        return f"?{urlencode(pairs)}"

    @property
    def chips(self) -> list[tuple[str, str]]:
        """(what is chosen, the address without it)"""
        chosen = [(name, value) for name, value in vars(self).items() if value and name != "query"]
        return [(dict(choices_of(name))[value], self.address(**{name: ""})) for name, value in chosen]


def choices_of(name: str) -> list[tuple[str, str]]:
    match name:
        case "category":
            return [(value, str(label)) for value, label in Category.choices]
        case "method":
            return [(value, str(label)) for value, label in Method.choices]
        case "goal":
            return [(str(number), f"{number} {short}") for number, (short, *_full) in SDG_GOALS.items()]
        case _:
            return region_choices(current_programme().prefecture_code)


def find_postings(actor: Actor, wish: Wish) -> PostingQuerySet:
    found: PostingQuerySet = Posting.objects.visible_to(actor).open().select_related("partner")
    if wish.category:
        found = found.filter(category=wish.category)
    if wish.method:
        found = found.filter(methods__contains=[wish.method])
    if wish.goal:
        found = found.filter(goals__contains=[int(wish.goal)])
    if wish.region:
        found = found.filter(region__in=["", wish.region])
    for word in words(wish.query):
        found = found.filter(folded__contains=word)
    return found.order_by("-listed_at", "-id")


@dataclass(frozen=True)
class Filter:
    name: str
    label: str
    options: list[tuple[str, str]]
    chosen: str


def filters_of(actor: Actor, wish: Wish) -> list[Filter]:
    """The kinds with their numbers, counted over what this actor may see and nothing else."""
    numbers = Counter(find_postings(actor, replace(wish, category="")).values_list("category", flat=True))
    categories = [
        (value, _("%(name)s（%(count)s）") % {"name": label, "count": numbers[value]})
        for value, label in choices_of("category")
    ]
    return [
        Filter("category", _("連携の種類"), categories, wish.category),
        Filter("method", _("連携の形"), choices_of("method"), wish.method),
        Filter("goal", _("SDGsの目標"), choices_of("goal"), wish.goal),
        Filter("region", _("地域"), choices_of("region"), wish.region),
    ]


def named_for(partner_id: int) -> set[int]:
    """Keys of the postings that this partner is named for."""
    return set(Designation.objects.filter(partner=partner_id).values_list("posting_id", flat=True))


@dataclass(frozen=True)
class Shown:
    title: str
    lines: list[tuple[str, str]]


def content_of(posting: Posting) -> list[Shown]:
    """The proposal by sections; what is empty is left out."""
    shown = [
        Shown(
            str(section.title),
            [(str(field.label), text) for field in section.fields if (text := getattr(posting, field.name))],
        )
        for section in sections_of(posting.is_short)
    ]
    return [section for section in shown if section.lines]


@dataclass(frozen=True)
class RoleLine:
    label: str
    brings: bool
    seeks: bool


def role_table(posting: Posting) -> list[tuple[str, list[RoleLine]]]:
    """The two vocabularies of roles, as far as one of them is chosen."""
    groups = [(_("市民活動の側の役割"), OF_GROUPS), (_("企業の側の役割"), OF_COMPANIES)]
    tables = [
        (title, [_role_line(posting, role) for role in roles if role in posting.brings or role in posting.seeks])
        for title, roles in groups
    ]
    return [(title, lines) for title, lines in tables if lines]


def _role_line(posting: Posting, role: Role) -> RoleLine:
    return RoleLine(str(role.label), role in posting.brings, role in posting.seeks)


def facts_of(posting: Posting) -> list[tuple[str, str]]:
    """What stands beside the proposal, in words."""
    methods = _("、").join(str(Method(one).label) for one in posting.methods)
    region = _(posting.region) if posting.region else _("地域を問わない")
    facts = [(_("連携の種類"), posting.get_category_display()), (_("連携の形"), methods), (_("地域"), region)]
    return [(label, value) for label, value in facts if value]


def own_postings(partner_id: int) -> list[Posting]:
    return list(Posting.objects.filter(partner=partner_id).select_related("partner").order_by("-id"))


def partners_to_name(posting: Posting, query: str) -> list[Partner]:
    """Registered partners that may be named: not oneself, not one named already. None before something is asked."""
    if not query:
        return []
    taken = Designation.objects.filter(posting=posting).values("partner_id")
    return list(
        find_partners(query).exclude(pk=posting.partner_id).exclude(pk__in=taken).order_by("kana", "number")[:20]
    )


def why_not_apply(actor: Actor, posting: Posting) -> str:
    """Empty if this person may apply now; otherwise the reason, to be read by them."""
    if actor.membership is None:
        return _("応募するには、登録団体の担当者としてログインしてください。")
    if posting.partner_id == actor.membership.partner_id:
        return _("自分の団体の募集には応募できません。")
    if refusal := actor.membership.why_not:
        return _("%(title)s。%(advice)s") % {"title": refusal.title, "advice": refusal.advice}
    if not posting.is_open:
        return _("この募集は「%s」のため、応募できません。") % posting.get_state_display()
    if standing_application(actor, posting):
        return _("この募集には、すでに応募しています。")
    return ""


def standing_application(actor: Actor, posting: Posting) -> Application | None:
    """This partner's own, whatever was answered, unless it took it back."""
    own = Application.objects.filter(posting=posting, partner=actor.place.partner_id)
    found: Application | None = own.exclude(state=ApplicationState.WITHDRAWN).first()
    return found


def may_see_contacts(actor: Actor, posting: Posting) -> bool:
    """Of a posting: its own people and staff, and whoever applied, while an application shows both sides' contacts."""
    if actor.is_staff() or acts_for(actor, posting.partner_id):
        return True
    if actor.membership is None:
        return False
    own = posting.applications.filter(partner=actor.membership.partner_id)
    return any(application.shows_contacts for application in own)


def check_items() -> list[WorkItem]:
    waiting = Posting.objects.filter(state=PostingState.SUBMITTED).select_related("partner").order_by("submitted_at")
    return [
        WorkItem(
            title=f"{posting.partner}：{posting}",
            url=reverse("admin:matching_posting_change", args=[posting.pk]),
            since=posting.submitted_at or posting.created_at,
            subject_type="matching.posting",
            subject_id=str(posting.pk),
        )
        for posting in waiting[:200]
    ]


check_queue = WorkQueue(
    label=gettext_lazy("募集案件の確認"),
    url=lambda: reverse("admin:matching_posting_changelist") + "?state__exact=submitted",
    count=lambda: Posting.objects.filter(state=PostingState.SUBMITTED).count(),
    items=check_items,
    feature=Feature.MATCHING,
)


def public_addresses() -> Iterator[Address]:
    if current_programme().has(Feature.MATCHING):
        yield Address(reverse("matching:list"))
        for key, listed_at in Posting.objects.visible_to(ANONYMOUS).values_list("pk", "listed_at"):
            yield Address(reverse("matching:detail", args=[key]), listed_at)


def due_for_notice(today: date) -> PostingQuerySet:
    last = today + timedelta(days=matching_settings().notice_days)
    found: PostingQuerySet = Posting.objects.open().filter(listed_until__gte=today, listed_until__lte=last)
    return found


def overdue(today: date) -> PostingQuerySet:
    found: PostingQuerySet = Posting.objects.open().filter(listed_until__lt=today)
    return found


def open_card(actor: Actor) -> dict[str, Any]:
    """For My Page: what came in and waits for an answer, and how many postings are open."""
    own = actor.place.partner_id
    named = Exists(Designation.objects.filter(posting=OuterRef("pk"), partner=own))
    return {
        "waiting": Application.objects.filter(posting__partner=own, state=ApplicationState.SENT).count(),
        **Posting.objects.visible_to(actor).open().aggregate(open=Count("pk"), named=Count("pk", filter=named)),
    }
