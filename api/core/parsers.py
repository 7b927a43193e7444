"""Bodies: JSON, form and multipart, with canonical names whichever spelling was sent."""

from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from rest_framework import parsers
from rest_framework.exceptions import ParseError

from api.core.dialect import camel_to_snake, canonical_names
from api.core.renderers import JSONRenderer

LONGEST_NAME = 200


class JSONParser(parsers.BaseParser):
    """Strict JSON: no NaN, no Infinity, no bottomless nesting. An object, or an array if the view `takes_arrays`."""

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        body = _body(parser_context, stream)
        try:
            data = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not valid JSON: {error}") from error
        takes_arrays = getattr((parser_context or {}).get("view"), "takes_arrays", False)
        if not isinstance(data, dict | list if takes_arrays else dict):
            raise ParseError("The body must be a JSON object.")
        try:
            return canonical_names(data)
        except ValueError as error:
            raise ParseError(f"The body is {error}.") from error


class FormParser(parsers.FormParser):
    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return _canonical(super().parse(stream, media_type, parser_context), QueryDict(mutable=True))


class MultiPartParser(parsers.MultiPartParser):
    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        parsed: Any = super().parse(stream, media_type, parser_context)
        parsed.data = _canonical(parsed.data, QueryDict(mutable=True))
        parsed.files = _canonical(parsed.files, MultiValueDict())
        return parsed


def _body(parser_context: Any, stream: Any) -> bytes:
    """The raw body, within DATA_UPLOAD_MAX_MEMORY_SIZE. An empty one is an empty object."""
    request = (parser_context or {}).get("request")
    try:
        body = request._request.body if request is not None else stream.read()
    except RequestDataTooBig:
        raise
    return body or b"{}"


def _canonical(form: MultiValueDict, canonical: MultiValueDict) -> MultiValueDict:
    """What is in the form, in the empty `canonical`."""
    if any(len(name) > LONGEST_NAME for name in form):
        # The framework would read interests[111...1] as a number of as many digits.
        raise ParseError("A field name is too long.")
    for name, values in form.lists():
        canonical.setlistdefault(camel_to_snake(name), []).extend(values)
    return canonical
