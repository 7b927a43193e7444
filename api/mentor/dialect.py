"""The mentor contract: camelCase, upper-case roles, `{items, total, page, pageSize, totalPages}`."""

from typing import Any

from api.core.dialect import Dialect, Page


class Mentor(Dialect):
    name = "mentor"
    camel_case = True
    roles = {"student": "STUDENT", "tutor": "MENTOR", "admin": "ADMIN"}
    size_parameters = ("pageSize", "page_size", "limit")

    def page(self, page: Page) -> dict[str, Any]:
        return {
            "items": page.items,
            "total": page.total,
            "page": page.number,
            "pageSize": page.size,
            "totalPages": page.count,
        }

    def page_headers(self, page: Page) -> dict[str, str]:
        return {}

    def page_schema(self, items: dict[str, Any]) -> dict[str, Any]:
        numbers = dict.fromkeys(("total", "page", "pageSize", "totalPages"), {"type": "integer"})
        properties = {"items": items} | numbers
        return {"type": "object", "required": list(properties), "properties": properties}
