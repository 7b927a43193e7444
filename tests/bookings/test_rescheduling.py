"""A booking moves: at once, or when both agree (R-RES-1 to 7)."""

import pytest
from django.utils import timezone

from bookings.errors import (
    BookingStarted,
    MoveLimitReached,
    NoOpenProposal,
    NotProposed,
    NotYourPart,
    OutsideAvailability,
    ProposalOpen,
    SameTime,
    SlotTaken,
    StudentConflict,
    TooLateToMove,
    TooSoon,
)
from bookings.models import Booking, BookingStatus, BookingTerms, RescheduleProposal
from bookings.services import cancelling, rescheduling, slots
from bookings.services import clock as clock_service
from common.errors import InvalidTransition, NotFound, StaleVersion
from notifications.models import Notification
from sessions_app.models import TutoringSession
from tests.bookings.conftest import FINAL, HOUR, MINUTE, NOW
from tests.factories import (
    AdminFactory,
    BookingFactory,
    OpenTutorFactory,
    ParticipantFactory,
    SessionFactory,
    StudentFactory,
)

pytestmark = pytest.mark.django_db


def move(booking, actor, *hours, **named):
    """To so many hours from the noon at which each test begins; or propose that."""
    starts = [NOW + hour * HOUR for hour in hours]
    return rescheduling.reschedule_booking(booking.pk, actor=actor, starts=starts, **named)


class TestAtOnce:
    def test_a_student_moves_a_request(self, book, student, tutor):
        booking = book(hours=72)

        moved = move(booking, student, 80)

        moved.refresh_from_db()
        assert (moved.pk, moved.uid, moved.status) == (booking.pk, booking.uid, BookingStatus.PENDING)
        assert (moved.starts_at, moved.duration_minutes) == (NOW + 80 * HOUR, 60)
        assert (moved.session.starts_at, moved.session.ends_at) == (moved.starts_at, moved.ends_at)
        assert (moved.sequence, moved.moves_by_student, moved.moves_by_tutor) == (1, 1, 0)
        event = moved.events.last()
        assert (event.kind, event.data["from"], event.data["to"]) == (
            "rescheduled", "2026-06-04T12:00:00Z", "2026-06-04T20:00:00Z",
        )  # fmt: skip
        told = Notification.objects.filter(type="booking_rescheduled").get()
        assert told.recipient == tutor.user
        assert told.message == ("Your lesson of 04 June 2026 at 12:00 (UTC) is now on 04 June 2026 at 20:00 (UTC).")
        assert Booking.objects.count() == TutoringSession.objects.count() == 1

    def test_the_time_for_an_answer_starts_anew_once(self, book, student, clock):
        booking = book(hours=72)
        clock.shift(10 * HOUR)

        assert move(booking, student, 80).expires_at == NOW + 34 * HOUR
        clock.shift(10 * HOUR)
        assert move(booking, student, 90).expires_at == NOW + 34 * HOUR
        assert move(booking, student, 30).expires_at == NOW + 29 * HOUR, "but never beyond the hour before the start"

    def test_a_student_moves_within_the_undo_window(self, confirmed, student):
        assert move(confirmed(hours=72), student, 80).starts_at == NOW + 80 * HOUR

    @pytest.mark.parametrize(("lead", "direct"), [(24 * HOUR - 5 * MINUTE, True), (24 * HOUR - 6 * MINUTE, False)])
    def test_a_student_moves_in_time_where_the_tutor_always_agrees(self, lead, direct, agreed, student, tutor, clock):
        BookingTerms.objects.filter(tutor=tutor).update(auto_accept_reschedule=True)
        booking = agreed(hours=72)
        clock.move_to(booking.starts_at - lead)

        moved = move(booking, student, 100)

        assert (moved.starts_at == NOW + 100 * HOUR) is direct
        assert moved.proposals.exists() is not direct

    def test_of_several_times_the_first_is_taken(self, book, student):
        assert move(book(hours=72), student, 81, 80).starts_at == NOW + 81 * HOUR

    def test_the_new_time_may_overlap_the_old_one(self, book, student):
        assert move(book(hours=72), student, 72.5).starts_at == NOW + 72.5 * HOUR

    def test_a_lapsed_request_at_that_time_gives_way(self, book, student, tutor):
        stale = BookingFactory(
            tutor=tutor, status=BookingStatus.PENDING, starts_at=NOW + 80 * HOUR, expires_at=NOW - MINUTE
        )

        assert move(book(hours=72), student, 80).starts_at == NOW + 80 * HOUR

        stale.refresh_from_db()
        assert stale.status == BookingStatus.EXPIRED


