"""A report on paper: its PDF, made from the row as it is now."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.web.dates import long_day
from portal.web.goals import SDG_GOALS
from portal.web.pdf import render_pdf
from renewals.models import Report


def report_pdf(report: Report) -> bytes:
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
    return render_pdf(
        "report.typ",
        title=report.title,
        number=_("受付番号 %s") % report.receipt,
        day=report.received_on,
        data={
            "facts": facts,
            "sections": [[heading, text] for heading, text in report.sections],
            "figures_heading": _("数字でみる成果"),
            "figures_head": [_("項目"), _("数")],
            "figures": report.figures,
        },
    )
