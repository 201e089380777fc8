"""The profile of a partner, field by field: one list that the forms, the public page, the import, the exports and the
open data all read. The columns themselves stand in models/partner.py.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.vocabulary.industries import belongs
from partners.vocabulary.kinds import CORPORATE, PERSONAL

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Visibility(models.TextChoices):
    PUBLIC = "public", _("公開")
    PARTNERS = "partners", _("パートナーのみ")
    STAFF = "staff", _("事務局のみ")


class Section(models.TextChoices):
    """A part of the profile. A programme chooses which it uses (RegistrationSettings.sections)."""

    BASIC = "basic", _("基本情報")
    PLACE = "place", _("所在地")
    BUSINESS = "business", _("事業の内容")
    INITIATIVES = "initiatives", _("SDGsの取組")
    COLLABORATION = "collaboration", _("連携・協働")
    CAPABILITY = "capability", _("設備・能力")
    CONTACT = "contact", _("担当者")


class Need(StrEnum):
    """When a field must be filled in."""

    NEVER = "never"
    ALWAYS = "always"
    CORPORATE = "corporate"  # only of corporations (法人)


@dataclass(frozen=True)
class Field:
    name: str
    label: "StrOrPromise"
    section: Section
    need: Need = Need.NEVER
    visibility: Visibility = Visibility.PUBLIC
    # The partner may not choose who sees it.
    is_fixed: bool = False
    # Kept by the programme's staff; the partner asks for a change.
    is_locked: bool = False
    # Counted among the words that the directory's search finds.
    is_searched: bool = False
    example: "StrOrPromise" = ""

    def is_required(self, kind: str) -> bool:
        return self.need is Need.ALWAYS or (self.need is Need.CORPORATE and kind in CORPORATE)


B, P, U, I, C, A, K = (
    Section.BASIC,
    Section.PLACE,
    Section.BUSINESS,
    Section.INITIATIVES,
    Section.COLLABORATION,
    Section.CAPABILITY,
    Section.CONTACT,
)
PARTNERS, STAFF = Visibility.PARTNERS, Visibility.STAFF

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("name", _("名称"), B, Need.ALWAYS, is_fixed=True, is_locked=True, is_searched=True,
              example=_("株式会社あおばソーラー（個人事業主・創業予定の方は氏名）")),
        Field("kana", _("名称のフリガナ"), B, Need.ALWAYS, is_fixed=True, is_searched=True, example="アオバソーラー"),
        Field("name_en", _("名称（英語）"), B, is_searched=True, example="Aoba Solar Inc."),
        Field("common_name", _("通称"), B, is_searched=True, example=_("あおばソーラー")),
        Field("kind", _("団体の区分"), B, Need.ALWAYS, is_fixed=True, is_locked=True),
        Field("corporate_number", _("法人番号"), B, example="1000020140007"),
        Field("representative_title", _("代表者の役職"), B, example=_("代表取締役")),
        Field("representative_name", _("代表者の氏名"), B, visibility=PARTNERS, example=_("青葉 太郎")),
        Field("representative_kana", _("代表者のフリガナ"), B, visibility=STAFF, example=_("アオバ タロウ")),
        Field("founded_on", _("創業年月日"), B),
        Field("established_on", _("設立年月日"), B),
        Field("postal_code", _("郵便番号"), P, example="231-8588"),
        Field("municipality", _("市区町村"), P, Need.ALWAYS, is_fixed=True),
        Field("address", _("町名・番地・建物"), P, Need.ALWAYS, example=_("日本大通1番")),
        Field("phone", _("代表電話"), P, example="045-000-0000"),
        Field("fax", _("FAX"), P, example="045-000-0001"),
        Field("website", _("ウェブサイト"), P, example="https://www.example.jp/"),
        Field("links", _("SNSなど"), P, example="https://blog.example.jp/"),
        Field("industry_division", _("業種（大分類）"), U, Need.CORPORATE),
        Field("industry_group", _("業種（中分類）"), U, Need.CORPORATE),
        Field("capital", _("資本金（千円）"), U, Need.CORPORATE, example="10,000"),
        Field("capital_from_large", _("うち大企業からの出資（千円）"), U, visibility=STAFF, example="0"),
        Field("employees_regular", _("従業員（正規）"), U, Need.CORPORATE, example="12"),
        Field("employees_part", _("従業員（パート）"), U, visibility=PARTNERS, example="3"),
        Field("employees_other", _("従業員（その他）"), U, visibility=PARTNERS, example="0"),
        Field("officers", _("役員の数"), U, visibility=PARTNERS, example="3"),
        Field("member_count", _("会員の数"), U, example="40"),
        Field("office_name", _("事業所名"), U, Need.CORPORATE, example=_("本社")),
        Field("trading_area", _("営業地域"), U, example=_("神奈川県内、東京都")),
        Field("affiliates", _("関連会社"), U, visibility=PARTNERS),
        Field("summary", _("取組・事業の概要"), I, Need.ALWAYS, is_fixed=True, is_searched=True,
              example=_("工場や学校の屋根を借りて太陽光発電を行い、売電の一部を地域の子ども食堂に寄付しています。")),
        Field("economy", _("経済の取組"), I, Need.ALWAYS, is_searched=True,
              example=_("屋根を貸す事業者に使用料を支払い、地域の中でお金が回る仕組みをつくっています。")),
        Field("society", _("社会の取組"), I, Need.ALWAYS, is_searched=True,
              example=_("売電収入の5％を子ども食堂に寄付し、月1回は社員が配膳を手伝っています。")),
        Field("environment", _("環境の取組"), I, Need.ALWAYS, is_searched=True,
              example=_("年間420トンのCO₂を減らし、使用済みパネルは県内の事業者と再資源化しています。")),
        Field("published_at", _("取組を公表しているページ"), I, Need.ALWAYS, example="https://www.example.jp/sdgs/"),
        Field("goals", _("取り組むSDGsの目標"), I, Need.ALWAYS, is_fixed=True),
        Field("themes", _("関わりの深い政策のテーマ"), I),
        Field("strengths", _("強み・PR"), C, is_searched=True, example=_("小さな屋根でも採算が合う設計ができます。")),
        Field("mission", _("使命・目的"), C, is_searched=True),
        Field("culture", _("大切にしていること"), C),
        Field("offers", _("提供できること"), C),
        Field("offers_note", _("提供できることの説明"), C, is_searched=True, example=_("倉庫の一角（約20㎡）を無料でお貸しできます。")),
        Field("needs", _("求めていること"), C),
        Field("needs_note", _("求めていることの説明"), C, is_searched=True, example=_("環境学習の教材を一緒につくる学校を探しています。")),
        Field("results", _("これまでの成果"), C),
        Field("evaluation", _("第三者の評価"), C),
        Field("awards", _("受賞歴"), C),
        Field("shipping", _("出荷・販売先"), A),
        Field("ability", _("能力の区分"), A),
        Field("processing", _("加工の区分"), A),
        Field("customers", _("主な得意先"), A, visibility=PARTNERS),
        Field("subcontractors", _("主な外注先"), A, visibility=STAFF),
        Field("contact_name", _("担当者の氏名"), K, Need.ALWAYS, PARTNERS, example=_("山田 花子")),
        Field("contact_kana", _("担当者のフリガナ"), K, Need.ALWAYS, STAFF, is_fixed=True, example=_("ヤマダ ハナコ")),
        Field("contact_department", _("担当者の部署・役職"), K, visibility=PARTNERS, example=_("総務部 課長")),
        Field("contact_phone", _("担当者の電話"), K, Need.ALWAYS, PARTNERS, example="045-000-0000"),
        Field("contact_extension", _("内線"), K, visibility=PARTNERS),
        Field("contact_fax", _("担当者のFAX"), K, visibility=PARTNERS),
        Field("contact_email", _("担当者のメールアドレス"), K, Need.ALWAYS, PARTNERS, example="hanako@example.jp"),
    )
}  # fmt: skip


# A person's data, whatever kind of organisation it stands for.
OF_PEOPLE = frozenset(field.name for field in FIELDS.values() if field.section == K) | {
    "representative_title", "representative_name", "representative_kana",
}  # fmt: skip
# Who and where a partner is: a person's data too, where the partner is a person.
WHO_AND_WHERE = frozenset({
    "name", "kana", "name_en", "common_name", "postal_code", "address", "phone", "fax",
})  # fmt: skip


def personal_fields(*kinds: str) -> frozenset[str]:
    """What is put on record by name only, of a partner that is or was of these kinds."""
    return OF_PEOPLE | WHO_AND_WHERE if PERSONAL.intersection(kinds) else OF_PEOPLE


def fields_of(sections: list[str]) -> Iterator[Field]:
    return (field for field in FIELDS.values() if field.section in sections)


def missing(values: dict[str, object], sections: list[str]) -> list[Field]:
    """What must still be filled in before a partner of this kind may take part."""
    kind = str(values.get("kind", ""))
    return [
        field
        for field in fields_of(sections)
        if field.is_required(kind) and values.get(field.name) in (None, "", [], ())
    ]


def problems_of(values: Mapping[str, object]) -> dict[str, str]:
    """What each field may hold, but not beside the others: the field's name with the sentence for the person."""
    group, division = values.get("industry_group"), values.get("industry_division")
    if group and not belongs(str(group), str(division or "")):
        return {"industry_group": gettext("大分類に合う中分類を選んでください。")}
    return {}
