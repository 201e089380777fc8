"""What everybody may read of postings: without contacts, and without any that is for named partners alone."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from matching.models import Posting
from matching.paper import proposal_pdf
from matching.queries.postings import Wish, content_of, facts_of, filters_of, find_postings, role_table
from matching.views.common import matching
from portal.web.access import ANONYMOUS, public
from portal.web.kept import kept
from portal.web.links import absolute_url
from portal.web.pdf import pdf_response
from portal.web.requests import PortalRequest

PER_PAGE = 20
IN_FEED = 30


@public
@require_safe
@kept
@matching
def board(request: PortalRequest) -> HttpResponse:
    wish = Wish.read(request.GET)
    page = Paginator(find_postings(ANONYMOUS, wish), PER_PAGE).get_page(request.GET.get("page"))
    context = {"wish": wish, "page": page, "filters": filters_of(ANONYMOUS, wish), "named": set()}
    return render(request, "matching/board.html", context)


@public
@require_safe
@kept
@matching
def detail(request: PortalRequest, posting_id: int) -> HttpResponse:
    posting = _posting(posting_id)
    context = {
        "posting": posting,
        "facts": facts_of(posting),
        "sections": content_of(posting),
        "roles": role_table(posting),
    }
    return render(request, "matching/detail.html", context)


@public
@require_safe
@matching
def document(request: PortalRequest, posting_id: int) -> HttpResponse:
    posting = _posting(posting_id)
    return pdf_response(proposal_pdf(posting, with_contacts=False), _("企画書-%d.pdf") % posting.pk)


@public
@require_safe
@matching
def feed(request: PortalRequest) -> HttpResponse:
    programme = request.programme
    atom = Atom1Feed(
        title=_("%s の連携募集") % f"{programme.local('operator')} {programme.local('name')}",
        link=absolute_url(reverse("matching:list")),
        description="",
        feed_url=absolute_url(reverse("matching:feed")),
        language=settings.LANGUAGE_CODE,
    )
    for posting in find_postings(ANONYMOUS, Wish())[:IN_FEED]:
        address = absolute_url(reverse("matching:detail", args=[posting.pk]))
        atom.add_item(
            title=posting.title,
            link=address,
            description=posting.theme,
            unique_id=address,
            pubdate=posting.listed_at,
            author_name=posting.partner.name,
        )
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _posting(posting_id: int) -> Posting:
    visible = Posting.objects.visible_to(ANONYMOUS).select_related("partner")
    posting: Posting = get_object_or_404(visible, pk=posting_id)
    return posting
