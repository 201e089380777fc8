"""The page of components, and a sample form from input to done. Nothing is stored."""

from datetime import date, datetime

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal.web.access import public
from portal.web.demo.forms import EquipmentFormSet, SampleForm
from portal.web.forms import Answer, answers, page_form

# Each is a file of templates/demo/samples: it is shown, and its source beneath it.
SAMPLES = ("band", "buttons", "tags", "banners", "panels", "cards", "tiles", "rows", "table", "pagination", "steps",
           "way", "summary", "empty", "prose", "days", "goals", "icons", "fields", "formset", "formset_table")  # fmt: skip

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
        "text": _(
            "## 見出し\n段落です。[サイトポリシー](/about/site-policy/)のようなリンクも書けます。\n\n- ひとつめ\n- ふたつめ"
        ),
    }


def _source(name: str) -> str:
    return (settings.BASE_DIR / "templates" / name).read_text().strip()
