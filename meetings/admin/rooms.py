"""Breakout rooms for a meeting's participants: how many, how mixed; the address says it all, so nothing is stored."""

import secrets
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from meetings.queries.attendance import participants_of
from meetings.rooms import MOST_ROOMS, Guest, divide
from portal.audit.models import Action
from portal.audit.services import record_event

MIXED, RANDOM = "mixed", "random"
LARGEST_SEED = 2**31


class RoomsForm(forms.Form):
    rooms = forms.IntegerField(label=gettext_lazy("部屋の数"), min_value=1, max_value=MOST_ROOMS, initial=4)
    way = forms.ChoiceField(
        label=gettext_lazy("分け方"), widget=forms.RadioSelect, initial=MIXED,
        choices=[(MIXED, gettext_lazy("業種が混ざるように")), (RANDOM, gettext_lazy("無作為に（同じ団体の方は別の部屋に）"))],
    )  # fmt: skip
    is_online = forms.BooleanField(label=gettext_lazy("オンラインの参加者だけ"), required=False, initial=True)
    seed = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=LARGEST_SEED)


class RoomScreen:
    """Part of MeetingAdmin."""

    def room_urls(self) -> list[Any]:
        view = self.admin_site.admin_view  # type: ignore[attr-defined]
        return [path("<int:meeting_id>/rooms/", require_safe(view(self.rooms)), name="meetings_meeting_rooms")]

    def rooms(self, request: HttpRequest, meeting_id: int) -> HttpResponse:
        meeting = self.get_object(request, str(meeting_id))  # type: ignore[attr-defined]
        form = RoomsForm(request.GET if "rooms" in request.GET else None)
        found: list[list[Any]] = []
        if form.is_valid():
            typed = form.cleaned_data
            if typed["seed"] is None:
                # A number of its own in the address: the same page shows the same rooms again.
                again = {**request.GET.dict(), "seed": str(secrets.randbelow(LARGEST_SEED))}
                return redirect(f"{request.path}?{urlencode(again)}")
            seats = participants_of(meeting)
            chosen = {seat.pk: seat for seat in (seats.filter(mode="online") if typed["is_online"] else seats)}
            guests = [
                Guest(seat.pk, seat.sign_up.partner_id, seat.sign_up.partner.industry_division)
                for seat in chosen.values()
            ]
            divided = divide(guests, typed["rooms"], typed["seed"], mixes_industries=typed["way"] == MIXED)
            found = [[chosen[guest.key] for guest in room] for room in divided]
            record_event(action=Action.PERSON_VIEWED, subject=meeting, actor=request.user)  # type: ignore[arg-type]
        context = self.admin_site.each_context(request) | {  # type: ignore[attr-defined]
            "title": _("ブレイクアウトルームの部屋割り"), "opts": self.opts, "object": meeting, "form": form, "rooms": found,  # type: ignore[attr-defined]
        }  # fmt: skip
        return TemplateResponse(request, "admin/meetings/meeting/rooms.html", context)
