"""Municipalities by their code (全国地方公共団体コード, six digits as text) and the regions they belong to.

Held for the prefectures whose programmes run here. Wards of designated cities have codes of their own and belong to
their city. The sixth digit is computed, so that a mistyped code cannot stand in this file.
"""

from dataclasses import dataclass
from functools import cache


def with_check_digit(five: str) -> str:
    """JIS X 0401/0402: weights 6 to 2, complement of eleven."""
    total = sum(int(digit) * weight for digit, weight in zip(five, (6, 5, 4, 3, 2), strict=True))
    return f"{five}{(11 - total % 11) % 10}"


@dataclass(frozen=True)
class Municipality:
    code: str
    name: str
    region: str
    city: str = ""  # the designated city that a ward belongs to

    @property
    def full_name(self) -> str:
        return f"{self.city}{self.name}"


# prefecture (two digits) → region → its municipalities as "five digits + name"
REGIONS: dict[str, dict[str, str]] = {
    "14": {
        "横浜・川崎地域": "14100横浜市 14130川崎市",
        "横須賀三浦地域": "14201横須賀市 14204鎌倉市 14208逗子市 14210三浦市 14301葉山町",
        "県央地域": "14150相模原市 14212厚木市 14213大和市 14215海老名市 14216座間市 14218綾瀬市 14401愛川町 14402清川村",
        "湘南地域": "14203平塚市 14205藤沢市 14207茅ヶ崎市 14211秦野市 14214伊勢原市 14321寒川町 14341大磯町 14342二宮町",
        "県西地域": "14206小田原市 14217南足柄市 14361中井町 14362大井町 14363松田町 14364山北町 14366開成町 14382箱根町"
        " 14383真鶴町 14384湯河原町",
    },
    "13": {
        "区部": "13101千代田区 13102中央区 13103港区 13104新宿区 13105文京区 13106台東区 13107墨田区 13108江東区 13109品川区"
        " 13110目黒区 13111大田区 13112世田谷区 13113渋谷区 13114中野区 13115杉並区 13116豊島区 13117北区 13118荒川区"
        " 13119板橋区 13120練馬区 13121足立区 13122葛飾区 13123江戸川区",
        "多摩": "13201八王子市 13202立川市 13203武蔵野市 13204三鷹市 13205青梅市 13206府中市 13207昭島市 13208調布市"
        " 13209町田市 13210小金井市 13211小平市 13212日野市 13213東村山市 13214国分寺市 13215国立市 13218福生市 13219狛江市"
        " 13220東大和市 13221清瀬市 13222東久留米市 13223武蔵村山市 13224多摩市 13225稲城市 13227羽村市 13228あきる野市"
        " 13229西東京市 13303瑞穂町 13305日の出町 13307檜原村 13308奥多摩町",
        "島しょ": "13361大島町 13362利島村 13363新島村 13364神津島村 13381三宅村 13382御蔵島村 13401八丈町 13402青ヶ島村"
        " 13421小笠原村",
    },
    "35": {
        "岩国・柳井地域": "35208岩国市 35212柳井市 35305周防大島町 35321和木町 35341上関町 35343田布施町 35344平生町",
        "周南地域": "35207下松市 35210光市 35215周南市",
        "山口・防府地域": "35203山口市 35206防府市",
        "宇部・小野田地域": "35202宇部市 35213美祢市 35216山陽小野田市",
        "下関地域": "35201下関市",
        "長門・萩地域": "35204萩市 35211長門市 35502阿武町",
    },
}

# city (five digits) → its wards
WARDS: dict[str, str] = {
    "14100": "14101鶴見区 14102神奈川区 14103西区 14104中区 14105南区 14106保土ケ谷区 14107磯子区 14108金沢区 14109港北区"
    " 14110戸塚区 14111港南区 14112旭区 14113緑区 14114瀬谷区 14115栄区 14116泉区 14117青葉区 14118都筑区",
    "14130": "14131川崎区 14132幸区 14133中原区 14134高津区 14135多摩区 14136宮前区 14137麻生区",
    "14150": "14151緑区 14152中央区 14153南区",
}


@cache
def municipalities(prefecture_code: str) -> dict[str, Municipality]:
    """All of one prefecture by code, cities before their wards. `prefecture_code` as in Programme: six digits."""
    found: dict[str, Municipality] = {}
    for region, row in REGIONS.get(prefecture_code[:2], {}).items():
        for entry in row.split():
            five, name = entry[:5], entry[5:]
            found[with_check_digit(five)] = Municipality(with_check_digit(five), name, region)
            for ward in WARDS.get(five, "").split():
                code = with_check_digit(ward[:5])
                found[code] = Municipality(code, ward[5:], region, city=name)
    return found


def regions(prefecture_code: str) -> list[str]:
    return list(REGIONS.get(prefecture_code[:2], {}))
