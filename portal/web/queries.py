"""Reads of the pages that belong to no app."""

from collections.abc import Iterator
from itertools import groupby

from django.db.models import F

from portal.tenancy.models import Language, Programme
from portal.web.models import Page
from portal.web.prefectures import prefecture_name


def page_in_language(slug: str, language: str) -> Page | None:
    """The page in the language asked for, otherwise in Japanese."""
    pages = {page.language: page for page in Page.objects.filter(slug=slug, language__in={language, Language.JAPANESE})}
    return pages.get(language) or pages.get(Language.JAPANESE)


def public_programmes(language: str) -> Iterator[tuple[str, list[Programme]]]:
    """The public programmes by prefecture, from north to south, each with its `host`. One SQL query."""
    found = (
        Programme.objects.public()
        .filter(hosts__is_primary=True)
        .annotate(host=F("hosts__name"))
        .defer("logo")
        .order_by("prefecture_code", "slug")
    )
    for name, programmes in groupby(found, lambda one: prefecture_name(one.prefecture_code, language)):
        yield name, list(programmes)
