"""One corruption of each kind, planted by plain SQL as somebody who owns the database could: no service is asked."""

from datetime import timedelta
from typing import Any

import time_machine
from django.db import connection
from django.utils import timezone

from adminpanel.analytics import folding
from audit.models import AuditEntry
from bookings.models import Booking, BookingStatus, LateCancelWaiver
from common import files
from courses.models import CourseSession, EnrolmentStatus
from payments.models import LedgerLine, Posting
from tests import factories
from tests.support.audit import changeable

LONG_AGO = timedelta(days=40)


def sql(statement: str, *parameters: Any) -> None:
    """It must have changed something."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [_plain(value) for value in parameters])
        assert cursor.rowcount > 0, statement


def _plain(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if hasattr(value, "tzinfo") else value


def some(table: str, where: str = "1 = 1") -> Any:
    """The lowest key of such a row."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT MIN(id) FROM {table} WHERE {where}")
        (found,) = cursor.fetchone()
    assert found is not None, (table, where)
    return found


def update(table: str, assignment: str, *parameters: Any, where: str = "1 = 1") -> None:
    sql(f"UPDATE {table} SET {assignment} WHERE id = %s", *parameters, some(table, where))


# --- What a service never leaves, each as a function of nothing -----------------------------------------------------


def student_without_profile() -> None:
    sql("DELETE FROM accounts_studentprofile WHERE user_id = %s", factories.StudentFactory().pk)


def upper_case_address() -> None:
    update("accounts_user", "email = upper(email)", where="role = 'student'")


def listed_though_suspended() -> None:
    update("accounts_tutorprofile", "is_listed = true", where="status = 'rejected'")


def superuser_who_is_a_student() -> None:
    update("accounts_user", "is_superuser = true", where="role = 'student'")


def certificate_of_a_rejected_revision() -> None:
    revision = factories.TutorRevisionFactory(state="rejected")
    factories.TutorCertificationFactory(tutor=revision.tutor, revision=revision)


def staff_of_no_group() -> None:
    update("accounts_user", "is_staff = true", where="role = 'student'")


def admin_who_is_no_staff() -> None:
    update("accounts_user", "is_staff = false", where="role = 'admin'")


def end_of_no_suspension() -> None:
    update("accounts_tutorprofile", "suspended_until = %s", timezone.now() + LONG_AGO, where="status = 'approved'")


def history_that_ends_otherwise() -> None:
    factories.TutorProfileFactory().events.create(event="rejected", status="rejected")


def tutor_found_by_another_name() -> None:
    update("accounts_tutorprofile", "search_text = ' somebody else'", where="is_listed = true")


def course_that_nobody_finds() -> None:
    update("courses_course", "search_text = ''")


def message_found_by_other_words() -> None:
    update("messaging_message", "search_text = ' other words'", where="deleted_at IS NULL")


def overdue_suspension() -> None:
    sql(
        "UPDATE accounts_tutorprofile SET status = 'suspended', status_before_suspension = 'draft', "
        "suspended_until = %s WHERE id = %s",
        timezone.now() - LONG_AGO,
        some("accounts_tutorprofile", "status = 'draft'"),
    )


def ongoing_past_its_end() -> None:
    start = timezone.now() - LONG_AGO
    update(
        "sessions_app_tutoringsession",
        "status = 'ongoing', starts_at = %s, ends_at = %s",
        start,
        start + timedelta(hours=1),
        where="status = 'completed' AND kind = 'group'",
    )


def overdue_offer() -> None:
    offer = factories.WaitlistEntryFactory(offered=True)
    sql(
        "UPDATE sessions_app_waitlistentry SET offer_expires_at = %s WHERE id = %s",
        timezone.now() - LONG_AGO,
        offer.pk,
    )


def overdue_join_request() -> None:
    request = factories.JoinRequestFactory()
    sql(
        "UPDATE sessions_app_tutoringsession SET starts_at = %s WHERE id = %s",
        timezone.now() - timedelta(hours=2),
        request.session_id,
    )


def overdue_booking_request() -> None:
    booking = factories.BookingFactory(status=BookingStatus.PENDING)
    sql("UPDATE bookings_booking SET expires_at = %s WHERE id = %s", timezone.now() - timedelta(hours=5), booking.pk)


def lesson_that_was_never_completed() -> None:
    start = timezone.now() - LONG_AGO
    factories.BookingFactory(starts_at=start)


def overdue_package() -> None:
    purchase = factories.PackagePurchaseFactory()
    sql("UPDATE bookings_packagepurchase SET expires_at = %s WHERE id = %s", timezone.now() - LONG_AGO, purchase.pk)


def expired_hold() -> None:
    factories.SlotHoldFactory(expires_at=timezone.now() - LONG_AGO)


