"""代理入力 on the screen of inquiries: what came by telephone, at the counter or on paper."""

from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.files.senders import Sender
from portal.inquiries.forms import EntryForm
from portal.inquiries.models import Inquiry
from portal.inquiries.queries import kinds_to_enter
from portal.inquiries.services import send_inquiry
from portal.web.access import StaffRole
from portal.web.forms import page_form


class EntersInquiries:
    """Mixed into the screen of inquiries: its page for adding one."""

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self._may(request, StaffRole.OFFICER):  # type: ignore[attr-defined]
            raise PermissionDenied
        kinds = {str(kind.pk): kind for kind in kinds_to_enter()}
        about = kinds.get(request.POST.get("kind") or request.GET.get("kind", ""))
        if len(kinds) == 1:
            about = next(iter(kinds.values()))
        number = request.GET.get("number", "")
        initial = {"received_on": timezone.localdate(), "form_key": uuid4(), "partner_number": number, "kind": about}
        form = page_form(EntryForm, request, sender=Sender(request), initial=initial, about=about)  # type: ignore[arg-type]
        if form.is_valid() and (inquiry := self._entered(request, form)):
            return redirect("admin:inquiries_inquiry_change", inquiry.pk)
        context = self.admin_site.each_context(request) | {  # type: ignore[attr-defined]
            "title": _("お問い合わせを代理入力する"),
            "opts": self.opts,  # type: ignore[attr-defined]
            "form": form,
            # What a kind asks must be known before the telephone is put down.
            "kinds": [] if about or form.is_bound else kinds.values(),
            "number": number,
            "about": about,
        }
        return TemplateResponse(request, "admin/inquiries/inquiry/enter.html", context)

    def _entered(self, request: Any, form: EntryForm) -> Inquiry | None:
        typed = form.cleaned_data
        try:
            inquiry = send_inquiry(
                form_key=typed["form_key"], kind=typed["kind"], asker=form.asker, text=typed["text"],
                files=typed["attachment"], answers=form.answers, on_behalf=form.on_behalf, now=form.received_at,
                partner_id=form.partner_id, actor=request.actor,
            )  # fmt: skip
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
            return None
        message = _("代理入力しました。受付番号は%sです。") % inquiry.receipt
        if inquiry.email:
            message += _("%s へメールでお知らせします。") % inquiry.email
        self.message_user(request, message)  # type: ignore[attr-defined]
        return inquiry
