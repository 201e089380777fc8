"""Staff write announcements; they write a mailing, see it as its receivers will, send it to themselves, and have it in
hand while it runs."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.notices import services
from portal.notices.models import Announcement, Mailing
from portal.notices.queries import progress_of, receivers_of
from portal.notices.states import MailingState
from portal.outbox.models import OutgoingMail
from portal.outbox.rendering import render_mail
from portal.web.access import Actor
from portal.web.registry import mail_segments
from portal.web.services.approvals import open_request_for
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm
from portal.web.staff.forms import StaffForm

BETWEEN = "|"


class MailingForm(StaffForm):
    receivers = forms.ChoiceField(label=gettext_lazy("送る相手"))

    class Meta:
        model = Mailing
        fields = ("subject", "text")
        widgets = {"text": forms.Textarea(attrs={"rows": 16})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("receivers"):
            field.choices = [("", _("選んでください")), *segment_choices()]  # type: ignore[attr-defined]
            if self.instance.pk:
                field.initial = f"{self.instance.segment}{BETWEEN}{self.instance.choice}"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if chosen := cleaned.get("receivers"):
            self.instance.segment, _bar, self.instance.choice = chosen.partition(BETWEEN)
        return cleaned

    def add_error(self, field: str | None, error: Any) -> None:
        """The model names the two halves of the one field that is asked here."""
        if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
            halves = [error.error_dict.pop(name) for name in ("segment", "choice") if name in error.error_dict]
            if halves and "receivers" not in self.errors:
                super().add_error("receivers", [problem for half in halves for problem in half])
        super().add_error(field, error)


def segment_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (str(mail_segments[name].label), [(f"{name}{BETWEEN}{value}", str(label)) for value, label in choices])
        for name in mail_segments.names()
        if (choices := mail_segments[name].choices())
    ]


def sentence_for_starting(mailing: Mailing, actor: Actor) -> str:
    if mailing.state != MailingState.DRAFT:
        raise LeftOut(_("いまは「%s」です。") % mailing.get_state_display())
    count = len(receivers_of(mailing))
    if not count:
        raise LeftOut(_("送る相手がいません。"))
    return _("「%(subject)s」を、%(receivers)s の %(count)d 人に送ります。") % {
        "subject": mailing.subject, "receivers": mailing.receivers_in_words, "count": count,
    }  # fmt: skip


def sentence_of(state: MailingState, text: Promise) -> Callable[[Mailing, Actor], str]:
    def sentence(mailing: Mailing, actor: Actor) -> str:
        if reason := services.why_not(mailing, state):
            raise LeftOut(reason)
        if state == MailingState.STARTED and mailing.state != MailingState.STOPPED:
            raise LeftOut(_("止まっていません。"))
        return str(text) % progress_of(mailing).waiting

    return sentence


def sentence_for_failures(mailing: Mailing, actor: Actor) -> str:
    if not (failed := progress_of(mailing).failed):
        raise LeftOut(_("届かなかったメールはありません。"))
    return _("届かなかった %d 通だけを、もう一度送ります。") % failed


def sentence_for_trial(mailing: Mailing, actor: Actor) -> str:
    return _("%s へ、試しに一通送ります。") % actor.user.email


@admin.register(Mailing)
class MailingAdmin(StaffAdmin):
    form = MailingForm
    fields = ["subject", "text", "receivers"]
    list_display = ["subject", "receivers_in_words", "state", "how_far", "started_at", "written_by"]
    list_filter = ["state"]
    list_select_related = ["written_by"]
    search_fields = ["subject", "text"]
    ordering = ["-id"]
    bulk_actions = [
        BulkAction(
            name="trial",
            label=gettext_lazy("自分に試し送りする"),
            explanation=gettext_lazy("受け取る方と同じ文面を、自分のアドレスへ送ります。"),
            preview=sentence_for_trial,
            service=lambda item, actor: services.send_trial(mailing=item, actor=actor),
        ),
        BulkAction(
            name="start",
            label=gettext_lazy("送信を始める"),
            explanation=gettext_lazy("いま条件に合う人に送り始めます。始めたあとは、文面を変えられません。"),
            preview=sentence_for_starting,
            service=lambda item, actor: services.start_mailing(mailing=item, actor=actor),
            approval=services.START,
        ),
        BulkAction(
            name="stop",
            label=gettext_lazy("一時停止する"),
            explanation=gettext_lazy("まだ送られていない分を止めます。あとで再開できます。"),
            preview=sentence_of(MailingState.STOPPED, gettext_lazy("残りの %d 通を止めます。")),
            service=lambda item, actor: services.stop_mailing(mailing=item, actor=actor),
        ),
        BulkAction(
            name="resume",
            label=gettext_lazy("再開する"),
            explanation=gettext_lazy("止めていた分を送ります。"),
            preview=sentence_of(MailingState.STARTED, gettext_lazy("残りの %d 通を送ります。")),
            service=lambda item, actor: services.resume_mailing(mailing=item, actor=actor),
        ),
        BulkAction(
            name="cancel",
            label=gettext_lazy("残りを取りやめる"),
            explanation=gettext_lazy("まだ送られていない分を取りやめます。元には戻せません。"),
            preview=sentence_of(MailingState.CANCELLED, gettext_lazy("残りの %d 通を取りやめます。")),
            service=lambda item, actor, reason: services.cancel_mailing(mailing=item, actor=actor, reason=reason),
            form=ReasonForm,
        ),
        BulkAction(
            name="again",
            label=gettext_lazy("届かなかった分だけ再送する"),
            explanation=gettext_lazy("届いた人には送りません。"),
            preview=sentence_for_failures,
            service=lambda item, actor: services.resend_failures(mailing=item, actor=actor),
        ),
    ]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.fields
        if not self.has_change_permission(request, obj):
            return ["progress", "subject", "text", "receivers_in_words", "started_at", "preview"]
        return [*self.fields, "preview"]  # type: ignore[misc]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["progress", "preview", "receivers_in_words"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What somebody was asked to agree to stays as it is until they have answered."""
        if obj is not None and (obj.state != MailingState.DRAFT or open_request_for(services.START, [obj])):
            return False
        return super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.written_by = request.user
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("送る相手"))
    def receivers_in_words(self, mailing: Mailing) -> str:
        return mailing.receivers_in_words

    @admin.display(description=gettext_lazy("進み具合"))
    def how_far(self, mailing: Mailing) -> str:
        progress = progress_of(mailing)
        return f"{progress.done:,} / {progress.total:,}" if progress.total else "—"

    @admin.display(description=gettext_lazy("進み具合"))
    def progress(self, mailing: Mailing) -> SafeString:
        query = {"about_type": mailing._meta.label_lower, "about_id": str(mailing.pk)}
        mails = f"{reverse('admin:outbox_outgoingmail_changelist')}?{urlencode(query)}"
        return render_to_string("notices/progress.html", {"progress": progress_of(mailing), "mails": mails})

    @admin.display(description=gettext_lazy("受け取る方の見え方"))
    def preview(self, mailing: Mailing) -> SafeString:
        receivers = receivers_of(mailing) if mailing.segment in mail_segments else []
        shown = next(iter(receivers), services.example())
        mail = OutgoingMail(message="notices.mailing", data=services.data_for(mailing, shown))
        words = render_mail(mail)
        return render_to_string("notices/preview.html", {"words": words, "receiver": shown, "count": len(receivers)})


@admin.register(Announcement)
class AnnouncementAdmin(StaffAdmin):
    """Taken off the board by its end, never deleted: what was announced can be looked up."""

    fields = ["title", "text", "audience", "is_pinned", "shown_from", "shown_until"]
    list_display = ["title", "audience", "is_pinned", "shown_from", "shown_until", "is_shown"]
    list_filter = ["audience", "is_pinned"]
    search_fields = ["title", "text"]
    ordering = ["-shown_from", "-id"]

    @admin.display(description=gettext_lazy("掲載中"), boolean=True)
    def is_shown(self, announcement: Announcement) -> bool:
        return announcement.is_shown_at(timezone.now())

    def view_on_site(self, announcement: Announcement) -> str | None:  # type: ignore[override]
        is_public = announcement.audience == Announcement.Audience.PUBLIC
        return reverse("news:announcement", args=[announcement.pk]) if is_public else None
