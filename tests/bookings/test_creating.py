"""A student books a lesson: what is frozen, what is refused, who is told."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.errors import StudentsOnly
from accounts.models import TutorStatus
from audit.models import AuditEntry
from bookings.errors import InsufficientCredits, SlotTaken, StudentConflict, TutorUnavailable
from bookings.models import Booking, BookingStatus, BookingTerms, CreditEntry, SlotHold
from bookings.services import clock as clock_service
from bookings.services import slots
from bookings.services.creating import price_of
from common.errors import NotFound
from notifications.models import LiveEvent, Notification
from sessions_app.models import SessionKind, TutoringSession
from tests.bookings.conftest import NOW
from tests.factories import (
    AdminFactory,
    BookingFactory,
    OpenTutorFactory,
    PackagePurchaseFactory,
    ParticipantFactory,
    SessionFactory,
    StudentFactory,
    SubjectFactory,
    TutorFactory,
    TutorProfileFactory,
)

pytestmark = pytest.mark.django_db


class TestARequest:
    def test_is_pending_with_a_private_session_of_its_own(self, book, tutor, student):
        subject = SubjectFactory(name="Mathematics")

        booking = book(subject=subject, notes="Quadratic equations", lesson_type="TRIAL")

        assert (booking.status, booking.student, booking.tutor) == (BookingStatus.PENDING, student, tutor)
        assert (booking.starts_at, booking.duration_minutes) == (NOW + timedelta(hours=72), 60)
        assert (booking.lesson_type, booking.notes_student) == ("TRIAL", "Quadratic equations")
        session = booking.session
        assert (session.kind, session.creator, session.status) == (SessionKind.PRIVATE, tutor.user, "upcoming")
        assert (session.starts_at, session.ends_at) == (booking.starts_at, booking.ends_at)
        assert (session.max_participants, session.seats_taken, session.title) == (1, 1, "Mathematics lesson")
        assert [seat.user for seat in session.participants.joined()] == [student]

    def test_expires_after_a_day_and_nudges_the_tutor_halfway(self, book):
        booking = book(hours=72)

        assert booking.expires_at == NOW + timedelta(hours=24)
        assert booking.nudge_at == NOW + timedelta(hours=12)

    def test_expires_an_hour_before_a_lesson_that_is_near(self, book):
        assert book(hours=5).expires_at == NOW + timedelta(hours=4)

    def test_for_a_lesson_within_the_hour_may_be_answered_until_it_begins(self, book, tutor):
        BookingTerms.objects.filter(tutor=tutor).update(min_notice_hours=0)

        assert book(hours=0.5).expires_at == NOW + timedelta(minutes=30)

    def test_is_confirmed_at_once_where_the_tutor_needs_not_be_asked(self, book, tutor):
        BookingTerms.objects.filter(tutor=tutor).update(instant_booking=True)

        booking = book()

        assert (booking.status, booking.expires_at, booking.nudge_at) == (BookingStatus.CONFIRMED, None, None)
        assert Notification.objects.get(recipient=tutor.user).type == "booking_confirmed"

    def test_tells_the_tutor_and_both_open_pages(self, book, tutor, student):
        booking = book()

        told = Notification.objects.get()
        assert (told.recipient, told.type, told.link) == (tutor.user, "booking_requested", f"/bookings/{booking.pk}")
        assert told.data["booking_id"] == booking.pk
        assert "Jane Student asks for a lesson on 04 June 2026 at 12:00 (UTC)" in told.message
        frames = LiveEvent.objects.order_by("user_id", "seq").values_list("user_id", "frame")
        assert sorted(user for user, frame in frames if '"booking_update"' in frame) == [tutor.user_id, student.pk]
        assert all('"status":"PENDING"' in frame for _, frame in frames)

    def test_writes_its_first_line_of_history_and_of_the_log(self, book, student):
        booking = book()

        event = booking.events.get()
        assert (event.kind, event.party, event.from_status, event.to_status) == ("created", "student", "", "pending")
        assert AuditEntry.objects.filter(action="booking.created", actor_id=student.pk).count() == 1

    def test_uses_the_students_own_hold_up(self, book, tutor, student):
        SlotHold.objects.create(
            student=student,
            tutor=tutor,
            starts_at=NOW + timedelta(hours=72),
            ends_at=NOW + timedelta(hours=73),
            expires_at=NOW + timedelta(minutes=5),
        )

        book(hours=72)

        assert not SlotHold.objects.exists()


class TestTheTerms:
    def test_are_those_of_the_moment(self, book, tutor, student):
        BookingTerms.objects.filter(tutor=tutor).update(
            cancellation_policy="strict", buffer_before_minutes=10, buffer_after_minutes=15
        )
        student.timezone = "Europe/London"
        student.save()

        booking = book(minutes=90)

        assert (booking.hourly_rate, booking.price, booking.currency) == (Decimal("45.00"), Decimal("67.50"), "USD")
        assert booking.commission_percent == 20
        assert booking.cancellation_policy == "strict"
        assert (booking.buffer_before_minutes, booking.buffer_after_minutes) == (10, 15)
        assert (booking.tutor_timezone, booking.student_timezone) == ("UTC", "Europe/London")

    def test_stay_as_they_were_whatever_the_tutor_changes(self, book, tutor):
        booking = book()
        tutor.hourly_rate = Decimal(90)
        tutor.save()
        BookingTerms.objects.filter(tutor=tutor).update(cancellation_policy="flexible", timezone="Asia/Tokyo")

        booking.refresh_from_db()

        assert (booking.price, booking.cancellation_policy) == (Decimal("45.00"), "standard")
        assert booking.tutor_timezone == "UTC"

    @pytest.mark.parametrize(
        ("rate", "minutes", "currency", "price"),
        [
            ("45.00", 60, "USD", "45.00"),
            ("33.33", 90, "USD", "50.00"),
            ("10.01", 30, "USD", "5.01"),
            ("1999", 30, "JPY", "1000"),
            ("10.001", 90, "KWD", "15.002"),
            ("50.00", 25, "EUR", "20.83"),
        ],
    )
    def test_the_price_is_rounded_once_in_the_currencys_own_digits(self, rate, minutes, currency, price):
        assert price_of(Decimal(rate), minutes, currency) == Decimal(price)


class TestIsRefused:
    def test_to_whoever_is_no_student(self, book):
        for person in (TutorFactory(), AdminFactory()):
            with pytest.raises(StudentsOnly):
                book(by=person)

    @pytest.mark.parametrize("fields", [{"is_listed": False}, {"status": TutorStatus.DRAFT, "is_listed": False}])
    def test_for_a_tutor_whom_nobody_can_find(self, fields, book):
        with pytest.raises(NotFound):
            book(of=TutorProfileFactory(**fields))

    def test_for_a_tutor_who_takes_a_break(self, book, tutor):
        tutor.accepts_bookings = False
        tutor.save()

        with pytest.raises(TutorUnavailable):
            book()

    def test_for_a_time_that_somebody_else_has(self, book):
        book(hours=72)

        for hours in (72, 71.5, 72.5):
            with pytest.raises(SlotTaken):
                book(hours=hours, by=StudentFactory())

        assert Booking.objects.count() == TutoringSession.objects.count() == 1
        assert book(hours=73, by=StudentFactory()).pk, "back to back is no overlap"

    def test_for_a_time_at_which_the_tutor_hosts_a_group(self, book, tutor):
        SessionFactory(creator=tutor.user, starts_at=NOW + timedelta(hours=72))

        with pytest.raises(SlotTaken):
            book(hours=72)

    def test_by_the_database_where_the_look_has_missed_it(self, book, monkeypatch):
        book(hours=72)
        monkeypatch.setattr(slots, "require_bookable", lambda *args, **named: None)

        with pytest.raises(SlotTaken):
            book(hours=72, by=StudentFactory())

    def test_for_a_time_at_which_the_student_has_another_lesson(self, book):
        other = book(hours=72, of=OpenTutorFactory())

        with pytest.raises(StudentConflict) as refusal:
            book(hours=72)

        assert [clash["id"] for clash in refusal.value.extra["conflicts"]] == [other.session_id]

    def test_for_that_by_the_database_too(self, book, monkeypatch):
        book(hours=72, of=OpenTutorFactory())
        monkeypatch.setattr(slots, "require_bookable", lambda *args, **named: None)

        with pytest.raises(StudentConflict):
            book(hours=72)

        assert TutoringSession.objects.count() == 1

    def test_for_a_time_at_which_the_student_sits_in_a_group(self, book, student):
        ParticipantFactory(user=student, session__starts_at=NOW + timedelta(hours=72))

        with pytest.raises(StudentConflict):
            book(hours=72)

    def test_unless_the_student_knows_of_the_overlap(self, book, student):
        ParticipantFactory(user=student, session__starts_at=NOW + timedelta(hours=72))
        book(hours=72, of=OpenTutorFactory(), allow_overlap=True)

        assert book(hours=72, allow_overlap=True).allow_overlap


class TestPayingByCredit:
    def test_reserves_one_in_the_same_transaction(self, book, tutor, student):
        purchase = PackagePurchaseFactory(student=student, package__tutor=tutor)

        booking = book(use_package_id=purchase.pk)

        purchase.refresh_from_db()
        assert (booking.purchase, purchase.available) == (purchase, 4)
        assert list(CreditEntry.objects.filter(booking=booking).values_list("kind", "change")) == [("reserve", -1)]

    def test_without_one_is_refused_and_makes_nothing(self, book, tutor, student):
        purchase = PackagePurchaseFactory(student=student, package__tutor=tutor, available=0)

        with pytest.raises(InsufficientCredits):
            book(use_package_id=purchase.pk)

        assert not Booking.objects.exists()
        assert not TutoringSession.objects.exists()
        assert not Notification.objects.exists()

    def test_is_never_done_without_being_asked(self, book, tutor, student):
        PackagePurchaseFactory(student=student, package__tutor=tutor)

        assert book().purchase is None


class TestALapsedRequest:
    """Nobody has looked since it lapsed, so it still holds the time (R-GEN-4)."""

    def lapsed(self, **fields):
        starts_at = NOW + timedelta(hours=72)
        return BookingFactory(
            status=BookingStatus.PENDING, starts_at=starts_at, expires_at=NOW - timedelta(seconds=1), **fields
        )

    def test_of_the_tutor_gives_way(self, book, tutor):
        stale = self.lapsed(tutor=tutor)

        booking = book(hours=72)

        stale.refresh_from_db()
        assert (stale.status, stale.session.status) == (BookingStatus.EXPIRED, "cancelled")
        assert booking.status == BookingStatus.PENDING
        told = Notification.objects.values_list("recipient_id", "type")
        assert (stale.student_id, "booking_expired") in told

    def test_of_the_student_gives_way(self, book, student):
        stale = self.lapsed(student=student)

        assert book(hours=72).pk

        stale.refresh_from_db()
        assert stale.status == BookingStatus.EXPIRED

    def test_that_was_answered_meanwhile_does_not(self, book, tutor, monkeypatch):
        stale = self.lapsed(tutor=tutor)
        monkeypatch.setattr(clock_service, "_has_expired", lambda booking, now: False)

        with pytest.raises(SlotTaken):
            book(hours=72)

        stale.refresh_from_db()
        assert stale.status == BookingStatus.PENDING


def test_making_a_booking_costs_a_small_number_of_statements(book, django_assert_max_num_queries):
    book(hours=24, of=OpenTutorFactory())

    with django_assert_max_num_queries(26):
        book(hours=72)