class TestAProposal:
    @pytest.mark.parametrize("by", ["student", "tutor"])
    def test_asks_the_other_side_and_leaves_the_lesson_where_it_is(self, by, agreed, student, tutor):
        booking = agreed(hours=72)
        people = {"student": student, "tutor": tutor.user}

        asked = move(booking, people.pop(by), 90, 80, reason="Emergency conflict")

        unmoved = (BookingStatus.CONFIRMED, booking.starts_at, booking.sequence)
        assert (asked.status, asked.starts_at, asked.sequence) == unmoved
        proposal = asked.proposals.get()
        assert (proposal.state, proposal.proposed_by, proposal.reason) == ("open", by, "Emergency conflict")
        assert [time.starts_at for time in proposal.times.all()] == [NOW + 80 * HOUR, NOW + 90 * HOUR]
        assert proposal.lapses_at == NOW + 6 * MINUTE + 24 * HOUR
        told = Notification.objects.filter(type="reschedule_proposed").get()
        assert [told.recipient] == list(people.values())
        assert told.data["options"] == ["2026-06-04T20:00:00Z", "2026-06-05T06:00:00Z"]

    def test_lapses_two_hours_before_the_earliest_of_its_times(self, agreed, student):
        assert move(agreed(hours=30), student, 20).proposals.get().lapses_at == NOW + 18 * HOUR
        assert move(agreed(hours=10), student, 40).proposals.get().lapses_at == NOW + 8 * HOUR

    def test_keeps_both_times_from_others(self, agreed, book, student):
        move(agreed(hours=72), student, 90)

        for hours in (72, 90):
            with pytest.raises(SlotTaken):
                book(hours=hours, by=StudentFactory())

    def test_is_one_at_a_time(self, agreed, student, tutor):
        booking = agreed()
        move(booking, student, 90)

        for person in (student, tutor.user):
            with pytest.raises(ProposalOpen):
                move(booking, person, 95)

    def test_is_refused_when_nobody_could_answer_in_time(self, agreed, student, tutor):
        booking = agreed(hours=2)

        with pytest.raises(TooLateToMove):
            move(booking, tutor.user, 50)

        assert not RescheduleProposal.objects.exists()


