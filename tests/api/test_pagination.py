"""Pages: what is asked for, what is counted, and how often."""

import pytest
from django.core.cache import cache

from api.core import pagination
from notifications.models import Notification
from tests.factories import NotificationFactory, StudentFactory

pytestmark = pytest.mark.django_db

PATH = "/api/notifications"


@pytest.fixture
def user():
    return StudentFactory()


def total(response) -> int:
    return int(response["X-Total-Count"])


def test_a_small_total_is_always_right(api, user):
    NotificationFactory(recipient=user)
    before = total(api.as_(user).get(PATH))
    NotificationFactory(recipient=user)

    assert (before, total(api.as_(user).get(PATH))) == (1, 2)


def test_a_large_total_may_be_some_seconds_old(api, user, monkeypatch):
    monkeypatch.setattr(pagination, "CACHE_TOTALS_FROM", 2)
    NotificationFactory.create_batch(2, recipient=user)
    before = total(api.as_(user).get(PATH))
    NotificationFactory(recipient=user)
    meanwhile = total(api.as_(user).get(PATH))
    cache.clear()

    assert (before, meanwhile, total(api.as_(user).get(PATH))) == (2, 2, 3)


def test_the_total_of_one_filter_or_person_is_not_anothers(api, user, monkeypatch):
    monkeypatch.setattr(pagination, "CACHE_TOTALS_FROM", 1)
    other = StudentFactory()
    NotificationFactory.create_batch(2, recipient=user)
    NotificationFactory(recipient=user, is_read=True)
    NotificationFactory(recipient=other)

    totals = [total(api.as_(user).get(PATH + query)) for query in ("", "?is_read=true", "?is_read=false")]

    assert totals == [3, 1, 2]
    assert total(api.as_(other).get(PATH)) == 1


def test_pages_together_are_the_list_and_nothing_comes_twice(api, user):
    Notification.objects.bulk_create(NotificationFactory.build_batch(25, recipient=user))

    shown = [item["id"] for page in (1, 2, 3) for item in api.as_(user).get(f"{PATH}?page={page}&page_size=10").json()]

    assert len(shown) == 25
    assert shown == sorted(shown, reverse=True)


@pytest.mark.parametrize(("query", "shown"), [("page_size=", 20), ("page=&page_size=5", 5), ("page=-3&page_size=5", 5)])
def test_a_parameter_without_a_value_is_as_good_as_none(api, user, query, shown):
    Notification.objects.bulk_create(NotificationFactory.build_batch(25, recipient=user))

    assert len(api.as_(user).get(f"{PATH}?{query}").json()) == shown
