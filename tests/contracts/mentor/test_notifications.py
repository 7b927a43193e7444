"""The mentor contract's notification routes: reading, choosing, telling everybody, browsers."""

import pytest
from django.core import mail

from api.mentor.examples.platform import BROWSER, CHOICES
from audit.masking import MASK
from audit.models import AuditEntry
from notifications.kinds import CHANNELS, KINDS
from notifications.models import Announcement, Notification, NotificationPreferences, PushSubscription
from notifications.services import push
from notifications.tasks import deliver_due
from tests.factories import AdminFactory, NotificationFactory, PushSubscriptionFactory, StudentFactory, TutorFactory

pytestmark = pytest.mark.django_db

READ = "/api/notifications/mark-read"
PREFERENCES = "/api/notifications/preferences"
PUSH = "/api/notifications/push"
BROWSERS = "/api/notifications/push/subscriptions"


@pytest.fixture
def user():
    return StudentFactory()


@pytest.fixture
def mine(api, user):
    return api.as_(user)


class TestMarkingRead:
    def test_one_several_or_all(self, mine, user):
        rows = NotificationFactory.create_batch(5, recipient=user)
        bodies = [{"id": rows[0].pk}, {"ids": [rows[0].pk, rows[1].pk, rows[2].pk]}, {"all": True}, {"all": True}]

        answers = [mine.put(READ, body).json() for body in bodies]

        assert answers == [{"updated": 1}, {"updated": 2}, {"updated": 2}, {"updated": 0}]
        rows[4].refresh_from_db()
        assert rows[4].read_at is not None

    def test_those_of_others_are_passed_over(self, mine):
        theirs = NotificationFactory()

        assert mine.put(READ, {"ids": [theirs.pk, 10**9]}).json() == {"updated": 0}
        theirs.refresh_from_db()
        assert not theirs.is_read

    @pytest.mark.parametrize("body", [
        {}, {"all": False}, {"id": 1, "all": True}, {"id": "x"}, {"ids": "1"}, {"ids": [0]},
        {"ids": list(range(1, 1002))},
    ])  # fmt: skip
    def test_it_must_be_said_which(self, mine, body):
        assert mine.put(READ, body).status_code == 400


class TestPreferences:
    def test_what_holds_for_who_has_chosen_nothing(self, mine):
        answer = mine.get(PREFERENCES).json()

        assert {name: answer[name] for name in ("email", "push", "sms", "types", "quietHours", "digests")} == {
            "email": True, "push": True, "sms": False, "types": {}, "quietHours": None, "digests": {},
        }  # fmt: skip
        assert len(answer["effective"]) == len(KINDS)
        assert answer["effective"]["packageRefunded"]["mandatory"] is True
        assert set(answer["effective"]["newMessage"]["channels"]) == {"inApp", *CHANNELS} - {"in_app"}
        assert not NotificationPreferences.objects.exists()

    def test_the_same_comes_back(self, mine):
        answer = mine.put(PREFERENCES, CHOICES)

        assert answer.status_code == 200
        assert {name: answer.json()[name] for name in CHOICES} == CHOICES
        assert mine.get(PREFERENCES).json() == answer.json()
        assert answer.json()["effective"]["bookingConfirmed"]["channels"]["email"] is False

    def test_snake_case_is_understood(self, mine):
        body = {"quiet_hours": {"start": "23:00", "end": "24:00"}, "types": {"new_message": {"in_app": True}}}

        answer = mine.put(PREFERENCES, body).json()

        assert answer["quietHours"]["start"] == "23:00"
        assert answer["quietHours"]["end"] == "00:00"
        assert len(answer["quietHours"]["days"]) == 7
        assert answer["types"] == {"newMessage": {"inApp": True}}

    def test_what_is_left_out_stays_and_null_takes_back(self, mine):
        mine.put(PREFERENCES, CHOICES | {"categories": {"messages": {"email": False}}})

        answer = mine.put(PREFERENCES, {"types": {"bookingConfirmed": {"email": None}}, "quietHours": None}).json()

        assert (answer["types"], answer["quietHours"]) == ({}, None)
        assert answer["categories"] == {"messages": {"email": False}}
        assert answer["digests"] == {"reviews": "weekly"}

    def test_the_simple_switches_of_edustream_are_the_same_ones(self, mine):
        mine.patch("/api/users/preferences", {"push_notifications": False})

        assert mine.get(PREFERENCES).json()["push"] is False

    @pytest.mark.parametrize("body", [
        {"types": {"surprise": {"email": True}}},
        {"types": {"newMessage": {"pigeon": True}}},
        {"types": {"newMessage": {"email": "perhaps"}}},
        {"types": ["newMessage"]},
        {"categories": {"weather": {"email": True}}},
        {"quietHours": {"start": "25:00", "end": "07:00"}},
        {"quietHours": {"start": "07:00", "end": "07:00"}},
        {"quietHours": {"start": "22:00"}},
        {"quietHours": {"start": "22:00", "end": "07:00", "days": ["someday"]}},
        {"digests": {"reviews": "yearly"}},
        {"digests": {"weather": "daily"}},
        {"digestHour": 24},
        {"email": "perhaps"},
    ])  # fmt: skip
    def test_a_choice_that_there_is_not_is_400(self, mine, body):
        answer = mine.put(PREFERENCES, body)

        assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")
        assert not NotificationPreferences.objects.exists()