class TestAnAnswer:
    def test_accepting_moves_the_lesson(self, agreed, student, tutor):
        booking = agreed(hours=72)
        move(booking, student, 90)

        moved = rescheduling.accept_proposal(booking.pk, actor=tutor.user)

        moved.refresh_from_db()
        assert (moved.starts_at, moved.status) == (NOW + 90 * HOUR, BookingStatus.CONFIRMED)
        assert moved.session.starts_at == moved.starts_at
        assert (moved.sequence, moved.moves_by_student) == (booking.sequence + 1, 1)
        assert moved.proposals.get().state == "accepted"
        assert Notification.objects.filter(recipient=student, type="booking_rescheduled").exists()

    @pytest.mark.parametrize(
        ("choice", "hours"), [({"option": 2}, 90), ({"option": 1}, 80), ({"starts_at": NOW + 90 * HOUR}, 90)]
    )
    def test_accepting_chooses_one_of_several(self, choice, hours, agreed, student, tutor):
        booking = agreed(hours=72)
        move(booking, student, 80, 90)

        moved = rescheduling.accept_proposal(booking.pk, actor=tutor.user, **choice)

        assert moved.starts_at == NOW + hours * HOUR

    @pytest.mark.parametrize("choice", [{}, {"option": 3}, {"option": 0}, {"starts_at": NOW + 81 * HOUR}])
    def test_accepting_none_of_several_is_no_answer(self, choice, agreed, student, tutor):
        booking = agreed(hours=72)
        move(booking, student, 80, 90)

        with pytest.raises(NotProposed) as refusal:
            rescheduling.accept_proposal(booking.pk, actor=tutor.user, **choice)

        assert refusal.value.extra["options"] == [NOW + 80 * HOUR, NOW + 90 * HOUR]
        assert booking.proposals.get().state == "open"

    def test_declining_leaves_the_lesson_where_it_is(self, agreed, student, tutor):
        booking = agreed(hours=72)
        move(booking, tutor.user, 90)

        kept = rescheduling.decline_proposal(booking.pk, actor=student)

        kept.refresh_from_db()
        assert (kept.starts_at, kept.status) == (NOW + 72 * HOUR, BookingStatus.CONFIRMED)
        assert kept.proposals.get().state == "declined"
        assert Notification.objects.filter(recipient=tutor.user, type="reschedule_declined").exists()

    def test_withdrawing_is_the_proposers(self, agreed, book, student, tutor):
        booking = agreed(hours=72)
        move(booking, tutor.user, 90)
        with pytest.raises(NotYourPart):
            rescheduling.withdraw_proposal(booking.pk, actor=student)

        rescheduling.withdraw_proposal(booking.pk, actor=tutor.user)

        assert booking.proposals.get().state == "withdrawn"
        assert book(hours=90, by=StudentFactory()).pk, "the time is free again"

    @pytest.mark.parametrize("answer", [rescheduling.accept_proposal, rescheduling.decline_proposal])
    def test_is_not_the_proposers_nor_an_admins(self, answer, agreed, student):
        booking = agreed(hours=72)
        move(booking, student, 90)

        for person in (student, AdminFactory()):
            with pytest.raises(NotYourPart):
                answer(booking.pk, actor=person)

    @pytest.mark.parametrize(
        "answer", [rescheduling.accept_proposal, rescheduling.decline_proposal, rescheduling.withdraw_proposal]
    )
    def test_needs_an_open_proposal(self, answer, agreed, book, student, tutor, clock):
        booking = agreed(hours=72)
        move(booking, student, 90)
        clock.shift(24 * HOUR)

        for person in (student, tutor.user):
            with pytest.raises(NoOpenProposal):
                answer(booking.pk, actor=person)
        with pytest.raises(InvalidTransition):
            answer(book(hours=50).pk, actor=tutor.user)

    def test_comes_too_late_when_the_tutor_has_filled_the_time(self, agreed, student, tutor):
        booking = agreed(hours=72)
        move(booking, student, 90)
        SessionFactory(creator=tutor.user, starts_at=NOW + 90 * HOUR)

        with pytest.raises(SlotTaken):
            rescheduling.accept_proposal(booking.pk, actor=tutor.user)

        booking.refresh_from_db()
        assert (booking.starts_at, booking.proposals.get().state) == (NOW + 72 * HOUR, "open")

    def test_comes_too_late_when_the_student_has_filled_it(self, agreed, student, tutor):
        booking = agreed(hours=72)
        move(booking, student, 90)
        ParticipantFactory(user=student, session__starts_at=NOW + 90 * HOUR)

        with pytest.raises(StudentConflict):
            rescheduling.accept_proposal(booking.pk, actor=tutor.user)

    def test_does_not_come_and_the_proposal_lapses(self, agreed, book, student, tutor, clock):
        booking = agreed(hours=72)
        move(booking, student, 90)
        clock.shift(24 * HOUR)

        assert clock_service.advance_overdue(now=timezone.now()) == 1

        assert booking.proposals.get().state == "lapsed"
        told = Notification.objects.filter(type="reschedule_lapsed").values_list("recipient_id", flat=True)
        assert set(told) == {student.pk, tutor.user_id}
        assert book(hours=66, by=StudentFactory()).pk

    def test_that_nobody_wrote_down_does_not_stand_in_the_way_of_another(self, agreed, student, clock):
        booking = agreed(hours=72)
        move(booking, student, 90)
        clock.shift(24 * HOUR)

        move(booking, student, 95)

        assert sorted(booking.proposals.values_list("state", flat=True)) == ["lapsed", "open"]


