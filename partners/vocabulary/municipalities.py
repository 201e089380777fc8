"""Municipalities by their code (全国地方公共団体コード, six digits as text) and the regions they belong to.

Held for the prefectures whose programmes run here. Wards of designated cities have codes of their own and belong to
their city. The sixth digit is computed, so that a mistyped code cannot stand in this file.
"""

from dataclasses import dataclass
from functools import cache

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

# What the last character of a name is called in English.
TYPES = {"市": "City", "町": "Town", "村": "Village", "区": "Ward"}


def with_check_digit(five: str) -> str:
    """JIS X 0401/0402: weights 6 to 2, complement of eleven."""
    total = sum(int(digit) * weight for digit, weight in zip(five, (6, 5, 4, 3, 2), strict=True))
    return f"{five}{(11 - total % 11) % 10}"


@dataclass(frozen=True)
class Municipality:
    code: str
    name: str
    roman: str
    region: str
    city: "Municipality | None" = None  # the designated city that a ward belongs to

    @property
    def full_name(self) -> str:
        return f"{self.city.name if self.city else ''}{self.name}"

    @property
    def codes(self) -> list[str]:
        """By which it is found: who looks for a city looks for its wards too."""
        return [self.code, self.city.code] if self.city else [self.code]

    @property
    def label(self) -> str:
        """In the language of the page."""
        if get_language() != "en":
            return self.full_name
        own = f"{self.roman} {TYPES[self.name[-1]]}"
        return f"{own}, {self.city.label}" if self.city else own


# prefecture (two digits) → region → its municipalities as "five digits + name / name in Latin letters"
REGIONS: dict[str, dict[str, str]] = {
    "14": {
        _("横浜・川崎地域"): ("14100横浜市/Yokohama 14130川崎市/Kawasaki"),
        _("横須賀三浦地域"): (
            "14201横須賀市/Yokosuka 14204鎌倉市/Kamakura 14208逗子市/Zushi 14210三浦市/Miura 14301葉山町/Hayama"
        ),
        _("県央地域"): (
            "14150相模原市/Sagamihara 14212厚木市/Atsugi 14213大和市/Yamato 14215海老名市/Ebina 14216座間市/Zama"
            " 14218綾瀬市/Ayase 14401愛川町/Aikawa 14402清川村/Kiyokawa"
        ),
        _("湘南地域"): (
            "14203平塚市/Hiratsuka 14205藤沢市/Fujisawa 14207茅ヶ崎市/Chigasaki 14211秦野市/Hadano"
            " 14214伊勢原市/Isehara 14321寒川町/Samukawa 14341大磯町/Oiso 14342二宮町/Ninomiya"
        ),
        _("県西地域"): (
            "14206小田原市/Odawara 14217南足柄市/Minamiashigara 14361中井町/Nakai 14362大井町/Oi"
            " 14363松田町/Matsuda 14364山北町/Yamakita 14366開成町/Kaisei 14382箱根町/Hakone 14383真鶴町/Manazuru"
            " 14384湯河原町/Yugawara"
        ),
    },
    "13": {
        _("区部"): (
            "13101千代田区/Chiyoda 13102中央区/Chuo 13103港区/Minato 13104新宿区/Shinjuku 13105文京区/Bunkyo"
            " 13106台東区/Taito 13107墨田区/Sumida 13108江東区/Koto 13109品川区/Shinagawa 13110目黒区/Meguro"
            " 13111大田区/Ota 13112世田谷区/Setagaya 13113渋谷区/Shibuya 13114中野区/Nakano 13115杉並区/Suginami"
            " 13116豊島区/Toshima 13117北区/Kita 13118荒川区/Arakawa 13119板橋区/Itabashi 13120練馬区/Nerima"
            " 13121足立区/Adachi 13122葛飾区/Katsushika 13123江戸川区/Edogawa"
        ),
        _("多摩"): (
            "13201八王子市/Hachioji 13202立川市/Tachikawa 13203武蔵野市/Musashino 13204三鷹市/Mitaka"
            " 13205青梅市/Ome 13206府中市/Fuchu 13207昭島市/Akishima 13208調布市/Chofu 13209町田市/Machida"
            " 13210小金井市/Koganei 13211小平市/Kodaira 13212日野市/Hino 13213東村山市/Higashimurayama"
            " 13214国分寺市/Kokubunji 13215国立市/Kunitachi 13218福生市/Fussa 13219狛江市/Komae"
            " 13220東大和市/Higashiyamato 13221清瀬市/Kiyose 13222東久留米市/Higashikurume"
            " 13223武蔵村山市/Musashimurayama 13224多摩市/Tama 13225稲城市/Inagi 13227羽村市/Hamura"
            " 13228あきる野市/Akiruno 13229西東京市/Nishitokyo 13303瑞穂町/Mizuho 13305日の出町/Hinode"
            " 13307檜原村/Hinohara 13308奥多摩町/Okutama"
        ),
        _("島しょ"): (
            "13361大島町/Oshima 13362利島村/Toshima 13363新島村/Niijima 13364神津島村/Kozushima"
            " 13381三宅村/Miyake 13382御蔵島村/Mikurajima 13401八丈町/Hachijo 13402青ヶ島村/Aogashima"
            " 13421小笠原村/Ogasawara"
        ),
    },
    "35": {
        _("岩国・柳井地域"): (
            "35208岩国市/Iwakuni 35212柳井市/Yanai 35305周防大島町/Suo-Oshima 35321和木町/Waki"
            " 35341上関町/Kaminoseki 35343田布施町/Tabuse 35344平生町/Hirao"
        ),
        _("周南地域"): ("35207下松市/Kudamatsu 35210光市/Hikari 35215周南市/Shunan"),
        _("山口・防府地域"): ("35203山口市/Yamaguchi 35206防府市/Hofu"),
        _("宇部・小野田地域"): ("35202宇部市/Ube 35213美祢市/Mine 35216山陽小野田市/Sanyo-Onoda"),
        _("下関地域"): ("35201下関市/Shimonoseki"),
        _("長門・萩地域"): ("35204萩市/Hagi 35211長門市/Nagato 35502阿武町/Abu"),
    },
}

