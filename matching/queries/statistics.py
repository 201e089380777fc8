"""What matching contributes to the statistics of a day: the way from posting to logo, and how long answers took."""

from collections.abc import Iterator
from datetime import date
from statistics import median

from django.utils.translation import gettext as _

from matching.queries.numbers import count_between, step_names, waits_between
from portal.web.dates import fiscal_year_of
from portal.web.registry import Chart


def charts_on(day: date) -> Iterator[Chart]:
    """Of the fiscal year that the day is in, up to that day."""
    first = date(fiscal_year_of(day), 4, 1)
    counted, names = count_between(first, day), step_names()
    note = _("その年度の4月1日からの数です。指名した団体だけに見える募集を含みます。")
    yield Chart(
        heading=_("募集から連携ロゴまで"), label=_("段階"), unit=_("件"), note=note,
        rows=[(names[name], number) for name, number in counted.items()],
    )  # fmt: skip
    waits, unanswered = waits_between(first, day)
    if waits or unanswered:
        yield Chart(
            heading=_("応募から最初の回答までの日数"), label=_("日数"), unit=_("件"),
            rows=[*_spans(waits), (_("まだ回答なし"), unanswered)],
            note=_("半分の応募が%s日以内に回答を受けました。") % round(median(waits), 1) if waits else "",
        )  # fmt: skip


def _spans(waits: list[float]) -> list[tuple[str, int]]:
    """Each wait counts in the first span that it fits."""
    spans = [(_("1日以内"), 1.0), (_("1〜3日"), 3.0), (_("3〜7日"), 7.0), (_("7日より長い"), float("inf"))]
    within = [sum(days <= most for days in waits) for _label, most in spans]
    return [(label, up_to - before) for (label, _most), up_to, before in zip(spans, within, [0, *within], strict=False)]
