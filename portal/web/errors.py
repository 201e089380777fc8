"""Error pages: what happened, and what to do now, in the person's language. They need neither database nor session."""

import errno
import logging
import sys
from typing import TYPE_CHECKING, Any

from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from portal.web.access import Refusal
from portal.web.logs import request_id

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

logger = logging.getLogger(__name__)

# status: (title, what to do)
ERRORS = {
    400: (_("この操作は受け付けられませんでした"), _("送られた内容を読み取れません。前のページに戻って、もう一度お試しください。")),
    403: (_("このページを見る権限がありません"), _("必要な場合は、団体の代表の方か、事務局へお尋ねください。")),
    404: (_("ページが見つかりません"), _("アドレスが変わったか、ページがなくなりました。ホームからお探しください。")),
    405: (_("この開き方はできません"), _("ホームからページを開き直して、もう一度お試しください。")),
    410: (_("このページの公開は終わりました"), _("ホームからお探しください。")),
    413: (_("送られたデータが大きすぎます"), _("ファイルを小さくするか、分けて送ってください。")),
    414: (_("アドレスが長すぎます"), _("検索の言葉を短くして、もう一度お試しください。")),
    429: (_("短い時間に操作が続きました"), _("少し待ってから、もう一度お試しください。")),
    500: (_("システムの不具合が起きました"), _("申し訳ありません。時間をおいて、もう一度お試しください。続くときは事務局へお知らせください。")),
    503: (_("ただいま利用できません"), _("数分おいて、もう一度お試しください。送信済みの内容は失われません。")),
}  # fmt: skip

# Needs nothing of ours: no template, no translation, no stylesheet.
LAST_PAGE = """<!doctype html>
<html lang="ja">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ただいま利用できません</title>
<h1>ただいま利用できません</h1>
<p>申し訳ありません。数分おいて、もう一度お試しください。</p>
<h2 lang="en">The site is not available right now</h2>
<p lang="en">We are sorry. Please try again in a few minutes.</p>
<p><a href="/">ホーム <span lang="en">Home</span></a></p>
</html>
"""


def error_page(
    request: HttpRequest, status: int, title: "StrOrPromise" = "", advice: "StrOrPromise" = ""
) -> HttpResponse:
    own_title, own_advice = ERRORS[status]
    context = {
        "status": status,
        "title": title or own_title,
        "advice": advice or own_advice,
        # With it, whoever reads the log finds the line of this request.
        "reference": request_id.get() if status == 500 else "",
    }
    response = HttpResponse(render_to_string("errors/error.html", context, request), status=status)
    response["Cache-Control"] = "no-store"
    if status == 503:
        response["Retry-After"] = "120"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, DisallowedHost):
        return HttpResponse("400 Bad Request\n", status=400, content_type="text/plain; charset=utf-8")
    return error_page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, Refusal):
        return error_page(request, 403, exception.title, exception.advice)
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    status = 503 if _will_pass(sys.exc_info()[1]) else 500
    try:
        return error_page(request, status)
    except Exception:
        # The last page must come whatever is broken, even the templates.
        logger.exception("error page failed")
        return HttpResponse(LAST_PAGE, status=status, headers={"Cache-Control": "no-store"})


def _will_pass(error: BaseException | None) -> bool:
    """The database is away, or there is no room for a file: nothing of ours is broken."""
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return full or isinstance(error, OperationalError | InterfaceError)


def csrf_failure(request: HttpRequest, reason: str = "", **kwargs: Any) -> HttpResponse:
    if reason == REASON_NO_CSRF_COOKIE:
        advice = _(
            "安全のため送信を止めました。ブラウザーの設定でクッキーを使えるようにしてから、もう一度お試しください。"
        )
    else:
        advice = _(
            "安全のため送信を止めました。前のページに戻って入力した内容を控え、読み込み直してから送信してください。"
        )
    return error_page(request, 403, _("送信できませんでした"), advice)