class TestTellingEverybody:
    NEWS = {"title": "Maintenance", "message": "We are away on Sunday.", "link": "/news"}

    @pytest.fixture
    def office(self, api):
        return api.as_(AdminFactory())

    @pytest.fixture(autouse=True)
    def people(self):
        return StudentFactory.create_batch(3), TutorFactory(), StudentFactory(is_active=False)

    @pytest.mark.parametrize(("to", "count"), [
        ({"all": True}, 5), ({"role": "STUDENT"}, 3), ({"role": "MENTOR"}, 1), ({"role": "learner"}, 3),
    ])  # fmt: skip
    def test_a_worker_tells_them(self, office, to, count):
        answer = office.post(PUSH, self.NEWS | to)

        assert (answer.status_code, answer.json()) == (202, {"queued": count})
        assert not Notification.objects.exists()
        deliver_due()
        deliver_due()
        told = Notification.objects.filter(type="announcement")
        assert (told.count(), told[0].title, told[0].link) == (count, "Maintenance", "/news")
        assert Announcement.objects.get().outcome == f"sent: to {count}"
        assert mail.outbox == []

    def test_people_may_be_named(self, office, people):
        chosen, gone = people[0][0], people[2]

        assert office.post(PUSH, self.NEWS | {"userIds": [chosen.pk, gone.pk, 10**9]}).json() == {"queued": 1}
        deliver_due()
        assert Notification.objects.get().recipient == chosen

    def test_a_repeat_of_the_task_tells_nobody_twice(self, office):
        office.post(PUSH, self.NEWS | {"all": True})
        deliver_due()
        Announcement.objects.update(state="due")

        deliver_due()

        assert Notification.objects.filter(type="announcement").count() == 5

    def test_the_same_request_again_is_one_announcement(self, office):
        answers = [
            office.post(PUSH, self.NEWS | {"all": True}, headers={"Idempotency-Key": "news-1"}) for _ in range(2)
        ]

        assert [answer.status_code for answer in answers] == [202, 202]
        assert Announcement.objects.count() == 1

    def test_it_is_in_the_audit_log(self, office):
        office.post(PUSH, self.NEWS | {"all": True})

        entry = AuditEntry.objects.get(action="announcement.sent")
        assert entry.after == {"title": MASK, "role": "", "recipients": 5}

    @pytest.mark.parametrize("changes", [
        {}, {"all": False}, {"all": True, "role": "STUDENT"}, {"userIds": []}, {"role": "wizard"},
        {"all": True, "title": ""}, {"all": True, "title": "a\nb"}, {"all": True, "message": "x" * 2001},
        {"all": True, "link": "https://evil.example"}, {"all": True, "link": "//evil.example"},
        {"all": True, "link": "/\\evil.example"}, {"all": True, "link": "news"},
    ])  # fmt: skip
    def test_what_is_not_clear_is_400(self, office, changes):
        assert office.post(PUSH, self.NEWS | changes).status_code == 400
        assert not Announcement.objects.exists()

    def test_who_is_missing_is_named_as_the_contract_names_it(self, office):
        answer = office.post(PUSH, self.NEWS).json()

        assert (answer["code"], answer["message"]) == (
            "EXACTLY_ONE", "Send exactly one of userIds, role and all: true.",
        )  # fmt: skip

    def test_only_admins_may(self, mine):
        answer = mine.post(PUSH, self.NEWS | {"all": True})

        assert (answer.status_code, answer.json()["code"]) == (403, "ADMINS_ONLY")
        assert not Announcement.objects.exists()


