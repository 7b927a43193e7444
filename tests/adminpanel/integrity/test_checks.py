"""Each kind of corruption is found, and what can be repaired is; looking alone changes nothing (R18)."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from adminpanel import integrity
from adminpanel.integrity.check import EXAMPLES, REPAIRED
from audit.models import AuditEntry
from privacy.models import ErasureOrigin, ErasureState
from privacy.services import erasing
from tests.adminpanel.integrity import planting
from tests.support.snapshot import everything

# Together, for each process would load the data anew.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("integrity")]

# What is planted, and the check that must find it.
PLANTED = {
    planting.overdue_suspension: "clock.suspensions",
    planting.ongoing_past_its_end: "clock.sessions",
    planting.overdue_offer: "clock.offers",
    planting.overdue_join_request: "clock.join_requests",
    planting.overdue_booking_request: "clock.booking_requests",
    planting.lesson_that_was_never_completed: "clock.lessons",
    planting.overdue_package: "clock.packages",
    planting.expired_hold: "clock.holds",
    planting.deleted_message_that_was_kept: "clock.deleted_messages",
    planting.student_without_profile: "accounts.profiles",
    planting.upper_case_address: "accounts.emails",
    planting.superuser_who_is_a_student: "accounts.rights",
    planting.staff_of_no_group: "accounts.staff",
    planting.admin_who_is_no_staff: "accounts.staff",
    planting.end_of_no_suspension: "accounts.suspensions",
    planting.listed_though_suspended: "accounts.listed_tutors",
    planting.certificate_of_a_rejected_revision: "accounts.certifications",
    planting.degree_of_another_tutors_revision: "accounts.education",
    planting.waits_with_a_seat: "sessions.waiting_with_a_seat",
    planting.queue_of_a_cancelled_session: "sessions.queues",
    planting.join_request_of_a_cancelled_session: "sessions.join_requests",
    planting.miscounted_seats: "sessions.seats",
    planting.miscounted_queue: "sessions.seats",
    planting.host_with_a_seat: "sessions.hosts",
    planting.left_at_no_time: "sessions.departures",
    planting.private_session_without_a_booking: "sessions.private",
    planting.review_of_somebody_else: "bookings.reviews",
    planting.strike_of_somebody_else: "bookings.strikes",
    planting.waiver_of_somebody_else: "bookings.waivers",
    planting.session_of_a_declined_booking_stays: "bookings.sessions_after",
    planting.session_of_a_confirmed_booking_is_gone: "bookings.sessions_before",
    planting.session_at_another_time: "bookings.times",
    planting.booking_of_another_student: "bookings.people",
    planting.booking_without_its_credit: "bookings.credits",
    planting.paid_for_nothing: "bookings.payments",
    planting.disputed_lesson_that_is_paid_out: "bookings.disputes",
    planting.attendance_that_was_not_added_up: "bookings.attendance",
    planting.wrong_rating_sum: "bookings.ratings",
    planting.wrong_mean: "bookings.mean_ratings",
    planting.wrong_lessons_of_tutor: "bookings.lessons_of_tutors",
    planting.wrong_lessons_of_student: "bookings.lessons_of_students",
    planting.made_up_score: "bookings.rankings",
    planting.score_without_reviews: "bookings.rankings",
    planting.history_that_ends_otherwise: "accounts.histories",
    planting.booking_that_its_history_does_not_know: "bookings.histories",
    planting.booking_that_ended_at_another_time: "bookings.endings",
    planting.booking_to_come_that_has_ended: "bookings.endings",
    planting.miscounted_moves: "bookings.moves",
    planting.paid_purchase_that_is_pending: "packages.paid",
    planting.wrong_credits: "packages.credits",
    planting.credits_of_an_expired_purchase: "packages.states",
    planting.miscounted_course: "courses.seats",
    planting.gap_between_modules: "courses.modules",
    planting.meeting_of_another_tutor: "courses.meetings",
    planting.queue_of_a_course_with_room: "courses.queues",
    planting.wrong_progress: "courses.progress",
    planting.completed_by_half: "courses.completed",
    planting.completed_without_a_certificate: "courses.certificates",
    planting.module_without_points: "courses.points",
    planting.message_of_strangers: "messages.people",
    planting.message_about_no_booking: "messages.bookings",
    planting.read_and_never_delivered: "messages.receipts",
    planting.miscounted_files: "messages.attachments",
    planting.file_that_nobody_scans: "messages.scans",
    planting.report_about_somebody_else: "messages.reports",
    planting.old_message_on_top: "messages.last",
    planting.miscounted_unread: "messages.unread",
    planting.read_at_no_time: "notifications.read",
    planting.stream_that_went_back: "notifications.streams",
    planting.mail_to_somebody_else: "notifications.deliveries",
    planting.ticket_that_was_never_opened_again: "support.reopened",
    planting.forgotten_ticket: "support.agenda",
    planting.closed_ticket_with_something_to_come: "support.agenda",
    planting.silent_ticket: "support.last_messages",
    planting.stopwatch_of_a_closed_ticket: "support.clocks",
    planting.wrong_refunds: "payments.refunds",
    planting.wrong_state_of_a_payment: "payments.states",
    planting.payment_for_what_is_not_there: "payments.payables",
    planting.earning_of_another_tutor: "payments.earnings",
    planting.line_of_a_payout_that_failed: "payments.payout_lines",
    planting.reversal_of_another_amount: "payments.reversals",
    planting.disputed_and_not_frozen: "payments.disputes",
    planting.frozen_for_nothing: "payments.frozen",
    planting.adjustment_of_another_amount: "payments.adjustments",
    planting.line_in_another_currency: "payments.currencies",
    planting.tutor_found_by_another_name: "accounts.search_texts",
    planting.course_that_nobody_finds: "courses.search_texts",
    planting.message_found_by_other_words: "messages.search_texts",
    planting.erasure_that_left_the_account: "privacy.erasures",
    planting.erased_by_nobody: "privacy.register",
    planting.crooked_posting: "payments.ledger",
    planting.miscounted_day: "figures.days",
    planting.forged_audit_entry: "audit.chain",
    planting.file_without_a_row: "files.orphans",
    planting.row_without_its_file: "files.missing",
}
CHECKS = {check.name: check for check in integrity.CHECKS}
# One of each kind that can be repaired.
TOGETHER = [plant for plant, name in PLANTED.items() if CHECKS[name].can_repair]


@pytest.fixture(scope="module", autouse=True)
def _sealed(sound_rows, django_db_blocker):
    with django_db_blocker.unblock():
        call_command("seal_audit", verbosity=0)


def look(**options):
    return integrity.run(actor=None, now=timezone.now(), thorough=True, **options)


def of(report):
    return {issue.check: issue for issue in report.issues}


def test_the_demo_data_are_sound(sound):
    report = look()

    assert report.issues == []
    assert report.health_status == "healthy"


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_what_is_planted_is_found_and_repaired_with_an_entry_for_each_row(sound, plant):
    name = PLANTED[plant]
    only = [CHECKS[name]]
    plant()

    (found,) = look(checks=only).issues

    assert 0 < found.count == found.remaining
    assert len(found.examples) == min(found.count, EXAMPLES)
    assert all(example.object and example.message.endswith(".") for example in found.examples)
    if found.can_repair:
        (repaired,) = look(checks=only, repair=True).issues
        assert (repaired.repaired, repaired.remaining) == (found.count, 0)
        assert AuditEntry.objects.filter(action=REPAIRED, reason=name).count() == found.count
        assert look(checks=only).issues == []


def test_many_kinds_at_once_are_found_and_repaired_in_one_run_and_the_second_finds_nothing(sound):
    for plant in TOGETHER:
        plant()
    planted = {PLANTED[plant] for plant in TOGETHER}
    before = everything()

    found = of(look())

    assert len(planted) > 40
    assert planted - found.keys() == set()
    assert everything() == before

    repaired = look(repair=True)

    assert [issue for issue in repaired.issues if issue.remaining] == []
    assert len(repaired.issues) > 40
    assert look().issues == []


def test_every_check_has_a_corruption_of_its_kind():
    assert set(PLANTED.values()) == set(CHECKS)


def test_a_repair_that_nothing_needs_writes_its_summary_and_nothing_else(sound):
    before = everything()

    look(repair=True)

    after = everything()
    (summary,) = [row for row in after["audit.AuditEntry"] if row not in before["audit.AuditEntry"]]
    assert summary["action"] == "integrity.repair"
    assert {**after, "audit.AuditEntry": before["audit.AuditEntry"]} == before


@pytest.mark.parametrize("role", ["student", "tutor"])
def test_people_who_are_erased_leave_nothing_behind_that_disagrees(sound, role):
    now = timezone.now()
    people = User.objects.filter(role=role).exclude(email__endswith="@example.com").order_by("pk")
    erased = 0
    for person in people[:12]:
        erasure = erasing.begin(person, origin=ErasureOrigin.PURGE, actor=None, now=now)
        erased += erasing.advance(erasure.pk, now=now).state == ErasureState.DONE

    assert erased > 0
    assert look().issues == []
