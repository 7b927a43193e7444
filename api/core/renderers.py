"""Answers: JSON by orjson, the browsable API for who asks for HTML, JSON for everything else."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, BrowsableAPIRenderer
from rest_framework.request import Request


def to_json(data: Any, *, indent: bool = False) -> bytes:
    """Instants as UTC with `Z`, decimals as JSON numbers."""
    option = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS | (orjson.OPT_INDENT_2 if indent else 0)
    return orjson.dumps(data, default=_plain, option=option)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        # Money on the wire is a number. Two decimals of a sum below 2^53 survive a double exactly.
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError(f"{type(value)} cannot be rendered as JSON")


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        if data is None:
            return b""
        return to_json(data, indent=bool((renderer_context or {}).get("indent")))  # the browsable API asks for it


class BrowsableRenderer(BrowsableAPIRenderer):
    """The browsable API without the raw-data form's second rendering of every serializer."""

    def get_default_renderer(self, view: Any) -> BaseRenderer:
        return JSONRenderer()


class JSONUnlessAskedOtherwise(DefaultContentNegotiation):
    """A client that accepts nothing we have gets JSON, as from most servers, instead of a refusal."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        try:
            return super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable:
            return renderers[0], renderers[0].media_type