# city (five digits) → its wards
WARDS: dict[str, str] = {
    "14100": (
        "14101鶴見区/Tsurumi 14102神奈川区/Kanagawa 14103西区/Nishi 14104中区/Naka 14105南区/Minami"
        " 14106保土ケ谷区/Hodogaya 14107磯子区/Isogo 14108金沢区/Kanazawa 14109港北区/Kohoku 14110戸塚区/Totsuka"
        " 14111港南区/Konan 14112旭区/Asahi 14113緑区/Midori 14114瀬谷区/Seya 14115栄区/Sakae 14116泉区/Izumi"
        " 14117青葉区/Aoba 14118都筑区/Tsuzuki"
    ),
    "14130": (
        "14131川崎区/Kawasaki 14132幸区/Saiwai 14133中原区/Nakahara 14134高津区/Takatsu 14135多摩区/Tama"
        " 14136宮前区/Miyamae 14137麻生区/Asao"
    ),
    "14150": ("14151緑区/Midori 14152中央区/Chuo 14153南区/Minami"),
}


@cache
def municipalities(prefecture_code: str) -> dict[str, Municipality]:
    """All of one prefecture by code, cities before their wards. `prefecture_code` as in Programme: six digits."""
    found: dict[str, Municipality] = {}
    for region, row in REGIONS.get(prefecture_code[:2], {}).items():
        for entry in row.split():
            city = _read(entry, region)
            found[city.code] = city
            for ward in WARDS.get(entry[:5], "").split():
                one = _read(ward, region, city)
                found[one.code] = one
    return found


def _read(entry: str, region: str, city: Municipality | None = None) -> Municipality:
    name, _slash, roman = entry[5:].partition("/")
    return Municipality(with_check_digit(entry[:5]), name, roman, region, city)


def codes_within(prefecture_code: str, code: str) -> list[str]:
    """A municipality's own, and those of its wards."""
    return [place.code for place in municipalities(prefecture_code).values() if code in place.codes]


def regions(prefecture_code: str) -> list[str]:
    return list(REGIONS.get(prefecture_code[:2], {}))


def region_choices(prefecture_code: str) -> list[tuple[str, str]]:
    """What is stored, and what it is called in the language of the page."""
    return [(name, gettext(name)) for name in regions(prefecture_code)]
