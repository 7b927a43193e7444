"""A connection that is kept from one request to the next: still good, or noticed before it is used."""

import pytest
from django.db import connection, connections
from django.db.backends.postgresql import base

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kept():
    """A second connection, as a worker has one between requests."""
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        other.server_process = cursor.fetchone()[0]
    yield other
    other.close()


@pytest.fixture
def _no_question(monkeypatch):
    def ask(self):
        raise AssertionError("the server was asked")

    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", ask)


@pytest.mark.usefixtures("_no_question")
def test_one_that_stands_is_used_without_asking_the_server(kept):
    assert kept.is_usable()


def test_one_that_the_server_has_ended_is_noticed(kept):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [kept.server_process])

    assert not kept.is_usable()


def test_after_an_error_the_server_is_asked(kept, monkeypatch):
    asked = []
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", lambda self: not asked.append(self))
    kept.errors_occurred = True

    assert kept.is_usable()
    assert asked == [kept]
