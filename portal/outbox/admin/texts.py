"""Staff put a text of their own in the place of a message's standard one: written, seen on real receivers, tried, used."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.audit.models import Action
from portal.audit.services import record_event
from portal.outbox import own_texts
from portal.outbox.messages import Message, messages
from portal.outbox.models import LONGEST_TEXT, MailText
from portal.outbox.placeholders import STANDARD
from portal.outbox.queries import failures_of
from portal.outbox.rendering import to_go_on_from
from portal.tenancy.models import Language
from portal.tenancy.scope import current_programme
from portal.web.access import Actor, StaffRole
from portal.web.forms import sentences_of
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut
from portal.web.staff.forms import StaffForm

MOST_SHOWN = 20


class MailTextForm(StaffForm):
    class Meta:
        model = MailText
        fields = ("message", "language", "subject", "text")
        widgets = {
            "message": forms.HiddenInput,
            "language": forms.HiddenInput,
            "text": forms.Textarea(attrs={"rows": 18, "maxlength": LONGEST_TEXT}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self["message"].value() if "message" in self.fields else self.instance.message
        if "text" in self.fields and name in messages:
            context = {"message": messages[name], "standard": STANDARD}
            self.fields["text"].help_text = render_to_string("outbox/placeholders.html", context)


def sentence_for_starting(text: MailText, actor: Actor) -> str:
    if text.is_in_use:
        raise LeftOut(_("いま使っている文面です。"))
    try:
        text.clean()
    except ValidationError as problem:
        raise LeftOut(sentences_of(problem)) from problem
    return _("次のメールから、「%s」をこの文面で送ります。") % text


def sentence_for_ending(text: MailText, actor: Actor) -> str:
    if not text.is_in_use:
        raise LeftOut(_("使っていない文面です。"))
    return _("次のメールから、「%s」を標準の文面で送ります。この文面は残り、また使えます。") % text


def sentence_for_trial(text: MailText, actor: Actor) -> str:
    return _("%s へ、試しに一通送ります。") % actor.user.email


def deed(name: str, label: Promise, explanation: Promise, preview: Callable[..., str], service: Callable[..., None],
         least: StaffRole) -> BulkAction:  # fmt: skip
    return BulkAction(name, label, explanation, preview, lambda item, actor: service(text=item, actor=actor), least)


@admin.register(MailText)
class MailTextAdmin(StaffAdmin):
    form = MailTextForm
    list_display = ["label", "language", "subject", "is_in_use", "used_since", "written_by", "created_at"]
    list_display_links = ["label"]
    list_filter = ["is_in_use", "language"]
    list_select_related = ["written_by"]
    search_fields = ["subject", "text"]
    ordering = ["-is_in_use", "-id"]
    change_form_template = "admin/outbox/mailtext/change_form.html"
    bulk_actions = [
        deed("trial", gettext_lazy("自分に試し送りする"), gettext_lazy("この文面を、自分のアドレスへ送ります。"),
             sentence_for_trial, own_texts.send_text_trial, StaffRole.OFFICER),
        deed("start", gettext_lazy("この文面を使い始める"),
             gettext_lazy("使い始めた文面は、あとから変えられません。直すときは、写しを作って書き直します。"),
             sentence_for_starting, own_texts.start_text, StaffRole.APPROVER),
        deed("end", gettext_lazy("標準の文面に戻す"), gettext_lazy("標準の文面で送るようになります。"),
             sentence_for_ending, own_texts.end_text, StaffRole.APPROVER),
    ]  # fmt: skip

    @admin.display(description=gettext_lazy("メール"), ordering="message")
    def label(self, text: MailText) -> str:
        return text.label

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["message", "language", "subject", "text"] if obj is None else ["subject", "text"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was once sent stays as it was sent."""
        if obj is not None and obj.used_since:
            return False
        return super().has_change_permission(request, obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        if former := self._asked_for(request):
            return {name: getattr(former, name) for name in ("message", "language", "subject", "text")}
        message = messages[request.GET["message"]]
        language = request.GET.get("language", "")
        return {
            "message": message.name,
            "language": language if language in Language.values else Language.JAPANESE,
            "text": to_go_on_from(message),
        }

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """First which message, then its text."""
        name = request.POST.get("message") or request.GET.get("message", "")
        former = self._asked_for(request)
        if self.has_add_permission(request) and former is None and not _may_be_written(name):
            context = self.admin_site.each_context(request) | {
                "title": _("差し替えるメールを選ぶ"), "opts": self.opts, "rows": rows_of_messages(),
            }  # fmt: skip
            return TemplateResponse(request, "admin/outbox/mailtext/choose.html", context)
        label = former.label if former else messages[name].label if _may_be_written(name) else ""
        return super().add_view(request, form_url, {"subtitle": label} | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        text: MailText = self.get_object(request, object_id)
        mails = list(own_texts.latest_receivers(text)[:MOST_SHOWN])
        shown = next((mail for mail in mails if str(mail.pk) == request.GET.get("mail")), next(iter(mails), None))
        extra = {
            "mails": mails,
            "shown": shown,
            "words": own_texts.preview(text, shown) if text.message in messages else None,
            "failures": failures_of(text).select_related("mail")[:MOST_SHOWN] if text.used_since else [],
            "may_add": self.has_add_permission(request),
        }
        if shown and request.method == "GET":
            record_event(action=Action.PERSON_VIEWED, subject=shown, actor=request.user)  # type: ignore[arg-type]
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.written_by = request.user
        super().save_model(request, obj, form, change)

    def _asked_for(self, request: HttpRequest) -> MailText | None:
        """The text whose copy is the start of the next one."""
        key = request.GET.get("copy", "")
        return MailText.objects.filter(pk=key).first() if key.isdigit() and len(key) < 19 else None


def _may_be_written(name: str) -> bool:
    return name in messages and not messages[name].is_fixed


def rows_of_messages() -> list[dict[str, Any]]:
    """Every message of the site, with what stands in its place in each language of the programme."""
    in_use = {(text.message, text.language): text for text in MailText.objects.filter(is_in_use=True)}
    languages = [language for language in Language if language in current_programme().languages]
    return [
        {"message": message, "cells": [(language, in_use.get((message.name, language))) for language in languages]}
        for message in _by_label()
    ]


def _by_label() -> list[Message]:
    return sorted((one for one in messages if not one.is_fixed), key=lambda one: one.name)
