"""How a contract speaks: names, role words, the shape of one object and of a page. Pure functions, no request."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

ROLES = ("student", "tutor", "admin")
# How deep objects and lists may be nested in what a client sends.
DEEPEST = 50
# The length of a field's name at most.
LONGEST_NAME = 64
# How many names of fields a dialect remembers.
NAMES_KEPT = 4096
# What front ends keep with us for themselves: its names and words are theirs, and come back as they were sent.
KEPT_FOR_CLIENTS = ("preferences",)
_CONTAINERS = (dict, list)
_CAMEL_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")
_SNAKE_STEP = re.compile(r"(?<=[a-zA-Z0-9])_([a-z0-9])")


@dataclass(frozen=True)
class Page:
    """One page of a list, in canonical form. `link(n)` is the address of page n."""

    items: list[Any]
    total: int
    number: int
    size: int
    link: Callable[[int], str]

    @property
    def count(self) -> int:
        """How many pages there are."""
        return -(-self.total // self.size)

    @property
    def next(self) -> str | None:
        return self.link(self.number + 1) if self.number < self.count else None

    @property
    def previous(self) -> str | None:
        return self.link(self.number - 1) if 1 < self.number <= self.count + 1 else None

    @property
    def headers(self) -> dict[str, str]:
        """What tells the rest where a contract's list is a bare array: `X-Total-Count` and `Link` (RFC 8288)."""
        links = [("next", self.next), ("prev", self.previous)]
        header = ", ".join(f'<{address}>; rel="{name}"' for name, address in links if address)
        return {"X-Total-Count": str(self.total)} | ({"Link": header} if header else {})


class Dialect:
    """The canonical form itself: snake_case, the three stored role words, objects and lists bare."""

    name: ClassVar[str] = "canonical"
    camel_case: ClassVar[bool] = False
    roles: ClassVar[Mapping[str, str]] = {}
    page_parameter: ClassVar[str] = "page"
    # The first is documented; all are understood.
    size_parameters: ClassVar[tuple[str, ...]] = ("page_size", "limit")
    default_page_size: ClassVar[int] = 20
    largest_page_size: ClassVar[int] = 100
    # The status of a refusal that depends on the state of things.
    conflict_status: ClassVar[int] = 409

    def item(self, data: Any) -> Any:
        """One object as a body, its names already translated."""
        return data

    def page(self, page: Page) -> Any:
        """A page as a body, its items already translated."""
        return page.items

    def page_headers(self, page: Page) -> dict[str, str]:
        return page.headers

    def item_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The OpenAPI schema of `item`'s body."""
        return schema

    def page_schema(self, items: dict[str, Any]) -> dict[str, Any]:
        """The OpenAPI schema of `page`'s body; `items` is that of the array."""
        return items

    def object_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The OpenAPI schema of an object after `names`; `schema` has the canonical names."""
        role = schema["properties"].get("role")
        if role:
            words = [self.roles.get(word, word) for word in role.get("enum", ROLES)]
            schema = schema | {"properties": schema["properties"] | {"role": {"type": "string", "enum": words}}}
        return self.input_schema(schema)

    def input_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The OpenAPI schema of what is sent, as this contract spells it."""
        named = {self.field_name(name): value for name, value in schema.get("properties", {}).items()}
        required = [self.field_name(name) for name in schema.get("required", ())]
        return schema | {"properties": named} | ({"required": required} if required else {})

    def names(self, data: Any) -> Any:
        """Canonical data with this contract's names and role words."""
        if isinstance(data, list):
            return [self.names(value) for value in data]
        if not isinstance(data, dict):
            return data
        # Every value of every answer comes by here, so only those that change cost a call.
        named, known = {}, self._known_names
        for key, value in data.items():
            name, has_words = known.get(key) or self._know(key)
            named[name] = self._value(key, value) if has_words or isinstance(value, _CONTAINERS) else value
        return named

    def field_name(self, name: str) -> str:
        return snake_to_camel(name) if self.camel_case else name

    def has_words(self, name: str) -> bool:
        """Whether values of this name may be words that the contract has others for. `_value` is asked about no others
        but objects and lists.
        """
        return name == "role"

    @cached_property
    def _known_names(self) -> dict[str, tuple[str, bool]]:
        return {}

    def _know(self, name: str) -> tuple[str, bool]:
        """The names of our fields are few and in every answer; what is longer came from elsewhere, and is forgotten."""
        told = (self.field_name(name), self.has_words(name))
        if len(str(name)) <= LONGEST_NAME and len(self._known_names) < NAMES_KEPT:
            self._known_names[name] = told
        return told

    def _value(self, key: str, value: Any) -> Any:
        if isinstance(value, _CONTAINERS):
            return value if key in KEPT_FOR_CLIENTS else self.names(value)
        return self.roles.get(value, value) if key == "role" and isinstance(value, str) else value


def canonical_names(data: Any, *, levels: int = DEEPEST) -> Any:
    """What a client sent, with snake_case names: both spellings are understood; the snake_case one wins.

    Raises ValueError where it is nested deeper than `levels`: nothing of ours is, and Python's stack has an end.
    """
    if not isinstance(data, dict | list):
        return data
    if not levels:
        raise ValueError("nested too deeply")
    if isinstance(data, list):
        return [canonical_names(value, levels=levels - 1) for value in data]
    # What is kept for clients is looked through as well: it may not be nested deeper than the rest.
    named = {key: canonical_names(value, levels=levels - 1) for key, value in data.items()}
    known = {key: data[key] if key in KEPT_FOR_CLIENTS else value for key, value in named.items()}
    return {camel_to_snake(key): value for key, value in known.items()} | {
        key: value for key, value in known.items() if camel_to_snake(key) == key
    }


def camel_to_snake(name: str) -> str:
    return _CAMEL_HUMP.sub(r"_\1", name).lower() if name.isidentifier() else name


def snake_to_camel(name: str) -> str:
    return _SNAKE_STEP.sub(lambda step: step[1].upper(), name)
