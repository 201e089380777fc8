"""The three programmes: names, wording, colours. The rules are real, the offices and addresses invented."""

from typing import Any

from portal.local.data.logos import LOGOS
from portal.tenancy.models import Feature, Programme, ProgrammeHost, all_features
from portal.tenancy.scope import programme_scope
from portal.web.services.pages import lay_standard_pages

PROGRAMMES: list[dict[str, Any]] = [
    {
        "slug": "kanagawa",
        "name": "SDGsパートナーポータル",
        "name_en": "SDGs Partner Portal",
        "operator": "神奈川県",
        "operator_en": "Kanagawa Prefecture",
        "prefecture_code": "140007",
        "introduction": "SDGsに取り組む企業・団体を「かながわSDGsパートナー」として登録し、県とともに取組を広げます。",
        "introduction_en": "The prefecture registers companies and groups that work towards the SDGs as partners, and works with them.",
        "introduction_easy": "SDGsの ために 活動する 会社や グループを 登録します。県と いっしょに 活動します。",
        "short_name": "かながわSDGs",
        "sender": "sdgs@kanagawa.example.jp",
        "office": "神奈川県 いのち・未来戦略本部室 SDGs推進グループ",
        "office_en": "SDGs Promotion Group, Kanagawa Prefecture",
        "address": "〒000-0000 横浜市中区日本大通0番",
        "address_en": "0 Nihon-odori, Naka-ku, Yokohama 000-0000",
        "phone": "045-000-0000",
        "hours": "平日 8時30分〜17時15分",
        "hours_en": "Weekdays, 8:30 to 17:15",
        "email": "inquiry@kanagawa.example.jp",
        "palette": "blue",
        "features": [*all_features(), Feature.LOCAL_GROUPS],
    },
    {
        "slug": "tokyo",
        "name": "ネットクラブ",
        "name_en": "Net Club",
        "operator": "東京都中小企業支援センター",
        "operator_en": "Tokyo SME Support Center",
        "prefecture_code": "130001",
        "introduction": "中小企業の経営に役立つ相談、セミナー、情報を、会員のみなさまへ無料でお届けします。",
        "introduction_en": "Free advice, seminars and news for small and medium-sized enterprises.",
        "introduction_easy": "小さい 会社の ための 相談や 勉強会が あります。お金は かかりません。",
        "short_name": "ネットクラブ",
        "sender": "netclub@tokyo.example.jp",
        "office": "東京都中小企業支援センター ネットクラブ事務局",
        "office_en": "Net Club Office, Tokyo SME Support Center",
        "address": "〒000-0000 東京都千代田区神田0番",
        "address_en": "0 Kanda, Chiyoda-ku, Tokyo 000-0000",
        "phone": "03-0000-0000",
        "hours": "平日 9時〜17時",
        "hours_en": "Weekdays, 9:00 to 17:00",
        "email": "inquiry@tokyo.example.jp",
        "palette": "purple",
        "features": [*all_features(), Feature.PASSWORD_SIGN_IN, Feature.UNCONFIRMED_MEMBERS],
        "wording": {
            "partner": {"ja": "会員", "en": "member", "easy": "会員"},
            "partners": {"ja": "会員企業", "en": "Members", "easy": "会員の 会社"},
            "meetings": {"ja": "セミナー・相談", "en": "Seminars and advice", "easy": "勉強会・相談"},
            "register": {"ja": "会員登録", "en": "Join", "easy": "会員に なる"},
            "certificate": {"ja": "会員証", "en": "Membership card", "easy": "会員証"},
        },
    },
    {
        "slug": "yamaguchi",
        "name": "県民活動・企業 協働ポータル",
        "name_en": "NPO and Company Collaboration Portal",
        "operator": "山口県",
        "operator_en": "Yamaguchi Prefecture",
        "prefecture_code": "350001",
        "introduction": "県民活動団体と企業が出会い、協働の企画を立て、地域の課題をともに解くための場です。",
        "introduction_en": "Where citizens' groups and companies meet, plan collaborations, and solve local problems together.",
        "introduction_easy": "地域の グループと 会社が いっしょに 活動する ための ページです。",
        "short_name": "やまぐち協働",
        "sender": "kyodo@yamaguchi.example.jp",
        "office": "山口県 県民生活課 県民活動推進班",
        "office_en": "Citizens' Activities Section, Yamaguchi Prefecture",
        "address": "〒000-0000 山口市滝町0番0号",
        "address_en": "0-0 Takimachi, Yamaguchi 000-0000",
        "phone": "083-000-0000",
        "hours": "平日 8時30分〜17時15分",
        "hours_en": "Weekdays, 8:30 to 17:15",
        "email": "inquiry@yamaguchi.example.jp",
        "palette": "green",
        "wording": {
            "partner": {"ja": "登録団体", "en": "registered group", "easy": "登録した グループ"},
            "partners": {"ja": "登録団体・企業", "en": "Groups and companies", "easy": "グループ・会社"},
        },
    },
]


def load() -> None:
    for row in PROGRAMMES:
        programme, new = Programme.objects.get_or_create(slug=row["slug"], defaults=row)
        if new:
            give_logo(programme)
            programme.save()
            ProgrammeHost.objects.create(programme=programme, name=f"{programme.slug}.localhost", is_primary=True)
            with programme_scope(programme):
                lay_standard_pages(programme)


def give_logo(programme: Programme) -> None:
    programme.logo, programme.logo_type = LOGOS[programme.slug](), "image/png"
