from datetime import date
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils.datastructures import MultiValueDict

from portal.web.demo.forms import EquipmentFormSet, SampleForm
from portal.web.forms import answers, error_links, page_form

GOOD = {
    "name": "株式会社あおばソーラー",
    "kind": "company",
    "number": "1234567890123",
    "region": "centre",
    "goals": ["7", "11"],
    "activity": "屋根を借りて発電しています。\n売電の一部を寄付しています。",
    "since": "2020-04-01",
    "person": "青葉 みのり",
    "email": "minori@aoba.example.jp",
    "agreed": "on",
}
FORM = "/demo/components/form/"


def post(**data: Any) -> HttpRequest:
    return RequestFactory().post("/", data)


def test_a_first_visit_shows_an_empty_form() -> None:
    form = page_form(SampleForm, RequestFactory().get("/"))
    assert not form.is_bound
    assert not form.is_valid()


def test_a_sent_form_is_checked() -> None:
    assert page_form(SampleForm, post(**GOOD)).is_valid()
    assert "name" in page_form(SampleForm, post(**(GOOD | {"name": ""}))).errors


@pytest.mark.parametrize("button", ["_keep", "_change"])
def test_a_kept_form_holds_what_was_typed_and_complains_of_nothing(button: str) -> None:
    typed = GOOD | {"email": "not an address", "since": "yesterday", "goals": ["1", "2", "3", "4"], button: "name"}
    form = page_form(SampleForm, post(**typed))
    assert not form.is_valid()
    assert not form.errors
    html = str(form)
    for text in ("株式会社あおばソーラー", "not an address", "yesterday", "売電の一部を寄付しています。"):
        assert text in html
    assert html.count(" checked") == 6  # the kind, four goals, the consent
    assert '<option value="centre" selected>' in html


def test_a_kept_form_forgets_what_was_unticked() -> None:
    class Consent(forms.Form):
        news = forms.BooleanField(required=False, initial=True)

    assert "checked" not in str(page_form(Consent, post(_keep="1")))


def test_a_file_cannot_be_kept() -> None:
    class Upload(forms.Form):
        file = forms.FileField()
        name = forms.CharField()

    form = page_form(Upload, post(file=SimpleUploadedFile("a.png", b"x"), name="あおば", _keep="1"))
    assert "あおば" in str(form)
    assert form.initial == {"name": "あおば"}


def test_a_form_with_a_prefix_is_kept_too() -> None:
    form = page_form(SampleForm, post(**{"p-name": "あおば", "_keep": "1"}), prefix="p")
    assert 'value="あおば"' in str(form["name"])


def test_change_puts_the_cursor_where_it_was_asked_for() -> None:
    form = page_form(SampleForm, post(**GOOD, _change="email"))
    assert "autofocus" in str(form["email"])
    assert "autofocus" not in str(form["name"])


def test_answers_are_in_the_words_of_the_page() -> None:
    form = SampleForm(
        MultiValueDict({name: value if isinstance(value, list) else [value] for name, value in GOOD.items()})
    )
    assert form.is_valid(), form.errors
    shown = {answer.name: answer.value for answer in answers(form)}
    assert shown["kind"] == "企業・個人事業主"
    assert shown["goals"] == "7 エネルギー\n11 まちづくり"
    assert shown["since"] == "2020年4月1日（水）"
    assert shown["agreed"] == "はい"
    assert form.cleaned_data["since"] == date(2020, 4, 1)


def test_errors_link_to_a_control_that_exists() -> None:
    form = SampleForm({"name": "", "email": "x"})
    html = str(form)
    links = error_links(form)
    assert [label for _target, label, _error in links][:2] == ["団体の名称", "団体の区分"]
    for target, _label, _error in links:
        assert f'id="{target}"' in html


