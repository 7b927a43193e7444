"""Who is online: a socket's word is good for a minute, and most words cost no write."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.services import presence
from tests.factories import StudentFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2031, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def user():
    return StudentFactory()


def online_until(user):
    user.refresh_from_db()
    return user.online_until


def test_a_word_is_good_for_a_minute(user):
    presence.note_here(user.pk, now=NOON)

    until = online_until(user)
    assert presence.is_online(until, now=NOON + timedelta(seconds=59))
    assert not presence.is_online(until, now=NOON + timedelta(seconds=60))
    assert not presence.is_online(None, now=NOON)


def test_a_second_socket_writes_nothing_while_the_first_ones_word_is_good(user):
    presence.note_here(user.pk, now=NOON)
    presence.note_here(user.pk, now=NOON + timedelta(seconds=15))
    assert online_until(user) == NOON + timedelta(seconds=60)

    presence.note_here(user.pk, now=NOON + timedelta(seconds=30))
    assert online_until(user) == NOON + timedelta(seconds=90)


def test_leaving_ends_it_at_once_and_can_be_said_twice(user):
    updated_at = user.updated_at
    presence.note_here(user.pk, now=NOON)
    presence.note_gone(user.pk)
    presence.note_gone(user.pk)

    assert online_until(user) is None
    assert user.updated_at == updated_at  # nobody changed the account
