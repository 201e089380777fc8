"""A form field for files. What was sent stays with us through errors and the way back from a confirm page.

    class InquiryForm(TakesFiles, forms.Form):
        attachment = UploadField(label=_("添付ファイル"), required=False, limits=Limits(most=3))

    form = page_form(InquiryForm, request, sender=Sender(request))
    if form.is_valid():
        …  set_files(owner=inquiry, slot="attachment", files=form.cleaned_data["attachment"], actor=request.actor.user)

A sent file is checked and kept at once (pending, for a day). The form then carries only its key, in a hidden field
that works for the same sender and the same field alone. On a confirm page, `{{ field.as_hidden }}` carries it on. When
a row is changed, its files are the field's initial value: a list of StoredFile.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.files.checks import size_in_words
from portal.files.kinds import Limits, in_words
from portal.files.models import StoredFile
from portal.files.refusals import Refused
from portal.files.senders import Sender
from portal.files.services import keep_upload

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Sent:
    """What came with the form: new files, keys of files that we keep, and which of those were cancelled."""

    files: list[Any] = attribute(default_factory=list)
    keys: list[str] = attribute(default_factory=list)
    cancelled: list[str] = attribute(default_factory=list)


class Files(list[StoredFile]):
    """The value of the field. In words, for a confirm page: one file a line."""

    def __str__(self) -> str:
        return "\n".join(str(file) for file in self)


class UploadInput(forms.FileInput):
    """The files that we keep, each with a box that cancels it, above the browser's own control."""

    template_name = "portal/upload.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Sent:
        return Sent(
            files=files.getlist(name) if hasattr(files, "getlist") else [file for file in [files.get(name)] if file],
            keys=_values(data, f"{name}-kept"),
            cancelled=_values(data, f"{name}-cancelled"),
        )

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in files and f"{name}-kept" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        context["widget"]["kept"] = value or []
        if value:
            # There is a file already; the control may stay empty.
            context["widget"]["attrs"].pop("required", None)
        return context


class KeptFilesInput(UploadInput):
    """The keys alone, for confirm pages."""

    template_name = "portal/upload_hidden.html"
    input_type = "hidden"
    needs_multipart_form = False


class BoundUpload(forms.BoundField):
    def __init__(self, form: Any, upload: "UploadField", name: str) -> None:
        super().__init__(form, upload, name)
        self.upload = upload

    def value(self) -> list[StoredFile]:
        if self.form.is_bound:
            # Only a checked form knows which files it keeps.
            self.form.errors  # noqa: B018
            return self.upload.kept
        if isinstance(self.initial, Sent):
            # The language changed (page_form): what was chosen is kept, and nothing is said of errors.
            return self.upload.keep(self.initial, [])
        return list(self.initial or [])


class UploadField(forms.Field):
    widget = UploadInput
    hidden_widget = KeptFilesInput
    default_error_messages: ClassVar[dict[str, Any]] = {"required": gettext_lazy("ファイルを選んでください。")}

    def __init__(self, *, limits: Limits | None = None, help_text: "StrOrPromise" = "", **options: Any) -> None:
        self.limits = limits or Limits()
        super().__init__(help_text=help_text, **options)
        self.kept: list[StoredFile] = []
        self.attached: list[StoredFile] = []
        self.sender: Sender | None = None
        self.place = ""

    @property
    def help_text(self) -> str:
        text = _("%(kinds)s。1ファイル%(largest)sまで。")
        if self.limits.most > 1:
            text = _("%(kinds)s。1ファイル%(largest)sまで、%(most)dファイルまで。")
        limits = text % {
            "kinds": in_words(self.limits.kinds),
            "largest": size_in_words(self.limits.largest),
            "most": self.limits.most,
        }
        return _("%(first)s%(second)s") % {"first": self.own_help, "second": limits} if self.own_help else limits

    @help_text.setter
    def help_text(self, text: "StrOrPromise") -> None:
        self.own_help = text

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs: dict[str, Any] = {"accept": ",".join(self._accepted())}
        return attrs | {"multiple": True} if self.limits.most > 1 else attrs

    def get_bound_field(self, form: Any, field_name: str) -> BoundUpload:
        return BoundUpload(form, self, field_name)

    def clean(self, value: Sent) -> Files:
        errors: list[ValidationError] = []
        self.kept = self.keep(value, errors)
        if self.required and not self.kept and not errors:
            errors.append(ValidationError(self.error_messages["required"], code="required"))
        if errors:
            raise ValidationError(errors)
        return Files(self.kept)

    def keep(self, sent: Sent, errors: list[ValidationError]) -> list[StoredFile]:
        """The files as they are now: what we keep already and was not cancelled, and what came in."""
        files = self._known(sent, errors)
        fresh = self._taken_in(sent.files, errors)
        if fresh and self.limits.most == 1:
            # One takes the place of the other.
            return fresh
        known = {file.sha256 for file in files}
        files += [file for file in fresh if file.sha256 not in known]
        if len(files) > self.limits.most:
            errors.append(Refused("too_many", most=self.limits.most, count=len(files)))
        return files

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = [str(file.key) for file in initial or []]
        return bool(data.files) or [key for key in data.keys if key not in data.cancelled] != before

    def _known(self, sent: Sent, errors: list[ValidationError]) -> list[StoredFile]:
        wanted = [key for key in dict.fromkeys(sent.keys) if key not in sent.cancelled]
        found = {str(file.key): file for file in self.attached}
        if self.sender and set(wanted) - set(found):
            pending = StoredFile.objects.pending_of(self.sender.key, self.place)
            found |= {
                str(file.key): file for file in pending.filter(key__in=_uuids(wanted), expires_at__gt=timezone.now())
            }
        if any(key not in found for key in wanted):
            errors.append(Refused("gone"))
        return [found[key] for key in wanted if key in found]

    def _taken_in(self, uploads: list[Any], errors: list[ValidationError]) -> list[StoredFile]:
        if len(uploads) > self.limits.most:
            errors.append(Refused("too_many", most=self.limits.most, count=len(uploads)))
            return []
        files: list[StoredFile] = []
        for upload in uploads:
            if self.sender is None:
                raise TypeError("A form with an UploadField is a TakesFiles, and knows its sender.")
            try:
                files.append(
                    keep_upload(
                        upload=upload,
                        limits=self.limits,
                        sender=self.sender.key,
                        place=self.place,
                        user=self.sender.user,
                    )
                )
            except Refused as refused:
                errors.append(refused)
        return files

    def _accepted(self) -> Iterable[str]:
        """Endings, and for pictures the type too: phones then hand over a JPEG instead of their own format."""
        for kind in self.limits.kinds:
            yield from kind.extensions
            if kind.is_picture:
                yield kind.content_type


class TakesFiles:
    """A form with an UploadField. Stands before Django's form class."""

    def __init__(self, *args: Any, sender: Sender, **options: Any) -> None:
        super().__init__(*args, **options)
        form: Any = self
        for name, field in form.fields.items():
            if isinstance(field, UploadField):
                field.sender = sender
                field.place = f"{type(self).__module__}.{type(self).__qualname__}.{name}"
                field.attached = list(form.get_initial_for_field(field, name) or [])


def _values(data: Any, name: str) -> list[str]:
    return data.getlist(name) if hasattr(data, "getlist") else list(data.get(name, []))


def _uuids(keys: Iterable[str]) -> list[UUID]:
    """Of what came from outside, those that are keys at all."""
    return [UUID(key) for key in keys if KEY.fullmatch(key)]
