"""Tables that people open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable
from typing import Any

# What makes a spreadsheet take a cell for a formula.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def csv_lines(rows: Iterable[Iterable[Any]]) -> str:
    """The rows as lines of CSV (RFC 4180). No cell of text is a formula: such a one begins with an apostrophe."""
    text = io.StringIO()
    csv.writer(text).writerows([map(safe_cell, row) for row in rows])
    return text.getvalue()


def safe_cell(value: Any) -> Any:
    """Numbers stay what they are; other things become text that no spreadsheet reckons with."""
    if value is None or isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULAS) else text
