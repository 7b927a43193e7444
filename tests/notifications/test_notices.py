from datetime import UTC, datetime

import orjson
import pytest
from django.db import IntegrityError, transaction

from common.errors import NotFound
from notifications.models import LiveEvent, Notification
from notifications.services import Notice, delete, mark_all_read, mark_read, notify
from tests.factories import NotificationFactory, StudentFactory

pytestmark = pytest.mark.django_db


def notice(user, key="cause:1", **values) -> Notice:
    return Notice(
        **{"recipient_id": user.pk, "kind": "session_started", "title": "Started", "message": "Algebra has started."}
        | {"dedupe_key": key}
        | values
    )


@pytest.fixture
def user():
    return StudentFactory()


@pytest.fixture
def other():
    return StudentFactory()


def test_a_notice_becomes_a_row_and_a_frame_of_the_same_content(user):
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)

    (row,) = notify([notice(user, link="/sessions/4", data={"session_id": 4, "date": at})])

    row.refresh_from_db()
    assert (row.type, row.title, row.link, row.is_read) == ("session_started", "Started", "/sessions/4", False)
    assert row.data == {"session_id": 4, "date": "2026-03-01T12:00:00Z"}
    assert orjson.loads(LiveEvent.objects.get().frame) == {
        "type": "notification",
        "notification_id": row.pk,
        "notification_type": "session_started",
        "title": "Started",
        "message": "Algebra has started.",
        "link": "/sessions/4",
        "data": {"session_id": 4, "date": "2026-03-01T12:00:00Z"},
        "is_read": False,
        "created_at": row.created_at.isoformat().replace("+00:00", "Z"),
        "seq": 1,
    }
    assert str(row) == f"session_started to {user.pk}"


def test_one_cause_tells_a_person_once(user):
    notify([notice(user)])

    assert notify([notice(user)]) == []

    assert Notification.objects.count() == LiveEvent.objects.count() == 1


def test_one_cause_tells_a_person_once_even_within_one_call(user):
    assert len(notify([notice(user), notice(user)])) == 1


def test_whom_a_cause_told_already_does_not_keep_it_from_others(user, other):
    notify([notice(user)])

    rows = notify([notice(other), notice(user), notice(user, "cause:2")])

    assert {(row.recipient_id, row.dedupe_key) for row in rows} == {(other.pk, "cause:1"), (user.pk, "cause:2")}


def test_one_call_may_tell_a_person_several_things(user, other):
    notify([notice(user, "a", title="First"), notice(other), notice(user, "b", title="Second")])

    frames = [orjson.loads(event.frame) for event in LiveEvent.objects.filter(user=user)]
    assert [(frame["seq"], frame["title"]) for frame in frames] == [(1, "First"), (2, "Second")]


def test_telling_nobody_does_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert notify([]) == []


def test_people_are_told_in_the_order_of_their_ids(user, other):
    rows = notify([notice(other), notice(user)])

    assert [row.recipient_id for row in rows] == sorted([user.pk, other.pk])


def test_further_frames_come_first_in_each_stream_and_streams_in_one_order(user, other):
    first, last = sorted([user.pk, other.pk])
    frame = {"type": "booking_update", "booking_id": 7}

    notify([notice(user if user.pk == first else other)], frames=[(last, frame), (first, frame)])

    events = LiveEvent.objects.order_by("pk").values_list("user_id", "seq", "frame")
    assert [(user_id, seq) for user_id, seq, _ in events] == [(first, 1), (first, 2), (last, 1)]
    assert ["booking_update" in frame for _, _, frame in events] == [True, False, True]


def test_a_cause_that_was_told_already_still_has_its_frames(user):
    for _ in range(2):
        notify([notice(user)], frames=[(user.pk, {"type": "booking_update"})])

    assert LiveEvent.objects.filter(frame__contains="booking_update").count() == 2
    assert Notification.objects.count() == 1


def test_any_other_violation_is_not_taken_for_a_repeat(user):
    with pytest.raises(IntegrityError), transaction.atomic():
        notify([notice(user, title=None)])

    assert not LiveEvent.objects.exists()


def test_a_rollback_tells_nobody_anything(user, monkeypatch, django_capture_on_commit_callbacks):
    pushed = []
    monkeypatch.setattr("notifications.live.push", lambda *args: pushed.append(args))

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        notify([notice(user)])
        transaction.set_rollback(True)

    assert pushed == []
    assert not Notification.objects.exists()
    assert not LiveEvent.objects.exists()


def test_frames_are_pushed_after_the_commit(user, other, monkeypatch, django_capture_on_commit_callbacks):
    pushed = []
    monkeypatch.setattr("notifications.live.push", lambda *args: pushed.append(args))

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        notify([notice(other), notice(user)])
        before_the_commit = list(pushed)

    assert before_the_commit == []
    assert pushed == list(LiveEvent.objects.order_by("user_id").values_list("user_id", "seq", "frame"))


@pytest.mark.django_db(transaction=True)
def test_a_push_that_fails_does_not_fail_whoever_committed(user, monkeypatch):
    def fail(*args):
        raise RuntimeError("no loop")

    monkeypatch.setattr("notifications.live.push", fail)

    notify([notice(user)])

    assert Notification.objects.count() == 1


class TestReading:
    def test_marks_one_read(self, user):
        notification, untouched = NotificationFactory(recipient=user), NotificationFactory(recipient=user)

        read = mark_read(notification.pk, user=user)

        untouched.refresh_from_db()
        assert (read.is_read, read.read_at is not None, untouched.is_read) == (True, True, False)

    def test_twice_keeps_the_first_time(self, user):
        notification = NotificationFactory(recipient=user)
        first = mark_read(notification.pk, user=user).read_at

        assert mark_read(notification.pk, user=user).read_at == first

    def test_all_says_how_many_were_unread(self, user, other):
        NotificationFactory.create_batch(2, recipient=user)
        NotificationFactory(recipient=user, is_read=True)
        theirs = NotificationFactory(recipient=other)

        assert mark_all_read(user=user) == 2
        assert mark_all_read(user=user) == 0

        theirs.refresh_from_db()
        assert theirs.is_read is False

    @pytest.mark.parametrize("act", [mark_read, delete])
    def test_is_for_ones_own_only(self, act, user, other):
        theirs = NotificationFactory(recipient=other)

        with pytest.raises(NotFound):
            act(theirs.pk, user=user)
        with pytest.raises(NotFound):
            act(theirs.pk + 1000, user=user)

        theirs.refresh_from_db()
        assert theirs.is_read is False


def test_a_deleted_notification_is_gone(user):
    notification, kept = NotificationFactory.create_batch(2, recipient=user)

    delete(notification.pk, user=user)

    assert list(Notification.objects.all()) == [kept]
