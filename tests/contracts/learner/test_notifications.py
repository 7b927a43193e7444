"""`/api/learners/{id}/notifications`: a bare array, and marking one as read."""

import pytest

from api.learner.examples import NOTIFICATION
from audit.models import AuditEntry
from notifications.models import LiveEvent
from tests.factories import AdminFactory, NotificationFactory

pytestmark = pytest.mark.django_db


def test_the_list_is_a_bare_array_newest_first(mine, learner, path):
    first, second = NotificationFactory.create_batch(2, recipient=learner, data={"session_id": 5})
    NotificationFactory()

    answer = mine.get(path("notifications"))

    assert answer.status_code == 200
    assert [row["id"] for row in answer.json()] == [second.pk, first.pk]
    assert set(answer.json()[0]) == set(NOTIFICATION)
    assert answer.json()[0]["data"] == {"sessionId": 5}
    assert answer["X-Total-Count"] == "2"


def test_pages_follow_each_other_by_links(mine, learner, path):
    rows = NotificationFactory.create_batch(5, recipient=learner)

    answer = mine.get(path("notifications"), {"page": 2, "limit": 2})

    assert [row["id"] for row in answer.json()] == [rows[2].pk, rows[1].pk]
    assert answer["X-Total-Count"] == "5"
    assert 'page=3>; rel="next"' in answer["Link"].replace("limit=2&", "").replace("&limit=2", "")
    assert 'rel="prev"' in answer["Link"]


@pytest.mark.parametrize("query", ["unread=true", "unreadOnly=true", "isRead=false", "is_read=false"])
def test_only_the_unread_ones(query, mine, learner, path):
    NotificationFactory(recipient=learner, is_read=True)
    unread = NotificationFactory(recipient=learner)

    assert [row["id"] for row in mine.get(f"{path('notifications')}?{query}").json()] == [unread.pk]


def test_a_filter_that_is_no_truth_value_is_a_400(mine, path):
    assert mine.get(f"{path('notifications')}?unread=perhaps").status_code == 400


def test_marking_as_read_answers_success_with_the_notification(mine, learner, path):
    row = NotificationFactory(recipient=learner, message="It moved.")

    answers = [mine.put(path("notifications", row.pk)) for _ in range(2)]

    for answer in answers:
        body = answer.json()
        assert answer.status_code == 200
        assert (body["success"], body["message"]) == (True, "Notification marked as read")
        assert (body["id"], body["isRead"], body["read"], body["title"]) == (row.pk, True, True, row.title)
        assert body["notification"]["message"] == "It moved."
    row.refresh_from_db()
    assert row.is_read
    assert LiveEvent.objects.filter(user=learner).count() == 1  # its other devices hear of it once


def test_that_of_somebody_else_is_not_there(mine, path):
    theirs = NotificationFactory()

    hidden, missing = mine.put(path("notifications", theirs.pk)), mine.put(path("notifications", 999_999_999))

    assert hidden.status_code == missing.status_code == 404
    assert hidden.json()["message"] == missing.json()["message"]
    theirs.refresh_from_db()
    assert not theirs.is_read


def test_an_admin_reads_in_a_learners_place_and_that_is_on_record(api, learner, path):
    admin, row = AdminFactory(), NotificationFactory(recipient=learner)
    own = NotificationFactory(recipient=admin)

    read = api.as_(admin).put(path("notifications", row.pk))

    assert read.status_code == 200
    entry = AuditEntry.objects.get(action="learner.notification_read")
    assert (entry.actor_id, entry.object_id, entry.after) == (admin.pk, str(learner.pk), {"notification": row.pk})
    assert api.as_(admin).put(path("notifications", own.pk)).status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_however_long_it_is(count, mine, learner, path, django_assert_num_queries):
    NotificationFactory.create_batch(count, recipient=learner)

    with django_assert_num_queries(3):  # who asks, how many, which
        mine.get(path("notifications"), {"limit": 100})
