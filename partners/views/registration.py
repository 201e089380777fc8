"""Applying for registration: the public start, and the pages behind the mailed link. No account is needed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners.edits import ChangedMeanwhile
from partners.forms.application import Page, StartForm, in_words, pages_of, typed_in
from partners.forms.suggesting import offers_for
from partners.intake import Rhythm, intake_of
from partners.models import Application, RegistrationSettings
from partners.queries.registration import (
    application_with_token,
    complete_values_of,
    fingerprint,
    first_typed,
    listed_partners_like,
    registration_settings,
    requirement_choices,
)
from partners.services import registration as services
from partners.states import ApplicationState
from portal.accounts import limits
from portal.accounts.rules import masked
from portal.accounts.views.doors import door
from portal.accounts.visitors import limit_key
from portal.tenancy.models import Feature
from portal.web.forms import Answer, page_form
from portal.web.requests import PortalRequest
from portal.web.staff.record import Change

View = Callable[..., HttpResponse]
FORM = ["GET", "HEAD", "POST"]
# Key of the session: where the link was sent, in part.
SENT_TO = "application"


def where_open(view: View) -> View:
    """For everybody, where the programme takes applications."""

    @wraps(view)
    def guarded(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.programme.has(Feature.REGISTRATION):
            raise Http404
        return view(request, *args, **kwargs)

    return door(guarded)


def applicant(view: View) -> View:
    """For whoever holds the mailed link. Nobody else can write its address, so no other proof is asked of a form:
    it may be sent after months, and from another browser than the one in which it was opened.
    """

    @wraps(view)
    def guarded(request: PortalRequest, token: str, **kwargs: Any) -> HttpResponse:
        application = application_with_token(token)
        if application is None:
            return render(request, "partners/register/link_over.html", status=410)
        return view(request, application, **kwargs)

    return csrf_exempt(where_open(guarded))


@where_open
@require_http_methods(FORM)
def start(request: PortalRequest) -> HttpResponse:
    form = page_form(StartForm, request)
    if form.is_valid():
        if problem := ask(request, form.cleaned_data["address"]):
            form.add_error("address", problem)
        else:
            return redirect("partners:register_mail")
    settings = registration_settings()
    zone = timezone.get_default_timezone()
    context = {
        "form": form,
        "requirements": [text for _key, text in requirement_choices(settings)],
        "intake": intake_of(timezone.now(), Rhythm(settings.rhythm), settings.answer_days, zone),
        "is_rolling": settings.rhythm == Rhythm.ROLLING,
    }
    return render(request, "partners/register/start.html", context)


def ask(request: PortalRequest, address: str) -> str:
    """Has the link mailed; or says what stands against it. The same for every address."""
    if not limits.allow(limits.MAILS_BY_VISITOR, limit_key(request)):
        return _("短い時間に何度も送信されました。1時間ほど待ってから、もう一度お試しください。")
    if not limits.allow(limits.APPLICATION_LINKS, address):
        return _(
            "このアドレスへは、続けて送れません（20秒に1通、1時間に5通まで）。届いたメールのうち、最後のものをお使いください。"
        )
    limits.watch(limits.MAILS_OF_PROGRAMME)
    services.ask_to_apply(address=address, language=request.LANGUAGE_CODE)
    request.session[SENT_TO] = masked(address)
    return ""


@where_open
@require_safe
def mail_sent(request: PortalRequest) -> HttpResponse:
    return render(request, "partners/register/mail.html", {"address": request.session.get(SENT_TO, "")})


@applicant
@require_safe
def overview(request: PortalRequest, application: Application) -> HttpResponse:
    """How far it is: what is to be typed, or what became of it."""
    settings = registration_settings()
    typed = first_typed(application)
    pages = [(page, page.kept().is_valid()) for page in pages_of(typed, settings)] if application.is_editable else []
    context = {
        "application": application,
        "pages": pages,
        "is_complete": all(is_done for _page, is_done in pages),
        "words": [] if application.is_editable else list(_given(application, settings)),
    }
    return render(request, "partners/register/application.html", context)


@applicant
@require_http_methods(FORM)
def step(request: PortalRequest, application: Application, step: str) -> HttpResponse:
    pages = pages_of(first_typed(application), registration_settings())
    page = _page(pages, step)
    form, kept = page.form(request), Kept(page.stamp)
    if request.method == "POST":
        kept = _keep(request, application, page)
        if kept.is_done and "_later" in request.POST:
            return _later(request, application)
        if kept.is_done and form.is_valid():
            return redirect(_after(page, pages, application))
    elif not application.is_editable:
        return redirect("partners:register_application", application.link_token)
    context = {
        "form": form,
        "application": application,
        "page": page,
        "kept": kept,
        "steps": _step_labels(pages),
        "current": pages.index(page) + 1,
        "like": listed_partners_like(application.data),
        "offers": offers_for(form, request),
    }
    return render(request, "partners/register/step.html", context)


@applicant
@require_POST
def keep(request: PortalRequest, application: Application, step: str) -> HttpResponse:
    """What portal.js sends while somebody types; it puts the answer's stamp in the place of the page's."""
    kept = _keep(request, application, _page(pages_of(application.data, registration_settings()), step))
    return JsonResponse({"seen": kept.seen}) if kept.is_done else HttpResponse(status=409)


@applicant
@require_http_methods(FORM)
def confirm(request: PortalRequest, application: Application) -> HttpResponse:
    settings = registration_settings()
    way_back = redirect("partners:register_application", application.link_token)
    try:
        if application.is_editable:
            complete_values_of(application.data, settings)
        if request.method == "POST":
            services.send_application(application=application, seen=request.POST.get("seen", ""))
            return way_back
    except ValidationError:
        return way_back  # it shows which steps are not done
    except services.HasChanged:
        return redirect(f"{request.path}?{urlencode({'changed': 1})}")
    if not application.is_editable:
        return way_back
    context = {
        "application": application,
        "words": list(in_words(application.data, settings)),
        "seen": fingerprint(application.data),
        "steps": (labels := _step_labels(pages_of(application.data, settings))),
        "current": len(labels),
        "like": listed_partners_like(application.data),
    }
    return render(request, "partners/register/confirm.html", context)


@applicant
@require_http_methods(FORM)
def withdraw(request: PortalRequest, application: Application) -> HttpResponse:
    if request.method == "POST":
        # If it was decided in the meantime, the page says how.
        with suppress(ValidationError):
            services.withdraw_application(application=application)
        return redirect("partners:register_application", application.link_token)
    if services.why_not(application, ApplicationState.WITHDRAWN):
        return redirect("partners:register_application", application.link_token)
    return render(request, "partners/register/withdraw.html", {"application": application})


def _given(application: Application, settings: RegistrationSettings) -> Iterator[tuple[Page, list[Answer]]]:
    """What was sent, without what was left empty."""
    for page, found in in_words(application.data, settings):
        yield page, [answer for answer in found if answer.value]


def _page(pages: list[Page], step: str) -> Page:
    for page in pages:
        if page.step == step:
            return page
    raise Http404


@dataclass(frozen=True)
class Kept:
    """What has become of a sent page: the stamp that it carries on, and why it was not kept, if it was not."""

    seen: str
    refusal: str = ""
    others_changes: Sequence[Change] = ()

    @property
    def is_done(self) -> bool:
        return not (self.refusal or self.others_changes)


def _keep(request: PortalRequest, application: Application, page: Page) -> Kept:
    typed, seen = typed_in(page.kept(), request), request.POST.get("seen")
    try:
        kept = services.keep_typed(application=application, typed=typed, language=request.LANGUAGE_CODE, seen=seen)
    except ValidationError as refusal:
        return Kept(seen or page.stamp, refusal=" ".join(refusal.messages))
    except ChangedMeanwhile as meanwhile:
        application.refresh_from_db()
        now = Page(page.step, page.settings, first_typed(application))
        return Kept(now.stamp, others_changes=now.said_in(meanwhile.names))
    return Kept(kept)


def _later(request: PortalRequest, application: Application) -> HttpResponse:
    """The way back is mailed again, so that nobody has to look for the first mail."""
    if limits.allow(limits.APPLICATION_LINKS, application.email):
        services.mail_links(address=application.email, language=request.LANGUAGE_CODE)
    way_back = reverse("partners:register_application", args=[application.link_token])
    return redirect(f"{way_back}?{urlencode({'saved': 1})}")


def _after(page: Page, pages: list[Page], application: Application) -> str:
    following = pages[pages.index(page) + 1 :]
    if following:
        return reverse("partners:register_step", args=[application.link_token, following[0].step])
    return reverse("partners:register_confirm", args=[application.link_token])


def _step_labels(pages: list[Page]) -> list[str]:
    return [*(str(page.step.label) for page in pages), _("内容の確認")]
