"""Somebody on their own pages."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from tests.factories import StudentFactory
from tests.support.clients import Api


@pytest.fixture
def learner() -> User:
    return StudentFactory(first_name="Grace", last_name="Hopper", email="grace@example.com")


@pytest.fixture
def mine(api: Api, learner: User) -> Api:
    return api.as_(learner)


@pytest.fixture
def path(learner: User) -> Callable[..., str]:
    """`path("sessions", 5)`: below the learner's own."""

    def below(*parts: Any) -> str:
        return "/".join(["/api/learners", str(learner.pk), *map(str, parts)])

    return below
