"""Examples beside the fields of a profile, in the programme's own words."""

from collections.abc import Mapping

from django.utils.translation import get_language

from partners.models import FieldExample
from portal.tenancy.models import Language


def own_examples() -> Mapping[str, str]:
    """By field, in the page's language; in Japanese where there is none in it."""
    found: dict[str, dict[str, str]] = {Language.JAPANESE: {}}
    for name, language, text in FieldExample.objects.values_list("field", "language", "text"):
        found.setdefault(language, {})[name] = text
    return found[Language.JAPANESE] | found.get(get_language() or Language.JAPANESE, {})
