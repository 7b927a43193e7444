"""How a contract's frames look. Pure functions, no socket.

The canonical frame is flat: `{type, ...}`, as the edustream document has it and as the numbered streams keep it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson

from accounts.models import User
from api.core.dialect import canonical_names
from common.errors import Invalid
from notifications import live

# How deep the frames of clients may be nested: none of ours is.
DEEPEST = 5
LONGEST_ACK_ID = 100
_LARGEST_ID = 2**63 - 1
# What every contract's clients may say.
EVERYWHERE = {"auth": "auth", "ping": "ping", "resume": "resume"}


class UnknownType(Invalid):
    """Clients are told, and the socket stays open."""

    code = "UNKNOWN_TYPE"
    message = "Unknown type."


@dataclass(frozen=True)
class Said:
    """What a client said, in canonical form. `kind` is empty for what the contract does not know.

    `ack_id` is what the client wants back once the frame was dealt with.
    """

    kind: str
    data: Mapping[str, Any]
    ack_id: str | int | None = None

    def id(self, name: str) -> int:
        """The id of that name. Raises Invalid."""
        found = id_of(self.data.get(name))
        if found is None:
            raise Invalid(f"{name} must be an id.")
        return found

    def optional_id(self, name: str) -> int | None:
        """The same; None where it is missing."""
        return None if self.data.get(name) is None else self.id(name)

    def text(self, name: str) -> str:
        """Raises Invalid."""
        found = self.data.get(name)
        if not isinstance(found, str) or "\0" in found:
            raise Invalid(f"{name} must be a text.")
        return found


class Frames:
    """The canonical form itself. `understands` has what clients say by its name on the wire, and how we call it."""

    understands: ClassVar[Mapping[str, str]] = EVERYWHERE
    # Whether clients are told who comes and goes, rather than asking.
    tells_presence: ClassVar[bool] = False

    def read(self, text: str | None) -> Said | None:
        """None for what is no frame at all."""
        frame = parse(text)
        return self.said(frame.get("type"), frame) if frame else None

    def write(self, frame: Mapping[str, Any], me: User) -> str | None:
        """The text of a frame; None for what this contract's clients are not told. `me` is whose socket it is."""
        return None if frame["type"] in ("user_online", "user_offline") else live.encode(dict(frame))

    def rewrite(self, text: str, me: User) -> str:
        """The text of a numbered event as the stream keeps it."""
        return text

    def said(self, name: Any, data: Mapping[str, Any], ack_id: Any = None) -> Said | None:
        if not isinstance(name, str):
            return None
        ack_id = data.get("_ack_id") if ack_id is None else ack_id
        is_short = (isinstance(ack_id, str) and len(ack_id) <= LONGEST_ACK_ID) or id_of(ack_id) is not None
        return Said(self.understands.get(name, ""), data, ack_id if is_short else None)


def id_of(value: Any) -> int | None:
    """Ids are numbers, or numbers as texts."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20:
        value = int(value)
    return value if type(value) is int and 0 < value <= _LARGEST_ID else None


def parse(text: str | None) -> dict[str, Any] | None:
    try:
        frame = canonical_names(orjson.loads(text or ""), levels=DEEPEST)
    except ValueError:  # no JSON, or nested too deeply
        return None
    return frame if isinstance(frame, dict) else None
