"""The limit of the server itself: the same process with the same Django, but each case's answer is a constant.

There is no middleware, no REST framework and no database: what a request costs here, no change of ours can save.
"""

import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerlearn.settings")

STATUS, CONTENT_TYPE, BODY = "status", "content_type", "body"


def keep(folder: Path, status: int, content_type: str, body: bytes) -> str:
    """Write down one more answer for the server to give; returns the path at which it will."""
    kept = folder / str(len(list(folder.iterdir())))
    kept.mkdir()
    (kept / STATUS).write_text(str(status))
    (kept / CONTENT_TYPE).write_text(content_type)
    (kept / BODY).write_bytes(body)
    return f"/{kept.name}"


def answer(request: HttpRequest, number: int) -> HttpResponse:
    status, content_type, body = ANSWERS[number]
    return HttpResponse(body, status=status, content_type=content_type)


def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _load(folder: Path) -> dict[int, tuple[int, str, bytes]]:
    return {
        int(kept.name): (
            int((kept / STATUS).read_text()),
            (kept / CONTENT_TYPE).read_text(),
            (kept / BODY).read_bytes(),
        )
        for kept in folder.iterdir()
    }


urlpatterns = [path("health", health), path("<int:number>", answer)]

# Only the server's own process has this variable; importing the module anywhere else changes nothing.
if "PEERLEARN_BENCH_ANSWERS" in os.environ:
    ANSWERS = _load(Path(os.environ["PEERLEARN_BENCH_ANSWERS"]))
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    application = get_wsgi_application()
