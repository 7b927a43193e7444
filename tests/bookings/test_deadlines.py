"""A lesson's mails say until when it can be called off (R-CAN-8)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from bookings.models import BookingTerms
from bookings.services import cancelling, deadlines
from bookings.services.answering import confirm_booking
from bookings.tasks import remind
from notifications.models import Notification
from notifications.tasks import deliver_due
from tests.bookings.conftest import HOUR, MINUTE
from tests.factories import PackagePurchaseFactory

pytestmark = pytest.mark.django_db

STANDARD = "Standard: refund of 100 % until 24 hours before the start, 50 % until 12 hours before the start"


@pytest.fixture
def tutor(tutor):
    BookingTerms.objects.filter(tutor=tutor).update(timezone="America/New_York")
    return tutor


@pytest.fixture
def student(student):
    student.timezone = "Europe/Berlin"
    student.save()
    return student


def post(to) -> str:
    """Send what is due; the words of the one mail to that person."""
    deliver_due()
    remind()
    (message,) = (message for message in mail.outbox if message.to == [to.email])
    mail.outbox.clear()
    return message.body


def words(booking, reader):
    return deadlines.in_words(booking, reader.pk, now=timezone.now()).splitlines()


def test_the_mail_of_a_confirmation_has_the_policy_and_the_deadlines_of_both_walls(book, student, tutor):
    booking = book(hours=72)
    post(student)

    confirm_booking(booking.pk, actor=tutor.user)

    text = post(student)
    assert STANDARD in text
    assert "100 % until 03 June 2026 at 14:05 (Europe/Berlin) / 03 June 2026 at 08:05 (America/New_York)\n" in text
    assert "50 % until 04 June 2026 at 02:05 (Europe/Berlin) / 03 June 2026 at 20:05 (America/New_York)\n" in text
    assert "Standard" not in Notification.objects.get(recipient=student).message, "a page and a push stay short"


def test_whoever_asks_for_a_lesson_reads_them_with_the_calendar_entry(book, student, tutor):
    book(hours=72)

    text = post(student)

    assert "A request costs nothing to cancel. Once it is confirmed:\nStandard: " in text
    assert "100 % until 03 June 2026 at 14:05 (Europe/Berlin) / " in text


def test_the_tutor_reads_their_own_wall_first(book, student, tutor):
    book(hours=72)

    assert "100 % until 03 June 2026 at 08:05 (America/New_York) / 03 June 2026 at 14:05 (Europe/Berlin)" in post(
        tutor.user
    )


def test_one_wall_is_shown_once(confirmed, student, tutor):
    booking = confirmed(hours=72)
    booking.tutor_timezone = booking.student_timezone

    assert words(booking, student)[1] == "100 % until 03 June 2026 at 14:05 (Europe/Berlin)"


def test_what_has_passed_is_left_out(agreed, student, clock):
    booking = agreed(hours=72)

    clock.move_to(booking.starts_at - 20 * HOUR)
    assert [line[:9] for line in words(booking, student)] == ["Standard:", "50 % unti"]
    clock.move_to(booking.starts_at - 2 * HOUR)
    assert words(booking, student)[1:] == ["All of these deadlines have passed."]


def test_a_lesson_moved_in_the_late_window_has_no_deadline_left(agreed, student):
    booking = agreed(hours=72)
    booking.non_refundable = True

    assert words(booking, student)[1:] == ["All of these deadlines have passed."]


def test_a_move_of_the_tutors_puts_the_first_deadline_off(agreed, student):
    booking = agreed(hours=72)
    booking.free_cancel_until = booking.starts_at - timedelta(hours=12)

    assert words(booking, student)[1].startswith("100 % until 04 June 2026 at 02:00 (Europe/Berlin)")


def test_a_credit_is_whole(agreed, student, tutor):
    purchase = PackagePurchaseFactory(student=student, package__tutor=tutor)

    lines = words(agreed(hours=72, use_package_id=purchase.pk), student)

    assert lines[1] == "A credit is given back whole, with a refund of 100 %, or not at all."
    assert [line[:5] for line in lines[2:]] == ["100 %"]


def test_what_is_off_has_no_deadlines(agreed, student, clock):
    booking = agreed(hours=72)
    clock.shift(MINUTE)

    cancelling.cancel_booking(booking.pk, actor=student)

    booking.refresh_from_db()
    assert words(booking, student) == []
