"""代理入力 of an application that came in on paper: one page with everything that an applicant is asked."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.forms.application import PaperForm, RequirementsForm, typed_in
from partners.forms.profile import ProfileForm
from partners.forms.suggesting import offers_for
from partners.models import Application
from partners.queries.registration import asked_sections, registration_settings
from partners.services.registration import enter_application
from portal.web.access import StaffRole
from portal.web.forms import page_form


class EntersFromPaper:
    """Mixed into the screen of applications: its page for adding one."""

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self._may(request, StaffRole.OFFICER):  # type: ignore[attr-defined]
            raise PermissionDenied
        settings = registration_settings()
        how = page_form(PaperForm, request, initial={"received_on": timezone.localdate()})
        form = page_form(ProfileForm, request, sections=asked_sections(settings))
        forms: list[Any] = [how, form]
        if settings.requirements:
            forms.insert(1, page_form(RequirementsForm, request, settings=settings))
        if all(one.is_valid() for one in forms) and (application := self._entered(request, how, forms[1:])):
            return redirect("admin:partners_application_change", application.pk)
        context = self.admin_site.each_context(request) | {  # type: ignore[attr-defined]
            "title": _("紙の申請を代理入力する"),
            "opts": self.opts,  # type: ignore[attr-defined]
            "forms": forms,
            "has_errors": any(one.errors for one in forms),
            "offers": offers_for(form, request),
        }
        return TemplateResponse(request, "admin/partners/application/paper.html", context)

    def _entered(self, request: Any, how: PaperForm, forms: list[Any]) -> Application | None:
        given = how.cleaned_data
        try:
            application = enter_application(
                typed={name: texts for form in forms for name, texts in typed_in(form, request).items()},
                address=given["email"], received_on=given["received_on"], on_behalf=how.on_behalf,
                actor=request.actor,
            )  # fmt: skip
        except ValidationError as refusal:
            how.add_error(None if not hasattr(refusal, "error_dict") else "received_on", refusal.messages)  # type: ignore[arg-type]
            return None
        message = _("代理入力しました。受付番号は%(receipt)sです。%(email)s へメールでお知らせします。")
        self.message_user(request, message % {"receipt": application.receipt, "email": application.email})  # type: ignore[attr-defined]
        return application
