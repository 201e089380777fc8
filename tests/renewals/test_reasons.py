"""Every date says why it is that date, in a sentence that names the rule and the days."""

from typing import Any

import pytest
from django.utils import translation
from hypothesis import given

from renewals.facts import Registration, Report
from renewals.obligations import Obligations, obligations
from renewals.reasons import FiscalYear, Reason, explain, why_state
from renewals.rulebook import Rulebook
from tests.renewals.build import (
    KANAGAWA,
    KANAGAWA_STRICT,
    NAGASAKI,
    SAITAMA,
    TWO_IN_A_ROW,
    extension,
    owed,
    pause,
    registration,
    renewal,
    report,
    rulebook,
)
from tests.renewals.test_properties import worlds

TWO_YEARS = {"term": "years", "term_years": 2, "reports_per_year": 0}
FIRST = registration("2019-04-23", cohort="1", earlier_renewals=1)
SECOND = registration("2019-10-03", cohort="2", earlier_renewals=1)
PARTNER = registration("2024-04-01")


def why(answer: Obligations, label: str, duty: str = "") -> str:
    return next(str(line.why) for line in explain(answer) if line.label == label and line.duty.startswith(duty))


@pytest.mark.parametrize(
    ("partner", "rules", "reports", "today", "label", "sentence"),
    [
        (
            FIRST, KANAGAWA, [], "2023-03-10", "期限",
            "「旧要綱」で、第1期の更新期限を2023年3月31日（金）と定めています。",
        ),
        (
            SECOND, KANAGAWA, [], "2023-08-10", "期限",
            "「旧要綱」により、満了日（2023年10月2日（月））の21日以上前で最後の月末です。",
        ),
        (
            SECOND, KANAGAWA, [], "2023-08-10", "受付の開始",
            "「旧要綱」により、満了日の60日前（2023年8月3日（木））と期限の30日前（2023年8月1日（火））の早いほうです。",
        ),
        (
            SECOND, KANAGAWA, [], "2023-08-10", "登録期間の満了日",
            "「旧要綱」により、登録期間は2019年10月3日（木）から2年ずつ数え、2回目は2021年10月3日（日）から2023年10月2日（月）までです。",
        ),
        (
            registration("2022-12-22", cohort="7"), KANAGAWA, [], "2024-11-10", "期限内として受け付ける最後の日",
            "期限の2024年11月30日（土）は閉庁日なので、次の開庁日である2024年12月2日（月）の終わりまで受け付けます。",
        ),
        (
            registration("2022-12-22", cohort="7"), KANAGAWA, [], "2024-11-10", "登録が続く最後の日",
            "満了日（2024年12月21日（土））は、閉庁日でも延びません。",
        ),
        (
            registration("2022-12-22", cohort="7"), KANAGAWA, [renewal("2024-11-20")], "2025-01-10", "年次の活動報告の始まり",
            ("更新を2024年11月20日（水）に受け付け、登録期間が2024年12月21日（土）に満了するため、その翌日から「新要綱」によります。"
            "2024年12月22日（日）は6月30日より後なので、最初の報告は翌年度の2025年度分です。"),
        ),
        (
            SECOND, KANAGAWA_STRICT, [renewal("2023-12-01")], "2024-01-10", "年次の活動報告の始まり",
            ("登録期間は2023年10月2日（月）に満了し、更新を2023年12月1日（金）に受け付けたため、その日から「新要綱」によります。"
            "最初の報告は、2023年12月1日（金）を含む2023年度分です。"),
        ),
        (
            PARTNER, KANAGAWA, [], "2024-05-01", "期限",
            "「新要綱」により、2024年度の活動報告は、年度の終わり（2025年3月31日（月））までに1回以上です。",
        ),
        (
            registration("2024-05-10"), KANAGAWA, [], "2024-05-10", "受付の開始",
            "2024年5月10日（金）から活動報告の対象になったためです。",
        ),
        (
            PARTNER, KANAGAWA, [], "2024-05-01", "登録取消を検討できる日",
            ("「新要綱」により、2024年度、2025年度に続けて報告がなく、その受付も終わった後の2026年4月1日（水）です。"
            "提出があれば変わります。取消しは手続を経て決めるもので、自動では行いません。"),
        ),
        (
            registration("2024-04-13"), KANAGAWA, [], "2024-05-01", "登録取消を検討できる日",
            ("「新要綱」により、2024年度、2025年度に続けて報告がなく、2024年4月13日（土）から24か月がたった2026年4月13日（月）です。"
            "提出があれば変わります。取消しは手続を経て決めるもので、自動では行いません。"),
        ),
        (
            SECOND, KANAGAWA, [], "2023-11-01", "登録取消を検討できる日",
            ("「旧要綱」により、更新がないまま登録期間（2023年10月2日（月）まで）が過ぎて24か月たった2025年10月3日（金）です。"
            "提出があれば変わります。取消しは手続を経て決めるもので、自動では行いません。"),
        ),
        (
            PARTNER, TWO_IN_A_ROW, [], "2024-05-01", "登録取消を検討できる日",
            ("「Communication on Progress」により、2024年度、2025年度に続けて報告がなく、その受付も終わった後の2026年8月1日（土）です。"
            "さらに90日の猶予があり、2026年10月30日（金）からになります。"
            "提出があれば変わります。取消しは手続を経て決めるもので、自動では行いません。"),
        ),
        (
            registration("2024-04-01", suspensions=(pause("2026-02-01", "2026-08-01"),)), KANAGAWA, [], "2026-08-01",
            "登録取消を検討できる日",
            ("「新要綱」により、2024年度、2025年度に続けて報告がなく、その受付も終わった後の2026年9月1日（火）です。"
            "提出があれば変わります。取消しは手続を経て決めるもので、自動では行いません。"),
        ),
        (
            PARTNER, TWO_IN_A_ROW, [], "2024-05-01", "期限",
            "「Communication on Progress」により、2024年度の活動報告は、年度の終わりから4か月後の月末（2025年7月31日（木））までに1回以上です。",
        ),
        (
            PARTNER, rulebook({"reports_per_year": 2, "report_window_days": 60}), [], "2024-08-10", "期限",
            "「第1版」により、活動報告は年2回以上です。2024年度の1回目の期限は2024年9月30日（月）です。",
        ),
        (
            PARTNER, rulebook({"reports_per_year": 2, "report_window_days": 60}), [], "2024-08-10", "受付の開始",
            "「第1版」により、期限の60日前です。",
        ),
        (
            registration("2023-09-30"), NAGASAKI, [], "2026-01-10", "登録期間の満了日",
            "「SDGs登録制度」により、登録期間は2023年9月30日（土）から2年を経過した日以後の最初の3月31日（2026年3月31日（火））までです。",
        ),
        (
            registration("2023-09-30"), NAGASAKI, [], "2026-01-10", "期限",
            "「SDGs登録制度」により、満了日（2026年3月31日（火））が期限です。",
        ),
        (
            registration("2026-01-15"), SAITAMA, [], "2028-12-10", "登録期間の満了日",
            "「サステナブル企業認証」により、登録期間は2026年1月15日（木）から3年が終わる年度の末日（2029年3月31日（土））までです。",
        ),
        (
            registration("2020-05-01", extensions=(extension("2022-03-01", "2022-04-30", "2022-05-31", "2022-04-20"),)),
            rulebook(TWO_YEARS), [], "2022-04-20", "期限",
            ("「第1版」により、満了日（2022年4月30日（土））の21日以上前で最後の月末です。"
            "2022年3月31日（木）の期限を、2022年4月20日（水）の決定で2022年5月31日（火）まで延ばしました（理由：システムの障害）。"),
        ),
        (
            registration("2020-05-01", extensions=(extension("2022-03-01", "2022-04-30", "2022-05-31", "2022-04-20"),)),
            rulebook(TWO_YEARS), [], "2022-04-20", "登録が続く最後の日",
            "期限が延びたため、満了日（2022年4月30日（土））を過ぎても2022年5月31日（火）まで登録が続きます。",
        ),
        (
            PARTNER, KANAGAWA, [report(2024, "2025-03-30", returned_on="2025-04-10")], "2025-04-10", "期限",
            ("「新要綱」により、2024年度の活動報告は、年度の終わり（2025年3月31日（月））までに1回以上です。"
            "提出された報告を2025年4月10日（木）に差し戻したため、訂正を2025年5月12日（月）まで受け付けます。"),
        ),
        (
            registration("2024-04-01", suspensions=(pause("2025-03-01", "2025-06-01"),)), KANAGAWA, [], "2025-06-01", "期限",
            ("「新要綱」により、2024年度の活動報告は、年度の終わり（2025年3月31日（月））までに1回以上です。"
            "期限が停止中（2025年3月1日（土）から）に当たるため、停止が終わる2025年6月1日（日）の30日後に延びます。"),
        ),
        (
            PARTNER, KANAGAWA, [report(2024, "2025-03-25", entered_on="2025-04-10", hidden_on="2025-04-11")], "2025-04-11",
            "最後の受付",
            ("2025年3月25日（火）に受け付け、2025年4月10日（木）に職員が代わって入力した報告を数えています。"
            "公開は止められていますが、報告の義務は果たされています。"),
        ),
        (
            registration("2020-04-13", earlier_renewals=1), KANAGAWA,
            [renewal("2024-04-05", returned_on="2024-05-01", corrected_on="2024-06-03")], "2024-06-03", "最後の受付",
            "2024年4月5日（金）に受け付けた報告を数えています。訂正の期限に間に合わなかったため、訂正を受け付けた日から数えます。",
        ),
        (
            registration("2020-05-01"), rulebook(TWO_YEARS, {"effective_on": "2021-07-01", "takes_over": "at_once"}), [], "2021-07-01",
            "年次の活動報告の始まり",
            "「第2版」が2021年7月1日（木）に施行されるためです。最初の報告は、2021年7月1日（木）を含む2021年度分です。",
        ),
        (
            registration("2020-05-01"),
            rulebook(TWO_YEARS | {"term_years": 3}, TWO_YEARS | {"effective_on": "2021-07-01", "takes_over": "at_once"}), [], "2021-07-01",
            "登録期間の満了日",
            "「第2版」が施行されても、すでに始まっている登録期間（2023年4月30日（日）まで）は短くなりません。",
        ),
    ],
)  # fmt: skip
def test_sentences(
    partner: Registration, rules: Rulebook, reports: list[Report], today: str, label: str, sentence: str
) -> None:
    assert why(owed(partner, rules, reports, today), label) == sentence


