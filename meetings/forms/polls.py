"""The form in which an organisation votes for themes."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.forms.seen import SeenForm
from meetings.models import PollOption, ThemePoll, Vote
from portal.web.templatetags.portal_ui import as_written


class VoteForm(SeenForm):
    options = forms.TypedMultipleChoiceField(
        label=gettext_lazy("取り上げてほしいテーマ"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    suggestion = forms.CharField(label=gettext_lazy("ほかに取り上げてほしいテーマ"), max_length=200, required=False)

    def __init__(self, *args: Any, poll: ThemePoll, vote: Vote | None, **options: Any) -> None:
        if vote:
            chosen = [choice.option_id for choice in vote.choices.all()]
            options["initial"] = {"seen": vote.revision, "options": chosen, "suggestion": vote.suggestion}
        super().__init__(*args, **options)
        field: Any = self.fields["options"]
        field.choices = [(option.pk, _labelled(option)) for option in poll.options.all()]
        field.required = not poll.takes_suggestions
        field.help_text = _("%d個まで選べます。") % poll.most_choices
        if not poll.takes_suggestions:
            del self.fields["suggestion"]

    @property
    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {
            "options": typed["options"], "suggestion": typed.get("suggestion", ""), "seen": typed["seen"] or 0
        }  # fmt: skip


def _labelled(option: PollOption) -> SafeString | str:
    if not option.text:
        return as_written(option.title)  # type: ignore[no-any-return]
    return format_html('{}<br><span class="note">{}</span>', as_written(option.title), as_written(option.text))
