"""Cases as everybody reads them: the list, the page, the leaflet, the feed."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from matching.leaflet import case_leaflet
from matching.models import Case
from matching.queries.cases import (
    CaseWish,
    case_filters,
    case_json_ld,
    content_of_case,
    find_cases,
    first_photos,
    public_years,
)
from matching.views.common import where_used
from portal.tenancy.models import Feature
from portal.web.access import public
from portal.web.kept import kept
from portal.web.links import absolute_url
from portal.web.pdf import pdf_response
from portal.web.requests import PortalRequest

PER_PAGE = 20
IN_FEED = 30
cases_here = where_used(Feature.CASES)


@public
@require_safe
@kept
@cases_here
def cases(request: PortalRequest) -> HttpResponse:
    years = public_years()
    wish = CaseWish.read(request.GET, years)
    page = Paginator(find_cases(wish), PER_PAGE).get_page(request.GET.get("page"))
    photos = first_photos(page.object_list)
    context = {
        "wish": wish,
        "chips": wish.chips(years),
        "page": page,
        "shown": [(case, photos.get(case.pk)) for case in page],
        "filters": case_filters(wish, years),
    }
    return render(request, "matching/cases/list.html", context)


@public
@require_safe
@kept
@cases_here
def detail(request: PortalRequest, case_id: int) -> HttpResponse:
    content = content_of_case(_case(case_id))
    return render(request, "matching/cases/detail.html", {"content": content, "article": case_json_ld(content)})


@public
@require_safe
@cases_here
def document(request: PortalRequest, case_id: int) -> HttpResponse:
    case = _case(case_id)
    return pdf_response(case_leaflet(content_of_case(case)), _("連携事例-%d.pdf") % case.pk)


@public
@require_safe
@cases_here
def feed(request: PortalRequest) -> HttpResponse:
    programme = request.programme
    atom = Atom1Feed(
        title=_("%s の連携事例") % f"{programme.local('operator')} {programme.local('name')}",
        link=absolute_url(reverse("cases:list")),
        description="",
        feed_url=absolute_url(reverse("cases:feed")),
        language=settings.LANGUAGE_CODE,
    )
    for case in find_cases(CaseWish())[:IN_FEED]:
        address = absolute_url(reverse("cases:detail", args=[case.pk]))
        atom.add_item(
            title=case.title,
            link=address,
            description=case.outline,
            unique_id=address,
            pubdate=case.published_at,
            author_name=" × ".join(str(side) for side in case.sides.all()),
        )
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _case(case_id: int) -> Case:
    found: Case = get_object_or_404(Case.objects.public(), pk=case_id)
    return found
