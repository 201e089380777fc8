"""On paper: a report, the letter of a notice, the decision on a removal. Made from the rows as they are now. What the
office writes is Japanese, in whatever language its officer reads the page.
"""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from partners.models import Partner
from portal.files.models import StoredFile
from portal.files.printing import for_print
from portal.tenancy.models import Language
from portal.tenancy.scope import current_programme
from portal.web.dates import clock, long_day
from portal.web.goals import SDG_GOALS
from portal.web.kept import kept_document
from portal.web.pdf import letterhead, render_pdf
from portal.web.prefectures import prefecture_name
from renewals.hearing import hearing_lines
from renewals.models import Docket, DocketEntry, Report
from renewals.queries.reports import photos_of


def report_pdf(report: Report) -> bytes:
    """Everybody may ask for a published one: it is kept for what it is made from. Its photos take longest."""
    document, photos = _document(report), photos_of(report)
    return kept_document((document, [photo.key for photo in photos], letterhead()), lambda: _printed(document, photos))


def _printed(document: dict[str, Any], photos: list[StoredFile]) -> bytes:
    data = document["data"] | {"photos": [for_print(photo) for photo in photos]}
    return render_pdf("report.typ", **document | {"data": data})


def _document(report: Report) -> dict[str, Any]:
    """What render_pdf takes, without the photos."""
    language = get_language() or "ja"
    facts = [
        [_("団体"), report.partner.name],
        [_("登録番号"), _("第%d号") % report.partner.number if report.partner.number else "—"],
        [
            _("報告する期間"),
            _("%(first)sから%(last)sまで")
            % {"first": long_day(report.covers_from, language), "last": long_day(report.covers_to, language)},
        ],
        [_("受付日"), long_day(report.received_on, language)],
    ]
    if report.is_on_behalf:
        facts.append([_("代理入力"), f"{report.get_entered_through_display()}：{report.entered_because}"])
    if report.goals:
        facts.append([_("取り組んだSDGsの目標"), "\n".join(f"{one} {SDG_GOALS[one][0]}" for one in report.goals)])
    return {
        "title": report.title,
        "number": _("受付番号 %s") % report.receipt,
        "day": report.received_on,
        "data": {
            "facts": facts,
            "sections": [[heading, text] for heading, text in report.sections],
            "figures_heading": _("数字でみる成果"),
            "figures_head": [_("項目"), _("数")],
            "figures": report.figures,
            "photos_heading": _("写真"),
            "photos_alt": report.photos_alt or _("写真"),
        },
    }


@override(Language.JAPANESE)
def notice_pdf(entry: DocketEntry) -> bytes:
    """The letter that says what the mail of the same step says, for the post."""
    docket, programme = entry.docket, current_programme()
    is_hearing = entry.kind == DocketEntry.Kind.HEARING_SET
    return render_pdf(
        "notice.typ",
        title=_("ご意見をお聴きする日のお知らせ") if is_hearing else _("登録についての大切なお知らせ"),
        number=_("手続番号 %s") % docket.number,
        day=entry.on,
        data={
            "to": _("%s 御中") % docket.partner.name,
            "address": _postal_address(docket.partner),
            "paragraphs": [*(_hearing(entry) if is_hearing else _notice(docket)), *filter(None, [entry.text])],
            "contact": _("お問い合わせ：%(office)s 電話 %(phone)s %(email)s")
            % {"office": programme.office, "phone": programme.phone, "email": programme.email},
        },
    )


def _notice(docket: Docket) -> list[str]:
    return [
        _("活動報告の提出がないため、登録を取り消すかどうかの検討を始めています。"),
        docket.why,
        _(
            "いまからでも提出できます。提出していただければ、この手続は終わります。事情があるときは、提出の期限を延ばすよう申し出ることもできます。"
        ),
    ]


def _hearing(entry: DocketEntry) -> list[str]:
    return [
        _("登録について、次のとおりご意見をお聴きします。"),
        "\n".join(_("%(label)s：%(text)s") % {"label": label, "text": text} for label, text in hearing_lines(entry)),
        _("それまでに活動報告を提出していただければ、この手続は終わります。"),
    ]


def _postal_address(partner: Partner) -> str:
    """As on an envelope. Without a municipality the address says by itself where it is."""
    town, prefecture = partner.municipality_name, prefecture_name(current_programme().prefecture_code)
    place = f"{prefecture}{town}{partner.address}" if town else partner.address
    return f"〒{partner.postal_code}\n{place}" if partner.postal_code else place


@override(Language.JAPANESE)
def decision_pdf(docket: Docket) -> bytes:
    """決裁: every step with its day and its person, the reason, and who decided."""
    decided = docket.latest(DocketEntry.Kind.REMOVED)
    steps = docket.entries.select_related("by")
    return render_pdf(
        "decision.typ",
        title=_("登録の取消しの決定書") if decided else _("登録の取消しの検討書"),
        number=_("手続番号 %s") % docket.number,
        day=decided.on if decided else None,
        data={
            "facts": [
                [_("団体"), docket.partner.name],
                [_("登録番号"), _("第%d号") % docket.partner.number if docket.partner.number else "—"],
                [_("検討の理由"), docket.why],
                [_("決定の理由"), decided.text if decided else "—"],
                [_("決めた人"), str(decided.by or "—") if decided else "—"],
                [_("決定日"), long_day(decided.on, "ja") if decided else "—"],
            ],
            "steps_heading": _("手続の経過"),
            "steps_head": [_("日付"), _("こと"), _("内容"), _("行った人")],
            "steps": [
                [date_format(step.on), str(step.get_kind_display()), _said(step), _by_whom(step)] for step in steps
            ],
        },
    )


def _said(step: DocketEntry) -> str:
    until = f"{step.what_until}：{date_format(step.until)}" if step.until else ""
    hour = clock(step.hour) if step.hour else ""
    return "\n".join(part for part in (step.text, until + hour, step.place) if part)


def _by_whom(step: DocketEntry) -> str:
    """Not by name where the partner itself asked: its people are addresses."""
    return _("団体") if step.kind == DocketEntry.Kind.GRACE_ASKED else str(step.by or _("システム"))
