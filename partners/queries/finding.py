"""Reading the directory's index. Everything goes through `=` and `<`, the only comparisons that row security lets an
index serve; what was found by pairs of characters is checked on the text itself.
"""

from collections.abc import Iterable, Mapping

from django.db.models import Q

from partners.models import DirectoryKey, Partner
from partners.models.partner import PartnerQuerySet
from partners.search import range_of, word_keys, words


def find_partners(query: str = "", facets: Mapping[str, Iterable[str]] | None = None) -> PartnerQuerySet:
    """Listed partners with every word of the query and, for each facet, at least one of the chosen values."""
    found = Partner.objects.listed()
    for facet, values in (facets or {}).items():
        found = found.filter(_has(Q(key__in=[f"{facet}:{value}" for value in values])))
    for word in words(query):
        for key in sorted(word_keys(word)):
            found = found.filter(_has(Q(key=key)))
        if len(word) == 1:
            first, after = range_of(word)
            found = found.filter(_has(Q(key__gte=first, key__lt=after)))
        else:
            found = found.filter(folded__contains=word)
    return found


def _has(key: Q) -> Q:
    return Q(pk__in=DirectoryKey.objects.filter(key).values("partner_id"))
