"""Routers without slashes: `api.core.middleware.SlashlessPaths` makes both spellings one."""

from django.urls import register_converter
from rest_framework.routers import SimpleRouter

from api.core.converters import IdConverter

register_converter(IdConverter, "id")


def router() -> SimpleRouter:
    """A router whose ids are `<id:pk>`."""
    return SimpleRouter(trailing_slash=False, use_regex_path=False)