class TestBrowsers:
    def test_the_key_is_what_pushes_are_signed_with(self, mine):
        assert mine.get(f"{PUSH}/key").json() == {"publicKey": push.public_key()}

    def test_a_browser_subscribes_is_listed_and_leaves(self, mine, user):
        made = mine.post(BROWSERS, BROWSER, headers={"User-Agent": "Firefox"})

        assert (made.status_code, made.json()["endpoint"]) == (201, BROWSER["endpoint"])
        assert made.json()["userAgent"] == "Firefox"
        assert mine.get(BROWSERS).json()["items"] == [made.json()]
        assert mine.delete(f"{BROWSERS}/{made.json()['id']}").status_code == 204
        assert not PushSubscription.objects.exists()

    def test_secrets_are_never_shown(self, mine, user):
        PushSubscriptionFactory(user=user)

        assert not {"p256dh", "auth", "keys"} & set(mine.get(BROWSERS).json()["items"][0])

    def test_those_of_others_are_not_there(self, mine):
        theirs = PushSubscriptionFactory()

        assert mine.get(BROWSERS).json()["items"] == []
        assert mine.delete(f"{BROWSERS}/{theirs.pk}").status_code == 404
        assert PushSubscription.objects.filter(pk=theirs.pk).exists()

    @pytest.mark.parametrize("count", [1, 10])
    def test_the_list_costs_the_same_however_long_it_is(self, mine, user, count, django_assert_num_queries):
        PushSubscriptionFactory.create_batch(count, user=user)

        with django_assert_num_queries(3):  # who asks, how many, which
            assert mine.get(BROWSERS).json()["total"] == count

    @pytest.mark.parametrize("changes", [
        {"endpoint": "http://push.example.com/x"}, {"endpoint": "https://127.0.0.1/x"}, {"endpoint": "https://[::1/x"},
        {"endpoint": "https://10.0.0.1/x"}, {"endpoint": "https://localhost/x"}, {"endpoint": "x" * 601},
        {"keys": {}}, {"keys": BROWSER["keys"] | {"auth": "short"}}, {"keys": BROWSER["keys"] | {"p256dh": "!" * 87}},
        {"keys": BROWSER["keys"] | {"p256dh": "B" * 87}}, {"keys": BROWSER["keys"] | {"p256dh": "A" * 87}},
    ])  # fmt: skip
    def test_an_address_of_ours_or_keys_that_are_none_are_400(self, mine, changes):
        assert mine.post(BROWSERS, BROWSER | changes).status_code == 400

    def test_an_eleventh_is_refused(self, mine, user):
        PushSubscriptionFactory.create_batch(10, user=user)

        answer = mine.post(BROWSERS, BROWSER)

        assert (answer.status_code, answer.json()["code"]) == (409, "TOO_MANY_BROWSERS")

    def test_a_site_that_pushes_nothing_says_so(self, mine, monkeypatch):
        monkeypatch.setattr(push, "is_available", lambda: False)

        assert mine.get(f"{PUSH}/key").json() == {"publicKey": None}
        assert mine.post(BROWSERS, BROWSER).json()["code"] == "PUSH_NOT_CONFIGURED"
