"""Pages for people who have no client of ours."""

from django.http import HttpResponse


class Page(HttpResponse):
    """A page that is one on purpose when it refuses as well: `api.core.middleware` makes no JSON of it."""
