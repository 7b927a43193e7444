"""Pictures that people send. Whatever comes in, what goes out is a small square JPEG of our own making.

Nothing of an upload is kept: its pixels are drawn anew, without metadata and without whatever else the file was. That
is the protection; the refusals before it keep a decoder from working for minutes, and tell people early.
"""

import io
import warnings
from collections.abc import Callable
from threading import Lock
from typing import Any, Protocol

import puremagic
from PIL import ExifTags, Image, ImageOps

from accounts.errors import (
    FileEmpty,
    FileTooLarge,
    ImageBroken,
    ImageHidesSomething,
    ImageTooManyPixels,
    ImageTypeNotAllowed,
    ImageTypeUntrue,
)
from common.files import StorageUnavailable

MOST_BYTES = 5 * 1024 * 1024
# Of a request that carries a picture: the rest is what multipart adds. A file just above the limit gets its sentence.
LARGEST_REQUEST = MOST_BYTES + 1024 * 1024
MOST_PIXELS = 25_000_000
# A progressive JPEG goes over all its pixels once a scan; some ten are usual, a bomb has a hundred thousand.
MOST_SCANS = 200
START_OF_SCAN = b"\xff\xda"
QUALITY = 88
# How a picture is written that is drawn anew in its own size: somebody waits for it, so quickly rather than small.
REDRAWN: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 92},
    "PNG": {"compress_level": 1},
    "GIF": {},
    "WEBP": {"quality": 80, "method": 0},
}
# Rows of the shrunk picture that are made at a time.
STRIP = 32

# What Pillow calls each kind that may be sent.
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}
ALIASES = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png"}
# What a sender says who does not know.
NO_CLAIM = ("", "application/octet-stream", "binary/octet-stream", "image/*")
# Kinds are told apart by how a file begins.
HEAD = 4096
# Pages, scripts and documents that a picture can be at the same time (in lower case). None occurs in metadata.
OTHER_LIVES = (b"<script", b"<?php", b"<html", b"<!doctype", b"<iframe", b"%pdf-1")
ARCHIVE = (b"pk\x03\x04", b"pk\x05\x06")

# Behind our own look at the size stands Pillow's, for decoders that find out later how large a picture is.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


# What `square_jpeg` and keeping its picture raise, for the descriptions of views that take pictures.
REFUSALS = (
    FileEmpty,
    FileTooLarge,
    ImageTypeNotAllowed,
    ImageTypeUntrue,
    ImageHidesSomething,
    ImageTooManyPixels,
    ImageBroken,
    StorageUnavailable,
)


class Upload(Protocol):
    """A file that came with a request."""

    content_type: str | None

    def read(self, size: int) -> bytes: ...


def square_jpeg(upload: Upload | bytes, *, side: int) -> bytes:
    """The middle of the picture as a JPEG of `side` by `side` pixels, upright, without any metadata.

    Takes JPEG, PNG, GIF and WebP of up to 5 MB and 25 megapixels, whatever the file is called; of an animation its
    first frame. What is transparent becomes white. Slow (up to a second): call it outside of transactions. Raises one
    of `REFUSALS`.
    """
    content = upload if isinstance(upload, bytes) else upload.read(MOST_BYTES + 1)
    kind = _kind_of(content)
    if not isinstance(upload, bytes):
        _check_claim(upload.content_type, kind)
    return _drawn(content, kind, lambda: _draw(content, FORMATS[kind], side))


def redrawn(content: bytes, kind: str) -> bytes:
    """The picture of media type `kind` in the same format and size, upright, without any metadata.

    An animation stays as it was sent. Slow: call it outside of transactions. Raises ImageHidesSomething,
    ImageTooManyPixels or ImageBroken.
    """
    return _drawn(content, kind, lambda: _redraw(content, FORMATS[kind]))


def _drawn(content: bytes, kind: str, draw: Callable[[], bytes]) -> bytes:
    """What `draw` makes of the picture, if it is nothing but one that can be decoded in time; one picture at a time."""
    require_one_life(content)
    if content.count(START_OF_SCAN) > MOST_SCANS and kind == "image/jpeg":
        raise ImageTooManyPixels
    try:
        with _one_at_a_time:
            return draw()
    except ImageTooManyPixels:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageTooManyPixels from error
    except Exception as error:
        raise ImageBroken from error


