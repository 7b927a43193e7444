"""The chapter on availability of the edustream document, what its client sends, and what goes beyond the document."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from bookings.models import BookingTerms, DateOverride, SlotHold, TimeOff, WeeklyHours
from tests.factories import (
    BookingFactory,
    BookingTermsFactory,
    DateOverrideFactory,
    ParticipantFactory,
    SessionFactory,
    SlotHoldFactory,
    StudentFactory,
    TimeOffFactory,
    TutorFactory,
    TutorProfileFactory,
    UserFactory,
    WeeklyHoursFactory,
)
from tests.support.golden import differences

# A Friday; the document's slot is on the Saturday.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_friday")]

HOURS, BULK, WEEK = "/api/tutors/availability", "/api/tutors/availability/bulk", "/api/tutors/me/availability"
OVERRIDES, TIME_OFF = "/api/tutors/availability/overrides", "/api/tutors/availability/time-off"
TERMS, HOLDS = "/api/tutors/me/booking-terms", "/api/bookings/holds"
MONDAY = {"day_of_week": "monday", "start_time": "09:00", "end_time": "17:00"}
TUESDAY = {"day_of_week": "tuesday", "start_time": "14:00", "end_time": "18:00", "is_recurring": True}
TEN_ON_SATURDAY = datetime(2025, 1, 25, 10, tzinfo=UTC)


@pytest.fixture
def _friday():
    with time_machine.travel("2025-01-24T10:30:00Z", tick=False):
        yield


@pytest.fixture
def tutor():
    return TutorFactory().tutor_profile


@pytest.fixture
def as_tutor(api, tutor):
    return api.as_(tutor.user)


@pytest.fixture
def student():
    return StudentFactory()


@pytest.fixture
def as_student(api, student):
    return api.as_(student)


def open_on_saturday(tutor, start=9 * 60, end=10 * 60):
    return WeeklyHoursFactory(tutor=tutor, weekday=5, start_minute=start, end_minute=end)


def code(response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


class TestFreeSlots:
    def get(self, client, tutor, **query):
        query = {"start_date": "2025-01-25", "end_date": "2025-01-25"} | query
        return client.get(f"/api/tutors/{tutor.pk}/available-slots", query)

    @pytest.mark.parametrize("slash", ["", "/"])
    def test_the_documents_example(self, as_student, tutor, slash):
        open_on_saturday(tutor)

        response = as_student.get(
            f"/api/tutors/{tutor.pk}/available-slots{slash}?start_date=2025-01-25&end_date=2025-01-25"
        )

        example = {"start_time": "2025-01-25T09:00:00Z", "end_time": "2025-01-25T10:00:00Z", "is_available": True}
        assert response.status_code == 200
        assert response.json() == [example | {"duration_minutes": 60}]

    def test_the_clients_dates_have_a_midnight(self, as_student, tutor):
        open_on_saturday(tutor)

        response = self.get(
            as_student, tutor, start_date="2025-01-25T00:00:00", end_date="2025-01-26T00:00:00", duration_minutes=30
        )

        assert [slot["start_time"][11:16] for slot in response.json()] == ["09:00", "09:30"]

    def test_camel_case_is_understood(self, as_student, tutor):
        open_on_saturday(tutor)

        response = as_student.get(
            f"/api/tutors/{tutor.pk}/available-slots",
            {"startDate": "2025-01-25", "endDate": "2025-01-25", "durationMinutes": 45},
        )

        assert [slot["duration_minutes"] for slot in response.json()] == [45]

    def test_dates_are_those_of_the_callers_zone_unless_another_is_named(self, api, tutor):
        open_on_saturday(tutor, 22 * 60, 1440)
        in_tokyo = api.as_(StudentFactory(timezone="Asia/Tokyo"))

        assert self.get(in_tokyo, tutor).json() == []
        assert len(self.get(in_tokyo, tutor, start_date="2025-01-26", end_date="2025-01-26").json()) == 3
        assert len(self.get(in_tokyo, tutor, tz="UTC").json()) == 3

    def test_a_named_zone_shows_its_walls_and_tells_the_repeated_hour_apart(self, as_student):
        tutor = BookingTermsFactory(timezone="America/New_York", max_advance_days=365).tutor
        WeeklyHoursFactory(tutor=tutor, weekday=6, start_minute=60, end_minute=120)

        slots = self.get(
            as_student, tutor, start_date="2025-11-02", end_date="2025-11-02", tz="America/New_York"
        ).json()

        assert [(slot["start_local"], slot["utc_offset"]) for slot in slots] == [
            ("2025-11-02T01:00:00", "-04:00"),
            ("2025-11-02T01:30:00", "-04:00"),
            ("2025-11-02T01:00:00", "-05:00"),
        ]

    def test_what_is_taken_is_left_out(self, as_student, student, tutor):
        open_on_saturday(tutor, 9 * 60, 13 * 60)
        BookingTermsFactory(tutor=tutor, slot_step_minutes=60)
        BookingFactory(tutor=tutor, starts_at=TEN_ON_SATURDAY)
        ParticipantFactory(session=SessionFactory(starts_at=TEN_ON_SATURDAY.replace(hour=12)), user=student)

        assert [slot["start_time"][11:13] for slot in self.get(as_student, tutor).json()] == ["09", "11"]

    @pytest.mark.parametrize(
        "query",
        [
            {"start_date": ""},
            {"end_date": "2025-01-24"},
            {"end_date": "2025-03-28"},
            {"start_date": "tomorrow"},
            {"start_date": "2025-01-25T09:00:00"},
            {"start_date": "0001-01-01", "end_date": "0001-01-02"},
            {"end_date": "9999-12-31"},
            {"duration_minutes": 0},
            {"duration_minutes": "long"},
            {"tz": "Mars/Olympus"},
            {"tz": "+02:00"},
        ],
    )
    def test_a_bad_question_is_400(self, as_student, tutor, query):
        assert code(self.get(as_student, tutor, **query)) == (400, "VALIDATION_ERROR")

    def test_62_days_can_be_asked_for(self, as_student, tutor):
        assert self.get(as_student, tutor, end_date="2025-03-27").status_code == 200

    def test_a_length_that_is_not_offered_is_400_and_names_those_that_are(self, as_student, tutor):
        response = self.get(as_student, tutor, duration_minutes=50)

        assert code(response) == (400, "DURATION_NOT_OFFERED")
        assert response.json()["durations"] == [30, 45, 60, 90, 120]

    @pytest.mark.parametrize("status", ["draft", "pending_approval", "suspended"])
    def test_a_tutor_who_is_not_listed_is_as_one_that_is_not_there(self, as_student, tutor, status):
        unlisted = TutorProfileFactory(status=status)
        answers = [self.get(as_student, unlisted)]
        unlisted.pk += 1000
        answers.append(self.get(as_student, unlisted))

        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].json() == answers[1].json()

    def test_nobody_sees_none(self, api, tutor):
        assert code(self.get(api, tutor)) == (401, "NO_TOKEN")

    @pytest.mark.parametrize("count", [1, 30])
    def test_a_week_costs_four_statements_however_much_there_is(
        self, as_student, tutor, count, django_assert_num_queries
    ):
        BookingTermsFactory(tutor=tutor)
        for n in range(count):
            WeeklyHoursFactory(tutor=tutor, weekday=n % 7, start_minute=n * 40, end_minute=n * 40 + 35)
            DateOverrideFactory(tutor=tutor, date=date(2025, 1, 27), windows=[[0, 600]]) if n == 0 else None
            BookingFactory(tutor=tutor, starts_at=TEN_ON_SATURDAY.replace(month=2, day=n % 28 + 1, hour=n % 24))
            SlotHoldFactory(tutor=tutor)
            TimeOffFactory(tutor=tutor)

        with django_assert_num_queries(5):  # who asks, whom, blocks, the hours, what is taken
            response = self.get(as_student, tutor, end_date="2025-01-31")

        assert response.json()


class TestOwnHours:
    def test_the_documents_list(self, as_tutor, tutor):
        shown = WeeklyHoursFactory(tutor=tutor)
        WeeklyHoursFactory()

        response = as_tutor.get(HOURS)

        assert differences(response.json(), [MONDAY | {"id": shown.pk, "is_recurring": True}]) == []
        assert response.json()[0]["day_number"] == 1

    def test_the_documents_new_hours(self, as_tutor, tutor):
        response = as_tutor.post(HOURS, TUESDAY)

        assert response.status_code == 201
        assert differences(response.json(), TUESDAY | {"next_day": None, "date": None}) == []
        row = WeeklyHours.objects.get(tutor=tutor)
        assert (row.pk, row.weekday, row.start_minute, row.end_minute) == (response.json()["id"], 1, 840, 1080)

    @pytest.mark.parametrize(
        ("day", "name"),
        [
            (0, "sunday"),
            (1, "monday"),
            ("6", "saturday"),
            ("Friday", "friday"),
            (" monday ", "monday"),
            (2.0, "tuesday"),
        ],
    )
    def test_days_are_names_or_the_clients_numbers(self, as_tutor, day, name):
        response = as_tutor.post(HOURS, TUESDAY | {"day_of_week": day})

        assert (response.status_code, response.json()["day_of_week"]) == (201, name)

    def test_a_form_is_read(self, as_tutor):
        response = as_tutor.post(
            HOURS, {"dayOfWeek": "2", "startTime": "09:00:00", "endTime": "24:00"}, format="multipart"
        )

        assert (response.status_code, response.json()["day_of_week"]) == (201, "tuesday")
        assert (response.json()["start_time"], response.json()["end_time"]) == ("09:00", "24:00")

    @pytest.mark.parametrize("end", ["00:00", "24:00", "24:00:00"])
    def test_an_end_at_midnight_is_shown_as_24_00(self, as_tutor, end):
        assert as_tutor.post(HOURS, TUESDAY | {"end_time": end}).json()["end_time"] == "24:00"

    def test_what_crosses_midnight_is_stored_as_two(self, as_tutor):
        response = as_tutor.post(HOURS, {"day_of_week": "saturday", "start_time": "22:00", "end_time": "02:00"})

        assert (
            differences(
                response.json(),
                {
                    "day_of_week": "saturday",
                    "start_time": "22:00",
                    "end_time": "24:00",
                    "next_day": {"day_of_week": "sunday", "start_time": "00:00", "end_time": "02:00"},
                },
            )
            == []
        )
        assert len(as_tutor.get(HOURS).json()) == 2

    def test_what_does_not_recur_names_its_date(self, as_tutor):
        response = as_tutor.post(HOURS, TUESDAY | {"is_recurring": False})

        assert (response.json()["is_recurring"], response.json()["date"]) == (False, "2025-01-28")

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("day_of_week", "someday"),
            ("day_of_week", 7),
            ("day_of_week", -1),
            ("day_of_week", True),
            ("day_of_week", None),
            ("start_time", "25:00"),
            ("start_time", "9:00"),
            ("start_time", "24:00"),
            ("start_time", 900),
            ("end_time", "09:60"),
            ("end_time", "14:00"),
            ("end_time", "18:00:30"),
            ("is_recurring", "perhaps"),
        ],
    )
    def test_a_bad_field_is_400(self, as_tutor, field, value):
        response = as_tutor.post(HOURS, TUESDAY | {field: value})

        assert (response.status_code, list(response.json()["errors"])) == (400, [field])

    def test_an_overlap_is_409_unless_it_is_to_be_merged(self, as_tutor, tutor):
        existing = WeeklyHoursFactory(tutor=tutor)
        evening = MONDAY | {"start_time": "16:00", "end_time": "20:00"}

        refused = as_tutor.post(HOURS, evening)
        merged = as_tutor.post(HOURS, evening | {"merge": True})

        assert code(refused) == (409, "OVERLAPPING_AVAILABILITY")
        assert refused.json()["conflicts"] == [existing.pk]
        assert (merged.json()["start_time"], merged.json()["end_time"]) == ("09:00", "20:00")
        assert len(as_tutor.get(HOURS).json()) == 1

    def test_are_deleted(self, as_tutor, tutor):
        window = WeeklyHoursFactory(tutor=tutor)

        response = as_tutor.delete(f"{HOURS}/{window.pk}")

        assert (response.status_code, response.content) == (204, b"")
        assert as_tutor.delete(f"{HOURS}/{window.pk}").status_code == 404

    def test_the_documents_bulk(self, as_tutor):
        slots = [
            {"day_of_week": "monday", "start_time": "09:00", "end_time": "12:00"},
            {"day_of_week": "wednesday", "start_time": "14:00", "end_time": "17:00"},
        ]

        response = as_tutor.post(BULK, {"slots": slots})

        assert response.status_code == 201
        assert differences(response.json(), slots) == []

    def test_a_bulk_is_all_or_nothing(self, as_tutor, tutor):
        WeeklyHoursFactory(tutor=tutor)

        refused = as_tutor.post(BULK, {"slots": [TUESDAY, MONDAY]})
        malformed = as_tutor.post(BULK, {"slots": [TUESDAY, {"day_of_week": "monday"}]})

        assert code(refused) == (409, "OVERLAPPING_AVAILABILITY")
        assert set(malformed.json()["errors"]) == {"slots.1.start_time", "slots.1.end_time"}
        assert WeeklyHours.objects.count() == 1

    @pytest.mark.parametrize("slots", [[], None, "monday", [None], {}, [TUESDAY] * 201])
    def test_a_bulk_of_nothing_is_400(self, as_tutor, slots):
        assert as_tutor.post(BULK, {"slots": slots}).status_code == 400

    @pytest.mark.parametrize("count", [1, 30])
    def test_cost_the_same_however_many_there_are(self, as_tutor, tutor, count, django_assert_num_queries):
        BookingTermsFactory(tutor=tutor)
        for n in range(count):
            WeeklyHoursFactory(tutor=tutor, start_minute=n * 10, end_minute=n * 10 + 5)

        with django_assert_num_queries(3):  # who asks, whose, which
            assert len(as_tutor.get(HOURS).json()) == count

    @pytest.mark.parametrize(("method", "path"), [("get", HOURS), ("post", HOURS), ("post", BULK), ("put", WEEK)])
    def test_students_have_none(self, as_student, method, path):
        assert code(getattr(as_student, method)(path)) == (403, "TUTORS_ONLY")


class TestTheWeek:
    def test_the_documents_example(self, as_tutor, tutor):
        WeeklyHoursFactory(tutor=tutor, weekday=4)

        response = as_tutor.put(WEEK, {"timezone": "America/New_York", "weekly_schedule": [MONDAY]})

        assert response.status_code == 200
        profile = response.json()
        assert (profile["id"], profile["version"], profile["timezone"]) == (tutor.pk, 2, "America/New_York")
        assert (
            differences(
                profile["availabilities"],
                [MONDAY | {"day_of_week": 1, "day_name": "monday", "is_recurring": True}],
            )
            == []
        )

    def test_the_clients_week_counts_from_sunday(self, as_tutor, tutor):
        sunday = {"day_of_week": 0, "start_time": "09:00", "end_time": "17:00", "is_recurring": True}

        response = as_tutor.put(WEEK, {"availability": [sunday], "timezone": "Europe/London", "version": tutor.version})

        assert WeeklyHours.objects.get(tutor=tutor).weekday == 6
        assert differences(response.json()["availabilities"], [sunday]) == []

    def test_an_old_version_is_409_and_changes_nothing(self, as_tutor, tutor):
        first = as_tutor.put(WEEK, {"availability": [MONDAY], "version": 1})
        second = as_tutor.put(WEEK, {"availability": [], "version": 1})

        assert first.json()["version"] == 2
        assert code(second) == (409, "STALE_VERSION")
        assert second.json()["current_version"] == 2
        assert WeeklyHours.objects.count() == 1

    def test_may_be_empty(self, as_tutor, tutor):
        WeeklyHoursFactory(tutor=tutor)

        assert as_tutor.put(WEEK, {"weekly_schedule": []}).json()["availabilities"] == []

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"timezone": "UTC"},
            {"weekly_schedule": [MONDAY], "timezone": "UTC+2"},
            {"weekly_schedule": [MONDAY], "version": "new"},
            {"weekly_schedule": [MONDAY | {"end_time": "?"}]},
            {"weekly_schedule": MONDAY},
        ],
    )
    def test_a_bad_body_is_400(self, as_tutor, tutor, body):
        WeeklyHoursFactory(tutor=tutor)

        assert code(as_tutor.put(WEEK, body)) == (400, "VALIDATION_ERROR")
        assert WeeklyHours.objects.count() == 1

    def test_that_overlaps_itself_is_409(self, as_tutor):
        assert code(as_tutor.put(WEEK, {"weekly_schedule": [MONDAY, MONDAY]})) == (409, "OVERLAPPING_AVAILABILITY")


class TestExceptions:
    def test_an_override_is_made_replaced_listed_and_removed(self, as_tutor):
        slots = [{"start_time": "09:00", "end_time": "12:00"}]

        made = as_tutor.post(OVERRIDES, {"date": "2025-12-24", "slots": slots})
        replaced = as_tutor.post(OVERRIDES, {"date": "2025-12-24T00:00:00", "slots": []})

        assert made.status_code == replaced.status_code == 201
        assert differences(made.json(), {"date": "2025-12-24", "slots": slots, "is_day_off": False}) == []
        assert as_tutor.get(OVERRIDES).json() == [replaced.json()]
        assert replaced.json() == {"id": made.json()["id"], "date": "2025-12-24", "slots": [], "is_day_off": True}
        assert as_tutor.delete(f"{OVERRIDES}/{made.json()['id']}").status_code == 204
        assert not DateOverride.objects.exists()

    @pytest.mark.parametrize(
        "body",
        [
            {"slots": []},
            {"date": "2025-12-24"},
            {"date": "soon", "slots": []},
            {"date": "2025-12-24", "slots": [{"start_time": "12:00", "end_time": "09:00"}]},
            {"date": "2025-12-24", "slots": [{"start_time": "12:00"}]},
        ],
    )
    def test_a_bad_override_is_400(self, as_tutor, body):
        assert code(as_tutor.post(OVERRIDES, body)) == (400, "VALIDATION_ERROR")

    def test_time_off_is_taken_listed_and_cancelled(self, as_tutor):
        body = {"starts_at": "2025-07-01T00:00:00+02:00", "ends_at": "2025-07-15T00:00:00Z", "reason": "Summer"}

        taken = as_tutor.post(TIME_OFF, body)

        assert taken.status_code == 201
        assert differences(taken.json(), body | {"starts_at": "2025-06-30T22:00:00Z"}) == []
        assert as_tutor.get(TIME_OFF).json() == [taken.json()]
        assert as_tutor.delete(f"{TIME_OFF}/{taken.json()['id']}").status_code == 204
        assert not TimeOff.objects.exists()

    @pytest.mark.parametrize(
        ("starts_at", "expected"),
        [
            ("2025-07-15T00:00:00Z", "VALIDATION_ERROR"),
            ("2025-07-01T00:00:00", "NAIVE_DATETIME"),
            ("July", "VALIDATION_ERROR"),
        ],
    )
    def test_bad_time_off_is_400(self, as_tutor, starts_at, expected):
        response = as_tutor.post(TIME_OFF, {"starts_at": starts_at, "ends_at": "2025-07-15T00:00:00Z"})

        assert code(response) == (400, expected)

    @pytest.mark.parametrize(("path", "factory"), [(OVERRIDES, DateOverrideFactory), (TIME_OFF, TimeOffFactory)])
    @pytest.mark.parametrize("count", [1, 30])
    def test_lists_are_ones_own_in_pages_at_one_cost(
        self, as_tutor, tutor, path, factory, count, django_assert_num_queries
    ):
        factory()
        factory.create_batch(count, tutor=tutor)

        with django_assert_num_queries(3):  # who asks, how many, which
            response = as_tutor.get(f"{path}?page_size=25")

        assert (len(response.json()), response["X-Total-Count"]) == (min(count, 25), str(count))


class TestTerms:
    def test_are_the_usual_ones_in_the_tutors_zone_at_first(self, as_tutor):
        assert as_tutor.get(TERMS).json() == {
            "slot_step_minutes": 30,
            "durations": [30, 45, 60, 90, 120],
            "min_notice_hours": 2,
            "max_advance_days": 60,
            "buffer_before_minutes": 0,
            "buffer_after_minutes": 0,
            "bookings_per_day": None,
            "bookings_per_week": None,
            "minutes_per_day": None,
            "minutes_per_week": None,
            "cancellation_policy": "standard",
            "instant_booking": False,
            "auto_accept_reschedule": False,
            "timezone": "UTC",
        }

    def test_are_changed_one_by_one(self, as_tutor, tutor):
        changes = {"durations": [60, 30, 60], "bookingsPerDay": 5, "instant_booking": True, "timezone": "Europe/London"}

        changed = as_tutor.patch(TERMS, changes).json()

        assert (changed["durations"], changed["bookings_per_day"], changed["instant_booking"]) == ([30, 60], 5, True)
        assert changed["timezone"] == "UTC"
        assert as_tutor.get(TERMS).json() == changed
        assert as_tutor.patch(TERMS, {"bookings_per_day": None}).json()["bookings_per_day"] is None

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("durations", []),
            ("durations", [17]),
            ("durations", [10]),
            ("durations", [245]),
            ("slot_step_minutes", 7),
            ("slot_step_minutes", 0),
            ("min_notice_hours", 169),
            ("min_notice_hours", -1),
            ("max_advance_days", 0),
            ("max_advance_days", 366),
            ("buffer_before_minutes", 245),
            ("buffer_after_minutes", 3),
            ("bookings_per_day", 0),
            ("cancellation_policy", "none"),
            ("instant_booking", None),
        ],
    )
    def test_a_bad_value_is_400(self, as_tutor, field, value):
        response = as_tutor.patch(TERMS, {field: value})

        assert response.status_code == 400
        assert next(iter(response.json()["errors"])).startswith(field)
        assert not BookingTerms.objects.exists()


class TestHolds:
    @pytest.fixture
    def body(self, tutor):
        open_on_saturday(tutor, 9 * 60, 17 * 60)
        return {"tutor_profile_id": tutor.pk, "start_at": "2025-01-25T14:00:00Z", "duration_minutes": 60}

    def test_a_slot_is_held_extended_and_released(self, as_student, body):
        held = as_student.post(HOLDS, body)
        path = f"{HOLDS}/{held.json()['id']}"

        assert held.status_code == 201
        rest = {"end_at": "2025-01-25T15:00:00Z", "expires_at": "2025-01-24T10:40:00Z", "extended": False}
        assert differences(held.json(), body | rest) == []
        extended = as_student.post(f"{path}/extend")
        assert (extended.json()["expires_at"], extended.json()["extended"]) == ("2025-01-24T10:45:00Z", True)
        assert code(as_student.post(f"{path}/extend")) == (409, "HOLD_EXTENDED")
        assert as_student.delete(path).status_code == 204
        assert as_student.delete(path).status_code == 404

    def test_it_is_not_offered_to_others_any_more_but_still_to_whom_it_is_held_for(self, api, as_student, tutor, body):
        as_student.post(HOLDS, body)
        asked = f"/api/tutors/{tutor.pk}/available-slots?start_date=2025-01-25&end_date=2025-01-25"

        def starts(client):
            return {slot["start_time"][11:16] for slot in client.get(asked).json()}

        assert starts(as_student) - starts(api.as_(StudentFactory())) == {"13:30", "14:00", "14:30"}

    @pytest.mark.parametrize(
        ("field", "value", "expected"),
        [
            ("start_at", "2025-01-25T08:00:00Z", (409, "OUTSIDE_AVAILABILITY")),
            ("start_at", "2025-01-25T14:10:00Z", (409, "OUTSIDE_AVAILABILITY")),
            ("start_at", "2025-01-18T14:00:00Z", (409, "TOO_SOON")),
            ("start_at", "2025-05-31T14:00:00Z", (409, "TOO_FAR")),
            ("start_at", "2025-01-25T10:00:00Z", (409, "SLOT_TAKEN")),
            ("start_at", "2025-01-25T14:00:00", (400, "NAIVE_DATETIME")),
            ("start_at", "2101-01-25T14:00:00Z", (400, "VALIDATION_ERROR")),
            ("duration_minutes", 50, (400, "DURATION_NOT_OFFERED")),
            ("duration_minutes", 61, (400, "VALIDATION_ERROR")),
            ("tutor_profile_id", 10**9, (404, "NOT_FOUND")),
            ("tutor_profile_id", "x", (400, "VALIDATION_ERROR")),
        ],
    )
    def test_what_cannot_be_had_says_why(self, as_student, tutor, body, field, value, expected):
        BookingFactory(tutor=tutor, starts_at=TEN_ON_SATURDAY)

        assert code(as_student.post(HOLDS, body | {field: value})) == expected
        assert not SlotHold.objects.exists()

    def test_a_clash_of_the_students_own_is_named(self, as_student, student, body):
        clash = ParticipantFactory(session=SessionFactory(starts_at=TEN_ON_SATURDAY.replace(hour=14)), user=student)

        refused = as_student.post(HOLDS, body)

        assert code(refused) == (409, "STUDENT_CONFLICT")
        assert [each["id"] for each in refused.json()["conflicts"]] == [clash.session_id]
        assert as_student.post(HOLDS, body | {"allow_overlap": True}).status_code == 201

    def test_a_paused_tutor_is_unavailable(self, as_student, tutor, body):
        tutor.accepts_bookings = False
        tutor.save()

        assert code(as_student.post(HOLDS, body)) == (409, "TUTOR_UNAVAILABLE")

    def test_tutors_hold_none(self, as_tutor, body):
        assert code(as_tutor.post(HOLDS, body)) == (403, "STUDENTS_ONLY")


def test_a_tutor_by_hand_has_a_profile_from_the_first_look_on(api):
    by_hand = UserFactory(role="tutor")

    assert api.as_(by_hand).get(HOURS).json() == []
    assert by_hand.tutor_profile.pk
