"""Pages for people who have no client of ours."""

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string


class Page(HttpResponse):
    """A page that is one on purpose when it refuses as well: `api.core.middleware` makes no JSON of it."""


def dead_link(request: HttpRequest) -> HttpResponse:
    """For who has opened a link of a mail behind which is nothing, or nothing any more: a page in a browser, a 404 with
    it. A program is answered as for any unknown path. Raises Http404.
    """
    if not wants_page(request):
        raise Http404
    return Page(render_to_string("common/dead_link.html"), status=404)


def no_such_page() -> HttpResponse:
    """For who works in the back office, and has opened a page that it does not have."""
    return Page(render_to_string("common/no_such_page.html"), status=404)


def wants_page(request: HttpRequest) -> bool:
    """Whether a browser asks: what takes anything is a program."""
    return request.get_preferred_type(["application/json", "text/html"]) == "text/html"
