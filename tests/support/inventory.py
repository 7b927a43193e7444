"""Which operations the suite has seen succeed: a test-only middleware writes down each one.

Under pytest-xdist the workers are processes of their own, so what they saw is kept in files of one folder.
"""

import os
from collections.abc import Callable
from pathlib import Path

from django.http import HttpRequest, HttpResponse

from tests.support.routes import Route, api_routes
from tests.support.run_folder import run_folder


def folder() -> Path:
    path = run_folder() / "seen"
    path.mkdir(exist_ok=True)
    return path


class RecordSuccess:
    """Last in MIDDLEWARE of the test settings."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.seen: set[Route] = set()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if match and response.status_code < 400:  # some lead elsewhere, and that is all they do
            self._note(Route(str(request.method), f"/{match.route}"))
        return response

    def _note(self, route: Route) -> None:
        if route not in self.seen:
            self.seen.add(route)
            with (folder() / str(os.getpid())).open("a") as notes:
                notes.write(f"{route}\n")


# Nobody can set this up yet: always a 501.
NEVER_OFFERED = "/api/v1/tutor/google-meet/"


def never_succeeded() -> list[str]:
    """The operations that no test has seen answer with success, though they could."""
    seen = {line for notes in folder().iterdir() for line in notes.read_text().splitlines()}
    return sorted({str(route) for route in api_routes() if not route.path.startswith(NEVER_OFFERED)} - seen)
