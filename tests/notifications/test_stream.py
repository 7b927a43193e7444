from datetime import timedelta
from functools import partial
from threading import Barrier

import orjson
import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from notifications.models import EventCounter, LiveEvent
from notifications.services import Notice, notify, stream
from notifications.tasks import purge_old_events
from tests.factories import StudentFactory, UserFactory
from tests.support.patience import PATIENCE
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return StudentFactory()


def test_a_user_without_events_is_at_zero(user):
    assert stream.last_seq(user.pk) == 0
    assert stream.since(user.pk, 0) == []


def test_events_are_numbered_from_one_for_each_user(user):
    other = StudentFactory()
    stream.append([(user.pk, {"type": "a"}), (other.pk, {"type": "b"})])
    stream.append([(user.pk, {"type": "c"}), (user.pk, {"type": "d"})])

    assert [(seq, orjson.loads(frame)) for seq, frame in stream.since(user.pk, 0)] == [
        (1, {"type": "a", "seq": 1}),
        (2, {"type": "c", "seq": 2}),
        (3, {"type": "d", "seq": 3}),
    ]
    assert (stream.last_seq(user.pk), stream.last_seq(other.pk)) == (3, 1)


def test_what_came_after_a_number_is_replayed_oldest_first_up_to_a_limit(user):
    stream.append([(user.pk, {"type": "a"})] * 5)

    assert [seq for seq, _ in stream.since(user.pk, 2)] == [3, 4, 5]
    assert [seq for seq, _ in stream.since(user.pk, 2, limit=2)] == [3, 4]
    assert stream.since(user.pk, 5) == []


def test_nothing_to_append_asks_the_database_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        stream.append([])


def test_a_rollback_leaves_no_gap(user):
    stream.append([(user.pk, {"type": "a"})])
    with transaction.atomic():
        stream.append([(user.pk, {"type": "b"})])
        transaction.set_rollback(True)
    stream.append([(user.pk, {"type": "c"})])

    assert [seq for seq, _ in stream.since(user.pk, 0)] == [1, 2]


def test_old_events_are_purged_and_the_numbers_go_on(user):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        stream.append([(user.pk, {"type": "old"})])
        clock.shift(stream.KEPT_FOR)
        purge_old_events()
        after_a_week = LiveEvent.objects.count()
        clock.shift(timedelta(seconds=1))
        purge_old_events()
        stream.append([(user.pk, {"type": "new"})])

    assert after_a_week == 1
    assert [seq for seq, _ in stream.since(user.pk, 0)] == [2]


def test_rows_say_what_they_are(user):
    stream.append([(user.pk, {"type": "a"})])

    assert str(EventCounter.objects.get()) == f"{user.pk}: 1"
    assert str(LiveEvent.objects.get()) == f"event 1 of {user.pk}"


def tell(user_ids, cause) -> None:
    with transaction.atomic():
        notify([Notice(user_id, "session_started", "Started", "It has.", f"cause:{cause}") for user_id in user_ids])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_overlapping_sets_of_people_told_at_once_make_no_deadlock_and_no_gap():
    ids = [UserFactory().pk for _ in range(8)]
    # Each call tells six of the eight, in an order of its own.
    calls = [partial(tell, [ids[(step + n * 3) % 8] for n in range(6)], step) for step in range(16)]

    results = at_once(calls)

    assert results == [None] * 16
    for user_id in ids:
        numbers = [seq for seq, _ in stream.since(user_id, 0)]
        assert numbers == list(range(1, len(numbers) + 1))
    assert LiveEvent.objects.count() == 16 * 6


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_order_of_ids_two_such_calls_do_deadlock(monkeypatch):
    """The negative control: the order is what keeps them apart."""
    first, second = UserFactory().pk, UserFactory().pk
    both_hold_one = Barrier(2, timeout=PATIENCE)

    def tell_one_by_one(user_ids):
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 0")
        with transaction.atomic():
            stream.append([(user_ids[0], {"type": "a"})])
            both_hold_one.wait()
            stream.append([(user_ids[1], {"type": "a"})])

    results = at_once([partial(tell_one_by_one, [first, second]), partial(tell_one_by_one, [second, first])])

    assert ["deadlock detected" in str(result) for result in results].count(True) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_cause_told_by_many_at_once_tells_each_person_once():
    ids = [UserFactory().pk for _ in range(4)]

    results = at_once([partial(tell, ids, "same")] * 8)

    assert results == [None] * 8
    assert sorted(LiveEvent.objects.values_list("user_id", "seq")) == [(user_id, 1) for user_id in ids]
