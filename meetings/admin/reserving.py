"""代理予約 on the screen of reservations: staff book a consultation, or change it, for a partner that rings up."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from meetings.forms.slots import CallerForm, EnteredReservationForm
from meetings.models import Consultation
from meetings.queries.slots import lines_of, standing_of
from meetings.services.slots import enter_reservation
from meetings.services.steps import Overtaken
from meetings.states import MeetingState
from partners.models import Partner
from partners.queries.partners import why_not_take_part
from portal.web.access import StaffRole
from portal.web.forms import answers, page_form

MOST_FOUND = 20


class ReservesForPartner:
    """Mixed into the screen of reservations."""

    def get_urls(self) -> list[Any]:
        guard = self.admin_site.admin_view  # type: ignore[attr-defined]
        start = "enter/<int:consultation_id>"
        return [
            path(f"{start}/", guard(require_safe(self.choose)), name="meetings_reservation_choose"),
            path(f"{start}/<int:partner_id>/", guard(self.enter), name="meetings_reservation_enter"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def choose(self, request: HttpRequest, consultation_id: int) -> HttpResponse:
        """For whom: found as on the screen of partners."""
        consultation = self._asked(request, consultation_id)
        words = request.GET.get("q", "").strip()
        partners = self.admin_site.get_model_admin(Partner)  # type: ignore[attr-defined]
        found = partners.get_search_results(request, Partner.objects.order_by("name", "id"), words)[0] if words else []
        context = {"title": _("代理予約：%s") % consultation, "q": words, "found": found[:MOST_FOUND]}
        return self._page(request, "choose", consultation, **context)

    def enter(self, request: HttpRequest, consultation_id: int, partner_id: int) -> HttpResponse:
        """Input, confirmation, done; the same form changes a reservation that exists."""
        consultation, partner = self._asked(request, consultation_id), get_object_or_404(Partner, pk=partner_id)
        held = standing_of(consultation, partner.pk)
        kind: dict[str, Any] = {"lines": lines_of(consultation, timezone.now()), "held": held}
        form = page_form(EnteredReservationForm, request, initial={"seen": held.revision if held else 0}, **kind)
        how = page_form(CallerForm, request, partner=partner)
        context: dict[str, Any] = {"title": _("代理予約：%s") % partner, "form": form, "how": how, "held": held}
        context |= {"partner": partner, "refusal": why_not_take_part(partner), "lines": kind["lines"]}
        is_valid = form.is_valid() and how.is_valid()
        if is_valid and "_send" in request.POST:
            try:
                made = enter_reservation(
                    consultation_id=consultation.pk, wish=form.wish, member_id=how.cleaned_data["member"],
                    on_behalf=how.on_behalf, uses_held=form.cleaned_data["uses_held"],
                    actor=request.actor, seen=form.seen_revision,  # type: ignore[attr-defined]
                )  # fmt: skip
            except Overtaken as refusal:
                form.overtaken(refusal)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, _("代わりに予約しました。団体の方へメールでお知らせします。"))
                return redirect("admin:meetings_reservation_change", made.pk)
        if is_valid and form.is_valid():
            context |= {"rows": answers(form), "caller": answers(how)}
            return self._page(request, "enter_confirm", consultation, **context)
        return self._page(request, "enter", consultation, **context)

    def _asked(self, request: HttpRequest, consultation_id: int) -> Consultation:
        if not self._may(request, StaffRole.OFFICER):  # type: ignore[attr-defined]
            raise PermissionDenied
        return get_object_or_404(Consultation, pk=consultation_id, state=MeetingState.PUBLISHED)

    def _page(self, request: HttpRequest, name: str, consultation: Consultation, **context: Any) -> TemplateResponse:
        shared = self.admin_site.each_context(request) | {"opts": self.opts, "object": consultation}  # type: ignore[attr-defined]
        return TemplateResponse(request, f"admin/meetings/reservation/{name}.html", shared | context)
