"""The form of a report: of a partner's own people, and of staff who enter one on behalf."""

from copy import copy
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.forms.profile import TypedDayField
from portal.files.forms import TakesFiles, UploadField
from portal.files.kinds import JPEG, PNG, WEBP, Limits
from portal.web.dates import fiscal_year_name, fiscal_year_of
from portal.web.goals import SDG_GOALS
from portal.web.models import Channel
from portal.web.staff.forms import OnBehalfForm
from renewals.models.reports import SECTIONS
from renewals.services.reports import RENEWAL, Content, Covers, ReportEntry, covers_year

LONGEST = 4000
MOST_FIGURES = 10
HELP = {
    "business": _("この期間に行ったことを、自由にお書きください。どんな小さな取組でもかまいません。"),
    "meetings": _("参加や登壇の記録から下書きしています。"),
    "calls": _("フードドライブや清掃など、呼びかけに応じた活動です。"),
    "collaborations": _("ほかの団体といっしょに取り組んだことです。"),
}


class FiguresField(forms.CharField):
    """One a line: 参加者数：120人"""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=1000, widget=forms.Textarea({"rows": 4}), **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join("：".join(pair) for pair in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[list[str]]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_FIGURES:
            raise ValidationError(gettext("%d行までで入力してください。") % MOST_FIGURES)
        return [self._pair(line) for line in lines]

    def _pair(self, line: str) -> list[str]:
        for mark in ("：", ":", "　", " "):
            label, found, number = line.partition(mark)
            if found and label.strip() and number.strip():
                return [label.strip(), number.strip()]
        raise ValidationError(gettext("「参加者数：120人」のように、項目と数を「：」で区切ってください：%s") % line)


class ReportForm(TakesFiles, forms.Form):
    photos = UploadField(
        label=_("写真"),
        required=False,
        limits=Limits(kinds=(JPEG, PNG, WEBP), most=4, longest_side=1600),
        help_text=_("写っている方の了解を得たものをお使いください。撮影の場所などの情報は取り除きます。"),
    )
    photos_alt = forms.CharField(
        label=_("写真の説明"), required=False, max_length=200,
        help_text=_("写真が見えない方に読み上げられます。例：海岸で清掃をする社員たち"),
    )  # fmt: skip
    figures = FiguresField(
        label=_("数字でみる成果"), help_text=_("1行に1つ、「参加者数：120人」のように入力してください。")
    )
    goals = forms.MultipleChoiceField(
        label=_("取り組んだSDGsの目標"),
        required=False,
        choices=[(str(number), f"{number} {short}") for number, (short, _full) in SDG_GOALS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=1_000_000)
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)
    field_order = (*SECTIONS, "goals", "figures", "photos", "photos_alt", "seen", "form_key")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        for name, label in SECTIONS.items():
            self.fields[name] = forms.CharField(
                label=label, required=name == "business", max_length=LONGEST, help_text=HELP.get(name, ""),
                widget=forms.Textarea({"rows": 6 if name == "business" else 4}),
            )  # fmt: skip
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("photos") and not values.get("photos_alt", "").strip():
            self.add_error("photos_alt", gettext("写真を付けるときは、写真の説明を入力してください。"))
        return values

    def has_seen(self, revision: int) -> None:
        """Shown once more, with all that was typed, to be sent over what somebody else wrote meanwhile."""
        typed: Any = copy(self.data)
        typed["seen"] = str(revision)
        self.data = typed

    @property
    def key(self) -> UUID:
        """Of this form as it was shown."""
        return self.cleaned_data["form_key"] or uuid4()

    @property
    def content(self) -> Content:
        typed = self.cleaned_data
        return Content(
            texts={name: typed[name].replace("\r\n", "\n").strip() for name in SECTIONS},
            goals=sorted(map(int, typed["goals"])),
            figures=typed["figures"],
            photos=list(typed["photos"]),
            photos_alt=typed["photos_alt"] if typed["photos"] else "",
        )


class EntryForm(OnBehalfForm):
    """Beside the report: which period it is about, and on which day it came. Any past year may be entered."""

    what = forms.ChoiceField(label=_("報告する年度"))
    received_on = TypedDayField(label=_("受付日"))
    field_order = ("what", "received_on", "entered_through", "entered_because")

    def __init__(self, *args: Any, since: date, renewal: Covers | None, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        today = timezone.localdate()
        self.renewal = renewal
        month = partial(date_format, format="YEAR_MONTH_FORMAT")
        years = range(fiscal_year_of(today), fiscal_year_of(since) - 1, -1)
        self.fields["what"].choices = [  # type: ignore[attr-defined]
            *(
                [
                    (
                        RENEWAL,
                        gettext("更新（%(first)s〜%(last)s）")
                        % {"first": month(renewal.first), "last": month(renewal.last)},
                    )
                ]
                if renewal
                else []
            ),
            *((str(year), fiscal_year_name(year, "ja")) for year in years),
        ]
        self.fields["received_on"].initial = today
        self.order_fields(self.field_order)

    @property
    def entry(self) -> ReportEntry:
        typed = self.cleaned_data
        covers = self.renewal if typed["what"] == RENEWAL and self.renewal else covers_year(int(typed["what"]))
        return ReportEntry(
            received_on=typed["received_on"], how=Channel(typed["entered_through"]), why=typed["entered_because"],
            covers=covers,
        )  # fmt: skip
