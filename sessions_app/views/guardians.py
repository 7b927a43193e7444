"""The page on which a minor's guardian answers whether the minor may be recorded (R-GDPR-7)."""

from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from common.errors import NotFound
from common.pages import Page, dead_link
from sessions_app.errors import GuardianAnsweredTooOften
from sessions_app.services import guardians

ANSWERS = {"agree": True, "refuse": False}


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def guardian_page(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link in the mail to a guardian. Only a POST answers: programs that look at mails open links.
    Whoever has the link may do it, and needs no account.
    """
    agrees = ANSWERS.get(request.POST.get("answer", ""))
    try:
        if agrees is None:
            question = guardians.find(token)
        else:
            question = guardians.answer(token, agrees=agrees, now=timezone.now())
    except NotFound:
        return dead_link(request)
    except GuardianAnsweredTooOften as refused:
        return _refusal(request, token, refused)
    has_no_answer = request.method == "POST" and agrees is None
    return _page(request, status=400 if has_no_answer else 200, question=question)


def _refusal(request: HttpRequest, token: str, refused: GuardianAnsweredTooOften) -> HttpResponse:
    page = _page(request, status=429, question=guardians.find(token), refusal=str(refused))
    page["Retry-After"] = ceil(refused.retry_after.total_seconds())
    return page


def _page(request: HttpRequest, *, status: int, **context: Any) -> HttpResponse:
    return Page(render_to_string("sessions_app/guardian.html", context, request), status=status)
