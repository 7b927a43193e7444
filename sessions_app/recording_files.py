"""Recordings that may be kept: told apart by how a file begins, or by which provider's address it is."""

from typing import Any, NamedTuple

from accounts.errors import FileEmpty
from accounts.validators import is_on
from common.files import StorageUnavailable
from messaging.errors import AttachmentUnsafe
from messaging.files import safe_name
from sessions_app.errors import RecordingTooLarge, RecordingTypeNotAllowed, ScannerUnavailable

MEGABYTE = 1024 * 1024
MOST_BYTES = 200 * MEGABYTE
# One file, and what multipart adds. Files just above the limit get their sentence.
LARGEST_REQUEST = MOST_BYTES + 2 * MEGABYTE
EXTENSIONS = {"video/mp4": "mp4", "audio/mp4": "m4a", "video/webm": "webm", "audio/ogg": "ogg"}
# What `examine` and keeping a file raise.
REFUSALS = (
    *(FileEmpty, RecordingTooLarge, RecordingTypeNotAllowed, AttachmentUnsafe),
    *(StorageUnavailable, ScannerUnavailable),
)
# Where else a recording may be. Its address is never opened by us.
PROVIDERS = {
    "zoom": ("zoom.us",),
    "google_meet": ("drive.google.com",),
    "teams": ("sharepoint.com", "teams.microsoft.com"),
    "vimeo": ("vimeo.com",),
    "loom": ("loom.com",),
}

_HEAD = 4096
# A recording that begins as a page does at the same time was prepared by somebody.
_PAGES = (b"<script", b"<?php", b"<html", b"<!doctype", b"<svg", b"<iframe")


class Film(NamedTuple):
    """A file as it may be kept; `file` is not read into memory."""

    file: Any
    name: str
    media_type: str
    size: int


def examine(upload: Any) -> Film:
    """The file that came with a request, by what it really is. Raises one of `REFUSALS` that are about files."""
    if not upload.size:
        raise FileEmpty
    if upload.size > MOST_BYTES:
        raise RecordingTooLarge
    head = upload.read(_HEAD)
    upload.seek(0)
    media_type = _kind_of(head)
    if any(mark in head.lower() for mark in _PAGES):
        raise AttachmentUnsafe
    return Film(upload, safe_name(upload.name or "", EXTENSIONS[media_type]), media_type, upload.size)


def provider_of(url: str) -> str | None:
    """Whose https address it is, as `PROVIDERS` calls them."""
    return next((name for name, sites in PROVIDERS.items() if is_on(sites, url)), None)


def _kind_of(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        return "audio/mp4" if head[8:11] == b"M4A" else "video/mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        return "video/webm"
    if head.startswith(b"OggS\0"):
        return "audio/ogg"
    raise RecordingTypeNotAllowed
