"""Between sign-in and the page that was wanted: accept an invitation, choose an organisation."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partners.models import Member
from partners.services.people import join
from portal.accounts.sessions import MEMBER, next_of
from portal.mypage.forms import ConsentForm
from portal.web.access import Refusal
from portal.web.forms import page_form
from portal.web.requests import PortalRequest


@require_safe
def arrive(request: PortalRequest) -> HttpResponse:
    """Every sign-in of a partner's person ends here, and goes on at once if there is nothing to ask."""
    actor, next_url = request.actor, next_of(request) or reverse("mypage:home")
    query = urlencode({"next": next_url})
    for place in actor.memberships:
        if not place.has_joined:
            return redirect(f"{reverse('mypage:welcome', args=[place.member_id])}?{query}")
    if len(actor.memberships) > 1:
        return redirect(f"{reverse('mypage:organisation')}?{query}")
    if actor.membership is None:
        raise Refusal(
            _("この事業での利用は終わっています"),
            _(
                "もう一度お使いになるときは、団体の代表の方に招待を頼んでください。お分かりにならないときは事務局へお尋ねください。"
            ),
        )
    return redirect(next_url)


@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: PortalRequest) -> HttpResponse:
    """For whom the person acts from now on. The choice holds for this session."""
    places = [place for place in request.actor.memberships if place.has_joined]
    if request.method == "POST":
        wanted = request.POST.get("member", "")
        chosen = next((place for place in places if str(place.member_id) == wanted), None)
        if chosen is None:
            raise PermissionDenied
        request.session[MEMBER] = chosen.member_id
        # Pages that are still open were filled in for the other organisation: none of them can be sent any more.
        rotate_token(request)
        return redirect(next_of(request) or "mypage:home")
    if not places:
        raise PermissionDenied
    return render(request, "mypage/organisation.html", {"places": places, "next": next_of(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: PortalRequest, member_id: int) -> HttpResponse:
    """The first sign-in: what the data are for, and what of them may be shown."""
    mine = Member.objects.who_may_enter().filter(user=request.actor.user).select_related("partner")
    member = get_object_or_404(mine, pk=member_id)
    form = page_form(ConsentForm, request)
    if form.is_valid():
        join(member=member, actor=request.actor, **form.cleaned_data)
        request.session[MEMBER] = member.pk
        return redirect(next_of(request) or "mypage:home")
    return render(request, "mypage/welcome.html", {"form": form, "member": member, "next": next_of(request)})
