"""Introductions: whom the office might bring together and why, and what a partner is asked to answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from matching.fitting import Profile, points, why_fits
from matching.models import Application, Consent, Introduction, Posting
from matching.models.introduction import IntroductionQuerySet
from matching.queries.postings import matching_settings
from matching.queries.suggestions import Suggestion, asked_by, experienced_partners, profile_of
from matching.states import ApplicationState
from partners.models import Partner
from portal.web.access import Actor
from portal.web.registry import Due

POSTINGS_PER_PAGE = 10
FOR_A_POSTING, FOR_A_PARTNER = 3, 8
# So many partners are looked at, by their number.
MOST_READ = 2000


# --- The office's board -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fit:
    """A posting, and the partners that might suit it best."""

    posting: Posting
    partners: Sequence[Suggestion]


def board(page: str | None) -> tuple["Page[Posting]", list[Fit]]:
    """Open postings that everybody may read, the newest first, each with partners not yet in touch with it."""
    found = Paginator(Posting.objects.public().select_related("partner"), POSTINGS_PER_PAGE).get_page(page)
    profiles = _profiles()
    in_touch = _in_touch(list(found))
    return found, [
        Fit(
            posting,
            _best(
                [
                    Suggestion(partner, why_fits(asked_by(posting), profile))
                    for partner, profile in profiles
                    if partner.pk not in in_touch[posting.pk]
                ],
                FOR_A_POSTING,
            ),
        )
        for posting in found
    ]


def postings_fitting(partner: Partner) -> list[Suggestion]:
    """Open postings of others that this partner may read and is not yet in touch with."""
    own = profile_of(partner, experienced=experienced_partners(), sees_all=True)
    postings = list(Posting.objects.known_to(partner.pk).open().exclude(partner=partner).select_related("partner"))
    in_touch = _in_touch(postings)
    fitting = [
        Suggestion(posting, why_fits(asked_by(posting), own))
        for posting in postings
        if partner.pk not in in_touch[posting.pk]
    ]
    return _best(fitting, FOR_A_PARTNER)


def partners_fitting(partner: Partner) -> list[Suggestion]:
    """By what both offer, need and work on; without those it is being introduced to."""
    own = profile_of(partner, experienced=set(), sees_all=True)
    taken = {partner.pk, *_introduced_to([partner.pk]).get(partner.pk, ())}
    fitting = [Suggestion(one, why_fits(own, profile)) for one, profile in _profiles() if one.pk not in taken]
    return _best(fitting, FOR_A_PARTNER)


def why_not_introduce(one: Partner, other: Partner, posting: Posting | None) -> str:
    """Empty if the office may propose this now."""
    if one.pk == other.pk:
        return _("異なる二つの団体を選んでください。")
    if not (one.is_listed and other.is_listed):
        return _("登録中の団体だけを紹介できます。")
    if Introduction.objects.open().of(one.pk).of(other.pk).exists():
        return _("この二つの団体は、いま紹介しています。")
    if posting is None:
        return ""
    if posting.partner_id not in (one.pk, other.pk):
        return _("どちらの団体の募集でもありません。")
    reader = other if posting.partner_id == one.pk else one
    if not Posting.objects.known_to(reader.pk).open().filter(pk=posting.pk).exists():
        return _("この募集は、いま募集中ではないか、相手の団体には見えません。")
    if reader.pk in _applied([posting]).get(posting.pk, ()):
        return _("この団体は、この募集にすでに応募しています。")
    return ""


def _profiles() -> list[tuple[Partner, Profile]]:
    """The office reads whatever a partner told it."""
    experienced = experienced_partners()
    partners = Partner.objects.listed().order_by("number")[:MOST_READ]
    return [(partner, profile_of(partner, experienced=experienced, sees_all=True)) for partner in partners]


def _best(found: list[Suggestion], most: int) -> list[Suggestion]:
    fitting = [one for one in found if one.reasons]
    return sorted(fitting, key=lambda one: -points(one.reasons))[:most]


def _in_touch(postings: Sequence[Posting]) -> dict[int, set[int]]:
    """By posting, the partners that need no introduction: its own, who has applied, whom its own is introduced to."""
    applied, introduced = _applied(postings), _introduced_to([posting.partner_id for posting in postings])
    return {
        posting.pk: {posting.partner_id, *applied.get(posting.pk, ()), *introduced.get(posting.partner_id, ())}
        for posting in postings
    }


def _applied(postings: Sequence[Posting]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    rows = Application.objects.filter(posting__in=postings).exclude(state=ApplicationState.WITHDRAWN)
    for posting_id, partner_id in rows.values_list("posting_id", "partner_id"):
        found.setdefault(posting_id, set()).add(partner_id)
    return found


def _introduced_to(partner_ids: Sequence[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    rows = Introduction.objects.open().filter(Q(first__in=partner_ids) | Q(second__in=partner_ids))
    for first, second in rows.values_list("first_id", "second_id"):
        found.setdefault(first, set()).add(second)
        found.setdefault(second, set()).add(first)
    return found


# --- A partner's own ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Own:
    """An introduction as one of its sides reads it."""

    row: Introduction
    other: Partner
    answer: Consent | None
    # With whom to speak at the other side: nothing before both have agreed.
    contact: Consent | None
    # What it is about, as far as this side may read it.
    posting: Posting | None

    @property
    def waits_for_me(self) -> bool:
        return self.row.is_open and self.answer is None


def own_introductions(actor: Actor) -> list[Own]:
    own = actor.place.partner_id
    rows = list(
        Introduction.objects.of(own).select_related("first", "second", "posting").prefetch_related("consents")[:100]
    )
    readable = set(
        Posting.objects.known_to(own).filter(pk__in=[row.posting_id for row in rows]).values_list("pk", flat=True)
    )
    return [_own(row, own, readable) for row in rows]


def own_introduction(row: Introduction, actor: Actor) -> Own:
    own = actor.place.partner_id
    return _own(
        row, own, set(Posting.objects.known_to(own).filter(pk=row.posting_id or 0).values_list("pk", flat=True))
    )


def _own(row: Introduction, own: int, readable: set[int]) -> Own:
    answers = {consent.partner_id: consent for consent in row.consents.all()}
    return Own(
        row=row,
        other=row.other(own),
        answer=answers.get(own),
        contact=answers.get(row.other(own).pk) if row.shows_contacts else None,
        posting=row.posting if row.posting_id in readable else None,
    )


def waiting_introductions(actor: Actor) -> Iterator[Due]:
    """For My Page."""
    own = actor.place.partner_id
    answered = Consent.objects.filter(partner=own).values("introduction_id")
    for row in Introduction.objects.open().of(own).exclude(pk__in=answered).select_related("first", "second"):
        last = timezone.make_aware(datetime.combine(row.answer_until, time(23, 59)))
        title = _("事務局からの紹介に答える（%s）") % row.other(own)
        yield Due(title, reverse("my_matching:introduction", args=[row.pk]), last, action=_("答える"))


# --- Dates --------------------------------------------------------------------------------------------------------------


def due_for_nudge(today: date) -> IntroductionQuerySet:
    last = today + timedelta(days=matching_settings().introduction_notice_days)
    found: IntroductionQuerySet = Introduction.objects.open().filter(nudged_at=None, answer_until__lte=last)
    return found.filter(answer_until__gte=today)


def past_answering(today: date) -> IntroductionQuerySet:
    found: IntroductionQuerySet = Introduction.objects.open().filter(answer_until__lt=today)
    return found
