"""The forms of a case: what all sides share, and each side's own part in the handbook's form."""

from typing import Any, ClassVar, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from matching.forms.postings import explained, one_a_line, several
from matching.models import Case, CaseSide
from matching.queries.case_drafts import MOST_PHOTOS
from matching.queries.cases import CASE_PHOTOS
from matching.services.cases import NEWER_CASE
from matching.vocabulary import ADVICE, Outcome
from partners.vocabulary.municipalities import region_choices
from partners.vocabulary.roles import Role
from portal.files.forms import TakesFiles, UploadField
from portal.files.kinds import JPEG, PNG, Limits
from portal.files.models import StoredFile
from portal.tenancy.scope import current_programme
from portal.web.dates import fiscal_year_name, fiscal_year_of
from portal.web.goals import SDG_GOALS

# So many past years may be told of.
YEARS = 12


def area(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class Revised(forms.ModelForm):  # type: ignore[type-arg]
    """Carries the version that was read, so that a newer one is not written over unseen."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    case: Case

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("revision") != self.case.revision:
            self.add_error(None, NEWER_CASE)
            # Said once: whoever saves again has been told where to look.
            data = cast(QueryDict, self.data).copy()
            data["revision"] = str(self.case.revision)
            self.data = data
        return typed


class CaseForm(TakesFiles, Revised):
    photos = UploadField(
        label=gettext_lazy("写真"), required=False,
        limits=Limits(kinds=(JPEG, PNG), most=MOST_PHOTOS, longest_side=1600),
        help_text=gettext_lazy("写っている方の了解を得てください。"),
    )  # fmt: skip

    class Meta:
        model = Case
        fields = ("title", "category", "methods", "goals", "region", "year", "outline", "results", "figures", "effect",
                  "money", "supporters", "captions")  # fmt: skip
        widgets: ClassVar = {
            "outline": area(6), "results": area(5), "figures": area(3), "effect": area(3), "money": area(2),
            "supporters": area(3), "captions": area(4),
        }  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        self.case = options["instance"]
        kept = list(StoredFile.objects.of(self.case, CASE_PHOTOS)) if self.case.pk else []
        options["initial"] = {"photos": kept, "revision": self.case.revision} | options.get("initial", {})
        super().__init__(*args, **options)
        self._choices()
        helps = {
            "outline": _("きっかけと、何をした取組かを書きます。"),
            "results": _("連携によって何が変わったかを書きます。"),
            "figures": _("例：参加者 120人、食品ロス 年2トン減。なくてもかまいません。"),
            "money": _("例：売上の5％を寄附、収穫物の買取り。なくてもかまいません。"),
            "supporters": _("登録団体でない協力者の名前と、担ったことを書きます。先に了解を得てください。"),
            "captions": _("写真の順に、1行に1枚ずつ、何が写っているかを書きます。"),
        }
        for name, text in helps.items():
            self.fields[name].help_text = text
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Fieldset(_("取組"), "title", "category", one_a_line("methods"), "goals", "region", "year"),
            Fieldset(_("連携の概要"), "outline", "supporters"),
            Fieldset(_("連携の成果"), "results", "figures", "effect", "money"),
            Fieldset(_("写真"), "photos", "captions"),
            "revision",
        )

    def _choices(self) -> None:
        methods = [(one.value, one.label, merit) for one, (merit, _caution) in ADVICE.items()]
        self.fields["methods"] = several(_("連携の形"), explained(methods))
        goals = [(number, f"{number} {short}") for number, (short, *_full) in SDG_GOALS.items()]
        self.fields["goals"] = forms.TypedMultipleChoiceField(
            label=_("SDGsの目標"), choices=goals, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
        )
        places = [("", _("地域を問わない")), *region_choices(current_programme().prefecture_code)]
        self.fields["region"] = forms.ChoiceField(label=_("地域"), choices=places, required=False)
        this, language = fiscal_year_of(timezone.localdate()), get_language() or "ja"
        years = {*range(this - YEARS, this + 1), self.case.year or this}
        named = [(year, fiscal_year_name(year, language)) for year in sorted(years, reverse=True)]
        self.fields["year"] = forms.TypedChoiceField(label=_("取組の年度"), choices=named, coerce=int)

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        photos, lines = typed.get("photos"), typed.get("captions", "").strip().splitlines()
        if photos is not None and len(lines) != len(photos):
            message = _("写真は%(photos)d枚、説明は%(lines)d行です。写真の順に、1行に1枚ずつ書いてください。")
            self.add_error("captions", ValidationError(message % {"photos": len(photos), "lines": len(lines)}))
        return typed

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class CaseSideForm(Revised):
    class Meta:
        model = CaseSide
        fields = ("roles", "does", "outcomes", "gains", "key_person", "interview", "strengths", "address", "founded",
                  "purpose", "members", "awards")  # fmt: skip
        widgets: ClassVar = {"does": area(4), "gains": area(3), "interview": area(8), "strengths": area(4)}

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        self.case = case
        options["initial"] = {"revision": case.revision} | options.get("initial", {})
        super().__init__(*args, **options)
        self.fields["roles"] = several(_("担った役割"), Role.choices)
        self.fields["outcomes"] = several(_("得られたもの"), Outcome.choices)
        self.fields["key_person"].help_text = _("例：代表理事 浜 太郎さん。公開されるので、本人の了解を得てください。")
        self.fields["interview"].help_text = _("きっかけ、工夫したこと、続けて分かったことを、話した言葉で書きます。")
        self.fields["address"].help_text = _("公開されます。公開しない項目は、空のままにしてください。")
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Fieldset(_("役割と取組"), one_a_line("roles"), "does"),
            Fieldset(_("この団体の成果"), one_a_line("outcomes"), "gains"),
            Fieldset(_("キーパーソンに聞く"), "key_person", "interview", "strengths"),
            Fieldset(_("参考情報"), "address", "founded", "purpose", "members", "awards"),
            "revision",
        )

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
