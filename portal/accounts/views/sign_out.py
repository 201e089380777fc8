from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from portal.web.access import public


# Also from a page that is older than the last sign-in. Other sites cannot press it: the session's cookie is SameSite.
@csrf_exempt
@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """One press, without a question: nothing is lost by it. Open to all, so that a second press is no error."""
    logout(request)
    return redirect("accounts:signed_out")


@public
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/signed_out.html")