def deleted_message_that_was_kept() -> None:
    sql(
        "UPDATE messaging_message SET text = '', search_text = '', deleted_at = %s, deleted_by_id = sender_id "
        "WHERE id = %s",
        timezone.now() - LONG_AGO,
        some("messaging_message", "read_at IS NOT NULL"),
    )


def waits_with_a_seat() -> None:
    place = factories.WaitlistEntryFactory()
    factories.ParticipantFactory(session=place.session, user=place.user)


def queue_of_a_cancelled_session() -> None:
    place = factories.WaitlistEntryFactory()
    sql("UPDATE sessions_app_tutoringsession SET status = 'cancelled' WHERE id = %s", place.session_id)


def join_request_of_a_cancelled_session() -> None:
    request = factories.JoinRequestFactory()
    sql("UPDATE sessions_app_tutoringsession SET status = 'cancelled' WHERE id = %s", request.session_id)


def miscounted_seats() -> None:
    update("sessions_app_tutoringsession", "seats_taken = seats_taken + 1", where="seats_taken < max_participants")


def miscounted_queue() -> None:
    update("sessions_app_tutoringsession", "waiting_count = 7", where="waiting_count = 0 AND kind = 'group'")


def host_with_a_seat() -> None:
    session = factories.SessionFactory()
    factories.ParticipantFactory(session=session, user=session.creator)


def private_session_without_a_booking() -> None:
    factories.SessionFactory(kind="private", max_participants=1)


def review_of_somebody_else() -> None:
    other = some("accounts_tutorprofile", "id NOT IN (SELECT tutor_id FROM bookings_review)")
    update("bookings_review", "tutor_id = %s", other)


def strike_of_somebody_else() -> None:
    booking = factories.BookingFactory(status=BookingStatus.CANCELLED)
    booking.tutor.strikes.create(booking=booking, reason="late_cancel", created_at=timezone.now())
    sql("UPDATE bookings_tutorstrike SET tutor_id = %s", some("accounts_tutorprofile", f"id <> {booking.tutor_id}"))


def session_of_a_declined_booking_stays() -> None:
    booking = factories.BookingFactory(status=BookingStatus.DECLINED)
    sql("UPDATE sessions_app_tutoringsession SET status = 'upcoming' WHERE id = %s", booking.session_id)


def session_of_a_confirmed_booking_is_gone() -> None:
    booking = factories.BookingFactory()
    sql("UPDATE sessions_app_tutoringsession SET status = 'cancelled' WHERE id = %s", booking.session_id)


def session_at_another_time() -> None:
    booking = factories.BookingFactory()
    sql(
        "UPDATE sessions_app_tutoringsession SET ends_at = %s WHERE id = %s",
        booking.ends_at + timedelta(hours=1),
        booking.session_id,
    )


def booking_of_another_student() -> None:
    update("bookings_booking", "student_id = %s", factories.StudentFactory().pk, where="status = 'cancelled'")


def booking_without_its_credit() -> None:
    purchase = factories.PackagePurchaseFactory()
    factories.BookingFactory(student=purchase.student, tutor=purchase.tutor, purchase=purchase)


def paid_for_nothing() -> None:
    booking = factories.BookingFactory(status=BookingStatus.EXPIRED)
    payment = factories.PaymentFactory(payer=booking.student, tutor=booking.tutor, payable_id=booking.pk)
    assert payment.captured_amount


def wrong_mean() -> None:
    update("accounts_tutorprofile", "average_rating = 1.25", where="total_reviews > 0")


def wrong_rating_sum() -> None:
    update("accounts_tutorprofile", "rating_sum = rating_sum + 3, rated_5 = rated_5 + 1", where="total_reviews > 0")


def made_up_score() -> None:
    quiet_days()
    update("accounts_tutorprofile", "ranking_score = 0.5", where="total_reviews > 0")


def score_without_reviews() -> None:
    quiet_days()
    update("accounts_tutorprofile", "ranking_score = 9.5", where="total_reviews = 0")


def quiet_days() -> None:
    """Nothing was said of any lesson lately: the platform's mean has stood still."""
    sql("UPDATE bookings_review SET updated_at = %s", timezone.now() - LONG_AGO)
    sql("UPDATE bookings_booking SET updated_at = %s", timezone.now() - LONG_AGO)


def booking_that_its_history_does_not_know() -> None:
    update("bookings_booking", "status = 'no_show_tutor'", where="status = 'no_show_student'")


def booking_that_ended_at_another_time() -> None:
    update("bookings_booking", "ended_at = starts_at", where="status = 'completed'")


def booking_to_come_that_has_ended() -> None:
    factories.BookingFactory(ended_at=timezone.now())


def miscounted_moves() -> None:
    update("bookings_booking", "moves_by_tutor = 2", where="status = 'completed'")


