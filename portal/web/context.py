"""What every page's shell needs: the programme, its menu, the languages. No database, no session."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page_shell(request: HttpRequest) -> dict[str, Any]:
    return {"programme": getattr(request, "programme", None), "demo": settings.DEMO}
