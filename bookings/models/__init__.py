from bookings.models.booking import (
    LIVE,
    RETURNS,
    TRANSITIONS,
    Booking,
    BookingEvent,
    BookingStatus,
    CancellationQuote,
    DisputeState,
    Party,
)
from bookings.models.calendar import CalendarFeed, CalendarMail, Reminder
from bookings.models.conduct import Attendance, LateCancelWaiver, NoShowClaim, TutorStrike
from bookings.models.local_time import LocalTimeOnRecord
from bookings.models.moving import ProposedTime, RescheduleProposal, SlotHold
from bookings.models.package import (
    CreditEntry,
    CreditKind,
    Package,
    PackageExtension,
    PackagePurchase,
    PurchaseStatus,
)
from bookings.models.review import Review, ReviewEdit, ReviewKind, ReviewReport, ReviewState
from bookings.models.schedule import (
    BookingTerms,
    CancellationPolicy,
    DateOverride,
    TimeOff,
    Weekday,
    WeeklyHours,
)

__all__ = [
    "LIVE",
    "RETURNS",
    "TRANSITIONS",
    "Attendance",
    "Booking",
    "BookingEvent",
    "CalendarFeed",
    "CalendarMail",
    "Reminder",
    "BookingStatus",
    "BookingTerms",
    "CancellationPolicy",
    "CancellationQuote",
    "CreditEntry",
    "CreditKind",
    "DateOverride",
    "DisputeState",
    "LateCancelWaiver",
    "LocalTimeOnRecord",
    "NoShowClaim",
    "Package",
    "PackageExtension",
    "PackagePurchase",
    "Party",
    "ProposedTime",
    "PurchaseStatus",
    "RescheduleProposal",
    "Review",
    "ReviewEdit",
    "ReviewKind",
    "ReviewReport",
    "ReviewState",
    "SlotHold",
    "TimeOff",
    "TutorStrike",
    "Weekday",
    "WeeklyHours",
]
