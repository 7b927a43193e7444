"""A lesson that another tutor gives instead (R-BOOK-7)."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import TutorProfile
from accounts.services import moderation
from adminpanel import integrity
from audit.models import AuditEntry
from bookings.calendar import entries
from bookings.errors import (
    BookingStarted,
    DisputeOpen,
    OutsideAvailability,
    PaidByCredit,
    SameTutor,
    SlotTaken,
    SubjectNotTaught,
    TutorUnavailable,
)
from bookings.models import Booking, BookingStatus, Reminder, RescheduleProposal, TutorStrike, WeeklyHours
from bookings.services import alternatives, attendance, cancelling, reassigning, rescheduling, reviews
from common.errors import Forbidden, Invalid, InvalidTransition, NotFound
from matching import pool
from notifications.models import Notification
from notifications.services import stream
from payments.models import Earning, Payment
from tests.bookings.conftest import HOUR, MINUTE, NOW
from tests.factories import (
    AdminFactory,
    BlockFactory,
    BookingFactory,
    OpenTutorFactory,
    PackagePurchaseFactory,
    PaymentFactory,
    ProposalFactory,
    StudentFactory,
    SubjectFactory,
    TutorSubjectFactory,
)

pytestmark = pytest.mark.django_db

REASON = "The tutor is ill."


@pytest.fixture
def admin(clock):
    return AdminFactory()


@pytest.fixture
def other(clock):
    return OpenTutorFactory(user__first_name="Olga", user__last_name="Other", hourly_rate=90)


@pytest.fixture
def move(admin, other):
    """`move(booking)` gives it to the other tutor."""

    def reassign(booking, to=None, actor=None, reason=REASON):
        return reassigning.reassign(booking.pk, (to or other).pk, actor=actor or admin, reason=reason)

    return reassign


def again(booking):
    return Booking.objects.with_everything().get(pk=booking.pk)


def told(user):
    return list(Notification.objects.filter(recipient=user, type="booking_reassigned"))


def refused(call, booking, *errors):
    """The lesson stays as it is."""
    before = Booking.objects.filter(pk=booking.pk).values().get()
    with pytest.raises(errors):
        call()
    assert Booking.objects.filter(pk=booking.pk).values().get() == before
    assert again(booking).session.creator_id == again(booking).tutor.user_id
    assert not AuditEntry.objects.filter(action="booking.reassigned").exists()


class TestWhatStays:
    def test_is_the_booking_with_its_price_and_terms_and_only_the_tutor_is_another(self, agreed, move, other):
        booking = agreed()
        kept = ("id", "uid", "status", "starts_at", "ends_at", "price", "hourly_rate", "currency", "session_id")
        kept += ("commission_percent", "cancellation_policy", "student_id", "subject_id", "student_timezone")
        before = Booking.objects.filter(pk=booking.pk).values(*kept).get()

        moved = move(booking)

        assert Booking.objects.filter(pk=booking.pk).values(*kept).get() == before
        assert (moved.tutor, moved.session.creator, moved.price) == (other, other.user, Decimal("45.00"))
        assert again(moved).sequence == booking.sequence + 1
        assert [event.kind for event in moved.events.all()] == ["created", "confirmed", "reassigned"]
        assert not again(moved).session.participants.exclude(user=booking.student).exists()

    def test_is_audited_with_its_reason_and_who_had_it(self, agreed, move, admin, other):
        booking = agreed()

        move(booking)

        entry = AuditEntry.objects.get(action="booking.reassigned")
        assert (entry.actor_id, entry.reason, entry.object_id) == (admin.pk, REASON, str(booking.pk))
        assert (entry.after["from_tutor"], entry.after["to_tutor"]) == (booking.tutor_id, other.pk)

    def test_leaves_nothing_that_a_check_of_integrity_finds(self, agreed, move):
        booking = agreed()
        PaymentFactory(
            payer=booking.student, tutor=booking.tutor, payable_kind="booking", payable_id=booking.pk, amount=45
        )

        move(booking)

        assert integrity.run(actor=None, now=timezone.now()).issues == []

    def test_makes_matching_look_again_at_the_tutor_who_has_that_time_again(self, agreed, move, tutor, clock):
        booking = agreed()
        clock.shift(MINUTE)

        move(booking)

        assert tutor.pk in pool.changed_since(timezone.now(), now=timezone.now(), most=9)


class TestPeople:
    def test_all_three_are_told_and_see_it_live(self, agreed, move, tutor, other):
        booking = agreed()

        move(booking)

        ((student,), (new,), (old,)) = map(told, (booking.student, other.user, tutor.user))
        assert student.message.startswith("Olga Other gives your lesson")
        assert "at no cost until" in student.message
        assert "lesson of Jane Student" in new.message
        assert "Olga" not in old.message
        for user in (booking.student, other.user, tutor.user):
            frames = [json.loads(text) for _, text in stream.since(user.pk, 0)]
            assert [f["event"] for f in frames if f["type"] == "booking_update"][-1] == "reassigned"

    def test_the_former_tutor_sees_it_no_more_and_the_new_one_does(self, agreed, move, tutor, other):
        booking = agreed()

        move(booking)

        assert not Booking.objects.visible_to(tutor.user).filter(pk=booking.pk).exists()
        assert Booking.objects.visible_to(other.user).get() == booking
        with pytest.raises(NotFound):
            cancelling.cancel_booking(booking.pk, actor=tutor.user)

    def test_calendars_have_the_same_entry_on_with_two_and_off_with_the_former_tutor(self, agreed, move, tutor, other):
        booking = agreed()
        before = entries.of_session_id(booking.session_id, tutor.user)

        move(booking)

        mine, theirs, gone = (
            entries.of_session_id(booking.session_id, user) for user in (booking.student, other.user, tutor.user)
        )
        assert {mine.uid, theirs.uid, gone.uid} == {before.uid}
        assert [entry.status for entry in (mine, theirs, gone)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
        assert all(entry.sequence == before.sequence + 1 for entry in (mine, theirs, gone))
        assert "Olga" not in f"{gone.organizer} {gone.title} {gone.description}"
        assert entries.of_session_id(booking.session_id, StudentFactory()) is None

    def test_reminders_are_for_the_student_and_the_new_tutor(self, agreed, move, other):
        booking = agreed()

        move(booking)

        due = Reminder.objects.filter(session=booking.session_id, state=Reminder.State.DUE)
        assert set(due.values_list("recipient", flat=True)) == {booking.student_id, other.user_id}
        assert due.count() == 4

    def test_the_former_tutors_time_is_free_and_the_new_ones_taken(self, agreed, move, tutor, other, book):
        booking = agreed()
        move(booking)

        with pytest.raises(SlotTaken):
            book(by=StudentFactory(), of=other)
        assert book(by=StudentFactory(), of=tutor).tutor == tutor


class TestAfterwards:
    @pytest.mark.parametrize(("hours_before", "percent"), [(12, 100), (11, 0)])
    def test_the_student_cancels_at_no_cost_until_12_hours_before(self, agreed, move, clock, hours_before, percent):
        booking = agreed(hours=72)
        move(booking)

        clock.move_to(NOW + (72 - hours_before) * HOUR)
        off = cancelling.cancel_booking(booking.pk, actor=booking.student)

        assert off.refund_percent == percent

    def test_the_new_tutor_who_cannot_has_no_strike(self, agreed, move, other):
        booking = agreed(hours=20)
        move(booking)

        off = cancelling.cancel_booking(booking.pk, actor=other.user)

        assert (off.status, off.refund_percent) == (BookingStatus.CANCELLED, 100)
        assert not TutorStrike.objects.exists()

    def test_it_is_the_new_tutor_who_is_reviewed_and_who_has_earned_it(self, agreed, move, other, clock):
        booking = agreed()
        PaymentFactory(
            payer=booking.student, tutor=booking.tutor, payable_kind="booking", payable_id=booking.pk, amount=45,
            captured_amount=45, status="succeeded", commission_percent=booking.commission_percent,
        )  # fmt: skip
        move(booking)

        clock.move_to(booking.starts_at + 31 * MINUTE)
        attendance.complete_booking(booking.pk, actor=other.user)
        clock.move_to(booking.ends_at)
        review = reviews.write_review(booking.pk, author=booking.student, rating=5)

        assert review.tutor == other
        payment = Payment.objects.get()
        assert payment.tutor == other
        assert payment.description.startswith(f"the lesson with {other.user.display_name} on ")  # as its receipt says
        earning = Earning.objects.get()
        assert (earning.tutor, earning.gross) == (other, 45)
        assert again(booking).price == 45

    def test_what_was_proposed_is_off(self, agreed, move):
        booking = agreed()
        ProposalFactory(booking=booking)

        move(booking)

        assert RescheduleProposal.objects.get().state == RescheduleProposal.State.WITHDRAWN

    def test_it_can_be_moved_and_reassigned_again_even_back(self, agreed, move, tutor, other):
        booking = agreed()
        move(booking)

        rescheduling.reschedule_booking(booking.pk, actor=other.user, starts=[booking.starts_at + HOUR])
        move(booking, to=tutor)

        assert again(booking).tutor == tutor
        assert entries.of_session_id(booking.session_id, tutor.user).status == "CONFIRMED"


class TestRefusals:
    @pytest.mark.parametrize("status", sorted(set(BookingStatus) - {BookingStatus.CONFIRMED}))
    def test_only_a_confirmed_lesson_is_reassigned(self, status, move, tutor):
        booking = BookingFactory(tutor=tutor, status=status)

        refused(lambda: move(booking), booking, InvalidTransition)

    def test_none_that_has_begun(self, agreed, move, clock):
        booking = agreed(hours=72)
        clock.move_to(booking.starts_at)

        refused(lambda: move(booking), booking, BookingStarted)

    def test_none_that_the_moderators_have_to_decide_about(self, agreed, move):
        booking = agreed()
        Booking.objects.update(dispute_state="open")

        refused(lambda: move(booking), booking, DisputeOpen)

    def test_none_that_a_credit_of_the_tutors_package_pays(self, confirmed, move, tutor, student):
        purchase = PackagePurchaseFactory(package__tutor=tutor, student=student)
        booking = confirmed(use_package_id=purchase.pk)

        refused(lambda: move(booking), booking, PaidByCredit)
        assert booking.pk not in [each.pk for each in alternatives.free_tutors(booking, now=NOW)]

    def test_not_to_who_does_not_teach_the_subject(self, agreed, move, other, tutor):
        subject = SubjectFactory()
        TutorSubjectFactory(tutor=tutor, subject=subject)
        booking = agreed(subject=subject)
        assert alternatives.free_tutors(booking, now=NOW) == []

        refused(lambda: move(booking), booking, SubjectNotTaught)

        TutorSubjectFactory(tutor=other, subject=subject)
        assert alternatives.free_tutors(booking, now=NOW) == [other]
        assert move(booking).tutor == other

    def test_not_to_who_has_another_lesson_then(self, agreed, move, other, book):
        booking = agreed()
        book(by=StudentFactory(), of=other)

        refused(lambda: move(booking), booking, SlotTaken)
        assert alternatives.free_tutors(booking, now=NOW) == []

    def test_not_to_who_has_no_hours_then(self, agreed, move, other):
        booking = agreed()
        WeeklyHours.objects.filter(tutor=other).delete()

        refused(lambda: move(booking), booking, OutsideAvailability)
        assert alternatives.free_tutors(booking, now=NOW) == []

    @pytest.mark.parametrize("by_tutor", [True, False])
    def test_not_to_who_blocks_the_student_or_is_blocked(self, agreed, move, other, by_tutor):
        booking = agreed()
        pair = (other.user, booking.student) if by_tutor else (booking.student, other.user)
        BlockFactory(blocker=pair[0], blocked=pair[1])

        refused(lambda: move(booking), booking, TutorUnavailable)
        assert alternatives.free_tutors(booking, now=NOW) == []

    def test_not_to_who_is_paused(self, agreed, move, other):
        booking = agreed()
        TutorProfile.objects.filter(pk=other.pk).update(accepts_bookings=False)

        refused(lambda: move(booking), booking, TutorUnavailable)

    def test_not_to_a_tutor_whom_nobody_finds(self, agreed, move, other, admin):
        booking = agreed()
        moderation.suspend_tutor(other.user_id, actor=admin, reason="no-shows")

        refused(lambda: move(booking), booking, NotFound)

    def test_not_to_the_tutor_who_has_it(self, agreed, move, tutor):
        booking = agreed()

        refused(lambda: move(booking, to=tutor), booking, SameTutor)

    @pytest.mark.parametrize("who", ["student", "tutor", "stranger", "another_tutor"])
    def test_by_nobody_but_an_admin(self, agreed, move, other, who):
        booking = agreed()
        people = {"student": booking.student, "tutor": booking.tutor.user, "another_tutor": other.user}

        refused(lambda: move(booking, actor=people.get(who) or StudentFactory()), booking, Forbidden)

    @pytest.mark.parametrize("party", ["student", "tutor", "heir"])
    def test_not_by_an_admin_who_is_a_party(self, agreed, move, other, party):
        booking = agreed()
        user = {"student": booking.student, "tutor": booking.tutor.user, "heir": other.user}[party]
        with user.deputised():
            refused(lambda: move(booking, actor=user), booking, Forbidden)

    def test_nor_without_a_reason(self, agreed, move):
        booking = agreed()

        refused(lambda: move(booking, reason=" "), booking, Invalid)


class TestSuspending:
    @pytest.fixture
    def suspend(self, admin, other, tutor, django_capture_on_commit_callbacks):
        def suspend(heir=None, **how):
            with django_capture_on_commit_callbacks(execute=True):
                moderation.suspend_and_hand_over(
                    tutor.user_id, heir=heir or other.user.email.upper(), actor=admin, reason="no-shows", **how
                )

        return suspend

    def test_what_the_heir_can_take_is_theirs_and_the_rest_is_called_off(self, agreed, confirmed, book, suspend, other):
        taken = agreed()
        in_the_way, pending = confirmed(hours=96, by=StudentFactory()), book(hours=120, by=StudentFactory())
        book(hours=96, by=StudentFactory(), of=other)

        suspend()

        assert (again(taken).tutor, again(taken).status) == (other, BookingStatus.CONFIRMED)
        for booking in (in_the_way, pending):
            off = again(booking)
            assert (off.status, off.cancelled_by, off.refund_percent) == (BookingStatus.CANCELLED, "tutor", 100)
        assert again(taken).tutor.status == "approved"
        assert again(in_the_way).tutor.status == "suspended"

    def test_a_lesson_paid_by_a_credit_is_called_off_and_the_credit_comes_back(
        self, confirmed, suspend, tutor, student
    ):
        purchase = PackagePurchaseFactory(package__tutor=tutor, student=student)
        booking = confirmed(use_package_id=purchase.pk)

        suspend()

        purchase.refresh_from_db()
        assert (again(booking).status, purchase.available) == (BookingStatus.CANCELLED, 5)

    @pytest.mark.parametrize("heir", ["nobody@example.com", "themselves", "paused-student"])
    def test_an_address_of_no_such_tutor_leaves_everything_as_it_is(self, agreed, suspend, tutor, heir):
        booking = agreed()
        addresses = {"themselves": tutor.user.email, "paused-student": booking.student.email}

        with pytest.raises(NotFound):
            suspend(addresses.get(heir, heir))

        assert (again(booking).status, again(booking).tutor.status) == (BookingStatus.CONFIRMED, "approved")

    def test_a_suspension_that_is_refused_hands_nothing_over(self, agreed, suspend, tutor):
        booking = agreed()

        with pytest.raises(Invalid):
            suspend(until=NOW - timedelta(days=1))

        assert (again(booking).tutor, again(booking).tutor.status) == (tutor, "approved")
