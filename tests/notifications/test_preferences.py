"""Through which channels somebody wants to hear of things."""

from functools import partial

import pytest

from notifications.models import NotificationPreferences
from notifications.services.preferences import preferences_of, update_preferences
from tests.factories import StudentFactory
from tests.support.threads import at_once


@pytest.mark.django_db
def test_who_has_chosen_nothing_hears_by_mail_and_push_without_a_row():
    preferences = preferences_of(StudentFactory())

    assert (preferences.email, preferences.push, preferences.sms) == (True, True, False)
    assert not NotificationPreferences.objects.exists()


@pytest.mark.django_db
def test_a_choice_leaves_the_other_channels_as_they_are():
    user = StudentFactory()
    update_preferences(user, {"sms": True})

    update_preferences(user, {"email": False})

    preferences = preferences_of(user)
    assert (preferences.email, preferences.push, preferences.sms) == (False, True, True)


@pytest.mark.django_db
def test_what_holds_for_the_account_is_written_there():
    user = StudentFactory()

    update_preferences(user, {"timezone": "Asia/Tokyo", "push": False})

    user.refresh_from_db()
    assert user.timezone == "Asia/Tokyo"
    assert not preferences_of(user).push


@pytest.mark.django_db(transaction=True)
def test_first_choices_at_once_become_one_row():
    user = StudentFactory()

    results = at_once([partial(update_preferences, user, {"sms": True})] * 12, threads=12)

    assert all(isinstance(result, NotificationPreferences) for result in results), results
    assert NotificationPreferences.objects.get().sms
