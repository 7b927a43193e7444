"""What holds for every path, before any view is known."""

from collections.abc import Callable

from csp.constants import HEADER as CSP
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from api.core.errors import refusal_of, response_for
from api.core.renderers import to_json
from common.pages import Page, no_such_page, wants_page

GetResponse = Callable[[HttpRequest], HttpResponse]

BACK_OFFICE = "/admin/"
# Pages for people: their own errors are HTML, and their paths end as Django made them.
PAGES = (BACK_OFFICE, "/static/", "/api-auth/")
_ABOUT_A_BODY = ("Content-Type", "Content-Length", "Content-Encoding")


class ErrorBodies:
    """The last resort: an error that is still a page when it leaves becomes the one body. Outermost of all."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = request.path.startswith(PAGES) and request.resolver_match  # an unknown path is nobody's page
        if response.status_code < 400 or is_page:
            return response
        is_text = response.get("Content-Type", "").startswith(("text/html", "text/plain"))  # Django has both
        is_browsable = hasattr(response, "accepted_renderer")  # the browsable API's errors are pages on purpose
        if not is_text or is_browsable or isinstance(response, Page):
            return response
        return _in_place_of(response)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A view that is not REST framework's failed: answered as if it were, and logged by Django.

        What the back office does not have is a page in a browser; strangers are sent to its login before that.
        """
        refusal = refusal_of(error)
        if refusal.status == 500:
            return None
        if refusal.status == 404 and request.path.startswith(BACK_OFFICE) and wants_page(request):
            return no_such_page()
        response = HttpResponse(to_json(refusal.body()), status=refusal.status, content_type="application/json")
        for name, value in refusal.headers.items():
            response[name] = value
        return response


def _in_place_of(page: HttpResponse) -> HttpResponse:
    """The one body, with the headers and cookies that the page was given on its way: without them no front end of
    another origin could read it.
    """
    plain = response_for(page.status_code)
    for name, value in page.items():
        if name not in _ABOUT_A_BODY:
            plain.headers.setdefault(name, value)
    plain.headers.setdefault(CSP, build_policy())  # Django's pages for developers are sent without
    plain.cookies = page.cookies
    return plain


class BodyLimit:
    """A body that says it is too large is not read at all. A view that takes files names its own `largest_body`.

    That is for the files of a multipart body only: everything else is still held to the usual limit where it is read.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        is_large = length.isdecimal() and int(length[:20]) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if is_large and int(length[:20]) > _largest_body(request):
            return response_for(413)
        return self.get_response(request)


def _largest_body(request: HttpRequest) -> int:
    """What the view behind the path takes, in bytes."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return 0
    return getattr(getattr(view, "cls", None), "largest_body", 0)


class SlashlessPaths:
    """`/api/sessions/` and `/api/sessions` are the same path; nothing redirects."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if len(path) > 1 and path.endswith("/") and not path.startswith(PAGES):
            request.path_info = path[:-1]
        return self.get_response(request)


class SecurityHeaders:
    """Headers that Django has no setting for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if request.path.startswith(("/api/", "/auth/", "/users/")):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
