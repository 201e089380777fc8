"""Handing out files. Whoever may not have one is told that there is nothing: 404, whatever the reason."""

import uuid

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from portal.audit.models import Action
from portal.audit.services import record_event
from portal.files.models import StoredFile
from portal.files.rules import may_have
from portal.web.access import ANONYMOUS, public
from portal.web.requests import PortalRequest

# Should a browser show it after all, it may do nothing.
NOTHING = "sandbox; default-src 'none'"
# A withdrawn photo or logo is gone within this time from browsers, and from whatever stands between them and us. After it
# they ask again, and are told in a few bytes that a picture is still the same: behind its key it never changes.
PICTURE_SECONDS = 60


@public
@require_safe
def download(request: PortalRequest, key: uuid.UUID) -> FileResponse:
    """Any file, always as an attachment. Who is signed in leaves a record."""
    file = get_object_or_404(StoredFile, key=key)
    if not may_have(request.actor, file):
        raise Http404
    if not request.actor.is_anonymous and request.method == "GET":
        record_event(action=Action.FILE_DOWNLOADED, subject=file, actor=request.actor.user)
    response = file_response(file, as_attachment=True)
    patch_cache_control(response, no_store=True)
    return response


@public
@require_safe
def picture(request: PortalRequest, key: uuid.UUID) -> HttpResponseBase:
    """A picture on a page, if its owner app gave it as one (set_files(is_shown=True)). We drew it ourselves."""
    file = get_object_or_404(StoredFile, key=key, is_shown=True)
    # Asked first, so that what is open to all reads no session and may be kept by anybody.
    is_public = may_have(ANONYMOUS, file)
    if not is_public and not may_have(request.actor, file):
        raise Http404
    if not is_public:
        response = file_response(file, as_attachment=False)
        patch_cache_control(response, no_store=True)
        return response
    etag = f'"{key}"'
    answer = get_conditional_response(request, etag=etag) or file_response(file, as_attachment=False)
    answer["ETag"], answer["Content-Security-Policy"] = etag, NOTHING
    patch_cache_control(answer, public=True, max_age=PICTURE_SECONDS, must_revalidate=True)
    return answer


def file_response(file: StoredFile, *, as_attachment: bool) -> FileResponse:
    response = FileResponse(
        file.open(), as_attachment=as_attachment, filename=file.name, content_type=file.type.content_type
    )
    response["Content-Length"] = str(file.size)
    response["Content-Security-Policy"] = NOTHING
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
