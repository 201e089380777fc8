"""Benefits and support desks of the three programmes. The conditions follow real ones; telephones and mails do not."""

from typing import Any

from partners.models import Benefit, SupportDesk
from portal.tenancy.models import Programme

BENEFITS: dict[str, list[dict[str, Any]]] = {
    "kanagawa": [
        {
            "title": "中小企業制度融資（SDGsパートナー支援融資）",
            "owner": "神奈川県 金融課／取扱金融機関",
            "phone": "045-000-0010",
            "website": "https://www.example.jp/loan/",
            "is_for_banks": True,
            "body": """かながわSDGsパートナーに登録している中小企業が使える融資です。

## 限度額と利率
- ア：2,000万円まで、年1.8％以内
- イ：4,000万円まで、年1.6％以内
- アとイを合わせて4,000万円まで

## 期間
- 運転資金：1年を超え10年以内
- 設備資金：1年を超え15年以内
- 据置期間：1年以内

## 保証と担保
- 信用保証料：0.35％から1.42％
- 担保：必要に応じて
- 保証人：法人は代表者の連帯保証

## 申込みに要るもの
- 登録証の写し（このページのQRコードで、いま有効かを確かめられます）
- 取扱金融機関の申込書類""",
        },
        {
            "title": "Loans for small and medium-sized partners",
            "language": "en",
            "owner": "Kanagawa Prefecture, Finance Division",
            "phone": "045-000-0010",
            "is_for_banks": True,
            "body": """For registered small and medium-sized companies.

- A: up to 20 million yen at 1.8 % a year or less
- B: up to 40 million yen at 1.6 % a year or less; A and B together up to 40 million yen
- Working capital: more than 1 and up to 10 years; equipment: more than 1 and up to 15 years; up to 1 year of grace
- Guarantee fee: 0.35 % to 1.42 %; collateral as needed; the representative as joint guarantor""",
        },
        {
            "title": "SDGs経営のアドバイザー派遣",
            "owner": "公益財団法人 神奈川産業振興センター（KIP）",
            "phone": "045-000-0020 又は 045-000-0021",
            "email": "advice@kip.example.jp",
            "website": "https://www.example.jp/kip/",
            "address": "横浜市中区尾上町0丁目",
            "postal_code": "231-0000",
            "body": "専門家が会社を訪ね、SDGsを経営に生かす進め方を一緒に考えます。\n\n- 回数：年度に3回まで\n- 費用：無料",
        },
        {
            "title": "企業経営の未病改善",
            "owner": "公益財団法人 神奈川産業振興センター（KIP）",
            "phone": "045-000-0022",
            "email": "mibyo@kip.example.jp",
            "body": "経営の状態を簡単な質問で確かめ、早めの手当てにつなげます。",
        },
        {
            "title": "取組の発信（かながわみんなのSDGs）",
            "owner": "神奈川県 SDGs推進グループ",
            "phone": "045-000-0000",
            "body": "県のウェブサイトと催しで、登録団体の取組を紹介します。登録団体はロゴマークを使えます。",
        },
    ],
    "tokyo": [
        {
            "title": "専門家による無料相談",
            "owner": "東京都中小企業支援センター 総合相談課",
            "phone": "03-0000-0010",
            "body": "経営、法律、税務、知的財産の専門家が、30分まで無料で相談に応じます。第一希望と第二希望の日時を選べます。",
        },
        {
            "title": "受発注のあっせん",
            "owner": "東京都中小企業支援センター 取引振興課",
            "phone": "03-0000-0020",
            "email": "trade@tokyo.example.jp",
            "body": "登録した設備と能力をもとに、発注を考えている会社へご紹介します。",
        },
    ],
    "yamaguchi": [
        {
            "title": "協働のコーディネート",
            "owner": "やまぐち県民活動支援センター",
            "phone": "083-000-0010",
            "email": "center@yamaguchi.example.jp",
            "body": "企業と県民活動団体の引合せから、はじめの打合せまで、職員が間に入ってお手伝いします。",
        },
    ],
}  # fmt: skip
# name, municipality, telephone, mail
DESKS: dict[str, list[tuple[str, str, str, str]]] = {
    "kanagawa": [
        ("神奈川県信用保証協会 相談窓口", "141003", "045-000-0030", ""),
        ("相模原市 産業支援課", "141500", "042-000-0000", "industry@sagamihara.example.jp"),
        ("鎌倉市 商工課", "142042", "0467-00-0000 又は 0467-00-0001", "shoko@kamakura.example.jp"),
    ],
    "tokyo": [("城東支社 相談窓口", "131229", "03-0000-0030", ""), ("多摩支社 相談窓口", "132021", "042-000-0030", "")],
    "yamaguchi": [
        ("下関市 市民協働課", "352012", "083-000-0020", "kyodo@shimonoseki.example.jp"),
        ("宇部市 市民活動課", "352021", "0836-00-0000", ""),
        ("山口市 協働推進課", "352039", "083-000-0030 又は 083-000-0031", "kyodo@yamaguchi-city.example.jp"),
    ],
}


def load(programme: Programme) -> None:
    """Inside the programme's scope."""
    if Benefit.objects.exists():
        return
    for position, benefit in enumerate(BENEFITS[programme.slug]):
        Benefit.objects.create(position=position, **benefit)
    for position, (name, municipality, phone, email) in enumerate(DESKS[programme.slug]):
        SupportDesk.objects.create(
            position=position, name=name, municipality=municipality, phone=phone, email=email, hours="平日 9時〜17時"
        )
