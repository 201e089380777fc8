"""Which column of a table is which field. Pure; a person confirms what is guessed here."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.fields import FIELDS, Section, fields_of
from portal.web.folding import fold

# What the programme gives, beside the fields of the profile.
GIVEN: dict[str, Promise] = {
    "number": gettext_lazy("登録番号"),
    "batch": gettext_lazy("期"),
    "approved_on": gettext_lazy("承認日"),
}
# What headings of existing tables say instead of our labels.
ALSO_CALLED = {
    "number": ["番号", "No", "No.", "登録no", "パートナー番号", "会員番号"],
    "batch": ["登録期", "期別"],
    "approved_on": ["登録日", "登録年月日", "承認年月日"],
    "name": ["団体名", "企業名", "法人名", "会社名", "企業・団体名", "企業・団体等の名称", "パートナー名", "事業者名", "氏名又は名称"],
    "kana": ["フリガナ", "ふりがな", "団体名フリガナ", "カナ", "名称カナ"],
    "kind": ["法人区分", "種別", "区分", "団体種別", "団体の区分"],
    "municipality": ["市町村", "自治体", "所在市町村"],
    "address": ["住所", "所在地", "番地"],
    "phone": ["電話", "電話番号", "TEL"],
    "fax": ["FAX番号", "ファックス"],
    "website": ["URL", "HP", "ホームページ", "webサイト", "ホームページURL"],
    "summary": ["SDGsの取組概要", "事業概要", "取組概要", "SDGs事業の概要", "概要"],
    "goals": ["SDGs", "ゴール", "目標", "SDGsゴール", "17の目標"],
    "industry_division": ["業種", "大分類"],
    "industry_group": ["中分類"],
    "capital": ["資本金"],
    "employees_regular": ["従業員数", "従業員"],
    "representative_name": ["代表者", "代表者名", "代表者氏名"],
    "representative_title": ["代表者役職"],
    "contact_name": ["担当者", "担当者名", "担当者氏名", "ご担当者"],
    "contact_department": ["部署", "所属", "担当部署"],
    "contact_phone": ["担当者電話番号", "連絡先電話"],
    "contact_email": ["メール", "メールアドレス", "E-mail", "Email", "担当者メール", "登録メールアドレス"],
}  # fmt: skip


def targets(sections: Sequence[str]) -> dict[str, str]:
    """What a column may be, in the order of the form."""
    return {name: str(label) for name, label in GIVEN.items()} | {
        field.name: str(field.label) for section in Section if section in sections for field in fields_of([section])
    }


def guess(headings: Sequence[str], sections: Sequence[str], last: Mapping[str, str]) -> dict[str, str]:
    """As it was mapped the last time, otherwise by what the heading says; each field once. Unknown headings are left."""
    known = targets(sections)
    by_name = {_key(label): name for name, label in known.items()}
    by_name |= {_key(other): name for name, others in ALSO_CALLED.items() if name in known for other in others}
    found: dict[str, str] = {}
    for heading in headings:
        name = last.get(heading) or by_name.get(_key(heading), "")
        if name in known and name not in found.values():
            found[heading] = name
    return found


def _key(text: str) -> str:
    return fold(text).replace(" ", "")


def refusal_of(mapping: Mapping[str, str]) -> str:
    """Why a table cannot be imported with these columns; "" when it can."""
    chosen = list(mapping.values())
    for name in chosen:
        if chosen.count(name) > 1:
            label = FIELDS[name].label if name in FIELDS else GIVEN[name]
            return _("「%s」に、二つ以上の列が対応しています。") % label
    if "name" not in chosen and "number" not in chosen:
        return _("「名称」か「登録番号」の列を選んでください。")
    return ""
