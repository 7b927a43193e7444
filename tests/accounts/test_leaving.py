"""Accounts that their owners close (R-GDPR-1): what lies ahead is called off, and an admin can open them again."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts.errors import ClosedTooLongAgo, InvalidCredentials, NotOnYourself, WrongPassword
from accounts.models import OutgoingMail, TutorProfile
from accounts.services import leaving, moderation
from accounts.services.sign_in import check_credentials
from audit.models import AuditEntry
from bookings.models import Booking, BookingStatus
from bookings.services import clock
from notifications.models import Notification
from sessions_app.models import TutoringSession, WaitlistEntry
from sessions_app.services import departures
from tests.factories import (
    PASSWORD,
    AdminFactory,
    BookingFactory,
    JoinRequestFactory,
    ParticipantFactory,
    SessionFactory,
    StudentFactory,
    TutorProfileFactory,
    WaitlistEntryFactory,
)
from tests.support.threads import at_once

ADDRESS = "203.0.113.7"


def leave(user, **how):
    return leaving.close_own_account(user, address=ADDRESS, now=timezone.now(), **how)


@pytest.fixture
def leave_for_good(django_capture_on_commit_callbacks):
    """What follows after the commit has been done, too."""

    def and_wait(user, **how):
        with django_capture_on_commit_callbacks(execute=True):
            return leave(user, **how)

    return and_wait


@pytest.mark.django_db
class TestClosing:
    def test_ends_every_sign_in_and_keeps_the_address(self, leave_for_good):
        user = StudentFactory()
        before = user.token_version

        until = leave_for_good(user, reason="Done.", password=PASSWORD)

        user.refresh_from_db()
        assert (user.is_active, user.token_version, user.deleted_at + timedelta(days=30)) == (False, before + 1, until)
        with pytest.raises(InvalidCredentials):
            check_credentials(user.email, PASSWORD, address=ADDRESS)
        assert user.closing_reason == "Done."
        assert AuditEntry.objects.get(action="account.closed_by_owner").reason == ""
        assert [(m.to, m.subject) for m in mail.outbox] == [([user.email], "Your account is closed")]

    def test_with_a_wrong_password_changes_nothing(self):
        user = StudentFactory()

        with pytest.raises(WrongPassword):
            leave(user, password="not it")

        user.refresh_from_db()
        assert user.is_active
        assert not OutgoingMail.objects.exists()

    def test_is_not_for_admins(self):
        with pytest.raises(NotOnYourself):
            leave(AdminFactory())

    def test_hides_a_tutor_and_calls_off_their_lessons_at_no_cost(self, leave_for_good):
        booking = BookingFactory(status="confirmed")

        leave_for_good(booking.tutor.user)

        booking.refresh_from_db()
        assert (booking.status, booking.cancelled_by, booking.refund_percent) == ("cancelled", "tutor", 100)
        assert not TutorProfile.objects.listed().exists()

    @pytest.mark.parametrize(("hours", "refund"), [(48, 100), (18, 50), (6, 0)])
    def test_of_a_student_cancels_their_lessons_by_the_policy_of_that_moment(self, hours, refund):
        made_at = timezone.now()
        booking = BookingFactory(
            status="confirmed", starts_at=made_at + timedelta(hours=hours), cancellation_policy="standard"
        )
        Booking.objects.filter(pk=booking.pk).update(created_at=made_at - timedelta(days=3))
        leave(booking.student)

        with time_machine.travel(made_at + timedelta(hours=5)):  # the sweep comes late
            clock.advance_overdue(now=timezone.now())

        booking.refresh_from_db()
        assert (booking.status, booking.cancelled_by) == (BookingStatus.CANCELLED, "student")
        assert (booking.refund_percent, booking.session.__class__.objects.get().status) == (refund, "cancelled")
        told = Notification.objects.filter(type="booking_cancelled").values_list("recipient", flat=True)
        assert list(told) == [booking.tutor.user_id]

    def test_frees_seats_places_and_requests_and_calls_off_what_they_host(self, leave_for_good):
        user = StudentFactory()
        seat = ParticipantFactory(user=user, session__max_participants=2)
        ParticipantFactory(session=seat.session)
        next_one = WaitlistEntryFactory(session=seat.session)
        waiting, asking = WaitlistEntryFactory(user=user), JoinRequestFactory(user=user)
        hosted = SessionFactory(creator=user, kind="peer")
        past = ParticipantFactory(user=user, session__status="completed")

        leave_for_good(user)

        seat.refresh_from_db()
        assert (seat.state, seat.session.participants.joined().filter(user=next_one.user).exists()) == ("left", True)
        assert WaitlistEntry.objects.get(pk=waiting.pk).state == "withdrawn"
        asking.refresh_from_db()
        past.refresh_from_db()
        assert (asking.state, past.state) == ("withdrawn", "joined")
        assert TutoringSession.objects.get(pk=hosted.pk).status == "cancelled"
        assert departures.clear() == 0

    def test_leaves_work_for_the_sweep_if_the_worker_dies(self):
        seat = ParticipantFactory()
        leave(seat.user)  # nothing runs after this commit

        assert departures.clear() == 1
        seat.refresh_from_db()
        assert seat.state == "left"


@pytest.mark.django_db
class TestOpeningAgain:
    def test_is_an_admins_for_thirty_days_and_brings_the_account_alone(self, leave_for_good):
        seat, tutor = ParticipantFactory(), TutorProfileFactory()
        leave_for_good(seat.user)
        leave_for_good(tutor.user)

        for user in (seat.user, tutor.user):
            moderation.reactivate(user.pk, actor=AdminFactory())

        assert check_credentials(seat.user.email, PASSWORD, address=ADDRESS) == seat.user
        assert TutorProfile.objects.listed().filter(pk=tutor.pk).exists()
        seat.refresh_from_db()
        assert seat.state == "left"

    def test_is_too_late_after_that(self):
        user = StudentFactory()
        until = leave(user)

        with time_machine.travel(until), pytest.raises(ClosedTooLongAgo):
            moderation.reactivate(user.pk, actor=AdminFactory())


@pytest.mark.django_db(transaction=True)
def test_an_account_that_is_closed_twice_at_once_is_closed_once():
    user = StudentFactory()

    moments = at_once([partial(leave, type(user).objects.get(pk=user.pk)) for _ in range(4)])

    assert len(set(moments)) == 1
    assert AuditEntry.objects.filter(action="account.closed_by_owner").count() == 1
