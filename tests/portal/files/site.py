"""A form with files as an app has it: input, a confirm page, the row. Its addresses stand beside the real ones."""

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import Context, Template
from django.urls import path

from portal.files.forms import TakesFiles, UploadField
from portal.files.kinds import PDF, PNG, Limits
from portal.files.senders import Sender
from portal.files.services import set_files
from portal.urls import handler400, handler403, handler404, handler500
from portal.urls import urlpatterns as real
from portal.web.access import public
from portal.web.forms import answers, page_form
from portal.web.models import Page

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

INPUT = Template("""{% load crispy_forms_tags %}{% crispy form %}""")
CONFIRM = Template("""{% for row in rows %}<p>{{ row.label }}：{{ row.value }}</p>{% endfor %}
<form>{% for field in form %}{{ field.as_hidden }}{% endfor %}</form>""")


class ApplicationForm(TakesFiles, forms.Form):
    title = forms.CharField(label="題名", max_length=20)
    sheet = UploadField(label="企画書", limits=Limits(kinds=(PDF, PNG)), help_text="様式1。")
    photos = UploadField(label="写真", required=False, limits=Limits(kinds=(PNG,), most=2, largest=1024 * 1024))


@public
def apply(request: HttpRequest) -> HttpResponse:
    form = page_form(ApplicationForm, request, sender=Sender(request))
    if form.is_valid():
        if "send" in request.POST:
            page = Page.objects.create(slug="privacy", title=form.cleaned_data["title"], body="")
            for slot in ("sheet", "photos"):
                set_files(owner=page, slot=slot, files=form.cleaned_data[slot], actor=request.actor.user)
            return HttpResponseRedirect("/")
        if "back" not in request.POST:
            return HttpResponse(CONFIRM.render(Context({"form": form, "rows": answers(form)})))
    return HttpResponse(INPUT.render(Context({"form": form})))


urlpatterns = [*real, path("apply/", apply)]
