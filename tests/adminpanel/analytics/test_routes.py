"""The figures over HTTP: the document's names, those that clients read, and what is refused. Who may ask is in the
authorisation matrix.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from audit.services import record
from bookings.models import BookingEvent, BookingStatus, Party
from sessions_app.models import SessionStatus
from tests.factories import (
    AdminFactory,
    BookingFactory,
    EarningFactory,
    MessageFactory,
    PaymentFactory,
    RefundFactory,
    SessionFactory,
    StudentFactory,
    SubjectFactory,
    TutorFactory,
    TutorProfileFactory,
)
from tests.support.clients import queries_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)
DASHBOARD, ANALYTICS, MENTORS = "/api/admin/dashboard", "/api/admin/analytics", "/api/admin/mentors/performance"


@pytest.fixture
def admin(api):
    with time_machine.travel(NOON, tick=False):
        yield api.as_(AdminFactory())


def lesson(status=BookingStatus.COMPLETED, days_ago=1, **fields):
    return BookingFactory(status=status, starts_at=NOON - timedelta(days=days_ago), **fields)


def body(client, path, **query):
    answer = client.get(path, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


# --- The edustream dashboard ----------------------------------------------------------------------------------------


def test_stats_have_the_documents_names_and_those_of_its_client(admin):
    with time_machine.travel(NOON - timedelta(days=40), tick=False):
        PaymentFactory(amount=Decimal("45.00"))
    payment = PaymentFactory(amount=Decimal("20.00"))
    PaymentFactory(amount=Decimal(3000), currency="JPY", payer=payment.payer, tutor=payment.tutor)
    RefundFactory(payment=payment, amount=Decimal("5.00"))

    found = body(admin, f"{DASHBOARD}/stats")

    assert (found["total_users"], found["total_tutors"], found["total_students"]) == (5, 2, 2)
    assert (found["totalUsers"], found["activeTutors"], found["totalSessions"]) == (5, 2, 3)
    assert (found["revenue_this_month"], found["revenue"], found["currency"]) == (15, 60, "USD")
    assert found["revenue_by_currency"] == [{"currency": "JPY", "amount": 3000}, {"currency": "USD", "amount": 60}]
    assert (found["total_bookings"], found["satisfaction"], found["completionRate"]) == (3, 0, 0)
    assert body(admin, f"{DASHBOARD}/stats", currency="JPY")["revenue"] == 3000


def test_session_metrics_are_an_object_or_at_wish_an_array_with_changes(admin):
    lesson(days_ago=5)
    lesson(days_ago=6)
    lesson(BookingStatus.NO_SHOW_STUDENT, days_ago=7)
    lesson(days_ago=45)

    assert body(admin, f"{DASHBOARD}/session-metrics") == {
        "total_sessions": 4,
        "upcoming_sessions": 0,
        "ongoing_sessions": 0,
        "completed_sessions": 3,
        "cancelled_sessions": 1,
        "no_show_rate": 0.25,
    }
    assert body(admin, f"{DASHBOARD}/session-metrics", format="list") == [
        {"metric": "Total sessions", "value": 4, "change": 200.0},
        {"metric": "Completed sessions", "value": 3, "change": 100.0},
        {"metric": "Cancelled sessions", "value": 1, "change": 0.0},
        {"metric": "No-show rate (%)", "value": 25.0, "change": 33.33},
    ]


def test_charts_are_bare_arrays(admin):
    SessionFactory(subject=SubjectFactory(name="Algebra"), status=SessionStatus.COMPLETED, starts_at=NOON)
    PaymentFactory(amount=Decimal("45.00"), payable_id=1)

    assert body(admin, f"{DASHBOARD}/subject-distribution") == [{"subject": "Algebra", "value": 1, "color": "#4477AA"}]
    assert body(admin, f"{DASHBOARD}/monthly-revenue", months=2) == [
        {"month": "2026-02", "revenue": 0, "sessions": 0, "currency": "USD"},
        {"month": "2026-03", "revenue": 45, "sessions": 1, "currency": "USD"},
    ]
    assert body(admin, f"{DASHBOARD}/user-growth", months=1) == [
        {"month": "2026-03", "tutors": 2, "students": 1, "total_users": 4}
    ]
    assert len(body(admin, f"{DASHBOARD}/monthly-revenue")) == len(body(admin, f"{DASHBOARD}/user-growth")) == 6


def test_recent_activities_name_who_did_what_newest_first(admin):
    student = StudentFactory(first_name="Ada", last_name="Lovelace")
    record("booking.reschedule_proposed", actor=student, obj=student)
    record("payout.made", actor=None)

    found = body(admin, f"{DASHBOARD}/recent-activities", limit=2)

    assert [(each["user"], each["action"], each["type"]) for each in found] == [
        ("System", "Payout made", "payout"),
        ("Ada Lovelace", "Booking reschedule proposed", "booking"),
    ]
    assert (found[1]["user_id"], found[1]["object_id"]) == (student.pk, str(student.pk))


def test_upcoming_sessions_are_those_to_begin_the_next_one_first(admin):
    lesson(BookingStatus.CONFIRMED, days_ago=-2)
    SessionFactory(starts_at=NOON + timedelta(days=1), title="Botany", subject=SubjectFactory(name="Plants"))
    SessionFactory(starts_at=NOON + timedelta(hours=2), status=SessionStatus.CANCELLED)
    SessionFactory(starts_at=NOON - timedelta(hours=2))

    found = body(admin, f"{DASHBOARD}/upcoming-sessions")

    assert [(each["title"], each["subject"], each["student"] is None) for each in found] == [
        ("Botany", "Plants", True),
        ("Lesson", None, False),
    ]
    assert (found[0]["start_time"], found[0]["duration_minutes"]) == ("2026-03-16T12:00:00Z", 60)


def test_whoever_has_no_name_is_called_by_number(admin):
    host = TutorFactory(first_name="", last_name="")
    SessionFactory(creator=host, starts_at=NOON + timedelta(days=1))
    nameless = {"first_name": "", "last_name": ""}
    tutor = TutorProfileFactory(user__first_name="", user__last_name="")
    BookingFactory(tutor=tutor, student=StudentFactory(**nameless), starts_at=NOON + timedelta(days=2))

    coming = body(admin, f"{DASHBOARD}/upcoming-sessions")
    mentors = body(admin, MENTORS)["items"]

    assert f"User {host.pk}" in str(coming)
    assert f"User {tutor.user_id}" in [row["mentor"]["name"] for row in mentors]


@pytest.mark.parametrize("name", ["recent-activities", "upcoming-sessions"])
def test_the_length_of_a_list_is_clamped(admin, name):
    for day in range(2):
        record("a.b", actor=None)
        SessionFactory(starts_at=NOON + timedelta(days=day + 1))

    assert len(body(admin, f"{DASHBOARD}/{name}", limit=0)) == 1
    assert len(body(admin, f"{DASHBOARD}/{name}", limit=10**9)) >= 2


# --- The mentor platform's analytics --------------------------------------------------------------------------------


def test_revenue_is_by_currency_and_by_step(admin):
    with time_machine.travel(NOON - timedelta(days=20), tick=False):
        EarningFactory()
    PaymentFactory(amount=Decimal(3000), currency="JPY")

    found = body(admin, f"{ANALYTICS}/revenue", **{"from": "2026-02-10", "by": "month"})

    assert found["period"] == {"from": "2026-02-01", "to": "2026-03-31", "by": "month", "timezone": "UTC"}
    yen, dollars = found["currencies"]
    assert (yen["currency"], yen["gross"], [step["gross"] for step in yen["steps"]]) == ("JPY", 3000, [0, 3000])
    assert (dollars["gross"], dollars["commission"], dollars["mentorEarnings"]) == (45, 9, 36)
    assert [(step["start"], step["net"]) for step in dollars["steps"]] == [("2026-02-01", 45), ("2026-03-01", 0)]
    assert len(body(admin, f"{ANALYTICS}/revenue", currency="JPY")["currencies"]) == 1


def test_usage_counts_what_people_did_each_day(admin):
    message = MessageFactory()
    lesson(days_ago=0)
    record("a.b", actor=message.recipient)

    found = body(admin, f"{ANALYTICS}/usage", **{"from": "2026-03-14"})

    before, today = found["steps"]
    assert (before["start"], before["activeUsers"], before["messages"]) == ("2026-03-14", 0, 0)
    assert (today["activeUsers"], today["messages"], today["bookings"], today["sessions"]) == (2, 1, 1, 1)
    assert found["totals"] == {"newUsers": 5, "bookings": 1, "sessions": 1, "messages": 1, "signIns": 1}


def test_performance_counts_answers_on_the_day_of_the_answer(admin):
    for minutes, kind in ((30, "confirmed"), (90, "declined"), (0, "expired")):
        booking = lesson(BookingStatus.CONFIRMED, days_ago=-3 - minutes)
        BookingEvent.objects.create(
            booking=booking,
            kind=kind,
            party=Party.TUTOR,
            from_status="pending",
            created_at=booking.created_at + timedelta(minutes=minutes),
        )
    lesson(BookingStatus.CANCELLED, days_ago=2, cancelled_by=Party.TUTOR)
    lesson(days_ago=3)

    found = body(admin, f"{ANALYTICS}/performance", by="week")["totals"]

    assert (found["confirmed"], found["declined"], found["unanswered"]) == (1, 1, 1)
    assert (found["confirmationRate"], found["responseMinutes"]) == (33.33, 60.0)
    assert (found["cancelledByMentor"], found["completionRate"], found["noShowRate"]) == (1, 50.0, 0.0)
    assert (found["averageRating"], found["reviews"]) == (None, 0)


def test_the_overview_says_how_the_platform_stands(admin):
    lesson(days_ago=3)
    PaymentFactory(amount=Decimal("45.00"), payable_id=1)

    found = body(admin, f"{ANALYTICS}/dashboard")

    assert found["period"] == {"from": "2026-02-14", "to": "2026-03-15", "by": "day", "timezone": "UTC"}
    assert (found["users"]["total"], found["users"]["new"], found["users"]["mentors"]) == (5, 5, 2)
    assert (found["sessions"]["completed"], found["lessons"]["completionRate"]) == (1, 100.0)
    assert [(each["currency"], each["net"]) for each in found["revenue"]] == [("USD", 45)]
    assert found["waiting"] == {"openTickets": 0, "openDisputes": 0, "openConflicts": 0}


@pytest.mark.parametrize("name", ["dashboard", "revenue", "usage", "performance"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2026-03-02", "to": "2026-03-01"}, "from"),
        ({"from": "2020-01-01", "to": "2026-03-01"}, "from"),
        ({"from": "1970-01-01", "to": "2100-01-01", "by": "month"}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"to": "0001-01-01"}, "to"),
        ({"by": "year"}, "by"),
    ],
)
def test_a_period_that_is_none_is_refused(admin, name, query, field):
    answer = admin.get(f"{ANALYTICS}/{name}", query)

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (f"{DASHBOARD}/stats", {"currency": "XXQ"}),
        (f"{DASHBOARD}/monthly-revenue", {"months": 0}),
        (f"{DASHBOARD}/user-growth", {"months": 61}),
        (f"{DASHBOARD}/user-growth", {"months": "six"}),
        (f"{DASHBOARD}/session-metrics", {"format": "pie"}),
        (f"{DASHBOARD}/recent-activities", {"limit": "all"}),
        (f"{ANALYTICS}/revenue", {"currency": "dollars"}),
        (MENTORS, {"sort": "beauty"}),
        (MENTORS, {"min_lessons": -1}),
        (MENTORS, {"status": "fired"}),
        (MENTORS, {"from": "2026-01-02", "to": "2026-01-01"}),
    ],
)
def test_what_cannot_be_asked_is_refused(admin, path, query):
    assert admin.get(path, query).status_code == 400


def test_the_edge_of_all_dates_is_no_failure(admin):
    for query in ({"from": "2100-12-31"}, {"to": "1970-01-01"}, {"from": "2025-12-31T00:00:00"}):
        assert admin.get(f"{ANALYTICS}/usage", query).status_code == 200


# --- Mentors beside each other --------------------------------------------------------------------------------------


@pytest.fixture
def mentors(admin):
    """Two who gave three and one of their lessons, and one who gave none."""
    names = ("Busy", "Lazy", "New")
    busy, lazy, new = (TutorFactory(first_name=name, last_name="Bee").tutor_profile for name in names)
    for day in range(3):
        lesson(tutor=busy, days_ago=day + 1)
    lesson(tutor=busy, days_ago=100)
    lesson(tutor=lazy, days_ago=1)
    lesson(BookingStatus.NO_SHOW_TUTOR, tutor=lazy, days_ago=2)
    lesson(BookingStatus.CANCELLED, tutor=lazy, days_ago=3, cancelled_by=Party.TUTOR)
    return busy, lazy, new


def names(client, **query):
    return [each["mentor"]["name"] for each in body(client, MENTORS, **query)["items"]]


def test_mentors_are_listed_with_the_figures_of_their_lessons(admin, mentors):
    EarningFactory(tutor=mentors[1])

    first, second, third = body(admin, MENTORS)["items"]

    assert (first["mentor"]["name"], first["completed"], first["minutesTaught"]) == ("Busy Bee", 3, 180)
    assert (first["completionRate"], first["noShowRate"], first["earned"]) == (100.0, 0.0, [])
    assert (second["completed"], second["missedByMentor"], second["cancelledByMentor"]) == (1, 1, 1)
    assert (second["completionRate"], second["noShowRate"], second["cancellationRate"]) == (33.33, 50.0, 33.33)
    assert second["earned"] == [{"currency": "USD", "net": 36}]
    assert (third["completed"], third["completionRate"], third["averageRating"]) == (0, None, None)


def test_mentors_are_sorted_by_any_figure_and_who_has_none_is_last(admin, mentors):
    assert names(admin, sort="no_show_rate") == ["Lazy Bee", "Busy Bee", "New Bee"]
    assert names(admin, sort="-no_show_rate") == ["Busy Bee", "Lazy Bee", "New Bee"]
    assert names(admin, sort="-lessons") == ["New Bee", "Lazy Bee", "Busy Bee"]


def test_mentors_can_be_narrowed_down(admin, mentors):
    assert names(admin, search="laz BEE") == ["Lazy Bee"]
    assert names(admin, minLessons=2) == ["Busy Bee"]
    assert names(admin, status="suspended") == []
    assert names(admin, **{"from": "2025-12-01", "to": "2025-12-31", "minLessons": 1}) == ["Busy Bee"]


def test_mentors_come_in_pages(admin, mentors):
    found = body(admin, MENTORS, page=2, pageSize=2)

    assert [each["mentor"]["name"] for each in found["items"]] == ["New Bee"]
    assert (found["total"], found["totalPages"]) == (3, 2)


def test_an_answer_to_a_request_is_the_mentors_whose_it_is(admin, mentors):
    booking = lesson(BookingStatus.CONFIRMED, tutor=mentors[1], days_ago=-4)
    BookingEvent.objects.create(
        booking=booking,
        kind="confirmed",
        party=Party.TUTOR,
        from_status="pending",
        created_at=timezone.now() + timedelta(minutes=12),
    )

    _, lazy, new = body(admin, MENTORS)["items"]

    assert (lazy["confirmed"], lazy["confirmationRate"], lazy["responseMinutes"]) == (1, 100.0, 12.0)
    assert (new["confirmed"], new["confirmationRate"], new["responseMinutes"]) == (0, None, None)


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (f"{DASHBOARD}/stats", 15),
        (f"{DASHBOARD}/session-metrics?format=list", 20),
        (f"{DASHBOARD}/recent-activities", 4),
        (f"{DASHBOARD}/upcoming-sessions", 3),
        (f"{ANALYTICS}/dashboard", 24),
        (f"{ANALYTICS}/revenue", 8),
        (f"{ANALYTICS}/usage", 14),
        (f"{ANALYTICS}/performance", 9),
        (MENTORS, 7),
    ],
)
def test_an_answer_costs_the_same_statements_at_one_row_and_at_three(admin, path, most):
    def make(day):
        made = lesson(days_ago=day, tutor=TutorFactory().tutor_profile)
        SessionFactory(starts_at=NOON + timedelta(days=day), subject=SubjectFactory())
        record("a.b", actor=made.student)
        EarningFactory(tutor=made.tutor)

    make(1)
    at_one = queries_of(admin, path)
    make(2)
    make(3)

    assert queries_of(admin, path) == at_one <= most
