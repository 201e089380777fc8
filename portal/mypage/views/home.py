"""My Page itself: what is due first, then what each app shows."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.mypage import queries
from portal.web.access import member
from portal.web.requests import PortalRequest


@member()
@require_safe
def home(request: PortalRequest) -> HttpResponse:
    actor = request.actor
    cards = queries.cards(actor, request.programme)
    context = {
        "due": queries.due(actor, cards),
        "cards": [(card.template, shown) for card, shown in cards],
        "membership": actor.membership,
    }
    return render(request, "mypage/home.html", context)


@member()
@require_safe
def manual(request: PortalRequest) -> HttpResponse:
    """Help, by the name of the screen that it is about."""
    return render(request, "mypage/help.html")
