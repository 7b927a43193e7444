"""Requests leave their mark on what they record, and on nothing else."""

import pytest
import structlog
from django.http import HttpResponse

from audit.middleware import AuditOrigin
from audit.origin import Origin, current_origin


@pytest.fixture
def seen():
    return []


@pytest.fixture
def middleware(seen):
    def view(request):
        seen.append(current_origin())
        return HttpResponse()

    return AuditOrigin(view)


def test_the_origin_is_known_during_the_request_only(rf, middleware, seen):
    request = rf.get("/", REMOTE_ADDR="192.0.2.1", headers={"User-Agent": "Browser/1"})

    with structlog.contextvars.bound_contextvars(request_id="abc"):
        middleware(request)

    assert seen == [Origin(ip="192.0.2.1", user_agent="Browser/1", request_id="abc")]
    assert current_origin() == Origin()


def test_a_bare_request_has_an_origin_as_well(rf, middleware, seen):
    middleware(rf.get("/", REMOTE_ADDR="192.0.2.1"))

    assert seen == [Origin(ip="192.0.2.1", user_agent="", request_id="")]


def test_a_failing_request_leaves_no_origin_behind(rf):
    def view(request):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        AuditOrigin(view)(rf.get("/"))

    assert current_origin() == Origin()
