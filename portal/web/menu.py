"""The parts of a programme's site, in the order of the menu and of the home page.

A part whose feature is switched off is nowhere. One whose pages do not exist yet is described on the home page, and
enters the menu when its app writes the name of its first route here.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Feature, Programme


@dataclass(frozen=True)
class Part:
    name: str
    icon: str
    says: Promise
    label: Promise | None = None
    # The programme's own word for it (portal/tenancy/models.py) instead of a label.
    word: str = ""
    # Without a feature it is always there.
    feature: str = ""
    url_name: str = ""
    in_header: bool = False


@dataclass(frozen=True)
class Entry:
    """A part as it stands on a page: in the programme's words, with the address in the page's language."""

    name: str
    label: str
    url: str
    icon: str
    says: str
    in_header: bool
    is_current: bool


PARTS = [
    Part(
        "partners", "search", _("どんな団体が登録しているかを、名称や地域、取組の内容から探せます。"),
        word="partners", feature=Feature.DIRECTORY, url_name="partners:directory", in_header=True,
    ),
    Part(
        "meetings", "calendar", _("日程と内容を確かめて、参加を申し込めます。"),
        word="meetings", feature=Feature.MEETINGS, url_name="meetings:list", in_header=True,
    ),
    Part(
        "matching", "hands", _("いっしょに取り組む相手を募り、気になる募集に手を挙げられます。"),
        word="matching", feature=Feature.MATCHING, url_name="matching:list", in_header=True,
    ),
    Part(
        "reports", "file", _("一年の取組を短い報告にまとめ、みなさんに公開します。"),
        word="reports", feature=Feature.RENEWALS, url_name="reports:list", in_header=True,
    ),
    Part(
        "cases", "spark", _("団体どうしが力を合わせた取組の、きっかけと成果を読めます。"),
        label=_("連携事例"), feature=Feature.CASES, url_name="cases:list",
    ),
    Part(
        "statistics", "chart", _("登録や連携の数を、表とグラフ、オープンデータで公開します。"),
        label=_("統計"), feature=Feature.STATISTICS, url_name="statistics:page",
    ),
    Part(
        "benefits", "phone", _("登録すると受けられる支援と、近くの相談窓口を確かめられます。"),
        label=_("支援と相談窓口"), url_name="content:benefits",
    ),
    Part(
        "open_data", "download", _("公開している団体の情報を、表やJSONのファイルで受け取り、自由に使えます。"),
        label=_("オープンデータ"), feature=Feature.DIRECTORY, url_name="content:open_data",
    ),
    Part(
        "news", "bell", _("募集や催しなど、事務局からの新しい知らせを読めます。"),
        label=_("お知らせ"), feature=Feature.NEWS, url_name="news:board",
    ),
    Part(
        "register", "pen", _("申請から登録まで、オンラインで進められます。"),
        word="register", feature=Feature.REGISTRATION, url_name="partners:register", in_header=True,
    ),
    Part(
        "inquiries", "mail", _("分からないことを、事務局に質問できます。"),
        label=_("お問い合わせ"), feature=Feature.INQUIRIES, url_name="inquiries:menu",
    ),
    # One static link: a public page does not know, and need not know, whether somebody is signed in.
    Part(
        "my_page", "user", _("すること、参加の予定、登録の内容を、ひとつのページで確かめられます。"),
        label=_("マイページ・ログイン"), url_name="mypage:home", in_header=True,
    ),
]  # fmt: skip

# How the home page groups them: who may use what.
OPEN = ("partners", "meetings", "reports", "cases", "benefits", "statistics", "open_data", "news")
FOR_MEMBERS = ("my_page", "matching")


def entries(programme: Programme, path: str = "") -> dict[str, Entry]:
    """What the programme has switched on, by name."""
    parts = [part for part in PARTS if not part.feature or programme.has(part.feature)]
    urls = {part.name: reverse(part.url_name) if part.url_name else "" for part in parts}
    # Registration stands below the directory: the entry that says most about where one is, is the current one.
    current = max((url for url in urls.values() if url and path.startswith(url)), key=len, default=None)
    return {part.name: _entry(part, programme, urls[part.name], current) for part in parts}


def _entry(part: Part, programme: Programme, url: str, current: str | None) -> Entry:
    return Entry(
        name=part.name,
        label=programme.word(part.word) if part.word else str(part.label),
        url=url,
        icon=part.icon,
        says=str(part.says),
        in_header=bool(url) and part.in_header,
        is_current=url == current,
    )
