"""Text of any script on a page: which font has a character, and what stands for one that no font has.

Noto Sans has Latin, Greek and Cyrillic, and a family of its own for each of twenty other scripts; all of them are in
the package `manimgx-fonts`. What none has, such as Chinese, Japanese and Korean, is written in Latin letters, so that
nobody's name is lost.
"""

import unicodedata
from functools import cache
from importlib.resources import files
from pathlib import Path

from anyascii import anyascii
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fpdf import FPDF

MAIN = "NotoSans"


def set_fonts(pdf: FPDF, *texts: str) -> None:
    """Give the page the fonts that these texts need; each is embedded with the characters that are used."""
    needed = sorted({name for text in texts for name in map(_font_of, text) if name} - {MAIN})
    for name in (MAIN, *needed):
        pdf.add_font(name, fname=_file(name))
    pdf.set_fallback_fonts(needed, exact_match=False)
    pdf.set_text_shaping(True)


def writable(text: str) -> str:
    """The text with Latin letters for what no font has, and without what cannot be seen, such as line ends."""
    seen = "".join(" " if unicodedata.category(char).startswith(("C", "Z")) else char for char in _composed(text))
    return " ".join("".join(char if _font_of(char) else _in_latin(char) for char in seen).split())


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _in_latin(char: str) -> str:
    return "".join(each if _font_of(each) else "" for each in anyascii(char)) or "?"


@cache
def _font_of(char: str) -> str | None:
    """The family that has it: Unicode's names of characters begin with their script."""
    script = unicodedata.name(char, "").partition(" ")[0].title()
    return next((name for name in (MAIN, f"{MAIN}{script}") if ord(char) in _characters(name)), None)


@cache
def _characters(name: str) -> frozenset[int]:
    path = _file(name)
    return frozenset(TTFont(path, lazy=True).getBestCmap()) if path.exists() else frozenset()


def _file(name: str) -> Path:
    return Path(str(files("manimgx_fonts"))) / f"{name}[wght].ttf"
