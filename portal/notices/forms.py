"""The forms of mailings and announcements for staff, and of one's own choices on My Page."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.files.forms import TakesFiles, UploadField
from portal.files.kinds import ALL, Limits
from portal.notices.models import Announcement, Genre, Mailing
from portal.notices.queries import files_of
from portal.web.registry import mail_segments
from portal.web.staff.forms import StaffForm
from portal.web.templatetags.portal_ui import as_written

BETWEEN = "|"


class SegmentForm(StaffForm):
    """Asks for a segment and its choice in one field."""

    receivers = forms.ChoiceField(label=gettext_lazy("送る相手"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("receivers"):
            field.choices = [("", _("選んでください")), *segment_choices()]  # type: ignore[attr-defined]
            if self.instance.segment:
                field.initial = f"{self.instance.segment}{BETWEEN}{self.instance.choice}"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "receivers" in cleaned:
            self.instance.segment, _bar, self.instance.choice = cleaned["receivers"].partition(BETWEEN)
        return cleaned

    def add_error(self, field: str | None, error: Any) -> None:
        """The model names the two halves of the one field that is asked here."""
        if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
            halves = [error.error_dict.pop(name) for name in ("segment", "choice") if name in error.error_dict]
            if halves and "receivers" not in self.errors:
                super().add_error("receivers", [problem for half in halves for problem in half])
        super().add_error(field, error)


def segment_choices(*, of_partners: bool = False) -> list[tuple[str, list[tuple[str, str]]]]:
    """All there are, or those of whole partners only."""
    return [
        (str(mail_segments[name].label), [(f"{name}{BETWEEN}{value}", str(label)) for value, label in choices])
        for name in mail_segments.names()
        if (mail_segments[name].partners or not of_partners) and (choices := mail_segments[name].choices())
    ]


class MailingForm(SegmentForm):
    class Meta:
        model = Mailing
        fields = ("subject", "text", "genre", "send_from")
        widgets = {"text": forms.Textarea(attrs={"rows": 16})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("genre"):
            field.queryset = Genre.objects.by_mail()  # type: ignore[attr-defined]
            field.empty_label = _("なし（登録に伴う大切なお知らせ）")  # type: ignore[attr-defined]


class AnnouncementForm(TakesFiles, SegmentForm):
    receivers = forms.ChoiceField(
        label=gettext_lazy("見せるパートナー"),
        required=False,
        help_text=gettext_lazy("「一部のパートナーだけ」のときに選びます。"),
    )
    # Who sends it, which only the screen knows.
    sender: ClassVar[Any] = None
    attachments = UploadField(label=gettext_lazy("添付ファイル"), required=False, limits=Limits(kinds=ALL, most=5))

    class Meta:
        model = Announcement
        fields = ("title", "text", "audience", "is_pinned", "shown_from", "shown_until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if (instance := kwargs.get("instance")) and instance.pk:
            files = files_of(instance)
            kwargs["initial"] = {"attachments": files, **(kwargs.get("initial") or {})}
        super().__init__(*args, sender=self.sender, **kwargs)


class PreferencesForm(forms.Form):
    """What may be asked for, a group for each kind. Nothing is ticked beforehand."""

    field: ClassVar[type[forms.MultipleChoiceField]] = forms.MultipleChoiceField

    def __init__(self, *args: Any, genres: list[Genre], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.genres = genres
        for kind, label in Genre.Kind.choices:
            if of_kind := [genre for genre in genres if genre.kind == kind]:
                self.fields[kind] = self.field(
                    label=label,
                    required=False,
                    choices=[(str(genre.pk), words_of(genre)) for genre in of_kind],
                    initial=[str(genre.pk) for genre in of_kind if getattr(genre, "is_chosen", False)],
                    widget=forms.CheckboxSelectMultiple,
                )

    @property
    def chosen(self) -> list[Genre]:
        keys = {key for kind in Genre.Kind.values for key in self.cleaned_data.get(kind, [])}
        return [genre for genre in self.genres if str(genre.pk) in keys]


def words_of(genre: Genre) -> Any:
    return as_written(_("%(name)s：%(explanation)s") % vars(genre) if genre.explanation else genre.name)
