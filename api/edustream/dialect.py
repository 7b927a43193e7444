"""The edustream contract: snake_case, objects bare, lists as `{items, ...}` or, where documented, bare arrays."""

from typing import Any

from api.core.dialect import Dialect, Page

# The keys that have states of a booking, in answers and in refusals.
BOOKING_STATES = frozenset({"status", "from_status", "to_status", "current_state", "allowed"})


class EduStream(Dialect):
    """`{items, total, page, page_size, total_pages}` and what the real client reads besides."""

    name = "edustream"

    def page(self, page: Page) -> dict[str, Any]:
        return {
            "items": page.items,
            "total": page.total,
            "page": page.number,
            "page_size": page.size,
            "total_pages": page.count,
            "pages": page.count,
            "has_next": page.next is not None,
            "has_prev": page.previous is not None,
        }

    def page_headers(self, page: Page) -> dict[str, str]:
        return {}

    def page_schema(self, items: dict[str, Any]) -> dict[str, Any]:
        numbers = dict.fromkeys(("total", "page", "page_size", "total_pages", "pages"), {"type": "integer"})
        flags = dict.fromkeys(("has_next", "has_prev"), {"type": "boolean"})
        properties = {"items": items} | numbers | flags
        return {"type": "object", "required": list(properties), "properties": properties}


class EduStreamBookings(EduStream):
    """Bookings: `{bookings, total, page, page_size, ...}`, and their states in upper case."""

    def page(self, page: Page) -> dict[str, Any]:
        body = super().page(page)
        return {"bookings": body.pop("items")} | body

    def page_schema(self, items: dict[str, Any]) -> dict[str, Any]:
        schema = super().page_schema(items)
        properties = {"bookings": items} | {k: v for k, v in schema["properties"].items() if k != "items"}
        return schema | {"required": list(properties), "properties": properties}

    def object_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        shouted = {
            name: value | {"enum": [word.upper() for word in value["enum"]]}
            for name, value in schema["properties"].items()
            if name in BOOKING_STATES and "enum" in value
        }
        return super().object_schema(schema | {"properties": schema["properties"] | shouted})

    def has_words(self, name: str) -> bool:
        return name in BOOKING_STATES or super().has_words(name)

    def _value(self, key: str, value: Any) -> Any:
        if key not in BOOKING_STATES:
            return super()._value(key, value)
        return [word.upper() for word in value] if isinstance(value, list) else value.upper()


class EduStreamMessages(EduStream):
    """Messages that were found: `{messages, total, total_pages, ...}`."""

    def page(self, page: Page) -> dict[str, Any]:
        body = super().page(page)
        return {"messages": body.pop("items")} | body

    def page_schema(self, items: dict[str, Any]) -> dict[str, Any]:
        schema = super().page_schema(items)
        properties = {"messages": items} | {k: v for k, v in schema["properties"].items() if k != "items"}
        return schema | {"required": list(properties), "properties": properties}


class EduStreamArrays(Dialect):
    """The same contract where it documents a bare array; the total travels in headers."""

    name = "edustream"
