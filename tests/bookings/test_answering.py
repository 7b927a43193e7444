"""A tutor answers a request, or does not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEntry
from bookings.errors import NotYourPart, SlotTaken
from bookings.models import Booking, BookingStatus, CreditEntry
from bookings.services import access, answering, clock, transitions
from common.errors import InvalidTransition, NotFound, StaleVersion
from notifications.models import LiveEvent, Notification
from sessions_app.models import TutoringSession
from tests.factories import (
    AdminFactory,
    BookingFactory,
    PackagePurchaseFactory,
    SessionFactory,
    StudentFactory,
    TutorFactory,
)

pytestmark = pytest.mark.django_db

ANSWERED = sorted(set(BookingStatus) - {BookingStatus.PENDING})


class TestConfirming:
    def test_makes_it_a_lesson_and_tells_the_student(self, book, tutor, student):
        booking = book()

        booking = answering.confirm_booking(booking.pk, actor=tutor.user, notes_tutor="Bring a ruler.")

        booking.refresh_from_db()
        assert (booking.status, booking.notes_tutor, booking.version) == (BookingStatus.CONFIRMED, "Bring a ruler.", 2)
        assert (booking.expires_at, booking.nudge_at) == (None, None)
        told = Notification.objects.get(recipient=student)
        assert (told.type, told.title) == ("booking_confirmed", "Booking Confirmed")
        assert told.message == "Your session with John Tutor on 04 June 2026 at 12:00 (UTC) is confirmed"
        assert list(booking.events.values_list("kind", "from_status", "to_status"))[-1] == (
            "confirmed", "pending", "confirmed",
        )  # fmt: skip
        assert AuditEntry.objects.filter(action="booking.confirmed", actor_id=tutor.user_id).count() == 1

    def test_shows_on_the_open_pages_of_both(self, book, tutor, student):
        booking = book()
        LiveEvent.objects.all().delete()

        answering.confirm_booking(booking.pk, actor=tutor.user)

        updates = LiveEvent.objects.filter(frame__contains='"booking_update"').order_by("user_id")
        assert {event.user_id for event in updates} == {tutor.user_id, student.pk}
        assert all('"status":"CONFIRMED"' in event.frame for event in updates)

    def test_may_be_done_by_an_admin(self, book):
        booking = answering.confirm_booking(book().pk, actor=AdminFactory())

        assert booking.events.last().party == "admin"

    def test_is_not_the_students(self, book, student):
        booking = book()

        with pytest.raises(NotYourPart):
            answering.confirm_booking(booking.pk, actor=student)

        booking.refresh_from_db()
        assert booking.status == BookingStatus.PENDING

    def test_is_impossible_for_strangers_who_do_not_see_it(self, book):
        booking = book()

        for stranger in (TutorFactory(), StudentFactory()):
            with pytest.raises(NotFound):
                answering.confirm_booking(booking.pk, actor=stranger)

    @pytest.mark.parametrize("status", ANSWERED)
    def test_anything_but_a_pending_booking_changes_nothing(self, status, clock):
        booking = BookingFactory(status=status)

        with pytest.raises(InvalidTransition):
            answering.confirm_booking(booking.pk, actor=booking.tutor.user)

        booking.refresh_from_db()
        assert booking.status == status
        assert not booking.events.exists()

    def test_looks_into_the_calendar_once_more(self, book, tutor, monkeypatch):
        booking = book()
        TutoringSession.objects.filter(pk=booking.session_id).update(status="cancelled")
        SessionFactory(creator=tutor.user, starts_at=booking.starts_at)

        with pytest.raises(SlotTaken):
            answering.confirm_booking(booking.pk, actor=tutor.user)

    def test_with_an_old_version_is_refused(self, book, tutor):
        booking = book()

        with pytest.raises(StaleVersion):
            answering.confirm_booking(booking.pk, actor=tutor.user, version=booking.version + 1)

    def test_compares_before_it_sets(self, book, tutor):
        booking = access.find(book().pk, tutor.user)
        Booking.objects.filter(pk=booking.pk).update(status=BookingStatus.CANCELLED)

        with pytest.raises(InvalidTransition):
            transitions.move(booking, BookingStatus.CONFIRMED, now=timezone.now(), verb="confirm")

        booking.refresh_from_db()
        assert booking.status == BookingStatus.CANCELLED


class TestDeclining:
    def test_frees_the_time_and_names_others(self, book, tutor, student):
        booking = book()

        booking = answering.decline_booking(booking.pk, actor=tutor.user, reason="Not available at this time")

        booking.refresh_from_db()
        assert (booking.status, booking.cancel_reason) == (BookingStatus.DECLINED, "Not available at this time")
        assert (booking.refund_percent, booking.refund_amount) == (100, booking.price)
        assert booking.session.status == "cancelled"
        told = Notification.objects.get(recipient=student)
        assert told.type == "booking_declined"
        assert "Not available at this time" in told.message
        assert len(told.data["alternatives"]) == 3
        assert booking.starts_at.isoformat().replace("+00:00", "Z") in told.data["alternatives"]
        assert book(by=StudentFactory()).pk

    def test_gives_the_credit_back(self, book, tutor, student):
        purchase = PackagePurchaseFactory(student=student, package__tutor=tutor)
        booking = book(use_package_id=purchase.pk)

        answering.decline_booking(booking.pk, actor=tutor.user)

        purchase.refresh_from_db()
        assert purchase.available == 5
        assert list(CreditEntry.objects.filter(booking=booking).values_list("kind", flat=True)) == [
            "reserve", "release",
        ]  # fmt: skip

    def test_is_neither_the_students_nor_an_admins(self, book, student):
        booking = book()

        for person in (student, AdminFactory()):
            with pytest.raises(NotYourPart):
                answering.decline_booking(booking.pk, actor=person)

    @pytest.mark.parametrize("status", ANSWERED)
    def test_anything_but_a_pending_booking_changes_nothing(self, status, clock):
        booking = BookingFactory(status=status)

        with pytest.raises(InvalidTransition):
            answering.decline_booking(booking.pk, actor=booking.tutor.user)

        assert not booking.events.exists()


class TestNotAnswering:
    def test_for_half_of_the_time_nudges_the_tutor_once(self, book, tutor, clock):
        booking = book()
        Notification.objects.all().delete()
        clock.shift(timedelta(hours=12))

        assert [advance(), advance()] == [1, 0]

        told = Notification.objects.get()
        assert (told.recipient, told.type) == (tutor.user, "booking_reminder")
        assert "Jane Student is waiting for your answer" in told.message
        booking.refresh_from_db()
        assert booking.status == BookingStatus.PENDING

    def test_in_time_lets_it_expire_and_names_other_times_to_both(self, book, tutor, student, clock):
        purchase = PackagePurchaseFactory(student=student, package__tutor=tutor)
        booking = book(use_package_id=purchase.pk)
        Notification.objects.all().delete()
        clock.shift(timedelta(hours=24))

        assert [advance(), advance()] == [1, 0]

        booking.refresh_from_db()
        purchase.refresh_from_db()
        assert (booking.status, booking.session.status) == (BookingStatus.EXPIRED, "cancelled")
        assert purchase.available == 5
        told = {row.recipient_id: row for row in Notification.objects.filter(type="booking_expired")}
        assert set(told) == {student.pk, tutor.user_id}
        assert all(len(row.data["alternatives"]) == 3 for row in told.values())
        assert booking.events.last().party == "system"

    def test_a_second_too_short_changes_nothing(self, book, clock):
        booking = book()
        clock.shift(timedelta(hours=24) - timedelta(seconds=1))
        advance()

        booking.refresh_from_db()
        assert booking.status == BookingStatus.PENDING

    def test_is_noticed_by_the_next_who_wants_to_answer(self, book, tutor, clock):
        """Nothing depends on the periodic task (R-GEN-4); that it expired stands though the answer is refused."""
        booking = book()
        clock.shift(timedelta(hours=24))

        with pytest.raises(InvalidTransition) as refusal:
            answering.confirm_booking(booking.pk, actor=tutor.user)

        assert refusal.value.extra["current_state"] == "expired"
        booking.refresh_from_db()
        assert booking.status == BookingStatus.EXPIRED

    def test_one_that_fails_does_not_hold_up_the_others(self, book, clock, monkeypatch):
        first, second = book(hours=72), book(hours=80)
        clock.shift(timedelta(hours=24))
        real = access.lock

        def failing(booking, **named):
            if booking.pk == first.pk:
                raise StaleVersion
            return real(booking, **named)

        monkeypatch.setattr(access, "lock", failing)

        assert advance() == 1
        second.refresh_from_db()
        assert second.status == BookingStatus.EXPIRED


def advance():
    return clock.advance_overdue(now=timezone.now())
