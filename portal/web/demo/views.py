"""The page of components, and a sample form from input to done. Nothing is stored."""

from datetime import date, datetime

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal.tenancy.scope import current_programme_or_none
from portal.web.access import public
from portal.web.dates import month_name
from portal.web.demo.forms import EquipmentFormSet, SampleForm
from portal.web.forms import Answer, answers, page_form
from portal.web.links import absolute_url
from portal.web.pdf import pdf_response, render_pdf
from portal.web.qr import qr_svg

# Each is a file of templates/demo/samples: it is shown, and its source beneath it.
SAMPLES = ("band", "buttons", "tags", "banners", "panels", "cards", "tiles", "rows", "table", "pagination", "steps",
           "way", "summary", "empty", "prose", "days", "goals", "icons", "fields", "formset", "formset_table", "files", "charts")  # fmt: skip

STEPS = [gettext_lazy("入力"), gettext_lazy("内容の確認"), gettext_lazy("完了")]


@public
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    samples = [(name, f"demo/samples/{name}.html", _source(f"demo/samples/{name}.html")) for name in SAMPLES]
    return render(request, "demo/components.html", {"samples": samples, **sample_data()})


@public
@require_http_methods(["GET", "HEAD", "POST"])
def sample_form(request: HttpRequest) -> HttpResponse:
    form = page_form(SampleForm, request)
    if not form.is_valid():
        return render(request, "demo/form.html", {"form": form, "steps": STEPS})
    if "_send" in request.POST:
        return redirect("demo:done")
    return render(request, "demo/confirm.html", {"form": form, "rows": answers(form), "steps": STEPS})


@public
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/done.html", {"steps": STEPS})


@public
@require_safe
def sample_document(request: HttpRequest) -> HttpResponse:
    """Every part of templates/pdf/layout.typ, under the letterhead of the programme."""
    if current_programme_or_none() is None:
        raise Http404
    address = absolute_url(reverse("demo:components"))
    pdf = render_pdf(
        "sample.typ",
        title=_("書類の部品の見本"),
        number=_("見本第1号"),
        day=date(2026, 11, 20),
        data={
            "introduction": _("書類で使う部品をすべて並べた見本です。"),
            "facts": [(_("団体の名称"), _("株式会社あおばソーラー")), (_("字形"), "髙﨑德濵𠮷①㈱")],
            "heading": _("月ごとの新規登録"),
            "head": [_("月"), _("件数")],
            "rows": [(month_name(date(2026, month, 1), request.LANGUAGE_CODE), month * 3) for month in range(4, 10)],
            "items": [_("ひとつめ"), _("ふたつめ")],
            "qr": qr_svg(address),
            "qr_alt": _("部品の一覧を開くQRコード"),
            "address": address,
        },
    )
    return pdf_response(pdf, "sample.pdf")


def sample_data() -> dict[str, object]:
    return {
        "day_of_meeting": date(2026, 12, 10),
        "day_due": date(2026, 11, 30),
        "start": datetime(2026, 12, 10, 13, 30, tzinfo=get_default_timezone()),
        "end": datetime(2026, 12, 10, 16, 30, tzinfo=get_default_timezone()),
        "first_of_reiwa": date(2019, 5, 1),
        "some_page": Paginator(range(90), 10).page(4),
        "goal_numbers": [7, 11, 13],
        "steps": STEPS,
        "meta": [_("企業"), _("瑞穂市"), _("電気・ガス")],
        "rows": [
            Answer(_("団体の名称"), _("株式会社あおばソーラー"), "name"),
            Answer(_("法人番号"), "", "number"),
        ],
        "sample": SampleForm(),
        "equipment": EquipmentFormSet(prefix="equipment"),
        "equipment_table": EquipmentFormSet(prefix="table"),
        # As a row's StoredFile objects: the first may be opened, the others are not found clean yet, or not at all.
        "files": [
            {
                "name": _("企画書.pdf"),
                "type": {"label": "PDF"},
                "size_in_words": "1.2 MB",
                "is_ready": True,
                "get_absolute_url": "#files",
            },
            {"name": _("写真.jpg"), "state": "uploaded"},
            {"name": _("名簿.xlsx"), "state": "quarantined"},
        ],
        "trend": [
            (_("%d月") % month, count) for month, count in zip(range(4, 10), (31, 18, 12, 9, 14, 6), strict=True)
        ],
        "goals_chosen": [(_("エネルギー"), 214), (_("まちづくり"), 160), (_("気候変動"), 96)],
        "municipalities": [(0, 0, _("北森市"), 24), (0, 1, _("瑞穂市"), 138), (1, 1, _("南浜町"), 0)],
        "text": _(
            "## 見出し\n段落です。[サイトポリシー](/about/site-policy/)のようなリンクも書けます。\n\n- ひとつめ\n- ふたつめ"
        ),
    }


def _source(name: str) -> str:
    return (settings.BASE_DIR / "templates" / name).read_text().strip()
