"""Rules as data: to JSON and back, and a sentence for every mistake."""

import json
from typing import Any

import pytest

from portal.web.closed_days import ClosedDays
from renewals.examples import EXAMPLES
from renewals.rulebook import InvalidRules, Rulebook, Rules, TakesOver
from renewals.rules_json import read_rulebook, read_rules, write_rules
from tests.renewals.build import KANAGAWA, day, rulebook

PLAIN = {"name": "要綱", "effective_on": "2024-04-01"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_come_back_as_they_were(name: str) -> None:
    rules = read_rulebook(EXAMPLES[name])
    assert read_rulebook(json.loads(json.dumps([write_rules(version) for version in rules.versions]))) == rules


def test_every_field_comes_back() -> None:
    rules = Rules(
        name="要綱",
        effective_on=day("2024-04-01"),
        takes_over=TakesOver.AT_ONCE,
        terms_ending_from=day("2024-05-01"),
        renewal_due_by_cohort=(("5", day("2023-03-31")), ("1", day("2023-03-30"))),
        first_year_cutoff=(6, 30),
        reminder_days=(7, -7),
        closed=ClosedDays(weekends=False, also=(day("2024-08-30"),)),
    )
    stored = json.loads(json.dumps(write_rules(rules)))
    assert read_rules(stored) == rules
    assert stored["renewal_due_by_cohort"] == {"1": "2023-03-30", "5": "2023-03-31"}
    assert (stored["first_year_cutoff"], stored["reminder_days"]) == ("06-30", [-7, 7])


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"name": ""}, "name", "ルールの名前を入力してください。"),
        ({"name": 3}, "name", "文字で入力してください。"),
        ({"effective_on": "2024-04-31"}, "effective_on", "日付を2024-03-31の形で入力してください。"),
        ({"effective_on": None}, "effective_on", "日付を2024-03-31の形で入力してください。"),
        ({"term": "decades"}, "term", "次から選んでください：none、years、next_31_march、fiscal_year_end"),
        ({"term": "years"}, "term_years", "登録期間の年数を1以上にしてください。"),
        ({"term_years": 2}, "term_years", "登録期間を設けないときは、年数を0にしてください。"),
        ({"term_years": -1}, "term_years", "0から20までの整数で入力してください。"),
        ({"term_years": "2"}, "term_years", "整数で入力してください。"),
        ({"grace_days": True}, "grace_days", "整数で入力してください。"),
        ({"grace_days": 1.5}, "grace_days", "整数で入力してください。"),
        ({"correction_days": 0}, "correction_days", "1から366までの整数で入力してください。"),
        # Copied from an older version, it would draw everybody's next renewal into this one.
        ({"terms_ending_from": "2023-03-01"}, "terms_ending_from", "施行日の前後1年以内の日にしてください。"),
        ({"reports_per_year": 5}, "reports_per_year", "年間の報告回数は、0、1、2、3、4、6、12のどれかにしてください。"),
        ({"first_year_cutoff": "02-29"}, "first_year_cutoff", "月と日を06-30の形で入力してください。"),
        ({"first_year_cutoff": 630}, "first_year_cutoff", "月と日を06-30の形で入力してください。"),
        ({"reminder_days": [-7, -7]}, "reminder_days", "同じお知らせの日が2つあります。"),
        ({"reminder_days": [400]}, "reminder_days", "お知らせの日は、期限の366日前から366日後までにしてください。"),
        ({"reminder_days": "-7"}, "reminder_days", "一覧で入力してください。"),
        ({"renewal_due_by_cohort": ["1"]}, "renewal_due_by_cohort", "期ごとに期限の日付を入力してください。"),
        ({"renewal_due_by_cohort": {"1": "soon"}}, "renewal_due_by_cohort", "日付を2024-03-31の形で入力してください。"),
        ({"closed": []}, "closed", "閉庁日の決まりを入力してください。"),
        ({"closed": {"weekends": "yes"}}, "closed", "「はい」か「いいえ」を選んでください。"),
        ({"closed": {"mondays": True}}, "closed", "「mondays」という項目はありません。"),
        ({"colour": "blue"}, "colour", "「colour」という項目はありません。"),
    ],
)
def test_every_mistake_has_a_sentence(change: dict[str, Any], field: str, sentence: str) -> None:
    with pytest.raises(InvalidRules) as caught:
        read_rules(PLAIN | change)
    assert caught.value.errors == {field: sentence}


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(InvalidRules) as caught:
        read_rules({"effective_on": "soon", "term": "years", "grace_days": -1})
    assert set(caught.value.errors) == {"name", "effective_on", "term_years", "grace_days"}
    assert caught.value.errors["name"] == "必ず入力してください。"


def test_rules_made_in_code_are_held_to_the_same() -> None:
    with pytest.raises(InvalidRules, match="年数を0に"):
        Rules(name="要綱", effective_on=day("2024-04-01"), term_years=2)
    with pytest.raises(InvalidRules, match="同じ期の更新期限"):
        Rules(
            name="要綱",
            effective_on=day("2024-04-01"),
            renewal_due_by_cohort=(("1", day("2024-03-31")), ("1", day("2024-04-30"))),
        )


def test_versions_stand_in_the_order_of_their_days() -> None:
    later, sooner = read_rules(PLAIN), read_rules(PLAIN | {"effective_on": "2023-04-01"})
    assert Rulebook([later, sooner]) == Rulebook([sooner, later])
    with pytest.raises(InvalidRules, match="同じ日に施行する"):
        Rulebook([later, later])
    with pytest.raises(InvalidRules, match="1つもありません"):
        Rulebook([])


@pytest.mark.parametrize(
    ("on", "name"),
    [("2018-01-01", "旧要綱"), ("2023-02-28", "旧要綱"), ("2023-03-01", "新要綱"), ("2030-01-01", "新要綱")],
)
def test_the_version_in_force(on: str, name: str) -> None:
    assert KANAGAWA.on(day(on)).name == name


def test_a_term_may_be_renewed_into_a_version_of_a_little_later() -> None:
    rules = rulebook({}, {"effective_on": "2023-05-03", "terms_ending_from": "2023-04-01"})
    assert rules.after_renewal(term_end=day("2023-04-22"), start=day("2023-04-23")).name == "第2版"
    assert rules.after_renewal(term_end=day("2023-03-31"), start=day("2023-04-01")).name == "第1版"
    assert rules.after_renewal(term_end=day("2023-03-31"), start=day("2023-06-01")).name == "第2版"
