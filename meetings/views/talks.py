"""Asking to speak: what is looked for, the form and the sheet, and a partner's own requests."""

import io
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from meetings.forms.talks import ITEMS, SlidesForm, TalkForm
from meetings.models import Talk, Theme
from meetings.services.talks import SHEET, SLIDES, ask_to_speak, set_slides, withdraw_talk
from meetings.states import TALK_TRANSITIONS, TalkState
from meetings.views.public import refuse_without_meetings
from portal.accounts import drafts
from portal.files.models import StoredFile
from portal.files.senders import Sender
from portal.web.access import MemberRole, full_member, member, public
from portal.web.forms import answers, page_form, sentences_of
from portal.web.requests import PortalRequest
from portal.web.staff.spreadsheets import write_xlsx

FORM = ["GET", "HEAD", "POST"]
STEPS = [gettext_lazy("入力"), gettext_lazy("内容の確認"), gettext_lazy("申込みの完了")]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DRAFT = "talk"


@public
@require_safe
def speak(request: PortalRequest) -> HttpResponse:
    refuse_without_meetings(request)
    return render(request, "meetings/talks/speak.html", {"themes": Theme.objects.filter(is_open=True)})


@public
@require_safe
def sheet(request: PortalRequest) -> HttpResponse:
    """The 登壇概要シート to fill in: the same items as the form."""
    refuse_without_meetings(request)
    target = io.BytesIO()
    rows = [[str(Talk._meta.get_field(name).verbose_name), ""] for name in ITEMS]  # type: ignore[union-attr]
    write_xlsx([_("項目"), _("記入欄")], rows, target)
    response = HttpResponse(target.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="speaker-sheet.xlsx"'
    return response


@full_member(MemberRole.EDITOR)
@require_http_methods(FORM)
def ask(request: PortalRequest) -> HttpResponse:
    refuse_without_meetings(request)
    actor, sender = request.actor, Sender(request)
    kept = drafts.initial(actor, DRAFT, TalkForm(sender=sender))
    for name in ("sheet", "form_key"):
        kept.pop(name, None)
    first = {"speaker": actor.place.person_name, "theme": request.GET.get("theme")}
    form = page_form(TalkForm, request, sender=sender, initial=first | kept)
    context: dict[str, Any] = {"form": form, "steps": STEPS, "draft": drafts.ticket(actor, DRAFT)}
    if form.is_valid() and "_send" in request.POST:
        try:
            talk = ask_to_speak(
                form_key=form.cleaned_data["form_key"],
                values=form.values,
                sheet=form.cleaned_data["sheet"],
                actor=actor,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            drafts.forget(actor, DRAFT)
            messages.success(request, _("登壇の申込みを受け付けました。結果は、メールとこのページでお知らせします。"))
            return redirect("my_meetings:talk", talk.pk)
    if form.is_valid():
        return render(request, "meetings/talks/confirm.html", context | {"rows": answers(form)})
    return render(request, "meetings/talks/ask.html", context)


@member()
@require_safe
def talks(request: PortalRequest) -> HttpResponse:
    refuse_without_meetings(request)
    own = Talk.objects.filter(partner=request.actor.place.partner_id).select_related("meeting", "theme")
    return render(request, "meetings/talks/list.html", {"talks": own})


@member()
@require_http_methods(FORM)
def talk(request: PortalRequest, pk: int) -> HttpResponse:
    """How it stands; and its materials, which one keeps here."""
    refuse_without_meetings(request)
    found = _own(request, pk)
    may_act = request.actor.is_member(MemberRole.EDITOR)
    if request.method == "POST" and not may_act:
        raise PermissionDenied
    kept = list(StoredFile.objects.of(found, SLIDES))
    form = page_form(SlidesForm, request, sender=Sender(request), initial={"slides": kept})
    if form.is_valid():
        try:
            set_slides(talk=found, files=form.cleaned_data["slides"], actor=request.actor)
        except ValidationError as refusal:
            form.add_error("slides", refusal)
        else:
            messages.success(request, _("資料を保存しました。"))
            return redirect("my_meetings:talk", pk)
    context = {
        "talk": found, "form": form, "files": StoredFile.objects.of(found, SHEET), "slides": kept, "may_act": may_act,
        "may_withdraw": may_act and TalkState.WITHDRAWN in TALK_TRANSITIONS[TalkState(found.state)],
    }  # fmt: skip
    return render(request, "meetings/talks/talk.html", context)


@member(MemberRole.EDITOR)
@require_http_methods(FORM)
def withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """Asks once more."""
    refuse_without_meetings(request)
    found = _own(request, pk)
    if request.method != "POST":
        return render(request, "meetings/talks/withdraw.html", {"talk": found})
    try:
        withdraw_talk(talk=found, actor=request.actor)
    except ValidationError as refusal:
        messages.error(request, sentences_of(refusal))
    else:
        messages.success(request, _("登壇の申込みを取り下げました。"))
    return redirect("my_meetings:talk", pk)


def _own(request: PortalRequest, pk: int) -> Talk:
    own = Talk.objects.filter(partner=request.actor.place.partner_id)
    return get_object_or_404(own.select_related("meeting", "theme", "partner"), pk=pk)
