from typing import Any

import pytest

from partners.fields import FIELDS, Section
from partners.forms.profile import ProfileForm
from portal.tenancy.models import Programme

TYPED: dict[str, Any] = {
    "name": "株式会社あおばソーラー", "kana": "ｱｵﾊﾞｿｰﾗｰ", "kind": "company", "municipality": "142123", "address": "日本大通1番",
    "industry_division": "F", "industry_group": "33", "capital": "１０，０００", "employees_regular": "12", "office_name": "本社",
    "summary": "屋根で発電します。", "economy": "経済", "society": "社会", "environment": "環境",
    "published_at": "https://www.example.jp/", "goals": ["7", "13"], "contact_name": "山田 花子", "contact_kana": "ヤマダ ハナコ",
    "contact_phone": "045-000-0000", "contact_email": "hanako@example.jp",
}  # fmt: skip
ALL = list(Section.values)


def test_a_filled_form_gives_what_is_stored(in_kanagawa: Programme) -> None:
    form = ProfileForm(TYPED, sections=ALL)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["kana"] == "アオバソーラー"
    assert form.cleaned_data["capital"] == 10000
    assert form.cleaned_data["goals"] == [7, 13]
    assert set(form.cleaned_data) == set(FIELDS)


@pytest.mark.parametrize("name", ["industry_division", "industry_group", "capital", "employees_regular", "office_name"])
def test_a_company_must_give_five_things_and_an_npo_need_not(in_kanagawa: Programme, name: str) -> None:
    without = {key: value for key, value in TYPED.items() if key != name}
    if name == "industry_division":
        del without["industry_group"]
    form = ProfileForm(without, sections=ALL)
    assert name in form.errors
    assert str(FIELDS[name].label) in str(form.errors[name])
    assert ProfileForm(without | {"kind": "npo"}, sections=ALL).is_valid()


def test_a_draft_may_be_incomplete_but_not_wrong(in_kanagawa: Programme) -> None:
    assert ProfileForm({"name": "青葉"}, sections=ALL, is_complete=False).is_valid()
    assert "phone" in ProfileForm({"phone": "なし"}, sections=ALL, is_complete=False).errors


def test_what_the_programme_keeps_is_not_asked_of_a_partner(in_kanagawa: Programme) -> None:
    form = ProfileForm(
        TYPED | {"name": "別の名称"}, sections=ALL, has_locked=False, initial={"kind": "company", "name": "青葉"}
    )
    assert form.is_valid(), form.errors
    assert not {"name", "kind"} & set(form.cleaned_data)


def test_a_major_group_of_another_division_is_refused(in_kanagawa: Programme) -> None:
    assert "industry_group" in ProfileForm(TYPED | {"industry_group": "39"}, sections=ALL).errors


def test_only_the_sections_of_the_programme_are_there(in_kanagawa: Programme) -> None:
    assert {FIELDS[name].section for name in ProfileForm(sections=[Section.CONTACT]).fields} == {Section.CONTACT}
