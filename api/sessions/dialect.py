"""The sessions contract: snake_case, instructors and students, `{count, next, previous, results}`."""

from typing import Any

from api.core.dialect import Dialect, Page


class Sessions(Dialect):
    name = "sessions"
    roles = {"tutor": "instructor"}
    default_page_size = 10
    conflict_status = 400  # the document knows no 409

    def page(self, page: Page) -> dict[str, Any]:
        return {"count": page.total, "next": page.next, "previous": page.previous, "results": page.items}

    def page_headers(self, page: Page) -> dict[str, str]:
        return {}

    def page_schema(self, items: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {"count": {"type": "integer"}, "next": link, "previous": link, "results": items},
        }

    def field_name(self, name: str) -> str:
        # A participant's role keeps the word that was stored: the document has student and tutor there.
        return "role" if name == "participant_role" else name
