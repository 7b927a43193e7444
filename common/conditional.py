"""`If-Match`: change this only if it is still what I read (R-GEN-7)."""

from collections.abc import Mapping
from typing import Protocol

from common.errors import Invalid


class WithHeaders(Protocol):
    """Any request object."""

    @property
    def headers(self) -> Mapping[str, str]: ...


def expected_version(request: WithHeaders) -> int | None:
    """The version that the caller believes to change; None where the header is absent or `*`. Raises Invalid."""
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return None
    number = header.removeprefix("W/").strip('"')
    if not number.isdecimal() or len(number) > 9:
        raise Invalid('If-Match must be the version of what you change, such as "3".', code="BAD_IF_MATCH")
    return int(number)
