"""Private files as downloads that no browser opens, whole or in parts (R-MSG-5)."""

import re
from collections.abc import Iterator
from typing import Any, Protocol
from urllib.parse import quote

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from common.files import opened

CHUNK = 64 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class Kept(Protocol):
    """A row of a private file that `messaging.files` has examined."""

    file: Any
    name: str
    media_type: str
    size: int


class NoSuchBytes(APIException):
    """A `Range` that the file does not have."""

    status_code = status.HTTP_416_REQUESTED_RANGE_NOT_SATISFIABLE
    default_detail = "The file has no such bytes."
    default_code = "RANGE_NOT_SATISFIABLE"

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size


class SendsFile:
    """Put before a view that hands out files."""

    def handle_exception(self, exc: Exception) -> Response:
        answer: Response = super().handle_exception(exc)  # type: ignore[misc]
        if isinstance(exc, NoSuchBytes):
            answer["Content-Range"] = f"bytes */{exc.size}"
        return answer

    def send_file(self, request: Request, kept: Kept) -> HttpResponseBase:
        """The file, or with `Range` a part of it. Raises NoSuchBytes, NotFound or StorageUnavailable."""
        return _download(kept, request.headers.get("Range", ""))


def _download(kept: Kept, wanted: str) -> HttpResponseBase:
    part = _part(wanted, kept.size)
    if part is None:
        raise NoSuchBytes(kept.size)
    file = opened(str(kept.file.name))
    first, last = part
    answer = StreamingHttpResponse(_read(file, first, last - first + 1), content_type=kept.media_type)
    if part != (0, kept.size - 1):
        answer.status_code = status.HTTP_206_PARTIAL_CONTENT
        answer["Content-Range"] = f"bytes {first}-{last}/{kept.size}"
    answer["Content-Length"] = str(last - first + 1)
    answer["Accept-Ranges"] = "bytes"
    answer["Content-Disposition"] = _disposition(kept.name)
    answer["X-Content-Type-Options"] = "nosniff"
    # Should a browser open it all the same, nothing in it runs.
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _part(wanted: str, size: int) -> tuple[int, int] | None:
    """The first and the last byte that are asked for; the whole file for what is no single range (RFC 9110, 14.2)."""
    match = _RANGE.fullmatch(wanted.strip())
    if match is None or match[0] == "bytes=-":
        return 0, size - 1
    first, last = match.groups()
    if not first:
        return (max(0, size - int(last)), size - 1) if int(last) else None
    begin, end = int(first), min(int(last or size), size - 1)
    if last and int(last) < begin:
        return 0, size - 1  # no valid range: as if it were not there
    return (begin, end) if begin < size else None


def _read(file: Any, first: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        while length > 0 and (chunk := file.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk


def _disposition(name: str) -> str:
    """RFC 6266: ASCII for old clients, the name itself for the others. The name has no quotes (`safe_name`)."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
