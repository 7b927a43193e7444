from datetime import UTC, datetime

import pytest

from tests.factories import AdminFactory, StudentFactory, TicketFactory

# A Tuesday, at the beginning of the support's day.
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def agent():
    return AdminFactory()


@pytest.fixture
def ada():
    return StudentFactory(first_name="Ada", last_name="Lovelace")


@pytest.fixture
def ticket(ada):
    """An open one of `NOW`, of normal priority."""
    return TicketFactory(requester=ada, now=NOW)
