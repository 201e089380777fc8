"""Local groups: for a partner's people, with the way in and out; and what a group brought to the plenary."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from meetings.models import GroupResult, LocalGroup
from meetings.queries.groups import group_page, groups_for, result_page
from meetings.services.groups import join_group, leave_group
from meetings.views.public import refuse_without_meetings
from partners.queries.partners import partner_of
from portal.tenancy.models import Feature
from portal.web.access import MemberRole, full_member, member, public
from portal.web.requests import PortalRequest


def refuse_without_groups(request: PortalRequest) -> None:
    if not request.programme.has(Feature.LOCAL_GROUPS):
        raise Http404


@member()
@require_safe
def groups(request: PortalRequest) -> HttpResponse:
    refuse_without_groups(request)
    return render(request, "meetings/groups/list.html", groups_for(partner_of(request.actor)))


@member()
@require_safe
def group(request: PortalRequest, pk: int) -> HttpResponse:
    refuse_without_groups(request)
    found = get_object_or_404(LocalGroup.objects.open(), pk=pk)
    context = group_page(found, partner_of(request.actor), request.actor, timezone.now())
    may_act = request.actor.is_member(MemberRole.EDITOR)
    return render(request, "meetings/groups/group.html", context | {"may_act": may_act})


@full_member(MemberRole.EDITOR)
@require_POST
def join(request: PortalRequest, pk: int) -> HttpResponse:
    refuse_without_groups(request)
    found = get_object_or_404(LocalGroup.objects.open(), pk=pk)
    join_group(group=found, actor=request.actor)
    messages.success(request, _("「%s」に入りました。") % found.name)
    return redirect("my_meetings:group", pk)


@member(MemberRole.EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: PortalRequest, pk: int) -> HttpResponse:
    """Asks once more."""
    refuse_without_groups(request)
    found = get_object_or_404(LocalGroup.objects.open(), pk=pk)
    if request.method != "POST":
        return render(request, "meetings/groups/leave.html", {"group": found})
    leave_group(group=found, actor=request.actor)
    messages.success(request, _("「%s」から抜けました。いつでも、また入れます。") % found.name)
    return redirect("my_meetings:group", pk)


@public
@require_safe
def result(request: PortalRequest, pk: int) -> HttpResponse:
    refuse_without_meetings(request)
    found = get_object_or_404(GroupResult.objects.public().select_related("group"), pk=pk)
    return render(request, "meetings/groups/result.html", result_page(found, actor=request.actor, is_public=True))


@member()
@require_safe
def my_result(request: PortalRequest, pk: int) -> HttpResponse:
    refuse_without_meetings(request)
    found = get_object_or_404(GroupResult.objects.for_partners().select_related("group"), pk=pk)
    return render(request, "meetings/groups/my_result.html", result_page(found, actor=request.actor, is_public=False))
