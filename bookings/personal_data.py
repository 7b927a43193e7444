"""What bookings keep about people (see `common.personal_data`)."""

from django.db.models import Q

from accounts.models import User
from bookings.models import Booking, BookingStatus, PackagePurchase, PurchaseStatus
from common.personal_data import Delete, Keep, Overwrite, Section

_FIGURES = Keep("What was booked, held and paid for stays as the other side and the books have it: numbers only.")
_BOOKING = (
    *("id", "status", "starts_at", "ends_at", "lesson_type", "price", "currency", "cancelled_by", "cancel_reason"),
    *("refund_percent", "refund_amount", "created_at"),
)
_EVENT = Overwrite({"data": {}})
_NO_REASON = Overwrite({"reason": ""})
_FORMER_PACKAGE = "Package of a former tutor"

SECTIONS = (
    # Reviews
    Section(
        *("bookings.ReviewEdit", "review__student", "reviews", Delete()),
        shows=("review_id", "rating", "comment", "replaced_at"),
    ),
    Section(
        *("bookings.ReviewReport", "reporter", "reviews", _NO_REASON),
        shows=("review_id", "reason", "state", "created_at"),
    ),
    Section(
        *("bookings.Review", "student", "reviews", Overwrite({"comment": "", "hidden_reason": ""})),
        shows=(
            *("id", "booking_id", "kind", "rating", "clarity", "progress", "preparation", "reassurance", "comment"),
            *("state", "hidden_reason", "hidden_rule", "response", "created_at"),
        ),
    ),
    Section(
        *("bookings.Review", "tutor__user", "reviews", Overwrite({"response": ""})),
        shows=("id", "booking_id", "rating", "comment", "response", "responded_at", "created_at"),
    ),
    # Lessons
    Section(
        *("bookings.RescheduleProposal", "booking__student", "bookings", _NO_REASON),
        shows=("booking_id", "proposed_by", "state", "reason", "created_at"),
    ),
    Section(
        *("bookings.RescheduleProposal", "booking__tutor__user", "bookings", _NO_REASON),
        shows=("booking_id", "proposed_by", "state", "reason", "created_at"),
    ),
    Section(
        *("bookings.ProposedTime", "proposal__booking__student", "bookings", _FIGURES), hides="Times of what is above."
    ),
    Section(
        *("bookings.NoShowClaim", "claimed_by", "bookings", Overwrite({"statement": ""})),
        shows=("booking_id", "absent", "statement", "state", "decided_at", "created_at"),
    ),
    Section(
        *("bookings.BookingEvent", "booking__student", "bookings", _EVENT),
        shows=("booking_id", "kind", "party", "from_status", "to_status", "created_at"),
    ),
    Section(
        *("bookings.BookingEvent", "booking__tutor__user", "bookings", _EVENT),
        shows=("booking_id", "kind", "party", "from_status", "to_status", "created_at"),
    ),
    Section(*("bookings.Attendance", "user", "bookings", _FIGURES), shows=("booking_id", "entered_at", "left_at")),
    Section(
        *("bookings.LocalTimeOnRecord", "booking__student", "bookings", _FIGURES), hides="A lesson's time on a wall."
    ),
    Section(*("bookings.CancellationQuote", "user", "bookings", Delete()), hides="What cancelling would have cost."),
    Section(*("bookings.LateCancelWaiver", "student", "bookings", _FIGURES), shows=("booking_id", "created_at")),
    Section(*("bookings.LateCancelWaiver", "tutor__user", "bookings", _FIGURES), shows=("booking_id", "created_at")),
    Section(
        *("bookings.TutorStrike", "tutor__user", "bookings", _NO_REASON), shows=("booking_id", "reason", "created_at")
    ),
    Section(
        *("bookings.Booking", "student", "bookings", Overwrite({"notes_student": "", "cancel_reason": ""})),
        shows=(*_BOOKING, "notes_student"),
    ),
    Section(
        *("bookings.Booking", "tutor__user", "bookings", Overwrite({"notes_tutor": "", "cancel_reason": ""})),
        shows=(*_BOOKING, "notes_tutor", "hourly_rate", "commission_percent"),
    ),
    # Packages
    Section(
        *("bookings.CreditEntry", "purchase__student", "packages", _FIGURES),
        shows=("purchase_id", "booking_id", "kind", "change", "reason", "created_at"),
    ),
    Section(*("bookings.PackageExtension", "purchase__student", "packages", _FIGURES), shows=("days", "state")),
    Section(
        *("bookings.PackagePurchase", "student", "packages", _FIGURES),
        shows=("id", "name", "status", "session_count", "available", "price", "currency", "purchased_at", "expires_at"),
    ),
    Section(
        *("bookings.PackagePurchase", "tutor__user", "packages", Overwrite({"name": _FORMER_PACKAGE})),
        shows=("id", "name", "status", "session_count", "available", "price", "currency", "purchased_at"),
    ),
    Section(
        *("bookings.Package", "tutor__user", "packages"),
        erasure=Overwrite({"name": _FORMER_PACKAGE, "description": "", "is_active": False}),
        shows=("id", "name", "description", "session_count", "price", "currency", "duration_minutes", "is_active"),
    ),
    # Hours
    Section(*("bookings.TimeOff", "tutor__user", "hours", Delete()), shows=("starts_at", "ends_at", "reason")),
    Section(*("bookings.DateOverride", "tutor__user", "hours", Delete()), shows=("date", "windows")),
    Section(
        *("bookings.WeeklyHours", "tutor__user", "hours", Delete()),
        shows=("weekday", "start_minute", "end_minute", "only_on"),
    ),
    Section(
        *("bookings.BookingTerms", "tutor__user", "hours", Delete()),
        shows=("timezone", "durations", "min_notice_hours", "max_advance_days", "cancellation_policy"),
    ),
    Section(*("bookings.SlotHold", "student", "hours", Delete()), shows=("starts_at", "ends_at", "expires_at")),
    Section(*("bookings.SlotHold", "tutor__user", "hours", Delete()), hides="Students' own."),
    # Reminders and calendars
    Section(*("bookings.CalendarFeed", "user", "devices", Delete()), shows=("created_at", "last_used_at")),
    Section(*("bookings.CalendarMail", "recipient", "notifications", Delete()), shows=("session_id", "created_at")),
    Section(*("bookings.Reminder", "recipient", "notifications", Delete()), shows=("session_id", "kind", "created_at")),
)

LINKS = {
    "bookings.CreditEntry.actor": "Who gave or took it, by number.",
    "bookings.BookingEvent.actor": "Likewise.",
}


def open_matters(user: User) -> list[str]:
    """Lessons that are not over, and lessons that are paid for and not taken."""
    of_user = Q(student=user) | Q(tutor__user=user)
    lessons = Booking.objects.filter(of_user, status__in=(BookingStatus.PENDING, BookingStatus.CONFIRMED))
    packages = PackagePurchase.objects.filter(of_user, status=PurchaseStatus.ACTIVE, available__gt=0)
    disputes = Booking.objects.filter(of_user, dispute_state="open")
    asked = {
        "A lesson is to come, or not over yet.": lessons,
        "A dispute about a lesson is open.": disputes,
        "Lessons of a package are paid for and not taken.": packages,
    }
    return [sentence for sentence, rows in asked.items() if rows.exists()]
