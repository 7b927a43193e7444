"""One operation of the description. What a view declares, by action (or method, where it has no actions):

- `inputs` (or `input_serializer`) and `answers`: the serializers of the bodies. An answer with many objects is a page
  where the view paginates; `{status: serializer}` names another status than 200 (201 for `create`); None is 204. A
  FileField is a file of one of the media types that the view names in `produces`.
- `refusals`: the domain errors that its services raise; the rest of the refusals is derived.
- `queries`: a serializer of further query parameters.
- `idempotent_actions`, `versioned_actions`: those that honour `Idempotency-Key` and `If-Match`.

The examples are data of the contract: `api/<contract>/examples.py`.
"""

import importlib
import inspect
import re
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import force_instance
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.views import APIView

from api.core.dialect import Dialect, Page
from api.core.idempotency import LONGEST_KEY, REPLAY_HEADER
from api.core.schema import refusals

CANONICAL = Dialect()
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
FILE = {"type": "string", "format": "binary"}
_EMPTY_PAGE = Page([], 1, 1, 1, lambda number: f"?page={number}")


class DialectSchema(AutoSchema):
    # --- Names and words ------------------------------------------------------------------------------------------

    @property
    def action(self) -> str:
        return getattr(self.view, "action", None) or self.method.lower()

    @property
    def dialect(self) -> Dialect:
        return getattr(self.view, "dialect", CANONICAL)

    def get_operation_id(self) -> str:
        """From the path, which no two operations share: `post_api_sessions_id_join`."""
        return "_".join([self.method.lower(), *(re.findall(r"[a-z0-9]+", self.path.lower()) or ["root"])])

    def get_tags(self) -> list[str]:
        """The contract that binds the view, and the app whose resource it is."""
        owner = _views(self.view)[0]
        module = owner.__module__.split(".")
        resource = module[-1] if module[0] == "api" else module[0].removesuffix("_app")
        contract = _contract(type(self.view))
        return [f"{contract}: {resource}" if contract else "PeerLearn"]

    def get_summary(self) -> str:
        return re.split(r"[.:](?:\s|$)", self._words(), maxsplit=1)[0]

    def get_description(self) -> str:  # type: ignore[override] # as in the library's own
        return self._words()

    def _words(self) -> str:
        """The handler's own docstring, or else the nearest one of the view's classes."""
        handler = getattr(self.view, self.action, None)
        for documented in (handler, *_views(self.view)):
            words = inspect.cleandoc(getattr(documented, "__doc__", None) or "")
            if words:
                return re.sub(r"(?<=\S)\n(?=\S)", " ", words)
        return ""

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """The same serializer has another form in each dialect, and so another name."""
        prefix = "" if self.dialect.name == CANONICAL.name else self.dialect.name.title().replace("_", "")
        return prefix + super().get_serializer_name(serializer, direction)

    def _get_serializer_name(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> str:
        return super()._get_serializer_name(serializer, direction, bypass_extensions).removeprefix("Patched")

    # --- What is sent ---------------------------------------------------------------------------------------------

    def get_request_serializer(self) -> Any:
        """The view's, or `{media type: serializer}` where `multipart_serializer` says that a form has another shape."""
        declared = getattr(self.view, "inputs", {}).get(self.action) or getattr(self.view, "input_serializer", None)
        multipart = getattr(self.view, "multipart_serializer", None)
        return {JSON: declared, MULTIPART: multipart} if multipart else declared

    def map_parsers(self) -> list[str]:
        consumes = getattr(self.view, "consumes", (JSON,))
        return list(consumes[self.action] if isinstance(consumes, dict) else consumes)

    def _get_request_body(self, direction: str = "request") -> dict[str, Any] | None:
        if self.get_request_serializer() is None:
            return None
        body = super()._get_request_body(direction)
        for media_type, name in ((JSON, "request"), (FORM, "form"), (MULTIPART, "multipart")):
            example = self._examples().get(name)
            if body and example is not None:
                body["content"][media_type]["example"] = example
        return body

    def _get_request_for_media_type(self, serializer: Any, direction: str = "request") -> tuple[Any, bool]:
        """What may be left out a serializer says itself (`partial`); the library thinks it of any PATCH."""
        method, self.method = self.method, "PUT"
        try:
            return super()._get_request_for_media_type(serializer, direction)
        finally:
            self.method = method

    def get_override_parameters(self) -> list[Any]:
        parameters: list[Any] = []
        query = getattr(self.view, "queries", {}).get(self.action)
        if query:
            parameters.append(query)
        if self.action in getattr(self.view, "idempotent_actions", ()):
            parameters.append(_IDEMPOTENCY_KEY)
        if self.action in getattr(self.view, "versioned_actions", ()):
            parameters.append(_IF_MATCH)
        return parameters

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Whether the answer is a page: then it can be filtered, too."""
        paginates = getattr(self.view, "pagination_class", None) and getattr(self.view, "detail", None) is False
        return bool(paginates) and any(_is_many(answer) for answer in self._answers().values())

    def _get_filter_parameters(self) -> list[dict[str, Any]]:
        """With what the filter says of itself and the library leaves out."""
        parameters = super()._get_filter_parameters()
        filters = getattr(getattr(self.view, "filterset_class", None), "base_filters", {})
        for parameter in parameters:
            extra = filters[parameter["name"]].extra
            parameter["description"] = extra.get("help_text") or parameter.get("description") or ""
            if "max_length" in extra:
                parameter["schema"]["maxLength"] = extra["max_length"]
        return parameters

    # --- What is answered -----------------------------------------------------------------------------------------

    def _answers(self) -> dict[int, Any]:
        answer = getattr(self.view, "answers", {})[self.action]
        if isinstance(answer, dict):
            return answer
        usual = 204 if answer is None else 201 if self.action == "create" else 200
        return {usual: answer}

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        answers = {str(status): self._answer(status, answer) for status, answer in self._answers().items()}
        has_body = self.get_request_serializer() is not None and self.method in ("POST", "PUT", "PATCH")
        return answers | {
            status: refusal
            for status, refusal in refusals.responses(self, has_body, self._get_parameters()).items()
            if status not in answers
        }

    def _answer(self, status: int, answer: Any) -> dict[str, Any]:
        if answer is None and 300 <= status < 400:
            where = {"description": "Where to go.", "schema": {"type": "string"}}
            return {"description": "Elsewhere.", "headers": {"Location": where}}
        if answer is None:
            return {"description": "Done. There is no body."}
        if isinstance(answer, serializers.FileField):
            return {
                "description": "The file itself.",
                "content": dict.fromkeys(getattr(self.view, "produces", ()), {"schema": FILE}),
            }
        body: dict[str, Any] = {"schema": self._body_schema(answer)}
        example = self._examples().get(status)
        if example is not None:
            body["example"] = example
        response: dict[str, Any] = {"description": "As asked." if status < 400 else "Not now."}
        headers = self._headers(answer)
        return response | ({"headers": headers} if headers else {}) | {"content": {JSON: body}}

    def _body_schema(self, answer: Any) -> dict[str, Any]:
        serializer = force_instance(answer)
        if not _is_many(serializer):
            return self.dialect.item_schema(self.resolve_serializer(serializer, "response").ref)
        items = {"type": "array", "items": self._item_schema(serializer.child)}
        return self.dialect.page_schema(items) if self._is_list_view() else self.dialect.item_schema(items)

    def _item_schema(self, item: Any) -> Any:
        """Of one item of an array: an object, or a plain value such as a word."""
        if isinstance(item, serializers.Serializer):
            return self.resolve_serializer(item, "response").ref
        return self._map_serializer_field(item, "response")

    def _headers(self, answer: Any) -> dict[str, Any]:
        headers: dict[str, Any] = {}
        if not _is_many(answer) and "version" in force_instance(answer).fields:
            headers["ETag"] = {"description": "The version, for `If-Match`.", "schema": {"type": "string"}}
        if self._is_list_view():
            headers |= {name: _PAGE_HEADERS[name] for name in self.dialect.page_headers(_EMPTY_PAGE)}
            if "X-Total-Count" in headers:
                headers["Link"] = _PAGE_HEADERS["Link"]
        if self.action in getattr(self.view, "idempotent_actions", ()):
            headers[REPLAY_HEADER] = {
                "description": "`true` where this is the answer that the same request got before.",
                "schema": {"type": "string", "const": "true"},
            }
        return headers

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> dict[str, Any]:
        schema = super()._map_basic_serializer(serializer, direction)
        return self.dialect.object_schema(schema) if direction == "response" else self.dialect.input_schema(schema)

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        schema = super()._map_serializer_field(field, direction, bypass_extensions)
        if schema:
            schema.pop("x-spec-enum-id", None)
        return schema

    def _examples(self) -> dict[Any, Any]:
        package = _contract(type(self.view)) or "core"
        return importlib.import_module(f"api.{package}.examples").EXAMPLES.get(f"{self.method} {self.path}", {})


_IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": rf"^[ -~\u00a1-\u00ac\u00ae-\u00ff]{{0,{LONGEST_KEY}}}$"},
    OpenApiParameter.HEADER,
    description="Printable. The same request with the same key has one effect and one answer, for 48 hours.",
)
_IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": r'^(\*|(W/)?"?[0-9]{1,9}"?)?$'},
    OpenApiParameter.HEADER,
    description='Do it only if this version is still the current one, such as `"3"`.',
)
_PAGE_HEADERS = {
    "X-Total-Count": {"description": "How many there are on all pages.", "schema": {"type": "integer"}},
    "Link": {
        "description": 'The pages beside this one, as `rel="next"` and `rel="prev"`.',
        "schema": {"type": "string"},
    },
}


def _is_many(answer: Any) -> bool:
    return isinstance(answer, serializers.ListSerializer)


def _views(view: Any) -> list[type]:
    """The app's own classes of the view, nearest first: its binding and the framework say nothing of the operation."""
    views = (cls for cls in type(view).__mro__ if issubclass(cls, APIView) and not _contract(cls))
    return [cls for cls in views if not cls.__module__.startswith("rest_framework")]


def _contract(cls: type) -> str:
    """The contract package that a view is bound in."""
    module = cls.__module__.split(".")
    return module[1] if module[0] == "api" and module[1] != "core" else ""
