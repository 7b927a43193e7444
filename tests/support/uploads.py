"""What is uploaded as a picture: good ones, and at least 40 that no server should keep."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, NamedTuple

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

MEGABYTE = 1024 * 1024
MOST_BYTES = 5 * MEGABYTE
SCRIPT = b"<script>alert(document.cookie)</script>"
PHP = b"<?php system($_GET['c']); ?>"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
GPS = 34853


def picture(format_name: str = "PNG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: Any) -> bytes:
    """A file of the format: red, and blue in its left half."""
    drawn = Image.new("RGB", size, "red")
    drawn.paste("blue", (0, 0, size[0] // 2, size[1]))
    return encoded(drawn.convert(mode), format_name, **options)


def encoded(image: Image.Image, format_name: str, **options: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, format_name, **options)
    return written.getvalue()


def upload(content: bytes, name: str = "me.png", content_type: str = "image/png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)


class Hostile(NamedTuple):
    """A file, how it is sent, and the code of the refusal; "" where it is only drawn anew."""

    make: Callable[[], bytes]
    code: str
    name: str = "me.png"
    content_type: str = "image/png"

    def sent(self) -> SimpleUploadedFile:
        sent = upload(self.make(), content_type=self.content_type)
        sent._name = self.name  # as it came, where Django's own would tidy it up
        return sent


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(width: int, height: int, *, data: bytes = b"", more: bytes = b"", depth: int = 1) -> bytes:
    """A PNG that says it is as large as that, whatever its data."""
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + more + _chunk(b"IDAT", zlib.compress(data)) + _chunk(b"IEND", b"")


def _zip(name: str = "a.txt", content: bytes = b"hello") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return written.getvalue()


def _gif(frames: int) -> bytes:
    """An animation of tiny frames, each of them the first one again."""
    one = picture("GIF", (8, 8))
    start = one.index(b",")  # of the image descriptor
    return one[:start] + one[start:-1] * frames + b";"


def _jpeg_of_scans(scans: int) -> bytes:
    """A progressive JPEG that goes over its pixels again and again."""
    plain = encoded(Image.new("RGB", (2000, 2000), "red"), "JPEG", progressive=True)
    last = plain.rindex(b"\xff\xda")
    scan = plain[last : last + 2 + int.from_bytes(plain[last + 2 : last + 4], "big")]
    return plain[:-2] + scan * scans + b"\xff\xd9"


def _with_location() -> bytes:
    exif = Image.Exif()
    exif[GPS] = {1: "N", 2: (48.0, 51.0, 29.0), 3: "E", 4: (2.0, 17.0, 40.0)}
    exif[271] = "A camera"
    return picture("JPEG", exif=exif, comment=b"at home")


def _with_bad_exif() -> bytes:
    return picture("JPEG", exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff" + b"\xff" * 60)


def _text_bomb() -> bytes:
    """A text of 100 MB in 100 kB of metadata."""
    text = b"comment\0\0" + zlib.compress(b"a" * 100 * MEGABYTE, 9)
    return _png(8, 8, data=b"\0\0" * 8, more=_chunk(b"zTXt", text))


def _too_large(extra: int) -> bytes:
    """A good picture with filling up to 5 MB and `extra` bytes."""
    good = picture("JPEG")
    return good + b"\0" * (MOST_BYTES + extra - len(good))


NOT_ALLOWED = "IMAGE_TYPE_NOT_ALLOWED"
UNTRUE = "IMAGE_TYPE_UNTRUE"
HIDES = "IMAGE_HIDES_SOMETHING"
PIXELS = "IMAGE_TOO_MANY_PIXELS"
BROKEN = "IMAGE_BROKEN"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'

HOSTILE: dict[str, Hostile] = {
    # Not pictures, or none of ours
    "no bytes": Hostile(lambda: b"", "FILE_EMPTY"),
    "one byte": Hostile(lambda: b"\xff", NOT_ALLOWED),
    "noughts": Hostile(lambda: b"\0" * 5000, NOT_ALLOWED),
    "text": Hostile(lambda: b"hello, I am a picture", NOT_ALLOWED),
    "HTML": Hostile(lambda: b"<!DOCTYPE html><html>" + SCRIPT, NOT_ALLOWED, "me.html", "text/html"),
    "HTML called a picture": Hostile(lambda: b"<html>" + SCRIPT, NOT_ALLOWED),
    "SVG": Hostile(lambda: SVG, NOT_ALLOWED, "me.svg", "image/svg+xml"),
    "SVG called a picture": Hostile(lambda: b'<?xml version="1.0"?>' + SVG, NOT_ALLOWED),
    "PHP": Hostile(lambda: PHP, NOT_ALLOWED, "me.php", "application/x-php"),
    "PHP behind a GIF's first letters": Hostile(lambda: b"GIF89a;" + PHP, HIDES, "me.gif", "image/gif"),
    "a script that begins as a GIF": Hostile(lambda: b"GIF89a=1;alert(1)//" + b" " * 50, BROKEN, "a.gif", "image/gif"),
    "EICAR": Hostile(lambda: EICAR, NOT_ALLOWED),
    "a zip": Hostile(_zip, NOT_ALLOWED),
    "a zip bomb": Hostile(lambda: _zip(content=b"\0" * 50 * MEGABYTE), NOT_ALLOWED),
    "a PDF": Hostile(lambda: b"%PDF-1.7\n%%EOF", NOT_ALLOWED),
    "a program": Hostile(lambda: b"MZ" + b"\x90\0" * 500, NOT_ALLOWED),
    "another program": Hostile(lambda: b"\x7fELF\2\1\1" + b"\0" * 500, NOT_ALLOWED),
    "a shell script": Hostile(lambda: b"#!/bin/sh\nrm -rf /\n", NOT_ALLOWED),
    "a BMP": Hostile(lambda: picture("BMP"), NOT_ALLOWED, "me.bmp", "image/bmp"),
    "a TIFF": Hostile(lambda: picture("TIFF"), NOT_ALLOWED, "me.tiff", "image/tiff"),
    "an icon": Hostile(lambda: picture("ICO"), NOT_ALLOWED, "me.ico", "image/x-icon"),
    "PostScript": Hostile(lambda: picture("EPS"), NOT_ALLOWED, "me.eps", "application/postscript"),
    # Lies
    "a PNG sent as JPEG": Hostile(lambda: picture("PNG"), UNTRUE, "me.jpg", "image/jpeg"),
    "a JPEG sent as HTML": Hostile(lambda: picture("JPEG"), UNTRUE, "me.html", "text/html"),
    "a GIF sent as SVG": Hostile(lambda: picture("GIF"), UNTRUE, "me.svg", "image/svg+xml"),
    # Pictures that are something else, too
    "a PNG with a script at its end": Hostile(lambda: picture("PNG") + SCRIPT, HIDES),
    "a PNG with a zip at its end": Hostile(lambda: picture("PNG") + _zip(), HIDES),
    "a JPEG with PHP as its comment": Hostile(lambda: picture("JPEG", comment=PHP), HIDES, "me.php.jpg", "image/jpeg"),
    "a GIF with a script as its comment": Hostile(lambda: picture("GIF", comment=SCRIPT), HIDES, "me.gif", "image/gif"),
    "a WebP with a page as its metadata": Hostile(
        lambda: picture("WEBP", xmp=b"<HTML>" + SCRIPT), HIDES, "me.webp", "image/webp"
    ),
    "a JPEG with a PDF behind its start": Hostile(
        lambda: picture("JPEG", comment=b"%PDF-1.7 1 0 obj"), HIDES, "me.jpg", "image/jpeg"
    ),
    "a PNG with something unknown at its end": Hostile(lambda: picture("PNG") + b"\x7fELF" * 100, ""),
    "a JPEG with EICAR as its comment": Hostile(lambda: picture("JPEG", comment=EICAR), "", "me.jpg", "image/jpeg"),
    # Bombs
    "60,000 by 60,000 pixels": Hostile(lambda: _png(60_000, 60_000), PIXELS),
    "144 megapixels in 17 kB": Hostile(lambda: encoded(Image.new("1", (12_000, 12_000)), "PNG"), PIXELS),
    "a row more than 25 megapixels": Hostile(lambda: encoded(Image.new("1", (5000, 5001)), "PNG"), PIXELS),
    "a line of two thousand million pixels": Hostile(lambda: _png(2**31 - 1, 1), PIXELS),
    "a GIF that says 65,535 by 65,535": Hostile(
        lambda: b"GIF89a" + b"\xff" * 4 + picture("GIF")[10:], PIXELS, "me.gif", "image/gif"
    ),
    "a JPEG of 5,000 scans": Hostile(lambda: _jpeg_of_scans(5000), PIXELS, "me.jpg", "image/jpeg"),
    "100 MB of metadata in 100 kB": Hostile(_text_bomb, BROKEN),
    "a GIF of 10,000 frames": Hostile(lambda: _gif(10_000), "", "me.gif", "image/gif"),
    "5 MB and a byte": Hostile(lambda: _too_large(1), "FILE_TOO_LARGE", "me.jpg", "image/jpeg"),
    # Damaged
    "half a PNG": Hostile(lambda: picture("PNG", (500, 500))[:-40], BROKEN),
    "half a JPEG": Hostile(lambda: picture("JPEG", (500, 500))[:2000], BROKEN, "me.jpg", "image/jpeg"),
    "half a GIF": Hostile(lambda: picture("GIF", (500, 500))[:400], BROKEN, "me.gif", "image/gif"),
    "half a WebP": Hostile(lambda: picture("WEBP", (500, 500))[:200], BROKEN, "me.webp", "image/webp"),
    "a PNG's first eight bytes": Hostile(lambda: picture("PNG")[:8], BROKEN),
    "a PNG without pixels": Hostile(lambda: _png(0, 0), BROKEN),
    "a PNG with a wrong checksum": Hostile(lambda: picture("PNG")[:-20] + b"\xff" + picture("PNG")[-19:], BROKEN),
    "a PNG of nonsense": Hostile(lambda: _png(50, 50, data=b"nonsense"), BROKEN),
    # Names, and what a picture tells of its owner
    "an end of two kinds": Hostile(lambda: picture("PNG"), "", "me.php.png"),
    "a name that climbs": Hostile(lambda: picture("PNG"), "", "../../../../tmp/me.png"),
    "a name with a NUL": Hostile(lambda: picture("PNG"), "", "me.php\0.png"),
    "a name of a thousand letters": Hostile(lambda: picture("PNG"), "", "a" * 1000 + ".png"),
    "a name that is a script": Hostile(lambda: picture("PNG"), "", '"><script>alert(1)</script>.png'),
    "no name to speak of": Hostile(lambda: picture("PNG"), "", "."),
    "where it was taken": Hostile(_with_location, "", "me.jpg", "image/jpeg"),
    "metadata that are nonsense": Hostile(_with_bad_exif, "", "me.jpg", "image/jpeg"),
}
