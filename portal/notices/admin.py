"""Staff write announcements; they write a mailing, see it as its receivers will, send it to themselves, and have it in
hand while it runs. They say what may be subscribed to, and see who did.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.files.senders import Sender
from portal.files.services import set_files
from portal.notices import services
from portal.notices.forms import AnnouncementForm, MailingForm
from portal.notices.models import Announcement, Genre, Mailing, Subscription
from portal.notices.queries import Letter, Progress, files_of, progress_by_mailing, progress_of, receivers_of
from portal.notices.states import MailingState
from portal.outbox.models import OutgoingMail
from portal.outbox.rendering import render_mail
from portal.web.access import Actor
from portal.web.dates import long_moment
from portal.web.registry import entrances, mail_segments
from portal.web.services.approvals import open_request_for
from portal.web.staff.base import StaffAdmin
from portal.web.staff.bulk import BulkAction, LeftOut, ReasonForm
from portal.web.steps import state_now


def sentence_for_starting(mailing: Mailing, actor: Actor) -> str:
    if mailing.state != MailingState.DRAFT:
        raise LeftOut(state_now(mailing))
    count = len(receivers_of(mailing))
    if not count:
        raise LeftOut(_("送る相手がいません。"))
    words = {
        "subject": mailing.subject, "receivers": mailing.receivers_in_words, "count": count, "genre": mailing.genre,
        "moment": long_moment(timezone.localtime(mailing.send_from)) if mailing.send_from else "",
    }  # fmt: skip
    sentence = _("「%(subject)s」を、%(receivers)s の %(count)d 人に送ります。")
    if mailing.genre:
        sentence = _("「%(subject)s」を、%(receivers)s のうち「%(genre)s」を購読している %(count)d 人に送ります。")
    if mailing.send_from and mailing.send_from > timezone.now():
        sentence += _("%(moment)s から送ります。")
    return sentence % words


def sentence_of(state: MailingState, text: Promise) -> Callable[[Mailing, Actor], str]:
    def sentence(mailing: Mailing, actor: Actor) -> str:
        if reason := services.why_not(mailing, state):
            raise LeftOut(reason)
        if state == MailingState.STARTED and mailing.state != MailingState.STOPPED:
            raise LeftOut(_("止まっていません。"))
        return str(text) % progress_of(mailing).waiting

    return sentence


def sentence_for_failures(mailing: Mailing, actor: Actor) -> str:
    if reason := services.why_not_send_again(mailing):
        raise LeftOut(reason)
    return _("届かなかった %d 通だけを、もう一度送ります。") % progress_of(mailing).failed


def sentence_for_trial(mailing: Mailing, actor: Actor) -> str:
    return _("%s へ、試しに一通送ります。") % actor.user.email


@admin.register(Mailing)
class MailingAdmin(StaffAdmin):
    form = MailingForm
    fields = ["subject", "text", "receivers", "genre", "send_from"]
    list_display = ["subject", "receivers_in_words", "genre", "state", "how_far", "started_at", "written_by"]
    list_filter = ["state", "genre"]
    list_select_related = ["written_by", "genre"]
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
            return [
                "progress", "subject", "text", "receivers_in_words", "genre", "send_from", "started_at", "preview",
            ]  # fmt: skip
        return [*self.fields, "preview"]  # type: ignore[misc]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["progress", "preview", "receivers_in_words"]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        labels: dict[str, dict[str, str]] = {}
        progress = progress_by_mailing(changelist.result_list)
        for mailing in changelist.result_list:
            mailing.labels, mailing.progress = labels, progress[mailing.pk]
        return changelist

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
    def how_far(self, mailing: Any) -> str:
        progress: Progress = mailing.progress
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
        mail.fetched = Letter(mailing, Subscription(genre=mailing.genre) if mailing.genre else None)
        words = render_mail(mail)
        return render_to_string("notices/preview.html", {"words": words, "receiver": shown, "count": len(receivers)})


@admin.register(Announcement)
class AnnouncementAdmin(StaffAdmin):
    """Taken off the board by its end, never deleted: what was announced can be looked up."""

    form = AnnouncementForm
    fields = ["title", "text", "attachments", "audience", "receivers", "is_pinned", "shown_from", "shown_until"]
    list_display = ["title", "audience", "is_pinned", "shown_from", "shown_until", "is_shown"]
    list_filter = ["audience", "is_pinned"]
    search_fields = ["title", "text"]
    ordering = ["-shown_from", "-id"]

    @admin.display(description=gettext_lazy("見せるパートナー"))
    def readers(self, announcement: Announcement) -> str:
        return announcement.receivers_in_words if announcement.segment else "—"

    @admin.display(description=gettext_lazy("添付ファイル"))
    def files(self, announcement: Announcement) -> SafeString:
        return render_to_string("components/files.html", {"files": files_of(announcement)})

    @admin.display(description=gettext_lazy("掲載中"), boolean=True)
    def is_shown(self, announcement: Announcement) -> bool:
        return announcement.is_shown_at(timezone.now())

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Whoever sends files with the form is known to it (portal/files/forms.py)."""
        form = super().get_form(request, obj, change, **kwargs)
        form.sender = Sender(request)  # type: ignore[arg-type]
        return form

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if self.has_change_permission(request, obj):
            return self.fields
        return ["title", "text", "files", "audience", "readers", "is_pinned", "shown_from", "shown_until"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if self.has_change_permission(request, obj) else ["files", "readers"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        files = form.cleaned_data["attachments"]
        set_files(owner=obj, slot=Announcement.ATTACHMENT, files=files, actor=request.user)

    def view_on_site(self, announcement: Announcement) -> str | None:  # type: ignore[override]
        is_public = announcement.audience == Announcement.Audience.PUBLIC
        return reverse("news:announcement", args=[announcement.pk]) if is_public else None


@admin.register(Genre)
class GenreAdmin(StaffAdmin):
    """Withdrawn, never deleted: consents point to it."""

    fields = ["kind", "name", "explanation", "position", "is_offered"]
    list_display = ["name", "kind", "is_offered", "subscribers"]
    list_filter = ["kind", "is_offered"]
    search_fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> Any:
        running = Count("subscriptions", filter=Q(subscriptions__ended_at=None))
        return super().get_queryset(request).annotate(running=running)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What people have agreed to does not become something else."""
        return ["kind"] if obj and obj.subscriptions.exists() else []

    @admin.display(description=gettext_lazy("購読者"))
    def subscribers(self, genre: Any) -> int:
        return genre.running  # type: ignore[no-any-return]


def sentence_for_ending(subscription: Subscription, actor: Actor) -> str:
    if subscription.ended_at:
        raise LeftOut(_("すでに止まっています。"))
    return _("%(address)s への「%(genre)s」を止めます。") % {
        "address": subscription.user.email, "genre": subscription.genre,
    }  # fmt: skip


class RunningFilter(admin.SimpleListFilter):
    """Those that run, unless asked otherwise: the list for the post holds nobody who has stopped."""

    title = gettext_lazy("購読")
    parameter_name = "running"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [("ended", _("止めた方"))]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [{**first, "display": _("購読中")}, *others]

    def queryset(self, request: Any, queryset: Any) -> Any:
        return queryset.filter(ended_at__isnull=self.value() != "ended")


@admin.register(Subscription)
class SubscriptionAdmin(StaffAdmin):
    """Who asked for what and when; the file of a printed genre is the list for the post."""

    add_role = change_role = None
    records_views = True
    list_display = ["address", "person", "organisation", "genre", "began_at", "ended_at"]
    list_filter = [RunningFilter, "genre"]
    list_select_related = ["user", "genre"]
    search_fields = ["user__email"]
    ordering = ["-id"]
    fields = ["address", "person", "organisation", "genre", "began_at", "wording", "ended_at", "ended_through"]
    readonly_fields = ["address", "person", "organisation"]
    export_columns = [
        "genre",
        "person",
        "organisation",
        "postal_code",
        "postal_address",
        "address",
        "began_at",
        "wording",
    ]
    bulk_actions = [
        BulkAction(
            name="end",
            label=gettext_lazy("購読を止める"),
            explanation=gettext_lazy("ご本人から申し出があったときに止めます。"),
            preview=sentence_for_ending,
            service=lambda item, actor, reason: services.end_for_somebody(
                subscription=item, actor=actor, reason=reason
            ),
            form=ReasonForm,
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        found = super().get_queryset(request)
        for columns in entrances.addressees:
            found = found.annotate(**columns("user"))
        return found

    @admin.display(description=gettext_lazy("メールアドレス"), ordering="user__email")
    def address(self, subscription: Subscription) -> str:
        return subscription.user.email

    @admin.display(description=gettext_lazy("氏名"))
    def person(self, subscription: Any) -> str:
        return subscription.person or ""

    @admin.display(description=gettext_lazy("団体"))
    def organisation(self, subscription: Any) -> str:
        return subscription.organisation or ""

    @admin.display(description=gettext_lazy("郵便番号"))
    def postal_code(self, subscription: Any) -> str:
        return subscription.postal_code or ""

    @admin.display(description=gettext_lazy("所在地"))
    def postal_address(self, subscription: Any) -> str:
        return subscription.postal_address or ""
