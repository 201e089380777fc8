"""The six sections of a proposal (企画書): typed once, shown as form, page and paper. Pure: names, labels, what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Field:
    name: str
    label: "StrOrPromise"
    help_text: "StrOrPromise" = ""
    is_needed: bool = False
    # Also on the short form of a simple wish.
    is_short: bool = False


@dataclass(frozen=True)
class Section:
    name: str
    title: "StrOrPromise"
    fields: tuple[Field, ...]
    lead: "StrOrPromise" = ""


SECTIONS = (
    Section("background", _("背景"), (
        Field("background", _("データで見る現状"), _("課題の大きさが分かる数字を、出典とともに書きます。"), True),
        Field("voices", _("当事者の声"), _("困っている人や現場の声を、そのままの言葉で書きます。")),
    ), _("なぜ、いま取り組むのかを伝えます。")),
    Section("theme", _("テーマ"), (
        Field("theme", _("連携のテーマ"), _("何をめざすかを、一文で書きます。"), True, True),
    )),
    Section("content", _("事業の内容（5W2H）"), (
        Field("what", _("何をするか（What）"), "", True, True),
        Field("why", _("なぜするか（Why）")),
        Field("who", _("だれが・だれに（Who）"), "", True),
        Field("when", _("いつ（When）"), "", True, True),
        Field("where", _("どこで（Where）"), "", True),
        Field("how", _("どのように（How）"), "", True),
        Field("how_much", _("どのくらい（How much）"), _("規模や回数、人数の見込みを書きます。")),
    )),
    Section("asked", _("いっしょに取り組んでほしいこと"), (
        Field("asked_people", _("人"), _("来てほしい人や役割を書きます。"), False, True),
        Field("asked_goods", _("もの"), _("場所や設備、材料などを書きます。"), False, True),
        Field("asked_money", _("お金"), _("金額と使いみちを書きます。"), False, True),
        Field("asked_information", _("情報"), _("知識や人のつながり、広報の力を書きます。"), False, True),
    ), _("お願いではなく提案として書きます。少なくとも1つを書いてください。")),
    Section("budget", _("予算"), (
        Field("budget", _("費用の内訳と分担"), _("人件費と間接費も含めて書きます。"), True),
    )),
    Section("record", _("これまでの実績"), (
        Field("track_record", _("活動の実績"), _("同じような取組や、団体の歩みを書きます。"), True),
    )),
)  # fmt: skip
ALL = {field.name: field for section in SECTIONS for field in section.fields}
ASKED = tuple(field.name for field in SECTIONS[3].fields)


def sections_of(is_short: bool) -> list[Section]:
    """The sections of the form, whole or of a simple wish."""
    if not is_short:
        return list(SECTIONS)
    kept = ((section, tuple(field for field in section.fields if field.is_short)) for section in SECTIONS)
    return [Section(section.name, section.title, fields, section.lead) for section, fields in kept if fields]


def missing(values: Mapping[str, Any], is_short: bool) -> list["StrOrPromise"]:
    """What must still be said before the office can check it, as labels."""
    lacking: list[StrOrPromise] = [
        field.label
        for section in sections_of(is_short)
        for field in section.fields
        if field.is_needed and not str(values.get(field.name) or "").strip()
    ]
    if not any(str(values.get(name) or "").strip() for name in ASKED):
        lacking.append(_("いっしょに取り組んでほしいこと（1つ以上）"))
    others = {
        "category": _("連携の種類"),
        "contact_name": _("担当者の氏名"),
        "contact_email": _("担当者のメールアドレス"),
    }
    return lacking + [label for name, label in others.items() if not values.get(name)]
