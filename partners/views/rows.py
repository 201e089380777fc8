"""Further offices and equipment: added, changed and removed on pages of their own; and the logo."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from partners.edits import ChangedMeanwhile
from partners.forms.own import LogoForm
from partners.forms.rows import KINDS, Kind
from partners.forms.suggesting import offers_for
from partners.models import Partner
from partners.queries.partners import sections_in_use
from partners.services.profile import LOGO, Row, remove_row, save_row, set_logo
from partners.views.profile import FORM, editable
from portal.files.models import StoredFile
from portal.files.senders import Sender
from portal.web.access import MemberRole, member
from portal.web.forms import page_form
from portal.web.requests import PortalRequest


@member(MemberRole.EDITOR)
@require_http_methods(FORM)
def add(request: PortalRequest, kind: str) -> HttpResponse:
    partner, rows = editable(request), _kind(kind)
    return _edit(request, rows, rows.model(partner=partner), rows.add)


@member(MemberRole.EDITOR)
@require_http_methods(FORM)
def change(request: PortalRequest, kind: str, row_id: int) -> HttpResponse:
    partner, rows = editable(request), _kind(kind)
    return _edit(request, rows, _own(rows, partner, row_id), rows.change)


@member(MemberRole.EDITOR)
@require_http_methods(FORM)
def remove(request: PortalRequest, kind: str, row_id: int) -> HttpResponse:
    """Asks once more."""
    partner, rows = editable(request), _kind(kind)
    row = _own(rows, partner, row_id)
    if request.method != "POST":
        return render(
            request,
            "partners/own/remove_row.html",
            {"row": row, "title": rows.remove, "back": reverse("profile:overview")},
        )
    remove_row(row=row, actor=request.actor)
    messages.success(request, _("「%s」を削除しました。") % row)
    return redirect("profile:overview")


@member(MemberRole.EDITOR)
@require_http_methods(FORM)
def logo(request: PortalRequest) -> HttpResponse:
    partner = editable(request)
    kept = StoredFile.objects.of(partner, LOGO)
    form = page_form(
        LogoForm, request, sender=Sender(request), initial={"logo": list(kept), "logo_alt": partner.logo_alt}
    )
    if form.is_valid():
        typed = form.cleaned_data
        set_logo(partner_id=partner.pk, files=typed["logo"], alt=typed["logo_alt"], actor=request.actor)
        messages.success(request, _("ロゴを保存しました。"))
        return redirect("profile:overview")
    return render(request, "partners/own/logo.html", {"form": form, "partner": partner})


def _edit(request: PortalRequest, rows: Kind, row: Row, title: str | Promise) -> HttpResponse:
    form = page_form(rows.form, request, instance=row)
    context: dict[str, Any] = {"form": form, "title": title, "back": reverse("profile:overview")}
    if form.is_valid():
        try:
            save_row(row=row, values=form.typed, seen=form.cleaned_data["seen"], actor=request.actor)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        except ChangedMeanwhile:
            row.refresh_from_db()
            form = rows.form(request.POST, instance=row)
            form.full_clean()
            context |= {"form": form.confirmation(), "others_changes": form.others_changes}
        else:
            messages.success(request, _("「%s」を保存しました。") % form.typed["name"])
            return redirect("profile:overview")
    context["offers"] = offers_for(context["form"], request)
    return render(request, "partners/own/row.html", context)


def _kind(name: str) -> Kind:
    if name not in KINDS or KINDS[name].section not in sections_in_use():
        raise Http404
    return KINDS[name]


def _own(rows: Kind, partner: Partner, row_id: int) -> Row:
    row = rows.model.objects.filter(partner=partner, pk=row_id).first()
    if row is None:
        raise Http404
    return row
