"""What may suit a partner, and whom a posting may suit, each with its reasons. Only what the reader may know of anyway."""

from dataclasses import dataclass
from typing import Any

from matching.fitting import Profile, Reason, points, why_fits
from matching.models import Application, Posting
from matching.queries.postings import Wish, find_postings
from matching.states import ApplicationState
from partners.fields import FIELDS, Visibility
from partners.models import Partner
from partners.queries.partners import sections_in_use
from portal.web.access import Actor

MOST_SHOWN = 5
# So many are looked at: the newest postings, and partners by their number.
MOST_READ = 500


@dataclass(frozen=True)
class Suggestion:
    item: Any
    reasons: list[Reason]


def postings_for(actor: Actor) -> list[Suggestion]:
    """Open postings of others that this partner has not answered."""
    partner = Partner.objects.get(pk=actor.place.partner_id)
    profile = profile_of(partner, experienced={partner.pk} & experienced_partners(), sees_all=True)
    answered = Application.objects.filter(partner=partner).values("posting_id")
    postings = find_postings(actor, Wish()).exclude(partner=partner).exclude(pk__in=answered)[:MOST_READ]
    return best([Suggestion(posting, why_fits(asked_by(posting), profile)) for posting in postings])


def partners_for(posting: Posting) -> list[Suggestion]:
    """Whom its writers might speak to: judged by what these partners show to others."""
    experienced = experienced_partners()
    sections = sections_in_use()
    partners = Partner.objects.listed().exclude(pk=posting.partner_id).order_by("number")[:MOST_READ]
    asked = asked_by(posting)
    return best(
        [
            Suggestion(partner, why_fits(asked, profile_of(partner, experienced=experienced, sections=sections)))
            for partner in partners
        ]
    )


def best(found: list[Suggestion]) -> list[Suggestion]:
    fitting = [one for one in found if one.reasons]
    return sorted(fitting, key=lambda one: -points(one.reasons))[:MOST_SHOWN]


def asked_by(posting: Posting) -> Profile:
    return Profile(offers=posting.brings, needs=posting.seeks, goals=posting.goals, region=posting.region)


def profile_of(
    partner: Partner, *, experienced: set[int], sections: list[str] | None = None, sees_all: bool = False
) -> Profile:
    def shown(name: str) -> bool:
        """What a partner shows to the office alone is nobody else's reason."""
        return sees_all or (
            FIELDS[name].section in (sections or []) and partner.visibility_of(name) != Visibility.STAFF
        )

    return Profile(
        offers=partner.offers if shown("offers") else (),
        needs=partner.needs if shown("needs") else (),
        goals=partner.goals if shown("goals") else (),
        region=partner.region,
        is_experienced=partner.pk in experienced,
    )


def experienced_partners() -> set[int]:
    accepted = Application.objects.filter(state=ApplicationState.ACCEPTED)
    return {one for pair in accepted.values_list("partner_id", "posting__partner_id") for one in pair}
