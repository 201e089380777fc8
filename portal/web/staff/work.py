"""The panels of an item's own page: what can be done now, who has it, what was said, what is on record."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.web.access import StaffRole
from portal.web.models import Assignment, Comment, EnteredOnBehalf
from portal.web.queries import programme_staff
from portal.web.services.work import add_comment, assign
from portal.web.staff import bulk


class AssignForm(forms.Form):
    assignee = forms.ChoiceField(label=gettext_lazy("担当"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in programme_staff()}
        self.fields["assignee"].choices = [  # type: ignore[attr-defined]
            ("", _("担当なし")),
            *((key, str(user)) for key, user in self.people.items()),
        ]


class CommentForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("コメント"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("職員だけが読みます。"),
    )  # fmt: skip


def panels(admin: Any, request: HttpRequest, obj: models.Model) -> dict[str, Any]:
    context = {
        "plans": [bulk.plan(action, [obj], request.actor) for action in admin._open_actions(request)],  # type: ignore[attr-defined]  # noqa: SLF001
        "events": admin.history(obj)[:10],
        "on_behalf": obj if isinstance(obj, EnteredOnBehalf) and obj.is_on_behalf else None,
    }
    if admin.is_work:
        current = Assignment.objects.about(obj).select_related("assignee").first()
        context |= {
            "is_work": True,
            "may_work": admin.admin_site.may(request, StaffRole.OFFICER),
            "assignment": current,
            "is_mine": bool(current and current.assignee_id == request.user.pk),
            "assign_form": AssignForm(initial={"assignee": str(current.assignee_id) if current else ""}),
            "comment_form": CommentForm(),
            "comments": Comment.objects.about(obj).select_related("author"),
        }
    return context


def assign_view(admin: Any, request: HttpRequest, obj: models.Model) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = AssignForm(request.POST)
    if form.is_valid():
        person = form.people.get(form.cleaned_data["assignee"])
        assign(subject=obj, assignee=person, actor=request.actor)  # type: ignore[attr-defined]
        text = _("担当を%sにしました。") % person if person else _("担当なしにしました。")
        admin.message_user(request, text, messages.SUCCESS)
    else:
        admin.message_user(request, _("担当にする職員を選んでください。"), messages.ERROR)
    return HttpResponseRedirect("../change/#work")


def comment_view(admin: Any, request: HttpRequest, obj: models.Model) -> HttpResponse:
    """The form stands on the item's page; here it comes back with what was typed if it could not be kept."""
    if not admin.admin_site.may(request, StaffRole.OFFICER):
        raise PermissionDenied
    form = CommentForm(request.POST or None)
    if form.is_valid():
        add_comment(subject=obj, text=form.cleaned_data["text"], actor=request.actor)  # type: ignore[attr-defined]
        admin.message_user(request, _("コメントを追加しました。"), messages.SUCCESS)
        return HttpResponseRedirect("../change/#work")
    context = admin.admin_site.each_context(request) | {
        "title": str(obj), "subtitle": _("コメント"), "opts": admin.opts, "object": obj, "form": form,
    }  # fmt: skip
    return TemplateResponse(request, "admin/comment.html", context)
