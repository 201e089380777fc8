"""代理入力 on the screen of partners: staff enter what a partner told them, by section, by row, and its logo."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _

from partners.edits import ChangedMeanwhile
from partners.fields import Section
from partners.forms.own import EntryForm, LogoForm, SectionForm
from partners.forms.rows import KINDS, Kind, Row
from partners.forms.suggesting import offers_for
from partners.models import Partner
from partners.queries.partners import sections_in_use
from partners.services.profile import LOGO, enter_for_partner, remove_row, save_row, set_logo
from portal.files.models import StoredFile
from portal.files.senders import Sender
from portal.web.access import StaffRole
from portal.web.forms import answers, page_form, sentences_of
from portal.web.staff.forms import OnBehalfForm


class EntersForPartner:
    """Mixed into the screen of partners."""

    def entry_urls(self) -> list[Any]:
        start = "<int:partner_id>/enter"
        pages = {
            "enter_logo": (f"{start}/logo/", self.enter_logo),
            "enter": (f"{start}/<slug:section>/", self.enter),
            "add_row": (f"{start}-rows/<slug:kind>/add/", self.add_row),
            "enter_row": (f"{start}-rows/<slug:kind>/<int:row_id>/", self.change_row),
            "remove_row": (f"{start}-rows/<slug:kind>/<int:row_id>/remove/", self.remove_row),
        }
        guard = self.admin_site.admin_view  # type: ignore[attr-defined]
        return [path(route, guard(view), name=f"partners_partner_{name}") for name, (route, view) in pages.items()]

    # --- A section: input, before and after, done ------------------------------------------------------------------
    def enter(self, request: HttpRequest, partner_id: int, section: str) -> HttpResponse:
        partner = self._asked(request, partner_id)
        if section not in sections_in_use():
            raise Http404
        form = page_form(SectionForm, request, **self._entry(partner, section))
        how = page_form(EntryForm, request)
        context: dict[str, Any] = {"title": _("代理入力：%s") % Section(section).label, "form": form, "how": how}
        if not (form.is_valid() and how.is_valid()):
            return self._page(request, "enter", partner, **context, offers=offers_for(form, request))
        if "_send" in request.POST:
            if self._entered(request, partner, form, how):
                return redirect("admin:partners_partner_change", partner.pk)
            partner.refresh_from_db()
            form = SectionForm(request.POST, **self._entry(partner, section))
            form.full_clean()
        context |= {
            "form": form.confirmation(),
            "rows": answers(how),
            "changes": form.changes,
            "others_changes": form.others_changes,
        }
        return self._page(request, "enter_confirm", partner, **context)

    def _entry(self, partner: Partner, section: str) -> dict[str, Any]:
        return {"partner": partner, "section": Section(section), "has_locked": True, "is_complete": False}

    def _entered(self, request: Any, partner: Partner, form: SectionForm, how: EntryForm) -> bool:
        typed = how.cleaned_data
        try:
            changed = enter_for_partner(
                partner_id=partner.pk, values=form.typed, seen=form.cleaned_data["seen"], actor=request.actor,
                on_behalf=how.on_behalf, on=typed["on"],
            )  # fmt: skip
        except ChangedMeanwhile:
            return False
        except ValidationError as refusal:
            messages.error(request, sentences_of(refusal))
            return False
        if changed:
            self._say_entered(request)
        else:
            messages.info(request, _("変わったところはありませんでした。"))
        return True

    # --- Offices, equipment, logo ------------------------------------------------------------------------------------
    def add_row(self, request: Any, partner_id: int, kind: str) -> HttpResponse:
        partner, rows = self._asked(request, partner_id), self._kind(kind)
        return self._edit_row(request, partner, rows, rows.model(partner=partner))

    def change_row(self, request: Any, partner_id: int, kind: str, row_id: int) -> HttpResponse:
        partner, rows = self._asked(request, partner_id), self._kind(kind)
        return self._edit_row(request, partner, rows, self._row(rows, partner, row_id), kind)

    def remove_row(self, request: Any, partner_id: int, kind: str, row_id: int) -> HttpResponse:
        partner, rows = self._asked(request, partner_id), self._kind(kind)
        row, how = self._row(rows, partner, row_id), page_form(OnBehalfForm, request)
        if how.is_valid():
            remove_row(row=row, actor=request.actor, on_behalf=how.on_behalf)
            return self._done(request, partner)
        title = _("代理入力：%s") % rows.remove
        return self._page(request, "enter_row", partner, title=title, how=how, removed=row.in_words)

    def _edit_row(self, request: Any, partner: Partner, rows: Kind, row: Row, kind: str = "") -> HttpResponse:
        form, how = page_form(rows.form, request, instance=row), page_form(OnBehalfForm, request)
        others: Any = []
        if form.is_valid() and how.is_valid():
            try:
                seen, on_behalf = form.cleaned_data["seen"], how.on_behalf
                save_row(row=row, values=form.typed, seen=seen, actor=request.actor, on_behalf=on_behalf)
                return self._done(request, partner)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            except ChangedMeanwhile:
                row.refresh_from_db()
                form = rows.form(request.POST, instance=row)
                form.full_clean()
                form, others = form.confirmation(), form.others_changes
        context = {"title": _("代理入力：%s") % (rows.change if row.pk else rows.add), "form": form, "how": how}
        context |= {"others_changes": others, "offers": offers_for(form, request), "row": row, "kind": kind}
        return self._page(request, "enter_row", partner, **context)

    def enter_logo(self, request: Any, partner_id: int) -> HttpResponse:
        partner = self._asked(request, partner_id)
        now = {"logo": list(StoredFile.objects.of(partner, LOGO)), "logo_alt": partner.logo_alt}
        form = page_form(LogoForm, request, sender=Sender(request), initial=now)
        how = page_form(OnBehalfForm, request)
        if form.is_valid() and how.is_valid():
            typed = form.cleaned_data
            set_logo(
                partner_id=partner.pk, files=typed["logo"], alt=typed["logo_alt"], actor=request.actor,
                on_behalf=how.on_behalf,
            )  # fmt: skip
            return self._done(request, partner)
        return self._page(request, "enter_row", partner, title=_("代理入力：%s") % _("ロゴ"), form=form, how=how)

    # --- What these share ------------------------------------------------------------------------------------------
    def _asked(self, request: HttpRequest, partner_id: int) -> Partner:
        if not self._may(request, StaffRole.OFFICER):  # type: ignore[attr-defined]
            raise PermissionDenied
        partner: Partner = self.get_object(request, str(partner_id))  # type: ignore[attr-defined]
        return partner

    def _kind(self, name: str) -> Kind:
        if name not in KINDS or KINDS[name].section not in sections_in_use():
            raise Http404
        return KINDS[name]

    def _row(self, rows: Kind, partner: Partner, row_id: int) -> Row:
        row = rows.model.objects.filter(partner=partner, pk=row_id).first()
        if row is None:
            raise Http404
        return row

    def _page(self, request: HttpRequest, name: str, partner: Partner, **context: Any) -> TemplateResponse:
        shared = self.admin_site.each_context(request) | {"opts": self.opts, "object": partner}  # type: ignore[attr-defined]
        return TemplateResponse(request, f"admin/partners/partner/{name}.html", shared | context)

    def _done(self, request: HttpRequest, partner: Partner) -> HttpResponse:
        self._say_entered(request)
        return redirect("admin:partners_partner_change", partner.pk)

    def _say_entered(self, request: HttpRequest) -> None:
        messages.success(request, _("代理入力しました。代表の方へメールでお知らせします。"))
