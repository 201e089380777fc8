from portal.tenancy.models import Language
from portal.web.models import Page


def page_in_language(slug: str, language: str) -> Page | None:
    """The page in the language asked for, otherwise in Japanese."""
    pages = {page.language: page for page in Page.objects.filter(slug=slug, language__in={language, Language.JAPANESE})}
    return pages.get(language) or pages.get(Language.JAPANESE)
