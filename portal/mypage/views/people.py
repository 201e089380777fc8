"""担当者: who acts for the partner. Everybody of the partner sees them, owners change them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners.models import Member
from partners.queries import arrival
from partners.queries.partners import partner_of
from partners.services import people as services
from portal.accounts import drafts, limits
from portal.mypage.forms import InvitationForm, RoleForm
from portal.web.access import Actor, MemberRole, member
from portal.web.forms import page_form
from portal.web.requests import PortalRequest

LAST_OWNER = gettext_lazy("代表がいなくなるため、できません。先に、ほかの方を代表にしてください。")
IS_STAFF = gettext_lazy("職員のアドレスは、団体の担当者にできません。別のアドレスを入力してください。")
INVITATION = "mypage.invitation"


@member()
@require_safe
def people(request: PortalRequest) -> HttpResponse:
    members = Member.objects.filter(partner=request.actor.place.partner_id).select_related("user")
    unreached = set(arrival.unreached(request.actor.place.partner_id).values_list("pk", flat=True))
    context = {
        "members": members,
        "unreached": unreached,
        "may_manage": request.actor.is_member(MemberRole.OWNER),
        "help": "people",
    }
    return render(request, "mypage/people.html", context)


@member(MemberRole.OWNER)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: PortalRequest) -> HttpResponse:
    kept = drafts.initial(request.actor, INVITATION, InvitationForm)
    form = page_form(InvitationForm, request, initial=kept)
    if form.is_valid():
        partner = partner_of(request.actor)
        if not limits.allow(limits.INVITATIONS, partner.pk):
            form.add_error(None, _("1日に招待できる人数を超えました。明日もう一度お試しください。"))
        else:
            role = MemberRole(int(form.cleaned_data["role"]))
            name, address = form.cleaned_data["name"], form.cleaned_data["address"]
            try:
                services.invite(
                    partner=partner, name=name, address=address, role=role, actor=request.actor,
                    note=form.cleaned_data["note"], language=request.LANGUAGE_CODE,
                )  # fmt: skip
            except services.AlreadyThere:
                form.add_error("address", _("この方は、すでに担当者です。"))
            except services.IsStaff:
                form.add_error("address", IS_STAFF)
            else:
                drafts.forget(request.actor, INVITATION)
                messages.success(request, _("%s 様へ招待のメールを送りました。") % name)
                return redirect("mypage:people")
    draft = drafts.ticket(request.actor, INVITATION)
    return render(
        request, "mypage/invite.html", {"form": form, "draft": draft, "is_kept": bool(kept), "help": "drafts"}
    )


@member(MemberRole.OWNER)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: PortalRequest, member_id: int) -> HttpResponse:
    person = colleague(request.actor, member_id)
    form = page_form(RoleForm, request, initial={"role": person.role})
    if form.is_valid():
        try:
            services.change_role(member=person, role=MemberRole(int(form.cleaned_data["role"])), actor=request.actor)
        except services.LastOwner:
            form.add_error("role", LAST_OWNER)
        else:
            messages.success(request, _("役割を変えました。"))
            return redirect("mypage:people")
    return render(request, "mypage/person_change.html", {"form": form, "person": person, "help": "people"})


@member(MemberRole.OWNER)
@require_http_methods(["GET", "HEAD", "POST"])
def disable(request: PortalRequest, member_id: int) -> HttpResponse:
    """Asks once more: the person is out at once."""
    person = colleague(request.actor, member_id)
    if request.method != "POST":
        return render(request, "mypage/person_disable.html", {"person": person, "help": "people"})
    try:
        services.disable(member=person, actor=request.actor)
    except services.LastOwner:
        messages.error(request, LAST_OWNER)
    else:
        messages.success(request, _("利用を止めました。"))
    return redirect("mypage:people")


@member(MemberRole.OWNER)
@require_POST
def again(request: PortalRequest, member_id: int) -> HttpResponse:
    person = colleague(request.actor, member_id)
    if limits.allow(limits.MAILS_TO_ADDRESS, person.user.email):
        services.invite_again(member=person, actor=request.actor)
        messages.success(request, _("招待のメールをもう一度送りました。"))
    else:
        messages.warning(request, _("続けて送ったため、今は送れません。少し待ってから、もう一度お試しください。"))
    return redirect("mypage:people")


def colleague(actor: Actor, member_id: int) -> Member:
    own = Member.objects.filter(partner=actor.place.partner_id)
    return get_object_or_404(own.select_related("partner", "user"), pk=member_id)
