"""Whether the system is up: yes or no to the public, nothing more."""

import logging
from typing import Any, ClassVar

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from psycopg_pool import PoolTimeout
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common import files, redis
from notifications.services import health as delivery
from payments.services import health as money

log = logging.getLogger("peerlearn.health")

# When it is worth asking again.
RETRY_SECONDS = 5


class HealthSerializer(serializers.Serializer):
    status = serializers.ChoiceField(["healthy", "unhealthy"])
    timestamp = serializers.DateTimeField()
    database = serializers.ChoiceField(["connected", "disconnected"])
    error = serializers.CharField(required=False)


class ServicesSerializer(HealthSerializer):
    status = serializers.ChoiceField(["healthy", "degraded", "unhealthy"])
    services = serializers.DictField(child=serializers.ChoiceField(["up", "down", "not_configured"]))


class HealthView(APIView):
    """Whether the system is up: 200 while the database answers, 503 otherwise."""

    answers: ClassVar[dict[str, Any]] = {"get": dict.fromkeys((200, 503), HealthSerializer)}

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_scope = None

    def get(self, request: Request) -> Response:
        report = self.report()
        if report["status"] == "unhealthy":
            return Response(report, status=503, headers={"Retry-After": str(RETRY_SECONDS)})
        return Response(report)

    def report(self) -> dict[str, Any]:
        up = database_is_up()
        return {
            "status": "healthy" if up else "unhealthy",
            "timestamp": timezone.now(),
            "database": "connected" if up else "disconnected",
        } | ({} if up else {"error": "The database does not answer"})


class ServicesHealthView(HealthView):
    """The services that we use, each up or down. Only the database is needed: without the others we are degraded."""

    answers = {"get": dict.fromkeys((200, 503), ServicesSerializer)}

    def report(self) -> dict[str, Any]:
        report = super().report()
        services = {
            "database": "up" if report["status"] == "healthy" else "down",
            "redis": _redis_state(),
        }
        if report["status"] == "healthy":
            services |= delivery.states(now=timezone.now()) | {"payments": money.state(), "storage": files.state()}
        if report["status"] == "healthy" and "down" in services.values():
            report["status"] = "degraded"
        return report | {"services": services}


def database_is_up() -> bool:
    """Ask the database the shortest question there is."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except (DatabaseError, InterfaceError, PoolTimeout):
        log.warning("database_down", exc_info=True)
        return False


def _redis_state() -> str:
    if not settings.REDIS_URL:
        return "not_configured"
    try:
        redis.call("PING")
    except redis.RedisUnavailable:
        return "down"
    return "up"
