"""Learners' settings."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import LearnerSettings
from accounts.services import settings
from tests.factories import LearnerSettingsFactory, StudentFactory

pytestmark = pytest.mark.django_db


def test_who_has_set_nothing_has_no_row_and_the_defaults():
    held = settings.settings_of(StudentFactory())

    assert (held.language, held.theme, held.show_to_peers, held.share_interests) == ("en", "system", True, True)
    assert not LearnerSettings.objects.exists()


def test_changing_nothing_makes_no_row():
    settings.update_settings(StudentFactory(), {"user": 7, "unknown": True})

    assert not LearnerSettings.objects.exists()


def test_a_change_leaves_the_rest():
    learner = StudentFactory()
    settings.update_settings(learner, {"theme": "dark", "show_to_peers": False})

    settings.update_settings(learner, {"theme": "light"})

    held = settings.settings_of(learner)
    assert (held.theme, held.show_to_peers, held.share_interests) == ("light", False, True)


def test_those_of_others_stay():
    other = LearnerSettingsFactory()

    settings.update_settings(StudentFactory(), {"theme": "dark"})

    other.refresh_from_db()
    assert other.theme == "system"


def test_the_database_refuses_a_theme_that_there_is_not():
    with pytest.raises(IntegrityError), transaction.atomic():
        LearnerSettingsFactory(theme="pink")
