"""`/api/health*` of the mentor document and `/health` of the edustream document."""

import pytest
import time_machine
from django.db import OperationalError

from common import redis

pytestmark = pytest.mark.django_db

NOW = "2025-01-24T10:30:00Z"
HEALTHY = {"status": "healthy", "timestamp": NOW, "database": "connected"}
UNHEALTHY = {
    "status": "unhealthy",
    "timestamp": NOW,
    "database": "disconnected",
    "error": "The database does not answer",
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def no_database(monkeypatch):
    class Gone:
        def cursor(self):
            raise OperationalError("connection to server at 10.0.0.5 failed")

    monkeypatch.setattr("api.core.health.connection", Gone())


@pytest.mark.parametrize(
    "path", ["/health", "/health/", "/api/health", "/api/health/database", "/api/health/database/"]
)
def test_the_documents_example(client, path):
    response = client.get(path)

    assert (response.status_code, response.json()) == (200, HEALTHY)


@pytest.mark.parametrize("path", ["/health", "/api/health", "/api/health/database"])
def test_without_the_database_it_is_503_and_gives_nothing_away(client, no_database, path):
    response = client.get(path)

    assert (response.status_code, response.json()) == (503, UNHEALTHY)
    assert response["Retry-After"] == "5"


DELIVERING = {"mail": "up", "push": "up", "work": "up", "payments": "not_configured", "storage": "not_configured"}


class TestTheServices:
    path = "/api/health/services"

    def test_without_a_redis_we_do_without(self, client, settings):
        settings.REDIS_URL = ""

        response = client.get(self.path)

        assert response.status_code == 200
        assert response.json() == HEALTHY | {"services": {"database": "up", "redis": "not_configured"} | DELIVERING}

    def test_a_redis_that_answers_is_up(self, client, settings, monkeypatch):
        settings.REDIS_URL = "redis://somewhere"
        monkeypatch.setattr(redis, "call", lambda command: True)

        assert client.get(self.path).json()["services"]["redis"] == "up"

    def test_a_redis_that_is_gone_degrades_us(self, client, settings, monkeypatch):
        def gone(command):
            raise redis.RedisUnavailable

        settings.REDIS_URL = "redis://somewhere"
        monkeypatch.setattr(redis, "call", gone)

        response = client.get(self.path)

        assert (response.status_code, response.json()["status"]) == (200, "degraded")
        assert response.json()["services"] == {"database": "up", "redis": "down"} | DELIVERING

    def test_a_database_that_is_gone_is_503(self, client, settings, no_database):
        settings.REDIS_URL = ""

        response = client.get(self.path)

        assert response.status_code == 503
        assert response.json() == UNHEALTHY | {"services": {"database": "down", "redis": "not_configured"}}
