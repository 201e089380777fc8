"""A few lines of the two public lists, written by hand, so that the demo's forms have something to suggest."""

from partners.models import PostalTown
from partners.services.reference import load_corporations, load_postal_towns

# municipality (five digits), postal code, town
TOWNS = [
    ("14104", "2310021", "日本大通"),
    ("14104", "2310023", "山下町"),
    ("14103", "2200012", "みなとみらい"),
    ("13104", "1600023", "西新宿（次のビルを除く）"),
    ("13101", "1000005", "丸の内（次のビルを除く）"),
    ("35203", "7530071", "滝町"),
]
# number, name, reading, municipality, postal code, street: three public bodies
CORPORATIONS = [
    ("1000020140007", "神奈川県", "カナガワケン", "14104", "2310021", "日本大通１"),
    ("8000020130001", "東京都", "トウキョウト", "13104", "1600023", "西新宿２丁目８番１号"),
    ("2000020350001", "山口県", "ヤマグチケン", "35203", "7530071", "滝町１番１号"),
]


def load() -> None:
    """Outside any programme: everybody's."""
    if PostalTown.objects.exists():
        return
    load_postal_towns([place, "", code, "", "", "", "", "", town] for place, code, town in TOWNS)
    load_corporations(_line(*one) for one in CORPORATIONS)


def _line(number: str, name: str, kana: str, place: str, code: str, street: str) -> list[str]:
    line = [""] * 30
    line[1], line[6], line[11], line[13], line[14], line[15] = number, name, street, place[:2], place[2:], code
    line[23], line[28] = "1", kana
    return line
