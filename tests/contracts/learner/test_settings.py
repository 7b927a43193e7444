"""`/api/learners/{id}/settings`: one document, of which nothing is stored twice."""

import pytest

from accounts.models import LearnerSettings
from audit.models import AuditEntry
from notifications.models import NotificationPreferences
from tests.factories import AdminFactory, NotificationPreferencesFactory

pytestmark = pytest.mark.django_db

UNTOUCHED = {
    "language": "en",
    "theme": "system",
    "timezone": "UTC",
    "emailNotifications": True,
    "pushNotifications": True,
    "showToPeers": True,
    "shareInterests": True,
    "showOnLeaderboards": False,
    "matchWithPeers": False,
}
OTHER = {
    "language": "de",
    "theme": "dark",
    "timezone": "Europe/Berlin",
    "emailNotifications": False,
    "pushNotifications": False,
    "showToPeers": False,
    "shareInterests": False,
    "showOnLeaderboards": True,
    "matchWithPeers": True,
}


def test_what_holds_for_who_has_set_nothing(mine, path):
    answer = mine.get(path("settings"))

    assert (answer.status_code, answer.json()) == (200, UNTOUCHED)
    assert not LearnerSettings.objects.exists()
    assert not NotificationPreferences.objects.exists()


def test_all_of_it_comes_back(mine, path):
    answer = mine.put(path("settings"), OTHER)

    assert (answer.status_code, answer.json()) == (200, OTHER)
    assert mine.get(path("settings")).json() == OTHER


@pytest.mark.parametrize("name", OTHER)
def test_what_is_left_out_stays_as_it_is(name, mine, path):
    mine.put(path("settings"), OTHER)

    answer = mine.put(path("settings"), {name: UNTOUCHED[name], "unknown": 1})

    assert answer.json() == OTHER | {name: UNTOUCHED[name]}
    assert mine.get(path("settings")).json() == OTHER | {name: UNTOUCHED[name]}


def test_each_part_is_kept_where_it_belongs(mine, learner, path):
    NotificationPreferencesFactory(user=learner, types={"new_message": {"email": False}}, digest_hour=7)

    mine.put(path("settings"), OTHER)

    learner.refresh_from_db()
    preferences = NotificationPreferences.objects.get(user=learner)
    assert learner.timezone == "Europe/Berlin"
    assert (preferences.email, preferences.push) == (False, False)
    assert (preferences.types, preferences.digest_hour) == ({"new_message": {"email": False}}, 7)
    assert mine.get("/api/notifications/preferences").json()["email"] is False
    assert mine.get(path("profile")).json()["timezone"] == "Europe/Berlin"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"language": "klingon"}, "language"),
        ({"language": "xx"}, "language"),
        ({"language": ""}, "language"),
        ({"theme": "pink"}, "theme"),
        ({"theme": None}, "theme"),
        ({"timezone": "+02:00"}, "timezone"),
        ({"emailNotifications": "perhaps"}, "emailNotifications"),
        ({"pushNotifications": None}, "pushNotifications"),
        ({"showToPeers": 7}, "showToPeers"),
        ({"shareInterests": []}, "shareInterests"),
    ],
)
def test_an_unknown_value_is_a_400_that_names_the_field_and_changes_nothing(body, field, mine, path):
    answer = mine.put(path("settings"), OTHER | body)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert mine.get(path("settings")).json() == UNTOUCHED


def test_a_form_leaves_a_box_that_it_does_not_have_as_it_is(mine, path):
    mine.put(path("settings"), {"theme": "dark"}, format="multipart")

    assert mine.get(path("settings")).json() == UNTOUCHED | {"theme": "dark"}


def test_an_admin_in_a_learners_place_is_on_record(api, learner, path):
    admin = AdminFactory()

    answer = api.as_(admin).put(path("settings"), {"theme": "dark", "timezone": "Asia/Tokyo"})

    assert answer.json() == UNTOUCHED | {"theme": "dark", "timezone": "Asia/Tokyo"}
    entry = AuditEntry.objects.get(action="learner.settings_changed")
    assert (entry.actor_id, entry.object_id) == (admin.pk, str(learner.pk))
    assert entry.after == {"fields": ["theme", "timezone"]}
    admin.refresh_from_db()
    assert admin.timezone == "UTC"