class TestTheConsequences:
    def test_a_lesson_that_its_student_moved_late_is_not_refunded(self, agreed, student, tutor):
        booking = agreed(hours=20)
        move(booking, student, 200)

        moved = rescheduling.accept_proposal(booking.pk, actor=tutor.user)

        assert moved.non_refundable
        assert cancelling.cancel_booking(booking.pk, actor=student).refund_percent == 0

    def test_one_moved_in_time_is(self, agreed, student, tutor, clock):
        booking = agreed(hours=72)
        move(booking, student, 200)

        assert not rescheduling.accept_proposal(booking.pk, actor=tutor.user).non_refundable

    def test_it_counts_when_it_was_asked_for_not_when_it_was_answered(self, agreed, student, tutor, clock):
        booking = agreed(hours=30)
        move(booking, student, 200)
        clock.shift(10 * HOUR)

        assert not rescheduling.accept_proposal(booking.pk, actor=tutor.user).non_refundable

    def test_after_a_tutors_move_the_student_may_cancel_free_of_charge(self, agreed, student, tutor, clock):
        booking = agreed(hours=72)
        move(booking, tutor.user, 100)
        moved = rescheduling.accept_proposal(booking.pk, actor=student)

        assert moved.free_cancel_until == NOW + 88 * HOUR
        clock.move_to(NOW + 88 * HOUR)
        assert cancelling.cancel_booking(booking.pk, actor=student).refund_percent == 100

    def test_price_and_length_stay(self, agreed, student, tutor):
        tutor.hourly_rate = 90
        tutor.save()
        booking = agreed(hours=72)
        tutor.hourly_rate = 10
        tutor.save()
        BookingTerms.objects.filter(tutor=tutor).update(durations=[30])

        move(booking, tutor.user, 100)
        moved = rescheduling.accept_proposal(booking.pk, actor=student)

        assert (moved.price, moved.duration_minutes) == (90, 60)


class TestIsRefused:
    def test_to_an_admin(self, agreed):
        with pytest.raises(NotYourPart):
            move(agreed(), AdminFactory(), 90)

    def test_to_strangers_who_do_not_see_it(self, agreed):
        with pytest.raises(NotFound):
            move(agreed(), StudentFactory(), 90)

    def test_to_the_tutor_of_a_request(self, book, tutor):
        with pytest.raises(InvalidTransition):
            move(book(), tutor.user, 90)

    @pytest.mark.parametrize("status", FINAL)
    def test_for_what_is_over(self, status, clock):
        booking = BookingFactory(status=status)

        with pytest.raises(InvalidTransition):
            move(booking, booking.student, 90)

    def test_once_it_has_begun(self, agreed, student, clock):
        booking = agreed(hours=24)
        clock.move_to(booking.starts_at)

        with pytest.raises(BookingStarted):
            move(booking, student, 90)

    def test_to_the_time_at_which_it_is(self, book, student):
        with pytest.raises(SameTime):
            move(book(hours=72), student, 72)

    def test_with_an_old_version(self, book, student):
        with pytest.raises(StaleVersion):
            move(book(), student, 90, version=9)

    def test_a_fourth_time_to_the_same_side(self, book, student):
        booking = book(hours=72)
        for hours in (80, 90, 100):
            move(booking, student, hours)

        with pytest.raises(MoveLimitReached):
            move(booking, student, 110)

    def test_but_the_other_side_has_moves_of_its_own(self, agreed, student, tutor):
        booking = agreed(hours=72)
        Booking.objects.filter(pk=booking.pk).update(moves_by_student=3)

        with pytest.raises(MoveLimitReached):
            move(booking, student, 90)
        assert move(booking, tutor.user, 90).proposals.exists()

    @pytest.mark.parametrize(
        ("hours", "refusal"), [(1, TooSoon), (72.25, OutsideAvailability), (90, SlotTaken), (120, StudentConflict)]
    )
    def test_to_a_time_that_cannot_be_booked(self, hours, refusal, book, student):
        book(hours=90, by=StudentFactory())
        book(hours=120, of=OpenTutorFactory())
        booking = book(hours=72)

        with pytest.raises(refusal):
            move(booking, student, hours)

        booking.refresh_from_db()
        assert (booking.starts_at, booking.sequence) == (NOW + 72 * HOUR, 0)

    @pytest.mark.parametrize(("theirs", "refusal"), [({}, SlotTaken), ({"of": "other"}, StudentConflict)])
    def test_by_the_database_where_the_look_has_missed_it(self, theirs, refusal, book, student, monkeypatch):
        if theirs:
            book(hours=90, of=OpenTutorFactory())
        else:
            book(hours=90, by=StudentFactory())
        booking = book(hours=72)
        monkeypatch.setattr(slots, "require_bookable", lambda *args, **named: None)

        with pytest.raises(refusal):
            move(booking, student, 90)

        booking.refresh_from_db()
        assert booking.starts_at == booking.session.starts_at == NOW + 72 * HOUR
