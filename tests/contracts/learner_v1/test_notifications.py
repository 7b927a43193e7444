"""What the learner_v1 client asks of notifications."""

import pytest

from notifications.models import Notification
from tests.factories import NotificationFactory, StudentFactory

pytestmark = pytest.mark.django_db

PATH = "/api/v1/notifications"


@pytest.fixture
def user():
    return StudentFactory()


@pytest.fixture
def mine(api, user):
    return api.as_(user)


def test_the_list_has_what_the_client_reads(mine, user):
    shown = NotificationFactory(recipient=user, data={"booking_id": 123}, type="booking_confirmed")
    NotificationFactory()

    body = mine.get(f"{PATH}?page=1&limit=10").json()

    assert (body["status"], body["pagination"]) == ("success", {"page": 1, "limit": 10, "total": 1})
    (item,) = body["data"]
    assert (item["_id"], item["id"], item["type"]) == (str(shown.pk), str(shown.pk), "booking_confirmed")
    assert (item["read"], item["isRead"], item["data"]) == (False, False, {"bookingId": "123"})
    assert {"message", "title", "createdAt"} <= set(item)


def test_only_the_unread_ones(mine, user):
    NotificationFactory(recipient=user, is_read=True)
    unread = NotificationFactory(recipient=user)

    found = {
        query: [item["id"] for item in mine.get(f"{PATH}?{query}").json()["data"]]
        for query in ("unreadOnly=true", "unread_only=true")
    }

    assert found == dict.fromkeys(found, [str(unread.pk)])
    assert len(mine.get(f"{PATH}?unreadOnly=false").json()["data"]) == 2


def test_how_many_are_unread(mine, user):
    NotificationFactory.create_batch(2, recipient=user)
    NotificationFactory()

    assert mine.get(f"{PATH}/unread-count").json() == {"status": "success", "data": {"count": 2, "unreadCount": 2}}


def test_one_is_read_then_all_then_all_are_deleted(mine, user):
    one, *_ = NotificationFactory.create_batch(3, recipient=user)
    theirs = NotificationFactory()

    read = mine.patch(f"{PATH}/{one.pk}/read").json()["data"]
    all_read = mine.patch(f"{PATH}/read-all").json()["data"]
    deleted = mine.delete(PATH).json()["data"]

    assert (read["read"], all_read["updated"], deleted["deleted"]) == (True, 2, 3)
    assert list(Notification.objects.values_list("pk", "is_read")) == [(theirs.pk, False)]


def test_that_of_somebody_else_is_not_there(mine):
    assert mine.patch(f"{PATH}/{NotificationFactory().pk}/read").status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_however_long_it_is(mine, user, count, django_assert_num_queries):
    NotificationFactory.create_batch(count, recipient=user)

    with django_assert_num_queries(3):  # who asks, how many, which
        mine.get(f"{PATH}?limit=100")


@pytest.mark.parametrize(("method", "path"), [
    ("get", PATH), ("delete", PATH), ("get", f"{PATH}/unread-count"), ("patch", f"{PATH}/read-all"),
])  # fmt: skip
def test_nobody_has_notifications(api, method, path):
    assert getattr(api, method)(path).json()["code"] == "NO_TOKEN"
