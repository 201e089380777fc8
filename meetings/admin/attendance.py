"""The list of participants: printed, ticked, filled from a conferencing tool's file; and the page that a code at the
door opens.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.attendance import Expected, Found, columns_of, match
from meetings.queries.attendance import participants_of
from meetings.queries.joint import guests_people
from meetings.queries.seats import seat_with_token
from meetings.services.attendance import check_in, set_attendance
from meetings.services.joint import set_guest_attendance
from partners.importing.reading import Table, UnreadableTable, read_table
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.files.checks import check
from portal.files.kinds import CSV, EXCEL, Limits
from portal.web.access import StaffRole
from portal.web.forms import sentences_of


class ListForm(forms.Form):
    """A conferencing tool's list of who was there."""

    file = forms.FileField(
        label=gettext_lazy("Web会議の参加者の一覧"),
        widget=forms.FileInput({"accept": ".csv,.xlsx"}),
        help_text=gettext_lazy(
            "CSVかExcel。会議の情報を付けずに書き出してください。メールアドレス、なければ氏名で照らし合わせます。"
        ),
    )
    table: Table

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        checked = check(name=upload.name, content=upload.read(), limits=Limits(kinds=(CSV, EXCEL)))
        try:
            self.table = read_table(checked.content)
        except UnreadableTable as refusal:
            raise ValidationError(str(refusal)) from refusal
        if not any(columns_of(self.table.headings)):
            raise ValidationError(_("メールアドレスや氏名の列が見つかりません。"))
        return upload


def _keys(request: HttpRequest, name: str) -> set[int]:
    return {int(key) for key in request.POST.getlist(name) if key.isdecimal() and len(key) < 19}


class AttendanceScreens:
    """Part of MeetingAdmin."""

    def own_urls(self) -> list[Any]:
        view = self.admin_site.admin_view  # type: ignore[attr-defined]
        return [
            path("<int:meeting_id>/people/", view(self.people), name="meetings_meeting_people"),
            path("check-in/<slug:token>/", view(self.check_in), name="meetings_meeting_check_in"),
        ]

    def people(self, request: HttpRequest, meeting_id: int) -> HttpResponse:
        """GET shows and prints; POST keeps the ticks, or reads a file and shows what it would tick."""
        meeting = self.get_object(request, str(meeting_id))  # type: ignore[attr-defined]
        may_act = self._may(request, StaffRole.OFFICER)  # type: ignore[attr-defined]
        if request.method == "POST" and not may_act:
            raise PermissionDenied
        seats = list(participants_of(meeting))
        found: Found | None = None
        form = ListForm(request.POST, request.FILES) if "_read" in request.POST else ListForm()
        if "_keep" in request.POST:
            return self._kept(request, meeting)
        if form.is_valid():
            rows = [dict(zip(form.table.headings, row.cells, strict=True)) for row in form.table.rows]
            expected = [Expected(seat.pk, seat.name, seat.email) for seat in seats]
            found = match(rows, form.table.headings, expected)
        if request.method == "GET":
            record_event(action=Action.PERSON_VIEWED, subject=meeting, actor=request.user)  # type: ignore[arg-type]
        here = {seat.pk for seat in seats if seat.attended_at} | (found.present if found else set())
        context = self.admin_site.each_context(request) | {  # type: ignore[attr-defined]
            "title": _("参加者の名簿と出席"), "opts": self.opts, "object": meeting, "form": form, "found": found,  # type: ignore[attr-defined]
            "lines": [(seat, seat.pk in here) for seat in seats], "may_act": may_act, "guests": guests_people(meeting),
        }  # fmt: skip
        return TemplateResponse(request, "admin/meetings/meeting/people.html", context)

    def _kept(self, request: HttpRequest, meeting: Any) -> HttpResponse:
        own, own_before = _keys(request, "present"), _keys(request, "was")
        guests, guests_before = _keys(request, "guest"), _keys(request, "guest_was")
        try:
            with transaction.atomic():
                count = set_attendance(meeting=meeting, present=own, was=own_before, actor=request.actor)  # type: ignore[attr-defined]
                count += set_guest_attendance(
                    meeting=meeting,
                    present=guests,
                    was=guests_before,
                    actor=request.actor,  # type: ignore[attr-defined]
                )
        except ValidationError as refusal:
            messages.error(request, sentences_of(refusal))
        else:
            messages.success(request, _("%d人の出席を記録しました。") % count)
        return redirect("admin:meetings_meeting_people", meeting.pk)

    def check_in(self, request: HttpRequest, token: str) -> HttpResponse:
        """What the code on a participant's page opens, on the telephone of whoever stands at the door."""
        if not self._may(request, StaffRole.OFFICER):  # type: ignore[attr-defined]
            raise PermissionDenied
        seat = seat_with_token(token)
        if seat is None:
            raise Http404
        if request.method == "POST":
            try:
                check_in(seat=seat, actor=request.actor)  # type: ignore[attr-defined]
            except ValidationError as refusal:
                messages.error(request, sentences_of(refusal))
            else:
                messages.success(request, _("%s様の出席を記録しました。") % seat.name)
            return redirect("admin:meetings_meeting_check_in", token)
        record_event(action=Action.PERSON_VIEWED, subject=seat, actor=request.user)  # type: ignore[arg-type]
        context = self.admin_site.each_context(request) | {  # type: ignore[attr-defined]
            "title": _("受付"), "opts": self.opts, "seat": seat, "meeting": seat.meeting,  # type: ignore[attr-defined]
        }  # fmt: skip
        return TemplateResponse(request, "admin/meetings/meeting/check_in.html", context)