def _kind_of(content: bytes) -> str:
    """The media type by content. Names and claims are not looked at."""
    if not content:
        raise FileEmpty
    if len(content) > MOST_BYTES:
        raise FileTooLarge
    try:
        kind = puremagic.from_string(content[:HEAD], mime=True)
    except (puremagic.PureError, ValueError) as error:
        raise ImageTypeNotAllowed from error
    if kind not in FORMATS:
        raise ImageTypeNotAllowed
    return kind


def _check_claim(claim: str | None, kind: str) -> None:
    """A file that is sent as something else than it is was prepared by somebody."""
    said = (claim or "").partition(";")[0].strip().lower()
    if said not in NO_CLAIM and ALIASES.get(said, said) != kind:
        raise ImageTypeUntrue


def require_one_life(content: bytes) -> None:
    """Raises ImageHidesSomething for a picture that is a page, a script, a document or an archive at the same time."""
    text = content.lower()
    if any(mark in text for mark in OTHER_LIVES) or all(mark in text for mark in ARCHIVE):
        raise ImageHidesSomething


def _verify(content: bytes, format_name: str) -> None:
    with Image.open(io.BytesIO(content), formats=[format_name]) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ImageTooManyPixels
        picture.verify()


def _redraw(content: bytes, format_name: str) -> bytes:
    _verify(content, format_name)
    with Image.open(io.BytesIO(content), formats=[format_name]) as picture:
        frames = getattr(picture, "n_frames", 1)
        if frames * picture.width * picture.height > MOST_PIXELS:
            raise ImageTooManyPixels
        picture.load()
        if frames > 1:
            return content
        turn = _turn_of(picture)
        whole = picture if turn is None else picture.transpose(turn)
    clean = Image.new(whole.mode, whole.size)  # new, so that no comment, profile or location comes along
    if whole.palette is not None:
        clean.putpalette(whole.palette)
    clean.paste(whole)
    options = dict(REDRAWN[format_name])
    if "transparency" in picture.info:
        options["transparency"] = picture.info["transparency"]
    written = io.BytesIO()
    clean.save(written, format_name, **options)
    return written.getvalue()


def _draw(content: bytes, format_name: str, side: int) -> bytes:
    _verify(content, format_name)
    with Image.open(io.BytesIO(content), formats=[format_name]) as picture:  # verifying used the first one up
        picture.draft("RGB", (2 * side, 2 * side))  # a JPEG can be decoded smaller at once; others ignore it
        picture.load()  # before the metadata are asked for: those of a PNG may stand behind its pixels
        turn = _turn_of(picture)
        small = ImageOps.fit(_shrunk(picture, 2 * side), (side, side))
    if turn is not None:
        small = small.transpose(turn)
    clean = Image.new("RGB", small.size, "white")  # new, so that no comment, profile or location comes along
    clean.paste(small, mask=small.getchannel("A") if small.mode == "RGBA" else None)
    written = io.BytesIO()
    clean.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


def _turn_of(picture: Image.Image) -> Image.Transpose | None:
    """What makes the picture upright, if its metadata say so; where they are nonsense they say nothing."""
    try:
        return _TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - as above
        return None


def _shrunk(picture: Image.Image, least: int) -> Image.Image:
    """The picture in full colours, its shorter side at least `least` pixels where it was longer than twice that.

    Strip by strip: colours of a whole picture of 25 megapixels would be another 100 MB.
    """
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    by = min(picture.size) // least
    if by < 2:
        return _with_colours(picture, mode)
    width, height = picture.size
    shrunk = Image.new(mode, (-(-width // by), -(-height // by)))
    for top in range(0, height, by * STRIP):
        strip = picture.crop((0, top, width, min(height, top + by * STRIP)))
        shrunk.paste(_with_colours(strip, mode).reduce(by), (0, top // by))
    return shrunk


def _with_colours(picture: Image.Image, mode: str) -> Image.Image:
    if picture.mode.startswith("I;16"):
        picture = picture.convert("I").point(lambda level: level / 256)  # 16 bits of grey
    return picture.convert(mode)


# A large picture takes some 100 MB while it is decoded (as WebP 400): threads of one process take turns.
_one_at_a_time = Lock()

# How a camera was held, by the number in the picture's metadata.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
