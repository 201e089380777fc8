"""Who fits whom, and why: offers against needs, goals, area, what was done before. Pure; the reasons are in words."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from partners.vocabulary.roles import Role
from portal.web.goals import SDG_GOALS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Profile:
    """What fitting looks at, of a posting or of a partner."""

    offers: Collection[str] = ()
    needs: Collection[str] = ()
    goals: Collection[int] = ()
    region: str = ""
    # Whether it has worked with others here before.
    is_experienced: bool = False


@dataclass(frozen=True)
class Reason:
    """`text` with `what` in it, both in the reader's language when they are shown."""

    text: "StrOrPromise"
    points: int
    what: list["StrOrPromise"] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.text}{_('：')}{_('、').join(map(str, self.what))}" if self.what else str(self.text)


def why_fits(posting: Profile, partner: Profile) -> list[Reason]:
    """The strongest reason first; none, if nothing but the area or experience speaks for it."""
    reasons = []
    if given := [role for role in Role if role in posting.needs and role in partner.offers]:
        reasons.append(Reason(_("お願いしたい役割を、提供できます"), 3 * len(given), [role.label for role in given]))
    if wanted := [role for role in Role if role in posting.offers and role in partner.needs]:
        reasons.append(Reason(_("担える役割を、求めています"), 3 * len(wanted), [role.label for role in wanted]))
    if shared := sorted(set(posting.goals) & set(partner.goals)):
        names: list[StrOrPromise] = [SDG_GOALS[number][0] for number in shared]
        reasons.append(Reason(_("同じ目標に取り組んでいます"), len(shared), names))
    if not reasons:
        return []
    if posting.region and posting.region == partner.region:
        reasons.append(Reason(_("同じ地域です"), 1, [_(posting.region)]))
    if partner.is_experienced:
        reasons.append(Reason(_("連携の経験があります"), 1))
    return sorted(reasons, key=lambda reason: -reason.points)


def points(reasons: Collection[Reason]) -> int:
    return sum(reason.points for reason in reasons)
