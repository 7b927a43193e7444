"""The types of requests whose sender is known: behind a permission class, or in the back office."""

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import User
from accounts.tokens import Claims


class SignedInRequest(Request):
    """For annotations only: REST framework makes plain `Request`s. `auth` is None for the browsable API's session."""

    user: User
    auth: Claims | None


class BackOfficeRequest(HttpRequest):
    """For annotations only: the gate of the back office lets nobody through who is not signed in."""

    user: User
