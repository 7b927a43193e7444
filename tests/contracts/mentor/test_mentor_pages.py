"""The mentor contract's own pages of mentors: hours, figures, languages, the search by a form."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import TutorLanguage, TutorProfile
from bookings.models import BookingEvent
from bookings.services.performance import performance_of
from tests.factories import (
    AdminFactory,
    BookingFactory,
    BookingTermsFactory,
    ReviewFactory,
    StudentFactory,
    SubjectFactory,
    TutorFactory,
    TutorProfileFactory,
    TutorSubjectFactory,
    WeeklyHoursFactory,
)
from tests.support.clients import queries_of

pytestmark = pytest.mark.django_db

SEARCH, HOURS, FIGURES, LANGUAGES = (
    f"/api/mentors/{end}" for end in ("search", "availability", "performance", "languages")
)
MORNING = {"dayOfWeek": "monday", "startTime": "09:00", "endTime": "12:00"}


@pytest.fixture
def mentor():
    return TutorFactory().tutor_profile


@pytest.fixture
def mine(api, mentor):
    return api.as_(mentor.user)


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [each["id"] for each in answer.json()["items"]]


def search(api, **body):
    return api.post(SEARCH, body, format="json")


class TestTheSearch:
    def test_narrows_by_all_that_the_form_has_and_pages_by_it(self, api):
        subject = SubjectFactory(name="Optics")
        cheap = TutorProfileFactory(hourly_rate=20, experience_years=1, title="Lenses and light")
        dear = TutorProfileFactory(hourly_rate=60, experience_years=9, average_rating="4.80")
        TutorSubjectFactory(tutor=dear, subject=subject)
        TutorLanguage.objects.create(tutor=cheap, code="es")
        TutorProfile.objects.filter(pk=cheap.pk).update(search_text=" lenses and light")

        assert ids(search(api, sort="rate")) == [cheap.pk, dear.pk]
        assert ids(search(api, query="LENSES")) == ids(search(api, languages=["Spanish"])) == [cheap.pk]
        assert ids(search(api, subjects=["optics"])) == ids(search(api, subjects=[subject.pk])) == [dear.pk]
        assert ids(search(api, minRate=50)) == ids(search(api, min_rating=4.5)) == [dear.pk]
        assert ids(search(api, maxRate=50)) == [cheap.pk]
        assert ids(search(api, minExperience=5)) == [dear.pk]
        page = search(api, sort="rate", page=2, pageSize=1).json()
        assert (page["items"][0]["id"], page["total"], page["page"], page["pageSize"]) == (dear.pk, 2, 2, 1)

    def test_finds_those_who_have_time_then(self, api):
        free, busy, paused, _ = (TutorProfileFactory(accepts_bookings=n != 2) for n in range(4))
        day = (timezone.now() + timedelta(days=3)).replace(hour=0, minute=0, second=0, microsecond=0)
        for tutor in (free, busy, paused):
            WeeklyHoursFactory(tutor=tutor, weekday=day.weekday(), start_minute=600, end_minute=660)
        BookingFactory(tutor=busy, starts_at=day + timedelta(hours=10))

        that_hour = {"availableFrom": day + timedelta(hours=10), "availableTo": day + timedelta(hours=11)}
        assert ids(search(api, **that_hour)) == [free.pk]
        assert ids(search(api, **that_hour | {"availableFrom": day + timedelta(hours=10, minutes=45)})) == []
        assert set(ids(search(api, availableFrom=day))) == {free.pk, busy.pk}  # a week later, too

    @pytest.mark.parametrize(
        "bad",
        [
            {"minRate": "much"}, {"subjects": [{}]}, {"languages": ["xx"]}, {"sort": "luck"}, {"page": "two"},
            {"availableFrom": "2099-01-03T00:00:00Z", "availableTo": "2099-01-02T00:00:00Z"},
            {"availableFrom": "2099-01-01T00:00:00Z", "availableTo": "2099-02-01T00:00:00Z"}, {"pageSize": []},
        ],
    )  # fmt: skip
    def test_says_what_it_does_not_understand(self, api, bad):
        answer = search(api, **bad)

        assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")

    def test_costs_the_same_for_one_mentor_and_for_three(self, api):
        day = (timezone.now() + timedelta(days=3)).replace(hour=0, minute=0, second=0, microsecond=0)
        time = {"availableFrom": day, "availableTo": day + timedelta(days=1)}

        def queries_with(mentors):
            for _ in range(mentors):
                WeeklyHoursFactory(tutor=TutorProfileFactory(), weekday=day.weekday(), start_minute=0, end_minute=1440)
            ids(search(api, **time))  # what cards show of tutors is remembered for a minute
            with CaptureQueriesContext(connection) as captured:
                found = ids(search(api, **time))
            return len(found), len(captured)

        found, one = queries_with(1)

        assert (found, queries_with(2)) == (1, (3, one))


class TestLanguages:
    def test_list_who_speaks_one_well_enough(self, api):
        native, fair, _ = TutorProfileFactory(), TutorProfileFactory(), TutorProfileFactory()
        TutorLanguage.objects.create(tutor=native, code="es")
        TutorLanguage.objects.create(tutor=fair, code="es", level="intermediate")

        assert set(ids(api.get(f"{LANGUAGES}?language=Spanish"))) == {native.pk, fair.pk}
        assert ids(api.get(f"{LANGUAGES}?language=es&level=C1")) == [native.pk]
        assert len(ids(api.get(LANGUAGES))) == 3
        shown = api.get(f"{LANGUAGES}?language=es&level=native").json()["items"][0]["spokenLanguages"]
        assert shown == [{"code": "es", "name": "Spanish", "level": "native"}]
        assert api.get(f"{LANGUAGES}?language=Klingonish").status_code == 400

    def test_have_levels_that_mentors_say_and_keep(self, api, mentor):
        about = "/api/tutors/me/about"
        api.as_(mentor.user).patch(about, {"languages": [{"language": "es", "level": "B1"}, "en"]}, format="json")
        api.as_(mentor.user).patch(about, {"languages": ["en", "es"]}, format="json")

        assert dict(mentor.languages.values_list("code", "level")) == {"en": "native", "es": "intermediate"}

    def test_cost_the_same_for_one_mentor_and_for_three(self, api):
        TutorLanguage.objects.create(tutor=TutorProfileFactory(), code="es")
        one = queries_of(api, LANGUAGES)
        for _ in range(2):
            TutorLanguage.objects.create(tutor=TutorProfileFactory(), code="es")

        assert queries_of(api, LANGUAGES) == one


class TestHours:
    def test_are_the_week_and_single_dates_in_one(self, mine, mentor):
        holiday, other = "2099-01-01", {"startTime": "10:00", "endTime": "11:00"}
        body = {
            "timezone": "Europe/London",
            "weeklySchedule": [MORNING],
            "overrides": [{"date": holiday, "slots": []}, {"date": "2099-01-02", "slots": [other]}],
        }

        answer = mine.put(HOURS, body, format="json")

        shown = answer.json()
        assert (answer.status_code, shown["mentorId"], shown["timezone"]) == (200, mentor.pk, "Europe/London")
        assert shown["weeklySchedule"] == [MORNING | {"isRecurring": True, "date": None}]
        assert shown["overrides"] == body["overrides"]
        assert mine.get(HOURS).json() == shown
        kept = mine.put(HOURS, {"weeklySchedule": []}, format="json").json()
        assert (kept["weeklySchedule"], kept["overrides"]) == ([], body["overrides"])
        gone = mine.put(HOURS, {"weeklySchedule": [], "overrides": body["overrides"][1:]}, format="json").json()
        assert gone["overrides"] == body["overrides"][1:]

    def test_of_an_old_version_and_doubled_dates_are_refused_and_change_nothing(self, mine):
        put = {"weeklySchedule": [MORNING], "overrides": []}
        version = mine.put(HOURS, put, format="json").json()["version"]

        stale = mine.put(HOURS, {"weeklySchedule": [], "version": version - 1}, format="json")
        twice = mine.put(HOURS, put | {"overrides": [{"date": "2099-01-01", "slots": []}] * 2}, format="json")

        assert (stale.status_code, twice.status_code) == (409, 400)
        assert len(mine.get(HOURS).json()["weeklySchedule"]) == 1

    def test_are_read_by_admins_and_by_no_other_mentor(self, api, mentor):
        assert api.as_(AdminFactory()).get(f"{HOURS}?mentorId={mentor.pk}").json()["mentorId"] == mentor.pk
        assert api.as_(AdminFactory()).get(HOURS).json()["errors"] == {"mentorId": ["This field is required."]}
        assert api.as_(TutorFactory()).get(f"{HOURS}?mentorId={mentor.pk}").status_code == 404
        assert api.as_(StudentFactory()).get(HOURS).json()["error"] == "Mentor access required"


class TestFigures:
    def test_come_from_the_history_of_the_period(self, mine, mentor, django_assert_num_queries):
        now = timezone.now()
        regular, once = StudentFactory(), StudentFactory()

        def lesson(days_ago, *, status="completed", student=regular, answered=None, minutes=30, **fields):
            start = now - timedelta(days=days_ago)
            booking = BookingFactory(tutor=mentor, student=student, status=status, starts_at=start, **fields)
            asked = start - timedelta(days=1)
            type(booking).objects.filter(pk=booking.pk).update(created_at=asked)

            def note(kind, before, after, at):
                BookingEvent.objects.create(
                    booking=booking, kind=kind, from_status=before, to_status=after, party="tutor", created_at=at
                )

            note("created", "", "pending", asked)
            if answered:
                note(answered, "pending", answered, asked + timedelta(minutes=minutes))
            if status == "cancelled":
                note("cancelled", "confirmed", "cancelled", start)
            return booking

        lesson(100, answered="confirmed")  # before the period: counts for who comes back, alone
        good = lesson(5, answered="confirmed", minutes=10)
        lesson(6, student=once, answered="confirmed", minutes=20)
        lesson(7, status="cancelled", cancelled_by="tutor", answered="confirmed", minutes=60)
        lesson(8, status="cancelled", cancelled_by="student", answered="confirmed", minutes=60)
        lesson(9, status="no_show_tutor", answered="confirmed", minutes=120)
        lesson(10, status="declined", answered="declined", minutes=240)
        lesson(11, status="expired")
        ReviewFactory(booking=good, rating=4)
        BookingFactory(status="completed", starts_at=now - timedelta(days=5))  # somebody else's

        shown = mine.get(FIGURES).json()

        expected = {
            "requests": 7,
            "accepted": 5,
            "declined": 1,
            "unanswered": 1,
            "responseMinutes": 60.0,
            "completed": 2,
            "cancelledByMentor": 1,
            "cancelledByStudent": 1,
            "missedByMentor": 1,
            "acceptanceRate": 71.4,
            "completionRate": 50.0,
            "cancellationRate": 20.0,
            "noShowRate": 33.3,
            "minutesTaught": 120,
            "students": 2,
            "repeatStudents": 1,
            "repeatRate": 50.0,
            "averageRating": 4.0,
            "reviews": 1,
        }
        assert {name: shown[name] for name in expected} == expected
        since = now - timedelta(days=30)
        with django_assert_num_queries(5):
            performance_of(mentor, since=since, until=now)

    def test_of_a_quiet_time_are_null_not_zero(self, mine, mentor):
        BookingTermsFactory(tutor=mentor, timezone="America/New_York")

        shown = mine.get(f"{FIGURES}?dateFrom=2026-01-01&dateTo=2026-01-31").json()

        assert (shown["requests"], shown["acceptanceRate"], shown["averageRating"]) == (0, None, None)
        assert shown["periodStart"] == "2026-01-01T05:00:00Z"
        assert shown["periodEnd"] == "2026-02-01T05:00:00Z"

    @pytest.mark.parametrize("query", ["dateFrom=2026-02-01&dateTo=2026-01-01", "dateFrom=2020-01-01", "dateTo=x"])
    def test_are_of_a_year_at_most(self, mine, query):
        assert mine.get(f"{FIGURES}?{query}").status_code == 400

    def test_are_the_mentors_own_and_the_admins_to_see(self, api, mentor):
        assert api.as_(AdminFactory()).get(f"{FIGURES}?mentorId={mentor.pk}").status_code == 200
        assert api.as_(AdminFactory()).get(f"{FIGURES}?mentorId=999999").status_code == 404
        assert api.as_(StudentFactory()).get(FIGURES).status_code == 403
        assert api.as_(TutorFactory()).get(f"{FIGURES}?mentorId={mentor.pk}").status_code == 404
