"""Requests as the front ends make them: JSON, with a Bearer token."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services.tokens import open_family


class Api(APIClient):
    """`api.get("/api/sessions")`, `api.post(path, {...})`; `api.as_(user)` is the same, signed in."""

    def __init__(self, *, token: str = "", **defaults: Any) -> None:
        super().__init__(raise_request_exception=False, **defaults)
        if token:
            self.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")

    def as_(self, user: User) -> "Api":
        return Api(token=open_family(user).access)


def queries_of(client: APIClient, path: str) -> int:
    """How many statements it takes to read what is there."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)
