"""Somebody did not come: reported, upheld, contested, decided (R-NS-1 to 4)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import TutorProfile
from audit.models import AuditEntry
from bookings.errors import (
    DisputeOpen,
    GracePeriod,
    NoDispute,
    NoShowReported,
    NoShowWindowClosed,
    NothingToContest,
    NotYourPart,
    StatementRequired,
    StudentWasPresent,
)
from bookings.models import BookingStatus, BookingTerms, CreditEntry, DisputeState, NoShowClaim, TutorStrike
from bookings.services import attendance, cancelling, disputes, no_shows
from bookings.services import clock as clock_service
from bookings.services.alternatives import replacements
from common.errors import Forbidden, InvalidTransition, NotFound
from messaging.services import block
from notifications.models import Notification
from tests.bookings.conftest import NOW
from tests.factories import (
    AdminFactory,
    BookingFactory,
    OpenTutorFactory,
    PackagePurchaseFactory,
    StudentFactory,
    SubjectFactory,
    TimeOffFactory,
    TutorSubjectFactory,
)

pytestmark = pytest.mark.django_db

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
START = NOW + 24 * HOUR
WAS_THERE = {"was_present": True}


@pytest.fixture
def lesson(confirmed, clock):
    """A confirmed lesson of one hour that began twenty minutes ago."""
    booking = confirmed(hours=24)
    clock.move_to(START + 20 * MINUTE)
    return booking


@pytest.fixture
def paid_by_credit(confirmed, student, tutor, clock):
    """The same, paid by a credit."""
    purchase = PackagePurchaseFactory(student=student, package__tutor=tutor)
    booking = confirmed(hours=24, use_package_id=purchase.pk)
    clock.move_to(START + 20 * MINUTE)
    return booking


def advance():
    return clock_service.advance_overdue(now=timezone.now())


def open_tutor(subject):
    tutor = OpenTutorFactory()
    TutorSubjectFactory(tutor=tutor, subject=subject)
    return tutor


def terms_of(tutor):
    return BookingTerms.objects.filter(tutor=tutor)


def attended(lesson, person, clock, first, last):
    then = timezone.now()
    clock.move_to(START + first * MINUTE)
    attendance.join_lesson(lesson.pk, actor=person)
    clock.move_to(START + last * MINUTE)
    attendance.leave_lesson(lesson.pk, actor=person)
    clock.move_to(max(then, START + last * MINUTE))


class TestTheStudentDidNotCome:
    def test_is_paid_in_full_and_counts_for_nobody(self, paid_by_credit, student, tutor):
        marked = no_shows.mark_student_absent(paid_by_credit.pk, actor=tutor.user, statement="I waited.")

        marked.refresh_from_db()
        assert (marked.status, marked.session.status) == (BookingStatus.NO_SHOW_STUDENT, "cancelled")
        assert (marked.session.end_reason, marked.refund_percent) == ("student_absent", 0)
        assert CreditEntry.objects.filter(booking=marked).last().kind == "consume"
        claim = marked.no_show_claims.get()
        assert (claim.absent, claim.state, claim.statement) == ("student", "upheld", "I waited.")
        assert Notification.objects.filter(recipient=student, type="booking_no_show_student").count() == 1
        assert TutorProfile.objects.get(pk=tutor.pk).total_sessions == 0

    def test_needs_the_tutor_to_have_been_there_or_to_say_so(self, lesson, tutor, clock):
        with pytest.raises(StatementRequired):
            no_shows.mark_student_absent(lesson.pk, actor=tutor.user)
        attended(lesson, tutor.user, clock, 0, 10)

        assert no_shows.mark_student_absent(lesson.pk, actor=tutor.user).status == BookingStatus.NO_SHOW_STUDENT

    def test_may_be_said_by_an_admin(self, lesson):
        assert no_shows.mark_student_absent(lesson.pk, actor=AdminFactory()).status == BookingStatus.NO_SHOW_STUDENT

    @pytest.mark.parametrize(
        ("minutes", "grace"),
        [(30, 10 * MINUTE), (60, 10 * MINUTE)],
    )
    def test_is_said_after_ten_minutes_of_grace(self, minutes, grace, confirmed, tutor, clock):
        lesson = confirmed(hours=24, minutes=minutes)
        clock.move_to(START + grace - SECOND)
        with pytest.raises(GracePeriod) as refusal:
            no_shows.mark_student_absent(lesson.pk, actor=tutor.user, **WAS_THERE)
        assert refusal.value.extra["allowed_at"] == START + grace

        clock.move_to(START + grace)
        assert no_shows.mark_student_absent(lesson.pk, actor=tutor.user, **WAS_THERE).pk

    def test_of_a_short_lesson_after_half_of_it(self, clock):
        lesson = BookingFactory(starts_at=NOW, ends_at=NOW + 15 * MINUTE)
        clock.move_to(NOW + 7 * MINUTE)
        with pytest.raises(GracePeriod) as refusal:
            no_shows.mark_student_absent(lesson.pk, actor=lesson.tutor.user, **WAS_THERE)

        assert refusal.value.extra["allowed_at"] == NOW + 7.5 * MINUTE

    def test_is_said_within_a_day(self, lesson, tutor, clock):
        clock.move_to(START + 24 * HOUR + SECOND)

        with pytest.raises(NoShowWindowClosed):
            no_shows.mark_student_absent(lesson.pk, actor=tutor.user, **WAS_THERE)

    def test_is_refused_and_disputed_where_attendance_shows_otherwise(self, lesson, student, tutor, clock):
        attended(lesson, student, clock, 0, 5)

        with pytest.raises(StudentWasPresent):
            no_shows.mark_student_absent(lesson.pk, actor=tutor.user, **WAS_THERE)

        lesson.refresh_from_db()
        assert (lesson.status, lesson.dispute_state) == (BookingStatus.CONFIRMED, DisputeState.OPEN)
        assert lesson.no_show_claims.get().state == "contested"
        told = Notification.objects.filter(type="booking_dispute_opened").values_list("recipient_id", flat=True)
        assert set(told) == {student.pk, tutor.user_id}

    def test_counts_for_a_student_who_looked_in_for_less_than_five_minutes(self, lesson, student, tutor, clock):
        attended(lesson, student, clock, 0, 4)

        marked = no_shows.mark_student_absent(lesson.pk, actor=tutor.user, **WAS_THERE)

        assert marked.status == BookingStatus.NO_SHOW_STUDENT

    def test_is_not_for_the_student_to_say(self, lesson, student):
        with pytest.raises(NotYourPart):
            no_shows.mark_student_absent(lesson.pk, actor=student, **WAS_THERE)

    @pytest.mark.parametrize("status", sorted(set(BookingStatus) - {BookingStatus.CONFIRMED}))
    def test_of_no_confirmed_lesson_changes_nothing(self, status, clock):
        booking = BookingFactory(status=status, starts_at=NOW - 20 * MINUTE)

        with pytest.raises(InvalidTransition):
            no_shows.mark_student_absent(booking.pk, actor=booking.tutor.user, **WAS_THERE)

        assert not booking.events.exists()


class TestTheTutorDidNotCome:
    def test_is_decided_by_an_admin(self, paid_by_credit, student, tutor):
        marked = no_shows.mark_tutor_absent(paid_by_credit.pk, actor=AdminFactory())

        marked.refresh_from_db()
        assert (marked.status, marked.refund_percent) == (BookingStatus.NO_SHOW_TUTOR, 100)
        assert (marked.session.status, marked.session.end_reason) == ("cancelled", "tutor_absent")
        assert CreditEntry.objects.filter(booking=marked).last().kind == "release"
        assert TutorStrike.objects.get().reason == "no_show"
        told = Notification.objects.get(recipient=student, type="booking_no_show_tutor")
        assert len(told.data["alternatives"]) == 3
        assert told.data["tutors"] == []

    def test_tells_the_student_who_else_has_time_soonest(self, lesson, student):
        subject = SubjectFactory()
        type(lesson).objects.filter(pk=lesson.pk).update(subject=subject)
        later, sooner, away, other_lengths, blocked = (open_tutor(subject) for _ in range(5))
        terms_of(later).update(min_notice_hours=48)
        terms_of(sooner).update(min_notice_hours=3)
        TimeOffFactory(tutor=away, starts_at=NOW, ends_at=NOW + 24 * 9 * HOUR)
        terms_of(other_lengths).update(durations=[30])
        block(student.pk, user=blocked.user)
        OpenTutorFactory()  # teaches something else

        no_shows.mark_tutor_absent(lesson.pk, actor=AdminFactory())

        told = Notification.objects.get(recipient=student, type="booking_no_show_tutor")
        assert told.data["tutors"] == [
            {"id": sooner.pk, "name": sooner.user.display_name, "start_time": "2026-06-02T15:30:00Z"},
            {"id": later.pk, "name": later.user.display_name, "start_time": "2026-06-04T12:30:00Z"},
        ]

    def test_asks_no_more_of_the_database_the_more_tutors_there_are(self, lesson):
        def statements():
            with CaptureQueriesContext(connection) as seen:
                replacements(lesson, now=timezone.now())
            return len(seen)

        OpenTutorFactory()
        of_one = statements()
        OpenTutorFactory.create_batch(4)

        assert statements() == of_one <= 4

    def test_is_claimed_by_the_student_and_upheld_after_a_day(self, lesson, student, tutor, clock):
        claimed = no_shows.mark_tutor_absent(lesson.pk, actor=student, statement="Nobody there.")

        assert (claimed.status, claimed.no_show_claims.get().state) == (BookingStatus.CONFIRMED, "open")
        assert Notification.objects.filter(recipient=tutor.user, type="booking_no_show_reported").exists()
        clock.shift(24 * HOUR - SECOND)
        assert advance() == 0
        clock.shift(SECOND)

        assert [advance(), advance()] == [1, 0]

        claimed.refresh_from_db()
        assert (claimed.status, claimed.refund_percent) == (BookingStatus.NO_SHOW_TUTOR, 100)
        assert claimed.no_show_claims.get().state == "upheld"
        assert TutorStrike.objects.count() == 1

    def test_keeps_the_lesson_from_being_completed_by_itself(self, lesson, student, clock):
        clock.move_to(START + 23 * HOUR)
        no_shows.mark_tutor_absent(lesson.pk, actor=student)
        clock.move_to(START + 26 * HOUR)

        assert advance() == 0

    def test_is_disputed_where_the_tutor_was_seen(self, lesson, student, tutor, clock):
        attended(lesson, tutor.user, clock, 15, 20)

        claimed = no_shows.mark_tutor_absent(lesson.pk, actor=student)

        assert (claimed.status, claimed.dispute_state) == (BookingStatus.CONFIRMED, DisputeState.OPEN)

    def test_is_disputed_after_a_day_where_the_tutor_came_after_all(self, lesson, student, tutor, clock):
        no_shows.mark_tutor_absent(lesson.pk, actor=student)
        attended(lesson, tutor.user, clock, 30, 50)
        clock.shift(24 * HOUR)
        advance()

        lesson.refresh_from_db()
        assert (lesson.status, lesson.dispute_state) == (BookingStatus.CONFIRMED, DisputeState.OPEN)
        assert not TutorStrike.objects.exists()

    def test_is_not_for_the_tutor_to_say(self, lesson, tutor):
        with pytest.raises(NotYourPart):
            no_shows.mark_tutor_absent(lesson.pk, actor=tutor.user)

    def test_is_unknown_to_strangers(self, lesson):
        with pytest.raises(NotFound):
            no_shows.mark_tutor_absent(lesson.pk, actor=StudentFactory())

    def test_is_said_after_the_grace_and_within_a_day(self, confirmed, student, clock):
        lesson = confirmed(hours=24)
        clock.move_to(START + 9 * MINUTE)
        for person in (student, AdminFactory()):
            with pytest.raises(GracePeriod):
                no_shows.mark_tutor_absent(lesson.pk, actor=person)
        clock.move_to(START + 24 * HOUR + SECOND)
        with pytest.raises(NoShowWindowClosed):
            no_shows.mark_tutor_absent(lesson.pk, actor=student)

    def test_is_said_once(self, lesson, student):
        no_shows.mark_tutor_absent(lesson.pk, actor=student)

        with pytest.raises(NoShowReported):
            no_shows.mark_tutor_absent(lesson.pk, actor=student)

    def test_of_a_claim_that_an_admin_decides_sooner(self, lesson, student):
        no_shows.mark_tutor_absent(lesson.pk, actor=student)

        marked = no_shows.mark_tutor_absent(lesson.pk, actor=AdminFactory())

        assert (marked.status, marked.no_show_claims.get().state) == (BookingStatus.NO_SHOW_TUTOR, "upheld")

    @pytest.mark.parametrize("status", [BookingStatus.PENDING, BookingStatus.CANCELLED, BookingStatus.EXPIRED])
    def test_of_no_lesson_changes_nothing(self, status, clock):
        booking = BookingFactory(status=status, starts_at=NOW - 20 * MINUTE)

        for person in (booking.student, AdminFactory()):
            with pytest.raises(InvalidTransition):
                no_shows.mark_tutor_absent(booking.pk, actor=person)

        assert not booking.events.exists()


class TestBothSayThatTheOtherDidNotCome:
    """TH 1.4: a dispute, and nothing else moves."""

    def test_first_the_student(self, paid_by_credit, student, tutor):
        no_shows.mark_tutor_absent(paid_by_credit.pk, actor=student)
        both = no_shows.mark_student_absent(paid_by_credit.pk, actor=tutor.user, **WAS_THERE)

        both.refresh_from_db()
        assert (both.status, both.dispute_state) == (BookingStatus.CONFIRMED, DisputeState.OPEN)
        assert set(both.no_show_claims.values_list("state", flat=True)) == {"contested"}
        assert [entry.kind for entry in CreditEntry.objects.filter(booking=both)] == ["reserve"]
        assert not TutorStrike.objects.exists()

    def test_first_the_tutor(self, lesson, student, tutor):
        no_shows.mark_student_absent(lesson.pk, actor=tutor.user, **WAS_THERE)
        both = no_shows.mark_tutor_absent(lesson.pk, actor=student)

        both.refresh_from_db()
        assert (both.status, both.dispute_state) == (BookingStatus.NO_SHOW_STUDENT, DisputeState.OPEN)
        assert not TutorStrike.objects.exists()

    def test_or_the_tutor_has_completed_it_meanwhile(self, lesson, student, tutor, clock):
        clock.move_to(START + 40 * MINUTE)
        attendance.complete_booking(lesson.pk, actor=tutor.user)

        both = no_shows.mark_tutor_absent(lesson.pk, actor=student)

        assert (both.status, both.dispute_state) == (BookingStatus.COMPLETED, DisputeState.OPEN)

    def test_and_then_nobody_says_anything_more(self, lesson, student, tutor):
        no_shows.mark_tutor_absent(lesson.pk, actor=student)
        no_shows.mark_student_absent(lesson.pk, actor=tutor.user, **WAS_THERE)

        with pytest.raises(DisputeOpen):
            no_shows.mark_student_absent(lesson.pk, actor=AdminFactory())
        with pytest.raises(DisputeOpen):
            no_shows.mark_tutor_absent(lesson.pk, actor=AdminFactory())
        with pytest.raises(DisputeOpen):
            no_shows.contest_no_show(lesson.pk, actor=student)


class TestContesting:
    def test_opens_a_dispute_for_three_days(self, lesson, student, tutor, clock):
        no_shows.mark_student_absent(lesson.pk, actor=tutor.user, **WAS_THERE)
        clock.shift(72 * HOUR)

        contested = no_shows.contest_no_show(lesson.pk, actor=student, statement="I was there.")

        assert (contested.status, contested.dispute_state) == (BookingStatus.NO_SHOW_STUDENT, DisputeState.OPEN)
        assert contested.no_show_claims.get().state == "contested"
        assert contested.events.last().data["statement"] == "I was there."
        assert "I was there." not in str(AuditEntry.objects.filter(action="booking.dispute_opened").values())

    def test_is_too_late_after_that(self, lesson, student, tutor, clock):
        no_shows.mark_student_absent(lesson.pk, actor=tutor.user, **WAS_THERE)
        clock.shift(72 * HOUR + SECOND)

        with pytest.raises(NoShowWindowClosed):
            no_shows.contest_no_show(lesson.pk, actor=student)

    def test_keeps_a_claim_from_upholding_itself(self, lesson, student, tutor, clock):
        no_shows.mark_tutor_absent(lesson.pk, actor=student)
        no_shows.contest_no_show(lesson.pk, actor=tutor.user)
        clock.shift(48 * HOUR)

        assert advance() == 0

        lesson.refresh_from_db()
        assert (lesson.status, lesson.dispute_state) == (BookingStatus.CONFIRMED, DisputeState.OPEN)

    def test_is_for_whom_it_is_said_of(self, lesson, student, tutor):
        no_shows.mark_student_absent(lesson.pk, actor=tutor.user, **WAS_THERE)

        with pytest.raises(NothingToContest):
            no_shows.contest_no_show(lesson.pk, actor=tutor.user)
        with pytest.raises(NotYourPart):
            no_shows.contest_no_show(lesson.pk, actor=AdminFactory())


class TestTheModerators:
    @pytest.fixture
    def disputed(self, paid_by_credit, student, tutor):
        no_shows.mark_student_absent(paid_by_credit.pk, actor=tutor.user, **WAS_THERE)
        return no_shows.contest_no_show(paid_by_credit.pk, actor=student)

    def test_find_that_the_tutor_was_absent(self, disputed):
        admin = AdminFactory()

        decided = disputes.resolve_dispute(
            disputed.pk, actor=admin, result="no_show_tutor", refund_percent=100, reason="Logs"
        )

        decided.refresh_from_db()
        assert (decided.status, decided.dispute_state) == (BookingStatus.NO_SHOW_TUTOR, DisputeState.RESOLVED)
        assert decided.refund_percent == 100
        assert decided.purchase.available == 5, "the credit that was used up is back"
        assert sum(decided.purchase.entries.values_list("change", flat=True)) == 5
        assert TutorStrike.objects.get().booking == decided
        assert decided.no_show_claims.get().state == "rejected"
        assert AuditEntry.objects.get(action="booking.dispute_resolved").reason == "Logs"
        assert Notification.objects.filter(type="booking_dispute_resolved").count() == 2

    def test_find_that_it_took_place(self, disputed, tutor):
        decided = disputes.resolve_dispute(
            disputed.pk, actor=AdminFactory(), result="completed", refund_percent=0, reason="Logs"
        )

        decided.session.refresh_from_db()
        assert (decided.status, decided.session.status) == (BookingStatus.COMPLETED, "completed")
        assert decided.purchase.available == 4
        assert TutorProfile.objects.get(pk=tutor.pk).total_sessions == 1

    def test_leave_it_as_it_was(self, disputed):
        decided = disputes.resolve_dispute(
            disputed.pk, actor=AdminFactory(), result="no_show_student", refund_percent=0, reason=""
        )

        assert (decided.status, decided.no_show_claims.get().state) == (BookingStatus.NO_SHOW_STUDENT, "upheld")

    def test_split_the_price(self, lesson, student, tutor, clock):
        clock.move_to(START + 40 * MINUTE)
        attendance.complete_booking(lesson.pk, actor=tutor.user)
        no_shows.mark_tutor_absent(lesson.pk, actor=student)

        decided = disputes.resolve_dispute(
            lesson.pk, actor=AdminFactory(), result="no_show_tutor", refund_percent=50, reason=""
        )

        assert decided.refund_amount == Decimal("22.50")
        assert TutorProfile.objects.get(pk=tutor.pk).total_sessions == 0, "it counts no more"

    def test_take_a_strike_back(self, lesson, student, tutor, clock):
        no_shows.mark_tutor_absent(lesson.pk, actor=AdminFactory())
        no_shows.contest_no_show(lesson.pk, actor=tutor.user)

        disputes.resolve_dispute(lesson.pk, actor=AdminFactory(), result="completed", refund_percent=0, reason="")

        assert not TutorStrike.objects.exists()

    def test_take_a_credit_again_that_was_given_back(self, paid_by_credit, tutor):
        no_shows.mark_tutor_absent(paid_by_credit.pk, actor=AdminFactory())
        no_shows.contest_no_show(paid_by_credit.pk, actor=tutor.user)

        decided = disputes.resolve_dispute(
            paid_by_credit.pk, actor=AdminFactory(), result="completed", refund_percent=0, reason=""
        )

        decided.purchase.refresh_from_db()
        assert decided.purchase.available == 4

    def test_decide_only_what_is_disputed_and_once(self, disputed):
        disputes.resolve_dispute(disputed.pk, actor=AdminFactory(), result="completed", refund_percent=0, reason="")

        with pytest.raises(NoDispute):
            disputes.resolve_dispute(disputed.pk, actor=AdminFactory(), result="completed", refund_percent=0, reason="")

    def test_decide_by_calling_the_lesson_off_too(self, lesson, student, tutor):
        no_shows.mark_tutor_absent(lesson.pk, actor=student)
        no_shows.contest_no_show(lesson.pk, actor=tutor.user)

        decided = cancelling.cancel_with_waiver(
            lesson.pk, actor=AdminFactory(), reason="Outage", refund_percent=100, release_credit=True
        )

        assert (decided.status, decided.dispute_state) == (BookingStatus.CANCELLED, DisputeState.RESOLVED)
        assert decided.no_show_claims.get().state == "rejected"
        with pytest.raises(NothingToContest):
            no_shows.contest_no_show(lesson.pk, actor=tutor.user)
        with pytest.raises(NoDispute):
            disputes.resolve_dispute(lesson.pk, actor=AdminFactory(), result="completed", refund_percent=0, reason="")

    def test_are_admins(self, disputed, tutor):
        with pytest.raises(Forbidden):
            disputes.resolve_dispute(disputed.pk, actor=tutor.user, result="completed", refund_percent=0, reason="")

    def test_have_the_last_word(self, disputed, student):
        disputes.resolve_dispute(
            disputed.pk, actor=AdminFactory(), result="no_show_student", refund_percent=0, reason=""
        )

        with pytest.raises(NothingToContest):
            no_shows.contest_no_show(disputed.pk, actor=student)
        with pytest.raises(NoShowReported):
            no_shows.mark_tutor_absent(disputed.pk, actor=student)
        assert NoShowClaim.objects.count() == 1
