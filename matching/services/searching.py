"""What search looks in, for postings and cases: their own texts and the names of their partners."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef

from matching.models import Case, CaseSide, Posting
from matching.proposal import ALL
from partners.search import folded


def searched_in_posting(posting: Posting) -> str:
    return folded([posting.title, *(getattr(posting, name) for name in ALL), posting.partner.name])


def searched_in_case(case: Case) -> str:
    texts = [case.title, case.outline, case.results, case.effect, case.supporters]
    for side in case.sides.select_related("partner"):
        texts += [side.partner.name, side.does, side.gains]
    return folded(texts)


def follow_names(keys: Sequence[int]) -> None:
    """These partners have another name. Within the transaction that gave it to them."""
    postings = Posting.objects.select_for_update(of=("self",)).filter(partner__in=keys).order_by("pk")
    for posting in postings.select_related("partner"):
        Posting.objects.filter(pk=posting.pk).update(folded=searched_in_posting(posting))
    sides = CaseSide.objects.filter(case=OuterRef("pk"), partner__in=keys)
    for case in Case.objects.select_for_update(of=("self",)).filter(Exists(sides)).order_by("pk"):
        Case.objects.filter(pk=case.pk).update(folded=searched_in_case(case))
