"""One's own calendar feed over the API: opened, shown once, rotated, closed (R-ICS-6)."""

from urllib.parse import urlsplit

import pytest

from audit.models import AuditEntry
from bookings.models import CalendarFeed
from tests.factories import StudentFactory

pytestmark = pytest.mark.django_db

PATH = "/api/users/me/calendar-feed"


@pytest.fixture
def user():
    return StudentFactory()


@pytest.fixture
def mine(api, user):
    return api.as_(user)


def test_there_is_none_before_one_asks(mine):
    assert mine.get(PATH).json() == {"is_open": False, "created_at": None, "last_used_at": None}


def test_the_address_is_shown_once_and_works(mine, client):
    opened = mine.post(PATH)
    url = opened.json()["url"]
    fetched = client.get(urlsplit(url).path)
    later = mine.get(PATH)

    assert (opened.status_code, fetched.status_code) == (201, 200)
    assert "url" not in later.json()
    assert later.json()["is_open"] is True
    assert later.json()["last_used_at"] is not None


def test_a_new_one_ends_the_old_one_and_closing_ends_it(mine, client):
    first, second = (urlsplit(mine.post(PATH).json()["url"]).path for _ in range(2))
    rotated = [client.get(path).status_code for path in (first, second)]
    closed = [mine.delete(PATH).status_code for _ in range(2)]

    assert (rotated, closed) == ([404, 200], [204, 204])
    assert client.get(second).status_code == 404
    assert not CalendarFeed.objects.exists()


def test_it_is_in_the_audit_log_without_the_token(mine):
    url = mine.post(PATH).json()["url"]
    mine.delete(PATH)

    entries = AuditEntry.objects.filter(action__startswith="calendar_feed.").order_by("pk")
    assert [entry.action for entry in entries] == ["calendar_feed.opened", "calendar_feed.closed"]
    assert url.rpartition("/")[2].removesuffix(".ics") not in str(list(entries.values()))


@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_nobody_has_one(api, method):
    assert getattr(api, method)(PATH).json()["code"] == "NO_TOKEN"


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_feed_itself_is_only_read(mine, client, method):
    path = urlsplit(mine.post(PATH).json()["url"]).path

    assert getattr(client, method)(path).status_code == 405