def disputed_lesson_that_is_paid_out() -> None:
    booking = lesson_of_yesterday()
    payment = factories.PaymentFactory(payer=booking.student, tutor=booking.tutor, payable_id=booking.pk)
    factories.EarningFactory(tutor=booking.tutor, payment=payment)
    sql("UPDATE bookings_booking SET dispute_state = 'open' WHERE id = %s", booking.pk)


def attendance_that_was_not_added_up() -> None:
    booking = lesson_of_yesterday()
    for minutes in (0, 40):
        entered = booking.starts_at + timedelta(minutes=minutes)
        factories.AttendanceFactory(booking=booking, entered_at=entered, left_at=entered + timedelta(minutes=25))
    sql("UPDATE sessions_app_participant SET attended_minutes = 7 WHERE session_id = %s", booking.session_id)


def lesson_of_yesterday() -> Booking:
    start = (timezone.now() - timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    return factories.BookingFactory(
        status=BookingStatus.COMPLETED, starts_at=start, ended_at=start + timedelta(hours=1)
    )


def left_at_no_time() -> None:
    sql("UPDATE sessions_app_participant SET state = 'left' WHERE id = %s", factories.ParticipantFactory().pk)


def wrong_lessons_of_tutor() -> None:
    update("accounts_tutorprofile", "total_sessions = total_sessions + 5")


def wrong_lessons_of_student() -> None:
    update("accounts_studentprofile", "total_sessions = total_sessions + 5")


def wrong_credits() -> None:
    sql("UPDATE bookings_packagepurchase SET available = 1 WHERE id = %s", factories.PackagePurchaseFactory().pk)


def credits_of_an_expired_purchase() -> None:
    sql("UPDATE bookings_packagepurchase SET status = 'expired' WHERE id = %s", factories.PackagePurchaseFactory().pk)


def paid_purchase_that_is_pending() -> None:
    purchase = factories.PackagePurchaseFactory(status="pending", available=0, purchased_at=None, expires_at=None)
    factories.PaymentFactory(
        payer=purchase.student,
        tutor=purchase.tutor,
        payable_kind="purchase",
        payable_id=purchase.pk,
        amount=purchase.price,
    )


def miscounted_course() -> None:
    update("courses_course", "seats_taken = seats_taken + 1", where="capacity IS NULL")


def queue_of_a_course_with_room() -> None:
    course = factories.CourseFactory(capacity=3)
    factories.EnrolmentFactory(course=course, status=EnrolmentStatus.WAITLISTED, waiting_since=timezone.now())


def gap_between_modules() -> None:
    update("courses_module", "position = position + 70")


def meeting_of_another_tutor() -> None:
    CourseSession.objects.create(course=factories.CourseFactory(), session=factories.SessionFactory())


def wrong_progress() -> None:
    update("courses_enrolment", "completion_percentage = 97", where="status = 'active'")


def completed_by_half() -> None:
    update("courses_enrolment", "completion_percentage = 50", where="status = 'completed'")


def completed_without_a_certificate() -> None:
    sql("DELETE FROM courses_certificate WHERE id = %s", some("courses_certificate"))


def module_without_points() -> None:
    table = "courses_pointsentry"
    with changeable([table]):
        sql(f"DELETE FROM {table} WHERE id = %s", some(table, "reason = 'module'"))


def message_of_strangers() -> None:
    update("messaging_message", "recipient_id = %s", factories.StudentFactory().pk, where="read_at IS NOT NULL")


def message_about_no_booking() -> None:
    update("messaging_message", "booking_id = 987654321")


def read_and_never_delivered() -> None:
    update("messaging_message", "delivered_at = NULL", where="read_at IS NOT NULL")


def miscounted_files() -> None:
    update("messaging_message", "attachment_count = 3")


def file_that_nobody_scans() -> None:
    factories.AttachmentFactory(scan_state="pending")


def report_about_somebody_else() -> None:
    report = factories.MessageReportFactory()
    sql("UPDATE messaging_report SET reported_id = reporter_id WHERE id = %s", report.pk)


def old_message_on_top() -> None:
    sql("UPDATE messaging_conversation SET last_message_id = (SELECT MIN(id) FROM messaging_message)")


def miscounted_unread() -> None:
    update("messaging_conversation", "low_unread = low_unread + 4")


def read_at_no_time() -> None:
    update("notifications_notification", "is_read = true, read_at = NULL", where="is_read = false")


def stream_that_went_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT MIN(user_id) FROM notifications_liveevent")
        (user,) = cursor.fetchone()
    sql("UPDATE notifications_eventcounter SET last_seq = 0 WHERE user_id = %s", user)


def mail_to_somebody_else() -> None:
    mail = factories.DeliveryFactory()
    sql(
        "UPDATE notifications_delivery SET recipient_id = %s WHERE id = %s",
        factories.StudentFactory().pk,
        mail.pk,
    )


def ticket_that_was_never_opened_again() -> None:
    sql("UPDATE support_ticket SET reopened_count = 2 WHERE id = %s", factories.TicketFactory().pk)


def forgotten_ticket() -> None:
    ticket = factories.TicketFactory(status="waiting_on_user")
    sql("UPDATE support_ticket SET next_check_at = NULL WHERE id = %s", ticket.pk)


def closed_ticket_with_something_to_come() -> None:
    ticket = factories.TicketFactory(status="closed")
    sql("UPDATE support_ticket SET next_check_at = %s WHERE id = %s", timezone.now(), ticket.pk)


def silent_ticket() -> None:
    message = factories.TicketMessageFactory()
    sql("UPDATE support_ticket SET last_message_at = %s WHERE id = %s", timezone.now() - LONG_AGO, message.ticket_id)


def wrong_refunds() -> None:
    update("payments_payment", "refunds_claimed = 1, refunded_amount = 1", where="status = 'succeeded'")


def wrong_state_of_a_payment() -> None:
    update("payments_payment", "status = 'refunded'", where="status = 'succeeded'")


def payment_for_what_is_not_there() -> None:
    update("payments_payment", "payable_id = 987654321", where="captured_amount > 0")


def earning_of_another_tutor() -> None:
    earning = factories.EarningFactory()
    other = some("accounts_tutorprofile", f"id <> {earning.tutor_id}")
    sql("UPDATE payments_earning SET tutor_id = %s WHERE id = %s", other, earning.pk)


def reversal_of_another_amount() -> None:
    update("payments_reversal", "amount = 7", where=f"id = {factories.ReversalFactory().pk}")


def line_of_a_payout_that_failed() -> None:
    payout = factories.PayoutFactory(status="failed")
    factories.EarningFactory(tutor=payout.tutor, payout=payout, status="in_payout")


def disputed_and_not_frozen() -> None:
    dispute = factories.DisputeFactory()
    factories.EarningFactory(payment=dispute.payment, tutor=dispute.payment.tutor)


def frozen_for_nothing() -> None:
    factories.EarningFactory(is_frozen=True)


def adjustment_of_another_amount() -> None:
    factories.AdjustmentFactory(
        status="approved", approved_by=factories.AdminFactory(), earning=factories.EarningFactory()
    )


def line_in_another_currency() -> None:
    with changeable([Posting._meta.db_table, LedgerLine._meta.db_table]):
        update("payments_ledgerline", "currency = 'XXX'")


def crooked_posting() -> None:
    with changeable([Posting._meta.db_table, LedgerLine._meta.db_table]):
        update("payments_ledgerline", "amount = amount + 1")


def forged_audit_entry() -> None:
    with changeable([AuditEntry._meta.db_table]):
        sql("UPDATE audit_auditentry SET reason = 'forged' WHERE id = %s", some("audit_auditentry"))


def erasure_that_left_the_account() -> None:
    factories.ErasureFactory(state="done", finished_at=timezone.now())


def erased_by_nobody() -> None:
    sql(
        "UPDATE accounts_user SET erased_at = %s, deleted_at = %s, is_active = false WHERE id = %s",
        timezone.now(),
        timezone.now(),
        factories.StudentFactory().pk,
    )


def miscounted_day() -> None:
    folding.rebuild()
    with time_machine.travel(timezone.now() + timedelta(days=2)):  # days are closed once changes of them are marked
        folding.rebuild()
    update("adminpanel_bookingday", "bookings = bookings + 1")


def row_without_its_file() -> None:
    attachment = factories.AttachmentFactory(message__sender__email="sender.of.file@example.com")
    files.discard([attachment.file.name])


def stopwatch_of_a_closed_ticket() -> None:
    message = factories.TicketMessageFactory()
    message.ticket.clocks.create(
        metric="resolution", trigger=message, business=timedelta(0), elapsed=timedelta(0), running_since=timezone.now()
    )
    sql("UPDATE support_ticket SET status = 'closed', closed_at = %s WHERE id = %s", timezone.now(), message.ticket_id)


def waiver_of_somebody_else() -> None:
    booking = factories.BookingFactory(status=BookingStatus.CANCELLED)
    LateCancelWaiver.objects.create(
        booking=booking, student=booking.student, tutor=booking.tutor, created_at=timezone.now()
    )
    sql("UPDATE bookings_latecancelwaiver SET student_id = %s", factories.StudentFactory().pk)


def degree_of_another_tutors_revision() -> None:
    factories.TutorEducationFactory(revision=factories.TutorRevisionFactory())


def file_without_a_row() -> None:
    with time_machine.travel(timezone.now() - LONG_AGO):
        files.keep(b"left behind", folder="avatars/")
