"""What a partner is told of its hearing: the same in the mail, in the letter and on My Page."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.tenancy.scope import current_programme
from portal.web.dates import clock, long_day
from renewals.models import DocketEntry
from renewals.queries.records import owed_by


def hearing_lines(entry: DocketEntry) -> list[tuple[str, str]]:
    """What is considered, why, when and where, how to answer in writing, and what follows from staying away."""
    language, programme = get_language() or "ja", current_programme()
    if entry.until is None or entry.hour is None:
        return []
    answer = owed_by(entry.docket.partner, entry.on)
    # The version that allows the removal, which need not be the one in force.
    basis = [(_("根拠"), answer.removal.rules.name)] if answer and answer.removal else []
    day = long_day(entry.until, language, with_era=True)
    office = "、".join(filter(None, [programme.local("office"), programme.local("address"), programme.email]))
    return [
        (_("検討している決定"), _("登録の取消し")),
        *basis,
        (_("理由"), entry.docket.why),
        (_("日時"), _("%(day)s %(time)s") % {"day": day, "time": clock(entry.hour, language)}),
        (_("場所"), entry.place),
        (
            _("書面でのご意見"),
            _(
                "おいでいただく代わりに、%(day)sまでに届くよう、書面またはメールでご意見を送ることもできます（%(office)s）。"
            )
            % {"day": day, "office": office},
        ),
        (_("欠席されたとき"), _("連絡なく欠席され、書面も届かないときは、ご意見がないものとして手続を進めます。")),
    ]
