"""The words of the collaboration handbook: kinds and forms of collaboration, and what to ask oneself before writing."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """What is to come of it."""

    EVENT = "event", _("イベントの開催")
    RESEARCH = "research", _("共同研究")
    SERVICE = "service", _("サービス・商品の開発")
    EQUIPMENT = "equipment", _("設備の共用")
    MATERIALS = "materials", _("資材・原料の活用")
    SALES = "sales", _("販路の開拓")
    NPO = "npo", _("NPOとの協働")


class Method(models.TextChoices):
    """The six forms of collaboration."""

    CO_HOSTING = "co-hosting", _("共催")
    COMMITTEE = "committee", _("実行委員会・協議会")
    AGREEMENT = "agreement", _("事業協力・協定")
    COMMISSION = "commission", _("委託")
    GRANT = "grant", _("補助・助成・負担金")
    PATRONAGE = "patronage", _("後援")


# Form → (merit, caution)
ADVICE = {
    Method.CO_HOSTING: (
        _("それぞれの得意なことと人のつながりを持ち寄り、ひとつの催しにできます。"),
        _("費用と責任の分担を、始める前に書面で決めておきます。"),
    ),
    Method.COMMITTEE: (
        _("多くの団体が対等に加わり、地域ぐるみの取組にできます。"),
        _("決め方と事務局の役割をはっきりさせないと、負担が一か所に集まります。"),
    ),
    Method.AGREEMENT: (
        _("長く続く関係を約束でき、取組の幅を少しずつ広げられます。"),
        _("目的と期間、見直しの時期を決め、形だけにならないようにします。"),
    ),
    Method.COMMISSION: (
        _("相手の専門の力を生かし、確かな成果を期限までに得られます。"),
        _("任せきりにせず、進み具合をともに確かめます。間接費も見込みます。"),
    ),
    Method.GRANT: (
        _("団体の自主性を保ったまま、活動を支えられます。"),
        _("お金だけの関係になりやすいため、報告と対話の機会を設けます。"),
    ),
    Method.PATRONAGE: (
        _("名前を添えることで信頼が増し、参加を呼びかけやすくなります。"),
        _("具体的な支えは伴わないことが多く、何を期待できるかを確かめます。"),
    ),
}


class Check(models.TextChoices):
    """Three questions about oneself, and three about the other."""

    OWN_STRENGTH = "own-strength", _("自分たちの強みと、できないことを言葉にできる")
    OWN_PURPOSE = "own-purpose", _("何のための連携かを、団体の中で話し合った")
    OWN_PEOPLE = "own-people", _("だれが担当し、どれだけ時間を使えるかを決めた")
    OTHER_VALUES = "other-values", _("相手の理念と、力を入れている課題を調べた")
    OTHER_GAIN = "other-gain", _("相手にとっての利点を説明できる")
    OTHER_CULTURE = "other-culture", _("相手の決め方や一年の予定、言葉づかいの違いを考えた")


OWN_CHECKS, OTHER_CHECKS = list(Check)[:3], list(Check)[3:]


class Reach(models.TextChoices):
    """Who sees a posting."""

    OPEN = "open", _("公開")
    OPEN_AND_NAMED = "open_and_named", _("公開＋指名")
    NAMED = "named", _("個別指定")


WHO_SEES = {
    Reach.OPEN: _("だれでも内容を読めます。連絡先は、登録団体だけに表示します。"),
    Reach.OPEN_AND_NAMED: _(
        "だれでも内容を読めます。指名した団体には、公開したときにメールで知らせます。どの団体を指名したかは、ほかの人には見えません。"
    ),
    Reach.NAMED: _("指名した団体と事務局だけが見られます。一覧や検索、件数にも出ず、ほかの団体には見えません。"),
}


class Outcome(models.TextChoices):
    """What comes of a collaboration: ten for citizens' groups, five for companies."""

    USERS = "users", _("利用者や会員が増えた")
    PRODUCTS = "products", _("商品化・プログラム化できた")
    ACTIVITY = "activity", _("活動そのものが広がった")
    CUSTOMERS = "customers", _("取引先が増えた")
    NETWORK = "network", _("ネットワークが広がった")
    PEOPLE = "people", _("役職員の能力が上がった")
    FAME = "fame", _("認知度が上がった")
    STRENGTH = "strength", _("組織・団体としての力がついた")
    KNOW_HOW = "know-how", _("ノウハウができた")
    PLANNING = "planning", _("企画力や調整の力が上がった")
    IMAGE = "image", _("地域に貢献する企業として知られた")
    DIFFERENCE = "difference", _("商品の違いを出せた")
    BUSINESS = "business", _("事業や顧客が広がった")
    WORKPLACE = "workplace", _("社内が活発になった")
    TECHNOLOGY = "technology", _("新しい技術が実用に近づいた")


OUTCOMES_OF_GROUPS, OUTCOMES_OF_COMPANIES = list(Outcome)[:10], list(Outcome)[10:]


class Step(models.TextChoices):
    """What is reported of a collaboration on its way."""

    TALK = "talk", _("相談・打合せ")
    AGREEMENT = "agreement", _("合意・協定")
    EVENT = "event", _("催しの開催")
    PRODUCT = "product", _("商品・サービス")
    RESULT = "result", _("成果の数値")
    MINUTES = "minutes", _("議事録")
    FOLLOW_UP = "follow-up", _("その後（3か月後など）")


class Logo(models.TextChoices):
    REGISTRATION = "registration", _("登録ロゴ")
    COLLABORATION = "collaboration", _("連携ロゴ")