@pytest.mark.parametrize(
    ("partner", "today", "sentence"),
    [
        (PARTNER, "2024-03-01", "まだ登録されていません。"),
        (
            PARTNER, "2024-05-01",
            "提出を受け付けています。期限は2025年3月31日（月）です。提出がないまま2025年4月1日（火）になると、期限を過ぎた扱いになります。",
        ),
        (
            PARTNER, "2025-05-01",
            ("2025年3月31日（月）までに提出がありませんでした。いまからでも提出できます。"
            "提出がないまま2026年4月1日（水）になると、登録取消の検討対象になります。自動では取り消しません。"),
        ),
        (
            PARTNER, "2026-05-01",
            ("いまからでも提出できます。提出すれば取消しの対象から外れます。"
            "「新要綱」により、2024年度、2025年度に続けて報告がなく、その受付も終わった後の2026年4月1日（水）です。"
            "提出があれば変わります。取消しは手続を経て決めるもので、自動では行いません。"),
        ),
        (
            SECOND, "2023-11-01",
            ("更新がないまま2023年10月2日（月）に登録期間が満了しました。更新すれば回復します。"
            "提出がないまま2025年10月3日（金）になると、登録取消の検討対象になります。自動では取り消しません。"),
        ),
        (SECOND, "2023-05-01", "いま提出していただくものはありません。2023年8月1日（火）から受付が始まります。"),
        (
            registration("2024-04-01", removals=(pause("2026-09-01"),)), "2026-10-01",
            "2026年9月1日（火）に登録が取り消されました。",
        ),
        (
            registration("2024-04-01", suspensions=(pause("2025-09-01"),)), "2025-10-01",
            "2025年9月1日（月）から登録が停止されています。停止中は提出を求めません。",
        ),
        (
            registration("2024-04-01", suspensions=(pause("2025-09-01", "2025-11-01"),)), "2025-10-01",
            "2025年9月1日（月）から、2025年11月1日（土）の前日まで登録が停止されています。停止中は提出を求めません。",
        ),
    ],
)  # fmt: skip
def test_what_holds_today_and_what_follows(partner: Registration, today: str, sentence: str) -> None:
    assert str(why_state(owed(partner, KANAGAWA, [], today))) == sentence


@pytest.mark.parametrize("language", ["ja", "en", "easy"])
@given(drawn=worlds())
def test_every_date_of_everybody_has_its_sentence(language: str, drawn: tuple[Any, ...]) -> None:
    partner, rules, reports, today = drawn
    answer = obligations(partner, rules, reports, today)
    with translation.override(language):
        lines = explain(answer)
        sentences = [str(why_state(answer)), *(str(line.why) for line in lines), *(line.title for line in lines)]
    assert all(sentence and "%" not in sentence and "None" not in sentence for sentence in sentences)
    told = {(line.duty, line.on) for line in lines}
    for duty in answer.all_duties:
        assert {(duty.key, day) for day in (duty.opens_on, duty.due_on, duty.accepted_until, duty.last_day)} <= told


def test_a_sentence_waits_for_its_reader() -> None:
    reason = Reason(
        "%(year)s", {"year": FiscalYear(2024)}, Reason("%(years)s", {"years": (FiscalYear(2024), FiscalYear(2025))})
    )
    assert str(reason) == "2024年度2024年度、2025年度"
    with translation.override("en"):
        assert str(reason) == "fiscal year 2024 fiscal year 2024, fiscal year 2025"
