"""R-REM-1 to 6: what is planned, when it is sent, and when it is not."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from bookings.models import BookingStatus, Reminder
from bookings.services import reminding
from bookings.services.answering import confirm_booking
from bookings.services.cancelling import cancel_booking
from bookings.services.outcomes import complete
from bookings.services.rescheduling import accept_proposal, reschedule_booking
from bookings.tasks import remind, send_reminder
from notifications.models import Delivery, Notification
from notifications.services.preferences import choose
from notifications.tasks import deliver_due
from sessions_app.services import course, hosting, seats
from tests.factories import (
    BookingFactory,
    CalendarMailFactory,
    ReminderFactory,
    ReviewFactory,
    SessionFactory,
    StudentFactory,
    TutorFactory,
    TutorProfileFactory,
    WeeklyHoursFactory,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def student():
    return StudentFactory(first_name="Ada", timezone="Asia/Kolkata")


@pytest.fixture
def tutor():
    return TutorProfileFactory(user__first_name="Grace", user__timezone="America/New_York")


def request(student, tutor, *, starts_in=timedelta(days=3), **values):
    zones = {"student_timezone": student.timezone, "tutor_timezone": tutor.user.timezone}
    return BookingFactory(
        student=student, tutor=tutor, status=BookingStatus.PENDING, starts_at=NOW + starts_in, **zones | values
    )


def confirmed(student, tutor, **values):
    booking = request(student, tutor, **values)
    return confirm_booking(booking.pk, actor=tutor.user)


def planned(user=None) -> list[tuple[str, timedelta]]:
    """What is still to come, as the time before (or after) the start."""
    rows = Reminder.objects.filter(state="due").order_by("recipient", "due_at")
    rows = rows.filter(recipient=user) if user else rows
    return [(row.kind, row.due_at - row.starts_at) for row in rows]


def outcomes() -> list[str]:
    return sorted(Reminder.objects.exclude(state="due").values_list("outcome", flat=True))


def told(user) -> list[Notification]:
    return list(Notification.objects.of(user.pk).filter(type__contains="reminder_").order_by("pk"))


class TestPlanning:
    def test_both_are_reminded_a_day_and_an_hour_before(self, student, tutor):
        confirmed(student, tutor)

        assert planned() == [("24h", -24 * HOUR), ("1h", -HOUR)] * 2

    def test_a_request_plans_nothing(self, student, tutor):
        request(student, tutor)

        assert planned() == []

    @pytest.mark.parametrize(("starts_in", "kinds"), [
        (24 * HOUR + timedelta(minutes=1), ["24h", "1h"]),
        (24 * HOUR, ["1h"]),
        (2 * HOUR, ["1h"]),
        (2 * HOUR - timedelta(minutes=1), []),
    ])  # fmt: skip
    def test_what_would_be_late_already_is_not_made(self, student, tutor, starts_in, kinds):
        confirmed(student, tutor, starts_in=starts_in)

        assert [kind for kind, _ in planned(student)] == kinds

    def test_a_confirmation_without_any_says_so(self, student, tutor):
        confirmed(student, tutor, starts_in=timedelta(minutes=100))

        message = Notification.objects.get(type="booking_confirmed").message
        assert message.endswith("is confirmed. It begins in less than two hours, so nothing will remind you of it.")

    def test_a_cancellation_supersedes_what_was_planned(self, student, tutor):
        booking = confirmed(student, tutor)

        cancel_booking(booking.pk, actor=student)

        assert (planned(), outcomes()) == ([], ["superseded"] * 4)

    def test_the_day_before_comes_before_quiet_hours_begin(self, student, tutor):
        choose(student, {"quiet_hours": {"start": 22 * 60, "end": 7 * 60, "days": list(range(7))}})
        start = datetime(2026, 3, 5, 23, tzinfo=UTC)  # 04:30 in Kolkata

        confirmed(student, tutor, starts_in=start - NOW)

        day, hour = Reminder.objects.filter(recipient=student).order_by("due_at")
        assert day.due_at == datetime(2026, 3, 4, 16, 30, tzinfo=UTC)  # 22:00 there
        assert hour.due_at == start - HOUR


class TestSending:
    def test_it_tells_both_walls_the_deadline_and_the_notes(self, student, tutor, clock):
        booking = confirmed(student, tutor, notes_tutor="Bring chapter 3.", notes_student="I struggle with fractions.")
        clock.move_to(booking.starts_at - 24 * HOUR - timedelta(seconds=1))
        remind()
        assert told(student) == []
        clock.shift(timedelta(seconds=1))

        remind()
        remind()

        (to_student,), (to_tutor,) = told(student), told(tutor.user)
        assert to_student.type == "lesson_reminder_day"
        assert to_student.message == (
            f"Your lesson with {tutor.user.display_name} begins on 05 March 2026 at 14:30 (Asia/Kolkata). "
            f"For {tutor.user.display_name} that is 04:00 (America/New_York). "
            "You can cancel it free of charge until 04 March 2026 at 14:35 (Asia/Kolkata). "
            f"Notes of {tutor.user.display_name}: Bring chapter 3."
        )
        assert "05 March 2026 at 04:00 (America/New_York)" in to_tutor.message
        assert "I struggle with fractions." in to_tutor.message
        assert "free of charge" not in to_tutor.message
        assert outcomes() == ["sent", "sent"]

    def test_the_hour_before_ignores_quiet_hours_and_goes_by_mail(self, student, tutor, clock, mailoutbox):
        choose(student, {"quiet_hours": {"start": 0, "end": 23 * 60 + 59, "days": list(range(7))}})
        booking = confirmed(student, tutor, starts_in=3 * HOUR)
        clock.move_to(booking.starts_at - HOUR)

        remind()
        deliver_due()

        assert [row.status for row in Delivery.objects.filter(recipient=student, type="lesson_reminder_hour")] == [
            "sent"
        ]
        assert "It can no longer be cancelled free of charge." in told(student)[0].message

    def test_one_that_was_moved_is_reminded_of_at_the_new_time_only(self, student, tutor, clock):
        for weekday in range(7):
            WeeklyHoursFactory(tutor=tutor, weekday=weekday, start_minute=0, end_minute=1440)
        booking = confirmed(student, tutor)
        later = booking.starts_at + timedelta(days=2)
        reschedule_booking(booking.pk, actor=tutor.user, starts=[later])
        accept_proposal(booking.pk, actor=student)

        assert planned(student) == [("24h", -24 * HOUR), ("1h", -HOUR)]
        clock.move_to(later - 25 * HOUR)
        remind()
        assert told(student) == []
        clock.move_to(later - 24 * HOUR)
        remind()
        assert len(told(student)) == 1

    def test_of_a_cancelled_lesson_nobody_hears_even_if_the_row_is_still_due(self, student, tutor, clock):
        booking = confirmed(student, tutor)
        clock.move_to(booking.starts_at - 24 * HOUR)
        type(booking).objects.filter(pk=booking.pk).update(status="cancelled")

        remind()

        assert told(student) == []
        assert outcomes() == ["suppressed: the booking is cancelled"] * 2

    def test_a_row_of_another_sequence_is_not_sent(self, student, tutor, clock):
        booking = confirmed(student, tutor)
        clock.move_to(booking.starts_at - 24 * HOUR)
        type(booking).objects.filter(pk=booking.pk).update(sequence=booking.sequence + 1)

        remind()

        assert outcomes() == ["suppressed: superseded"] * 2

    @pytest.mark.parametrize(("before", "outcome"), [
        (timedelta(0), ["suppressed: it has begun"] * 4), (90 * timedelta(minutes=1), ["suppressed: too late"] * 2),
    ])  # fmt: skip
    def test_after_an_outage_nothing_comes_too_late(self, student, tutor, clock, before, outcome):
        booking = confirmed(student, tutor)
        clock.move_to(booking.starts_at - before)

        remind()

        assert (told(student), outcomes()) == ([], outcome)

    def test_however_often_its_task_comes_it_is_told_once(self, student, tutor, clock):
        booking = confirmed(student, tutor)
        clock.move_to(booking.starts_at - 24 * HOUR)
        row = Reminder.objects.filter(recipient=student).earliest("due_at")

        for _ in range(3):
            send_reminder(row.pk)
            Reminder.objects.filter(pk=row.pk).update(state="due", leased_until=None)  # the worker died after telling
        reminding.send(row)

        assert len(told(student)) == 1


class TestReviews:
    @pytest.fixture
    def done(self, student, tutor, clock):
        booking = confirmed(student, tutor, starts_in=3 * HOUR)
        clock.move_to(booking.ends_at)
        complete(type(booking).objects.with_everything().get(pk=booking.pk), actor=None, now=timezone.now())
        return booking

    def test_are_asked_for_two_hours_after_and_again_after_three_days(self, student, done, clock):
        asked = []
        for moment in (2 * HOUR - timedelta(seconds=1), 2 * HOUR, timedelta(days=3)):
            clock.move_to(done.ends_at + moment)
            remind()
            asked.append(Notification.objects.filter(type="review_reminder", recipient=student).count())

        assert asked == [0, 1, 2]

    def test_who_has_written_one_is_not_asked(self, student, done, clock):
        ReviewFactory(booking=type(done).objects.get(pk=done.pk))
        clock.move_to(done.ends_at + 2 * HOUR)

        remind()

        assert "suppressed: reviewed already" in outcomes()
        assert not Notification.objects.filter(type="review_reminder").exists()


class TestGroupSessions:
    @pytest.fixture
    def host(self):
        return TutorFactory()

    @pytest.fixture
    def session(self, host):
        return hosting.create_session(
            creator=host, title="Algebra", starts_at=NOW + timedelta(days=3), max_participants=4
        )

    def test_host_and_participants_are_reminded(self, host, session, student, clock):
        seats.join_session(session.pk, user=student)
        assert planned(host) == planned(student) == [("24h", -24 * HOUR), ("1h", -HOUR)]
        clock.move_to(session.starts_at - HOUR)

        remind()

        assert [row.type for row in told(student)] == ["session_reminder_hour"]
        assert [row.type for row in told(host)] == ["session_reminder_hour"]
        assert "05 March 2026 at 14:30 (Asia/Kolkata)" in told(student)[0].message

    def test_who_leaves_is_not_and_who_comes_back_is(self, session, student):
        seats.join_session(session.pk, user=student)
        seats.leave_session(session.pk, user=student)
        gone = planned(student)
        seats.join_session(session.pk, user=student)

        assert (gone, planned(student)) == ([], [("24h", -24 * HOUR), ("1h", -HOUR)])

    def test_a_move_moves_them_and_another_title_does_not(self, host, session, student):
        seats.join_session(session.pk, user=student)
        before = set(Reminder.objects.filter(state="due").values_list("pk", flat=True))
        hosting.update_session(session.pk, {"title": "Geometry"}, actor=host)
        renamed = set(Reminder.objects.filter(state="due").values_list("pk", flat=True))
        later = session.starts_at + timedelta(days=1)
        hosting.update_session(session.pk, {"starts_at": later}, actor=host)

        assert renamed == before
        assert set(Reminder.objects.filter(state="due").values_list("starts_at", flat=True)) == {later}
        assert len(planned()) == 4

    def test_a_cancelled_one_reminds_nobody(self, host, session, student):
        seats.join_session(session.pk, user=student)
        course.cancel_session(session.pk, actor=host)

        assert planned() == []

    def test_who_lost_the_seat_behind_its_back_is_not_told(self, session, student, clock):
        seats.join_session(session.pk, user=student)
        session.participants.update(state="left")
        clock.move_to(session.starts_at - HOUR)

        remind()

        assert told(student) == []
        assert "suppressed: the seat is given up" in outcomes()


def test_a_row_says_what_it_is():
    session = SessionFactory()
    row = Reminder(session=session, recipient=session.creator, kind="24h", sequence=1)

    assert str(row) == f"24h of session {session.pk} to {session.creator_id}: due"


def test_the_log_is_kept_for_half_a_year(clock):
    done, due = ReminderFactory(state="done"), ReminderFactory()
    CalendarMailFactory(state="done")
    clock.shift(timedelta(days=181))

    assert reminding.purge(now=timezone.now()) == 2
    assert list(Reminder.objects.all()) == [due]
    assert done != due


def test_cron_can_send_them_too(student, tutor, clock, settings):
    settings.WORK_RUNS_INLINE = False
    booking = confirmed(student, tutor)
    clock.move_to(booking.starts_at - HOUR)

    call_command("send_reminders")

    assert len(told(student)) == 1
