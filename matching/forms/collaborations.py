"""The forms of a collaboration record: plan, report of progress, outcome."""

from copy import copy
from typing import Any, ClassVar, cast

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.forms.postings import several
from matching.models import Collaboration, Progress
from matching.services.collaborations import NEWER_PLAN
from matching.vocabulary import OUTCOMES_OF_COMPANIES, OUTCOMES_OF_GROUPS
from partners.forms.profile import TypedDayField
from portal.files.forms import TakesFiles, UploadField
from portal.files.kinds import DOCUMENTS, Limits

AREA = forms.Textarea({"rows": 3})


class PlanForm(forms.ModelForm):  # type: ignore[type-arg]
    """`newer` is the plan as it stands, if somebody wrote it while this form was open."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    newer: Collaboration | None = None
    target_on = TypedDayField(label=_("いつまでに"))

    class Meta:
        model = Collaboration
        fields = ("purpose", "target", "target_on", "measures")
        widgets: ClassVar = {"purpose": AREA, "target": AREA, "measures": AREA}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("revision", self.instance.plan_revision)
        for name in ("purpose", "target", "measures"):
            self.fields[name].required = True
        self.fields["purpose"].help_text = _("何のための連携かを、双方の言葉で書きます。")
        self.fields["target"].help_text = _("どれくらいの成果をめざすかを、数字で書きます。")
        self.fields["measures"].help_text = _(
            "目標の達成度、数値の変化、参加者や受益者へのアンケート、報道、第三者の評価などから、始める前に決めておきます。"
        )

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("revision") != self.instance.plan_revision:
            self.newer = copy(self.instance)
            # The newer plan is shown now: whoever saves again has seen it.
            data = cast(QueryDict, self.data).copy()
            data["revision"] = str(self.instance.plan_revision)
            self.data = data
            self.add_error(None, NEWER_PLAN)
        return typed

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class ProgressForm(TakesFiles, forms.ModelForm):  # type: ignore[type-arg]
    photos = UploadField(label=_("写真・書類"), required=False, limits=Limits(kinds=DOCUMENTS, most=6))
    on = TypedDayField(label=_("日付"))

    class Meta:
        model = Progress
        fields = ("step", "on", "text", "figure")
        widgets: ClassVar = {"text": forms.Textarea({"rows": 5}), "step": forms.RadioSelect}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("on", timezone.localdate())
        self.fields["step"].choices = [one for one in self.fields["step"].choices if one[0]]  # type: ignore[attr-defined]
        self.fields["figure"].help_text = _("例：参加者 120人、売上 35万円。なくてもかまいません。")

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on and on > timezone.localdate():
            raise forms.ValidationError(_("今日までの日を入力してください。"))
        return on

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "photos"}


class OutcomeForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Collaboration
        fields = ("outcome", "figures", "effect")
        widgets: ClassVar = {"outcome": forms.Textarea({"rows": 5}), "figures": AREA, "effect": AREA}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        groups = [(one.value, one.label) for one in OUTCOMES_OF_GROUPS]
        companies = [(one.value, one.label) for one in OUTCOMES_OF_COMPANIES]
        self.fields["group_outcomes"] = several(_("市民活動の側が得たもの"), groups)
        self.fields["company_outcomes"] = several(_("企業の側が得たもの"), companies)
        self.initial.setdefault("group_outcomes", self.instance.outcomes)
        self.initial.setdefault("company_outcomes", self.instance.outcomes)
        self.fields["outcome"].required = True
        self.fields["outcome"].help_text = _("何を行い、何が変わったかを書きます。")

    @property
    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        texts = {name: typed[name] for name in self.Meta.fields}
        return texts | {"outcomes": [*typed["group_outcomes"], *typed["company_outcomes"]]}


class AgreementForm(forms.Form):
    """The terms of a logo."""

    agrees = forms.BooleanField(label=_("使い方の決まりを読み、同意します"))
