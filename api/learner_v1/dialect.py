"""The learner_v1 contract: camelCase, every id a string and also `_id`, everything inside `{status, data}`."""

from typing import Any

from api.core.dialect import Dialect, Page

# Of an id before it becomes a string: one that is there, and one that may be missing.
ID_TYPES = ("integer", ["integer", "null"])


class LearnerV1(Dialect):
    name = "learner_v1"
    camel_case = True
    size_parameters = ("limit", "page_size")
    default_page_size = 10

    def item(self, data: Any) -> dict[str, Any]:
        return {"status": "success", "data": data}

    def page(self, page: Page) -> dict[str, Any]:
        numbers = {"page": page.number, "limit": page.size, "total": page.total}
        return {"status": "success", "data": page.items, "metadata": numbers, "pagination": numbers}

    def page_headers(self, page: Page) -> dict[str, str]:
        return {}

    def names(self, data: Any) -> Any:
        named = super().names(data)
        return _with_underscored_id(named) if isinstance(named, dict) else named

    def object_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        schema = super().object_schema(schema)
        for name, value in schema["properties"].items():
            if (name == "id" or name.endswith("Id")) and value.get("type") in ID_TYPES:
                is_optional = value["type"] != "integer"
                kind: Any = ["string", "null"] if is_optional else "string"
                schema["properties"][name] = {"type": kind, "pattern": "^[0-9]+$"}
            if name.endswith("Ids") and value.get("items", {}).get("type") == "integer":
                schema["properties"][name] = value | {"items": {"type": "string", "pattern": "^[0-9]+$"}}
        if "id" in schema["properties"]:
            schema["properties"] = {"_id": schema["properties"]["id"], **schema["properties"]}
            schema["required"] = ["_id", *schema.get("required", ())]
        return schema

    def item_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return _envelope(data=schema)

    def page_schema(self, items: dict[str, Any]) -> dict[str, Any]:
        numbers = {
            "type": "object",
            "properties": dict.fromkeys(("page", "limit", "total"), {"type": "integer"}),
        }
        return _envelope(data=items, metadata=numbers, pagination=numbers)

    def has_words(self, name: str) -> bool:
        return name == "id" or name.endswith(("_id", "_ids")) or super().has_words(name)

    def _value(self, key: str, value: Any) -> Any:
        if (key == "id" or key.endswith("_id")) and type(value) is int:
            return str(value)
        if key.endswith("_ids") and isinstance(value, list):
            return [str(each) for each in value]
        return super()._value(key, value)


def _with_underscored_id(named: dict[str, Any]) -> dict[str, Any]:
    return {"_id": named["id"], **named} if "id" in named else named


def _envelope(**properties: dict[str, Any]) -> dict[str, Any]:
    status = {"type": "string", "const": "success"}
    return {
        "type": "object",
        "required": ["status", *properties],
        "properties": {"status": status, **properties},
    }
