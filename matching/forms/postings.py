"""The builder of a proposal, whole or short, and the form of an application."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Fieldset, Layout
from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from matching.models import Application, Posting
from matching.proposal import sections_of
from matching.services.postings import ATTACHMENTS, NEWER_POSTING
from matching.states import ANSWERS, ApplicationState, PostingState
from matching.vocabulary import ADVICE, OTHER_CHECKS, OWN_CHECKS, WHO_SEES, Method, Reach
from partners.forms.profile import TypedDayField
from partners.vocabulary.municipalities import region_choices
from partners.vocabulary.roles import Role
from portal.files.forms import TakesFiles, UploadField
from portal.files.kinds import Limits
from portal.files.models import StoredFile
from portal.tenancy.scope import current_programme
from portal.web.dates import long_day
from portal.web.goals import SDG_GOALS


def several(label: Any, choices: Any, help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text
    )


def explained(choices: Sequence[tuple[str, Any, Any]]) -> list[tuple[str, SafeString]]:
    """Choices with a sentence below each."""
    return [
        (value, format_html('<span>{}<br><span class="note">{}</span></span>', label, note))
        for value, label, note in choices
    ]


def one_a_line(name: str) -> Div:
    return Div(name, css_class="one-a-line")


class PostingForm(TakesFiles, forms.ModelForm):  # type: ignore[type-arg]
    """Everything but the title may be left for later: what is missing is asked when it is submitted.

    `newer` is what somebody saved while this form was open, where it differs from what was typed here.
    """

    newer: Sequence[tuple[str, str]] = ()
    attachments = UploadField(label=gettext_lazy("添付ファイル"), required=False, limits=Limits(most=5))
    revision = forms.IntegerField(widget=forms.HiddenInput)
    starts_on = TypedDayField(label=gettext_lazy("取組の開始"))
    ends_on = TypedDayField(label=gettext_lazy("取組の終了"))

    class Meta:
        model = Posting
        fields = ("title", "reach", "category", "methods", "goals", "region", "starts_on", "ends_on", "brings", "seeks",
                  "contact_name", "contact_phone", "contact_email", "background", "voices", "theme", "what",
                  "why", "who", "when", "where", "how", "how_much", "asked_people", "asked_goods", "asked_money",
                  "asked_information", "budget", "track_record")  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        posting: Posting = options["instance"]
        kept = list(StoredFile.objects.of(posting, ATTACHMENTS)) if posting.pk else []
        options["initial"] = {"attachments": kept, "revision": posting.revision} | options.get("initial", {})
        super().__init__(*args, **options)
        self.fields["starts_on"].required = self.fields["ends_on"].required = False
        self._choices(posting)
        sections = sections_of(posting.is_short)
        shown = {field.name: field for section in sections for field in section.fields}
        for name in [name for name in self.fields if name in ALL_TEXTS and name not in shown]:
            del self.fields[name]
        for name, field in shown.items():
            self.fields[name].help_text = field.help_text
            self.fields[name].widget = forms.Textarea({"rows": 2 if name in SHORT_TEXTS else 4, "maxlength": 4000})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = self._layout(sections, posting.is_short)

    def _choices(self, posting: Posting) -> None:
        reach = [(one.value, one.label, WHO_SEES[one]) for one in Reach]
        # Whom it is for was checked with it; it is another posting for others.
        self.fields["reach"] = forms.ChoiceField(
            label=_("公開の範囲"), choices=explained(reach), widget=forms.RadioSelect,
            disabled=posting.state == PostingState.LISTED, initial=posting.reach,
        )  # fmt: skip
        methods = [
            (one.value, one.label, _("よい点：%(merit)s 注意：%(caution)s") % {"merit": merit, "caution": caution})
            for one, (merit, caution) in ADVICE.items()
        ]
        self.fields["methods"] = several(_("連携の形"), explained(methods), _("当てはまるものをすべて選んでください。"))
        goals = [(number, f"{number} {short}") for number, (short, *_full) in SDG_GOALS.items()]
        self.fields["goals"] = forms.TypedMultipleChoiceField(
            label=_("SDGsの目標"), choices=goals, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
        )
        places = [("", _("地域を問わない")), *region_choices(current_programme().prefecture_code)]
        self.fields["region"] = forms.ChoiceField(label=_("地域"), choices=places, required=False)
        self.fields["brings"] = several(_("わたしたちが担うこと"), Role.choices)
        self.fields["seeks"] = several(_("お願いしたい役割"), Role.choices)
        done = _("できているものに印を付けてください。ほかの人には見えません。")
        self.fields["own_checks"] = several(_("自分を知る"), [(one.value, one.label) for one in OWN_CHECKS], done)
        self.fields["other_checks"] = several(_("相手を知る"), [(one.value, one.label) for one in OTHER_CHECKS], done)
        self.initial.setdefault("own_checks", posting.checks)
        self.initial.setdefault("other_checks", posting.checks)

    def _layout(self, sections: Any, is_short: bool) -> Layout:
        parts = [Fieldset(_("はじめに"), "title", "category", one_a_line("reach"))]
        if not is_short:
            parts.append(Fieldset(_("書く前の確認"), one_a_line("own_checks"), one_a_line("other_checks")))
        for section in sections:
            lead = [HTML(format_html('<p class="note">{}</p>', section.lead))] if section.lead else []
            parts.append(Fieldset(section.title, *lead, *(field.name for field in section.fields)))
        parts += [
            Fieldset(_("連携の形と役割"), one_a_line("methods"), one_a_line("brings"), one_a_line("seeks")),
            Fieldset(_("目標・地域・時期"), "goals", "region", "starts_on", "ends_on"),
            Fieldset(_("連絡先と添付"), "contact_name", "contact_phone", "contact_email", "attachments"),
        ]
        return Layout(*parts, "revision")

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("starts_on") and typed.get("ends_on") and typed["ends_on"] < typed["starts_on"]:
            self.add_error("ends_on", _("開始より後の日を入力してください。"))
        if typed.get("revision") != self.instance.revision:
            self._carry_on(typed)
        return typed

    def _carry_on(self, typed: dict[str, Any]) -> None:
        """What somebody else saved is shown now: whoever saves again has seen it, and nothing newer."""
        data = cast(QueryDict, self.data).copy()
        data["revision"] = str(self.instance.revision)
        self.data = data
        differing = [name for name in self.Meta.fields if name in typed and typed[name] != getattr(self.instance, name)]
        self.newer = [(str(self.fields[name].label), stored_in_words(self.instance, name)) for name in differing]
        self.add_error(None, NEWER_POSTING)

    @property
    def values(self) -> dict[str, Any]:
        """What goes into the row."""
        typed = self.cleaned_data
        checks = [*typed.get("own_checks", []), *typed.get("other_checks", [])]
        return {name: typed[name] for name in self.Meta.fields if name in typed} | {"checks": checks}


def stored_in_words(posting: Posting, name: str) -> str:
    value = getattr(posting, name)
    if name == "goals":
        return _("、").join(f"{number} {SDG_GOALS[number][0]}" for number in value) or "—"
    if isinstance(value, date):
        return long_day(value, get_language() or "ja")
    column: Any = Posting._meta.get_field(name)
    words = dict(getattr(column, "base_field", column).flatchoices)
    return (
        _("、").join(str(words.get(one, one)) for one in (value if isinstance(value, list) else [value]) if one) or "—"
    )


ALL_TEXTS = {field.name for section in sections_of(False) for field in section.fields}
SHORT_TEXTS = {"theme", "when", "where", "who", "how_much"}


class ApplicationForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Application
        fields = ("message", "method", "duties", "contact_name", "contact_phone", "contact_email")
        widgets: ClassVar = {"message": forms.Textarea({"rows": 5}), "duties": forms.Textarea({"rows": 4})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        methods = [(one.value, one.label, ADVICE[one][0]) for one in Method]
        self.fields["method"] = forms.ChoiceField(
            label=_("連携の形"), choices=explained(methods), widget=forms.RadioSelect
        )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "message", one_a_line("method"), "duties", "contact_name", "contact_phone", "contact_email"
        )
        self.fields["message"].help_text = _("自己紹介と、なぜこの募集に関心を持ったかを書いてください。")
        self.fields["duties"].help_text = _("自分たちと相手のそれぞれが担うことを、考えている範囲で書いてください。")
        self.fields["contact_name"].help_text = _("氏名・電話・メールアドレスは、募集した団体に伝わります。")


class AnswerForm(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("回答"),
        widget=forms.RadioSelect,
        choices=[(state.value, ApplicationState(state).label) for state in ANSWERS],
    )
    answer = forms.CharField(
        label=gettext_lazy("相手への言葉"), required=False, max_length=2000, widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("見送るときは、理由を書いてください。相手にメールで伝わります。"),
    )  # fmt: skip

    def __init__(self, *args: Any, application: Application, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            (state.value, state.label) for state in ANSWERS if state in application.next_states
        ]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("state") == ApplicationState.DECLINED and not typed.get("answer", "").strip():
            self.add_error("answer", _("見送るときは、理由を入力してください。"))
        return typed
