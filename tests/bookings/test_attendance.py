"""People come, the lesson runs, and it is completed (R-BOOK-5)."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import StudentProfile, TutorProfile
from bookings.errors import DisputeOpen, NotInLesson, NotYourPart
from bookings.models import Attendance, Booking, BookingStatus, CreditEntry, DisputeState
from bookings.services import attendance, no_shows, presence
from bookings.services import clock as clock_service
from bookings.tasks import advance_bookings
from common.errors import InvalidTransition
from notifications.models import Notification
from sessions_app.errors import TooEarly
from tests.bookings.conftest import HOUR, MINUTE, NOW
from tests.factories import AdminFactory, BookingFactory, PackagePurchaseFactory

pytestmark = pytest.mark.django_db

START = NOW + 24 * HOUR


@pytest.fixture
def lesson(confirmed):
    """A confirmed lesson of one hour that begins tomorrow at noon."""
    return confirmed(hours=24)


@pytest.fixture
def attend(lesson, clock):
    """`attend(person, from_minute, to_minute)`, counted from the start."""

    def come(person, first, last=None):
        clock.move_to(START + first * MINUTE)
        attendance.join_lesson(lesson.pk, actor=person)
        if last is not None:
            clock.move_to(START + last * MINUTE)
            attendance.leave_lesson(lesson.pk, actor=person)

    return come


def advance():
    return clock_service.advance_overdue(now=timezone.now())


class TestComing:
    def test_is_possible_from_a_quarter_of_an_hour_before_to_the_end(self, lesson, student, clock):
        clock.move_to(START - 15 * MINUTE - timedelta(seconds=1))
        with pytest.raises(TooEarly) as refusal:
            attendance.join_lesson(lesson.pk, actor=student)
        assert refusal.value.extra["allowed_at"] == START - 15 * MINUTE

        clock.move_to(START - 15 * MINUTE)
        attendance.join_lesson(lesson.pk, actor=student)
        clock.move_to(START + HOUR)
        with pytest.raises(InvalidTransition):
            attendance.join_lesson(lesson.pk, actor=student)

        assert Attendance.objects.get().entered_at == START - 15 * MINUTE

    def test_before_the_start_changes_nothing_else(self, lesson, attend, student):
        attend(student, -5)

        lesson.session.refresh_from_db()
        assert lesson.session.status == "upcoming"

    def test_sets_the_lesson_going_from_the_start_on(self, lesson, attend, student, tutor):
        attend(student, 0)
        attend(tutor.user, 1)

        lesson.session.refresh_from_db()
        assert lesson.session.status == "ongoing"
        assert list(lesson.events.values_list("kind", "party")).count(("started", "student")) == 1

    def test_early_of_both_sets_it_going_at_the_start(self, lesson, attend, student, tutor, clock):
        attend(student, -5)
        attend(tutor.user, -3)
        clock.move_to(START)

        assert advance() == 1

        lesson.session.refresh_from_db()
        assert lesson.session.status == "ongoing"
        assert lesson.events.last().party == "system"

    def test_twice_is_once(self, lesson, attend, student):
        attend(student, 0)
        attend(student, 1)

        assert Attendance.objects.count() == 1

    def test_back_is_another_line(self, lesson, attend, student):
        attend(student, 0, 10)
        attend(student, 20, 30)

        assert presence.of(lesson, now=timezone.now())[student.pk] == 20 * MINUTE

    def test_is_for_the_two_of_them(self, lesson, clock):
        clock.move_to(START)

        with pytest.raises(NotYourPart):
            attendance.join_lesson(lesson.pk, actor=AdminFactory())

    def test_needs_a_confirmed_lesson(self, book, student, clock):
        booking = book(hours=5)
        clock.move_to(booking.starts_at)

        with pytest.raises(InvalidTransition):
            attendance.join_lesson(booking.pk, actor=student)


class TestLeaving:
    def test_somewhere_where_one_is_not_is_refused(self, lesson, student, clock):
        clock.move_to(START)

        with pytest.raises(NotInLesson):
            attendance.leave_lesson(lesson.pk, actor=student)

    def test_is_counted_within_the_lesson_only(self, lesson, attend, student):
        attend(student, -10, 15)

        assert presence.of(lesson, now=timezone.now())[student.pk] == 15 * MINUTE


class TestTheTutorCompletes:
    def test_it_once_half_of_it_is_over(self, lesson, student, tutor, clock):
        clock.move_to(START + 30 * MINUTE - timedelta(seconds=1))
        with pytest.raises(TooEarly) as refusal:
            attendance.complete_booking(lesson.pk, actor=tutor.user)
        assert refusal.value.extra["allowed_at"] == START + 30 * MINUTE
        clock.move_to(START + 30 * MINUTE)

        done = attendance.complete_booking(lesson.pk, actor=tutor.user)

        done.refresh_from_db()
        assert (done.status, done.ended_at, done.refund_percent) == (
            BookingStatus.COMPLETED, START + 30 * MINUTE, None,
        )  # fmt: skip
        assert done.session.status == "completed"
        assert Notification.objects.filter(recipient=student, type="booking_completed").count() == 1
        assert not Notification.objects.filter(recipient=tutor.user, type="booking_completed").exists()

    def test_and_both_have_had_one_lesson_more(self, lesson, student, tutor, clock):
        clock.move_to(START + HOUR)

        attendance.complete_booking(lesson.pk, actor=tutor.user)

        assert TutorProfile.objects.get(pk=tutor.pk).total_sessions == 1
        assert StudentProfile.objects.get(user=student).total_sessions == 1

    def test_and_the_credit_is_used_up(self, confirmed, student, tutor, clock):
        purchase = PackagePurchaseFactory(student=student, package__tutor=tutor)
        booking = confirmed(hours=24, use_package_id=purchase.pk)
        clock.move_to(START + HOUR)

        attendance.complete_booking(booking.pk, actor=tutor.user)

        purchase.refresh_from_db()
        assert purchase.available == 4
        assert CreditEntry.objects.filter(booking=booking).last().kind == "consume"

    def test_and_nobody_is_inside_any_more(self, lesson, attend, student, tutor):
        attend(student, 0)
        attend(tutor.user, 40)

        attendance.complete_booking(lesson.pk, actor=tutor.user)

        assert not Attendance.objects.filter(left_at=None).exists()

    def test_but_the_student_does_not(self, lesson, student, clock):
        clock.move_to(START + HOUR)

        for person in (student, AdminFactory()):
            with pytest.raises(NotYourPart):
                attendance.complete_booking(lesson.pk, actor=person)

    def test_but_not_what_the_student_says_did_not_take_place(self, lesson, student, tutor, clock):
        clock.move_to(START + 40 * MINUTE)
        no_shows.mark_tutor_absent(lesson.pk, actor=student)

        with pytest.raises(DisputeOpen):
            attendance.complete_booking(lesson.pk, actor=tutor.user)

    @pytest.mark.parametrize("status", sorted(set(BookingStatus) - {BookingStatus.CONFIRMED}))
    def test_but_nothing_that_is_no_confirmed_lesson(self, status, clock):
        booking = BookingFactory(status=status, starts_at=NOW - HOUR)

        with pytest.raises(InvalidTransition):
            attendance.complete_booking(booking.pk, actor=booking.tutor.user)

        assert not booking.events.exists()


class TestTheClockCompletes:
    def test_a_quarter_of_an_hour_after_the_end_what_both_attended(self, lesson, attend, student, tutor, clock):
        attend(student, 0, 29)
        attend(student, 40, 41)
        attend(tutor.user, 30)
        clock.move_to(START + 75 * MINUTE - timedelta(seconds=1))
        assert advance() == 0
        clock.move_to(START + 75 * MINUTE)

        assert [advance(), advance()] == [1, 0]

        lesson.refresh_from_db()
        assert (lesson.status, lesson.session.status) == (BookingStatus.COMPLETED, "completed")
        assert lesson.events.last().party == "system"
        told = Notification.objects.filter(type="booking_completed").values_list("recipient_id", flat=True)
        assert set(told) == {student.pk, tutor.user_id}

    def test_not_before_a_day_what_one_of_them_missed_half_of(self, lesson, attend, student, tutor, clock):
        attend(student, 0, 29)
        attend(tutor.user, 30)
        clock.move_to(START + 24 * HOUR)
        assert advance() == 0
        clock.move_to(START + 25 * HOUR)

        assert advance() == 1

        lesson.refresh_from_db()
        assert lesson.status == BookingStatus.COMPLETED

    def test_after_a_day_what_nobody_said_anything_about(self, lesson, clock):
        clock.move_to(START + 25 * HOUR - timedelta(seconds=1))
        assert advance() == 0
        clock.move_to(START + 25 * HOUR)

        advance_bookings()

        lesson.refresh_from_db()
        assert lesson.status == BookingStatus.COMPLETED

    def test_but_not_what_is_disputed(self, lesson, clock):
        Booking.objects.filter(pk=lesson.pk).update(dispute_state=DisputeState.OPEN)
        clock.move_to(START + 72 * HOUR)

        assert advance() == 0

        lesson.refresh_from_db()
        assert lesson.status == BookingStatus.CONFIRMED

    def test_or_whoever_wants_to_write_to_it_next(self, lesson, tutor, clock):
        clock.move_to(START + 30 * HOUR)

        with pytest.raises(InvalidTransition) as refusal:
            attendance.complete_booking(lesson.pk, actor=tutor.user)

        assert refusal.value.extra["current_state"] == "completed"
        lesson.refresh_from_db()
        assert lesson.status == BookingStatus.COMPLETED


def test_the_command_says_how_many_moved_on(lesson, clock, capsys):
    clock.move_to(START + 25 * HOUR)

    call_command("advance_bookings")

    assert capsys.readouterr().out == "1 bookings moved on\n"