def test_the_summary_takes_the_focus_and_the_title_says_so(visit: Client) -> None:
    page = visit.post(FORM, GOOD | {"name": "", "number": "12"}).content.decode()
    assert "<title>エラー：見本のフォーム｜" in page
    assert "入力内容に2件の誤りがあります" in page
    assert '<a href="#id_number">法人番号：13桁の数字で入力してください。</a>' in page
    summary = page[page.index('id="error-summary"') :].split(">")[0]
    assert 'tabindex="-1"' in summary
    assert "autofocus" in summary
    assert 'aria-describedby="id_number_helptext id_number_error"' in page
    assert 'value="12"' in page


def test_input_confirm_done(visit: Client) -> None:
    page = visit.get(FORM).content.decode()
    assert "<title>見本のフォーム｜" in page
    confirm = visit.post(FORM, GOOD)
    assert confirm.status_code == 200
    assert "まだ送信していません" in confirm.content.decode()
    assert "売電の一部を寄付しています。" in confirm.content.decode()
    hidden = {field.name: confirm.context["form"][field.name].value() for field in confirm.context["form"]}
    again = visit.post(FORM, hidden | {"_change": "goals"}).content.decode()
    assert 'value="株式会社あおばソーラー"' in again
    assert "エラー" not in again
    done = visit.post(FORM, hidden | {"_send": "1"}, follow=True)
    assert done.redirect_chain == [("/demo/components/form/done/", 302)]
    assert "送信しました" in done.content.decode()


def test_the_language_switch_of_a_form_sends_it_along(visit: Client) -> None:
    page = visit.get(FORM).content.decode()
    assert 'id="page-form"' in page
    assert 'form="page-form" formaction="/en/demo/components/form/" formnovalidate name="_keep"' in page
    english = visit.post(f"/en{FORM}", GOOD | {"email": "not an address", "_keep": "1"})
    assert '<html lang="en"' in english.content.decode()
    assert 'value="not an address"' in english.content.decode()
    assert not english.context["form"].errors


def test_the_language_switch_of_a_confirm_page_stays_there(visit: Client) -> None:
    confirm = visit.post(FORM, GOOD).content.decode()
    assert 'formaction="/en/demo/components/form/" formnovalidate lang="en"' in confirm
    assert "demo/confirm.html" in [template.name for template in visit.post(f"/en{FORM}", GOOD).templates]


def test_a_formset_gathers_its_errors() -> None:
    data = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-equipment": "旋盤", "form-1-units": "0"}
    formset = EquipmentFormSet(data)
    assert not formset.is_valid()
    html = Template("{% load crispy_forms_tags %}{{ formset|crispy }}").render(Context({"formset": formset}))
    assert "入力内容に3件の誤りがあります" in html
    assert 'href="#id_form-0-units"' in html
    assert 'name="form-TOTAL_FORMS"' in html
    whole = Template("{% load crispy_forms_tags %}{% crispy formset %}").render(Context({"formset": formset}))
    assert whole.count("<form ") == 1
    table = Template('{% include "portal/table_inline_formset.html" with form_show_errors=True %}')
    assert 'for="id_form-1-note"' in table.render(Context({"formset": formset}))


def test_what_is_missing_is_said_by_kind_of_field() -> None:
    class Everything(forms.Form):
        text = forms.CharField()
        short = forms.CharField(max_length=3)
        choice = forms.ChoiceField(choices=[("a", "A")])
        several = forms.MultipleChoiceField(choices=[("a", "A")])
        consent = forms.BooleanField()
        file = forms.FileField()
        email = forms.EmailField()
        number = forms.IntegerField()

    missing = Everything({"short": "12345", "email": "x", "number": "x"})
    assert {name: errors[0] for name, errors in missing.errors.items()} == {
        "text": "入力してください。",
        "short": "3文字以内で入力してください（今は5文字です）。",
        "choice": "選んでください。",
        "several": "選んでください。",
        "consent": "確かめて、印を付けてください。",
        "file": "ファイルを選んでください。",
        "email": "メールアドレスは「name@example.jp」の形で入力してください。",
        "number": "整数を入力してください。",
    }
