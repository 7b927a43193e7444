"""`GET /metrics`: for who brings the scraper's token, and for admins. Never public."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.permissions import IsAdmin
from api.core.authentication import BearerAuthentication, BrowserSessionAuthentication
from common.errors import NotOffered
from peerlearn.metrics.requests import IS_AVAILABLE

SCRAPER = "scraper"


class ScraperAuthentication(BaseAuthentication):
    """`Authorization: Bearer <PEERLEARN_METRICS_TOKEN>`: nobody in particular, who may read the figures."""

    def authenticate(self, request: Request) -> tuple[Any, str] | None:
        sent = request.META.get("HTTP_AUTHORIZATION", "").encode("utf-8", "surrogateescape")
        expected = f"Bearer {settings.METRICS_TOKEN}".encode()
        if settings.METRICS_TOKEN and secrets.compare_digest(sent, expected):
            return AnonymousUser(), SCRAPER
        return None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class IsScraper(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return request.auth == SCRAPER


class MetricsView(APIView):
    """The figures, as text. Not part of any contract, and so not of the API's description."""

    schema = None
    throttle_scope = None
    authentication_classes = (ScraperAuthentication, BearerAuthentication, BrowserSessionAuthentication)
    permission_classes = (IsScraper | IsAdmin,)

    def get(self, request: Request) -> HttpResponse:
        if not IS_AVAILABLE:
            raise NotOffered("Metrics need the packages of requirements-prod.txt.")
        from peerlearn.metrics.exposition import CONTENT_TYPE, text

        return HttpResponse(text(), content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})
