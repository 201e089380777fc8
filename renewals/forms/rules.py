"""The rules as an officer reads them: one field for each, in words, in three groups. JSON is what is stored."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.forms.profile import TypedDayField
from renewals.rulebook import LIMITS, REPORTS_PER_YEAR

TAKES_OVER = [("at_renewal", _("次の更新から")), ("at_once", _("登録期間の途中でも、施行日から（短くはしない）"))]
TERMS = [
    ("none", _("設けない")),
    ("years", _("承認日から何年（応当日の前日まで）")),
    ("next_31_march", _("何年を経過した後の最初の3月31日まで")),
    ("fiscal_year_end", _("何年が終わる年度の末日まで")),
]
RENEWAL_DUE = [("month_end", _("満了日の何日以上前で、最後の月末")), ("days_before", _("満了日の何日前"))]
COUNTS_FROM = [("receipt", _("受け付けた日")), ("acceptance", _("承認した日"))]
NUMBERS = {
    "term_years": _("登録期間の年数"),
    "renewal_due_days": _("更新の期限：満了日の何日前か"),
    "window_days_before_end": _("更新の受付：満了日の何日前から"),
    "window_days_before_due": _("更新の受付：期限の何日前から（早いほう）"),
    "expired_removable_after_months": _("満了から取消しを検討できるまでの月数（0は検討しない）"),
    "report_due_months_after": _("活動報告の期限：期間の終わりから何か月後の月末か"),
    "report_window_days": _("活動報告の受付：期限の何日前から（0は期間の始まりから）"),
    "empty_years_until_removable": _("報告のない年度が何年続くと取消しを検討できるか（0は検討しない）"),
    "removable_floor_months": _("取消しの検討まで、少なくとも何か月"),
    "grace_days": _("取消しの検討に入る前の猶予の日数"),
    "hearing_notice_days": _("意見を聴く日は、お知らせの何日以上あとか"),
    "correction_days": _("差し戻した報告を直せる日数"),
    "resume_days": _("停止が解けてから期限までの日数"),
}


class RulesForm(forms.Form):
    name = forms.CharField(label=_("ルールの名前"), max_length=80, help_text=_("例：令和9年改正要綱"))
    effective_on = TypedDayField(label=_("施行日"))
    takes_over = forms.ChoiceField(label=_("登録期間の途中の団体への適用"), choices=TAKES_OVER)
    terms_ending_from = TypedDayField(label=_("施行日より前の更新にも及ぼす、登録期間の満了日"))
    term = forms.ChoiceField(label=_("登録期間"), choices=TERMS)
    renewal_due = forms.ChoiceField(label=_("更新の期限の決め方"), choices=RENEWAL_DUE)
    renewal_due_by_cohort = forms.CharField(
        label=_("期ごとに定めた更新の期限"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("1行に1つ、「1：2023-03-31」のように、期の番号と日付を入力してください。"),
    )  # fmt: skip
    renewal_counts_from = forms.ChoiceField(label=_("遅れた更新の、次の期間の始まり"), choices=COUNTS_FROM)
    reports_per_year = forms.TypedChoiceField(
        label=_("1年に求める活動報告の回数"), choices=[(number, number) for number in REPORTS_PER_YEAR], coerce=int
    )
    first_year_cutoff = forms.RegexField(
        label=_("最初の報告をその年度からとする、最後の月日"), regex=r"^\d{2}-\d{2}$", required=False,
        help_text=_("例：06-30。空のときは、いつ登録してもその年度の報告から求めます。"),
    )  # fmt: skip
    reminder_days = forms.CharField(
        label=_("お知らせの日"),
        max_length=200,
        help_text=_("期限の日を0として、-60, -30, -7, 0, 14 のように並べてください。"),
    )
    reminder_time = forms.TimeField(
        label=_("お知らせを送り始める時刻"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=_("この時刻より前には送りません。"),
    )
    weekends = forms.BooleanField(label=_("土曜日と日曜日は閉庁日"), required=False)
    holidays = forms.BooleanField(label=_("祝日は閉庁日"), required=False)
    year_end = forms.BooleanField(label=_("年末年始は閉庁日"), required=False)
    also = forms.CharField(
        label=_("そのほかの閉庁日"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("1行に1つ、2027-05-01 のように入力してください。"),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("変える理由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("記録に残ります。"),
    )  # fmt: skip
    field_order = (
        "name", "effective_on", "takes_over", "terms_ending_from", "term", "term_years", "renewal_due", "renewal_due_days",
        "renewal_due_by_cohort", "window_days_before_end", "window_days_before_due", "renewal_counts_from",
        "expired_removable_after_months", "reports_per_year", "first_year_cutoff", "report_due_months_after",
        "report_window_days", "empty_years_until_removable", "removable_floor_months", "grace_days",
        "hearing_notice_days", "correction_days", "resume_days", "reminder_days", "reminder_time", "weekends", "holidays", "year_end", "also", "reason",
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        self.fields["terms_ending_from"].required = False
        self.fields["terms_ending_from"].help_text = _(
            "この日以後に満了する登録期間は、更新するとこのルールによります。空のときは、施行日以後に始まる期間からです。"
        )
        for name, label in NUMBERS.items():
            least, most = LIMITS[name]
            self.fields[name] = forms.IntegerField(label=label, min_value=least, max_value=most)
        self.order_fields(self.field_order)

    @staticmethod
    def initial_of(data: Mapping[str, Any]) -> dict[str, Any]:
        """From stored rules to what stands in the fields. The new version gets its own name and day."""
        closed = data["closed"]
        return {**data} | {
            "name": "",
            "effective_on": "",
            "terms_ending_from": "",
            "renewal_due_by_cohort": "\n".join(
                f"{cohort}：{day}" for cohort, day in data["renewal_due_by_cohort"].items()
            ),
            "reminder_days": ", ".join(map(str, data["reminder_days"])),
            "also": "\n".join(closed["also"]),
            **{name: closed[name] for name in ("weekends", "holidays", "year_end")},
        }

    def clean_terms_ending_from(self) -> str | None:
        day = self.cleaned_data["terms_ending_from"]
        return day.isoformat() if day else None

    def clean_renewal_due_by_cohort(self) -> dict[str, str]:
        found = {}
        for line in filter(None, map(str.strip, self.cleaned_data["renewal_due_by_cohort"].splitlines())):
            cohort, mark, day = line.replace(":", "：").partition("：")
            if not mark:
                raise ValidationError(gettext("「1：2023-03-31」のように入力してください：%s") % line)
            found[cohort.strip()] = day.strip()
        return found

    def clean_reminder_days(self) -> list[int]:
        words = self.cleaned_data["reminder_days"].replace("、", ",").replace("−", "-").replace("，", ",").split(",")
        try:
            return [int(word) for word in words if word.strip()]
        except ValueError:
            raise ValidationError(gettext("-60, -30, -7, 0, 14 のように、数をコンマで区切ってください。")) from None

    @property
    def rules(self) -> dict[str, Any]:
        """As rules_json.py reads them."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        closed: dict[str, Any] = {name: typed.pop(name) for name in ("weekends", "holidays", "year_end")}
        closed["also"] = [line.strip() for line in typed.pop("also").splitlines() if line.strip()]
        return typed | {
            "effective_on": typed["effective_on"].isoformat(),
            "reminder_time": f"{typed['reminder_time']:%H:%M}",
            "first_year_cutoff": typed["first_year_cutoff"] or None,
            "closed": closed,
        }
