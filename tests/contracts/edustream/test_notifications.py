"""The chapter on notifications of the edustream document."""

import pytest
import time_machine

from notifications.models import Notification
from tests.factories import NotificationFactory, StudentFactory
from tests.support.golden import differences

pytestmark = pytest.mark.django_db

EXAMPLE = {
    "type": "booking_confirmed",
    "title": "Booking Confirmed",
    "message": "Your session with John Tutor is confirmed",
    "is_read": False,
    "created_at": "2025-01-24T10:30:00Z",
    "data": {"booking_id": 123},
}


@pytest.fixture
def user():
    return StudentFactory()


@pytest.fixture
def mine(api, user):
    return api.as_(user)


class TestTheList:
    @pytest.mark.parametrize("path", ["/api/notifications", "/api/notifications/"])
    def test_the_documents_example(self, mine, user, path):
        with time_machine.travel("2025-01-24T10:30:00Z", tick=False):
            shown = NotificationFactory(
                recipient=user,
                **{name: EXAMPLE[name] for name in ("type", "title", "message", "data")},
            )

        response = mine.get(path)

        assert response.status_code == 200
        assert differences(response.json(), [EXAMPLE | {"id": shown.pk, "link": ""}]) == []

    def test_is_ones_own_newest_first(self, mine, user):
        NotificationFactory()
        first, second, third = NotificationFactory.create_batch(3, recipient=user)

        assert [item["id"] for item in mine.get("/api/notifications").json()] == [third.pk, second.pk, first.pk]

    def test_its_length_and_neighbours_are_in_headers(self, mine, user):
        NotificationFactory.create_batch(5, recipient=user)

        response = mine.get("/api/notifications?page=2&page_size=2")

        assert len(response.json()) == 2
        assert response["X-Total-Count"] == "5"
        assert response["Link"] == (
            '<http://testserver/api/notifications?page=3&page_size=2>; rel="next", '
            '<http://testserver/api/notifications?page=1&page_size=2>; rel="prev"'
        )

    def test_a_list_of_one_page_has_no_neighbours(self, mine):
        response = mine.get("/api/notifications")

        assert (response.json(), response["X-Total-Count"], "Link" in response) == ([], "0", False)

    def test_has_twenty_on_a_page_and_at_most_a_hundred(self, mine, user):
        Notification.objects.bulk_create(NotificationFactory.build_batch(101, recipient=user))

        sizes = ["", "?page_size=1000", "?limit=7", "?pageSize=8", "?page_size=0"]

        assert [len(mine.get(f"/api/notifications{size}").json()) for size in sizes] == [20, 100, 7, 8, 1]

    def test_a_page_beyond_the_last_is_empty(self, mine, user):
        NotificationFactory(recipient=user)

        response = mine.get("/api/notifications?page=99")

        assert (response.status_code, response.json(), response["X-Total-Count"]) == (200, [], "1")

    def test_can_be_narrowed(self, mine, user):
        read = NotificationFactory(recipient=user, is_read=True)
        unread = NotificationFactory(recipient=user, type="session_started")

        found = {
            query: [item["id"] for item in mine.get(f"/api/notifications?{query}").json()]
            for query in (
                "is_read=false",
                "isRead=true",
                "is_read=1",
                "isRead=0",
                "unread_only=1",
                "type=session_started",
                "type=nothing",
            )
        }

        assert found == {
            "is_read=false": [unread.pk],
            "isRead=true": [read.pk],
            "is_read=1": [read.pk],
            "isRead=0": [unread.pk],
            "unread_only=1": [unread.pk],
            "type=session_started": [unread.pk],
            "type=nothing": [],
        }

    @pytest.mark.parametrize("query", ["page=abc", "page_size=many", "type=" + "x" * 51, "is_read=2", "unread_only=y"])
    def test_a_bad_question_is_400(self, mine, query):
        assert mine.get(f"/api/notifications?{query}").status_code == 400

    @pytest.mark.parametrize("count", [1, 30])
    def test_costs_the_same_however_long_it_is(self, mine, user, count, django_assert_num_queries):
        NotificationFactory.create_batch(count, recipient=user)

        with django_assert_num_queries(3):  # who asks, how many, which
            mine.get("/api/notifications?page_size=100")


class TestOne:
    def test_is_marked_read(self, mine, user):
        notification = NotificationFactory(recipient=user)

        responses = [mine.patch(f"/api/notifications/{notification.pk}/read{slash}") for slash in ("", "/")]

        assert [response.status_code for response in responses] == [200, 200]
        assert responses[0].json() == responses[1].json()
        assert (responses[0].json()["id"], responses[0].json()["is_read"]) == (notification.pk, True)

    def test_is_deleted(self, mine, user):
        notification = NotificationFactory(recipient=user)

        response = mine.delete(f"/api/notifications/{notification.pk}")

        assert (response.status_code, response.content) == (204, b"")
        assert mine.delete(f"/api/notifications/{notification.pk}").status_code == 404

    @pytest.mark.parametrize(
        ("method", "path"), [("patch", "/api/notifications/{}/read"), ("delete", "/api/notifications/{}")]
    )
    def test_of_somebody_else_is_as_one_that_is_not_there(self, mine, method, path):
        theirs = NotificationFactory()
        answers = [getattr(mine, method)(path.format(pk)) for pk in (theirs.pk, theirs.pk + 1000)]

        assert [answer.status_code for answer in answers] == [404, 404]
        bodies = [{k: v for k, v in answer.json().items() if k != "timestamp"} for answer in answers]
        assert bodies[0] == bodies[1]
        theirs.refresh_from_db()
        assert theirs.is_read is False


def test_all_are_marked_read_at_once(mine, user):
    NotificationFactory.create_batch(3, recipient=user)
    theirs = NotificationFactory()

    response = mine.patch("/api/notifications/mark-all-read")

    assert response.json() == {"message": "All notifications marked as read", "updated": 3}
    assert Notification.objects.of(user.pk).unread().count() == 0
    theirs.refresh_from_db()
    assert theirs.is_read is False


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/api/notifications"),
        ("patch", "/api/notifications/mark-all-read"),
        ("patch", "/api/notifications/1/read"),
        ("delete", "/api/notifications/1"),
    ],
)
def test_nobody_has_notifications(api, method, path):
    response = getattr(api, method)(path)

    assert (response.status_code, response.json()["code"]) == (401, "NO_TOKEN")
