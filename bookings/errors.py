"""The refusals of bookings."""

from common.errors import Conflict, Forbidden, Invalid, PaymentRequired


class InsufficientCredits(PaymentRequired):
    code = "INSUFFICIENT_CREDITS"
    message = "There is no usable credit for this lesson."


# --- Why a time cannot be had (R-SLOT-11) -------------------------------------------------------------------------


class SlotRefused(Conflict):
    """The tutor, or the student, cannot have a lesson then. Raise one of the kinds below."""


class TutorUnavailable(SlotRefused):
    code = "TUTOR_UNAVAILABLE"
    message = "This tutor takes no bookings at the moment."


class OutsideAvailability(SlotRefused):
    code = "OUTSIDE_AVAILABILITY"
    message = "The tutor offers no lesson at that time."


class TooSoon(SlotRefused):
    """`earliest` is the first instant that the tutor's notice allows."""

    code = "TOO_SOON"
    message = "The tutor needs more notice than that."


class TooFar(SlotRefused):
    """`max_advance_days` counts the tutor's calendar days from today."""

    code = "TOO_FAR"
    message = "The tutor cannot be booked that far ahead."


class LimitReached(SlotRefused):
    code = "LIMIT_REACHED"
    message = "There are as many bookings already as there may be."


class SlotTaken(SlotRefused):
    code = "SLOT_TAKEN"
    message = "The tutor is already booked at that time."


class BufferConflict(SlotRefused):
    code = "BUFFER_CONFLICT"
    message = "The tutor needs a break between that lesson and its neighbour."


class StudentConflict(SlotRefused):
    """`conflicts` names the student's sessions that are in the way (R-OVL-7)."""

    code = "STUDENT_CONFLICT"
    message = "You have another session at that time."


class DurationNotOffered(Invalid):
    """`durations` are the minutes that the tutor does offer (R-SLOT-9)."""

    code = "DURATION_NOT_OFFERED"
    message = "The tutor offers no lessons of that length."

    def __init__(self, *, durations: list[int]) -> None:
        super().__init__(errors={"duration_minutes": [self.message]}, durations=durations)


# --- Slot holds ---------------------------------------------------------------------------------------------------


class HoldExtended(Conflict):
    code = "HOLD_EXTENDED"
    message = "A slot can be held longer once only."


# --- Hours --------------------------------------------------------------------------------------------------------


class OverlappingAvailability(Conflict):
    """`conflicts` are the ids of the stored windows that are in the way (R-SLOT-2)."""

    code = "OVERLAPPING_AVAILABILITY"
    message = "There are hours at that time already."


class TooManyEntries(Conflict):
    code = "TOO_MANY_ENTRIES"
    message = "There are too many entries. Remove some first."


# --- packages -----------------------------------------------------------------------------------------------------


class OwnPackage(Forbidden):
    code = "OWN_PACKAGE"
    message = "Nobody buys lessons of themselves."


class CreditNotOpen(Conflict):
    code = "CREDIT_NOT_OPEN"
    message = "This booking cannot use a credit of this package any more."


class CreditsReserved(Conflict):
    code = "CREDITS_RESERVED"
    message = "Lessons are booked with credits of this package. They have to be cancelled first."


class ExtensionRefused(Conflict):
    code = "EXTENSION_REFUSED"
    message = "This package cannot be extended now."


# --- reviews: the document answers 400 ----------------------------------------------------------------------------


class NotReviewable(Invalid):
    code = "NOT_REVIEWABLE"
    message = "Only a lesson that took place can be reviewed."


class AlreadyReviewed(Invalid):
    code = "ALREADY_REVIEWED"
    message = "This booking has been reviewed already."


class ReviewWindowClosed(Invalid):
    code = "REVIEW_WINDOW_CLOSED"
    message = "A lesson can be reviewed for 14 days."


class ReviewNotEditable(Conflict):
    code = "REVIEW_NOT_EDITABLE"
    message = "A review can be changed for 48 hours, and until the tutor has answered."


class AlreadyAnswered(Conflict):
    code = "ALREADY_ANSWERED"
    message = "This review has been answered already."


class ResponseRefused(Conflict):
    code = "RESPONSE_REFUSED"
    message = "A review can be answered for 30 days, and the answer changed for 48 hours."


class AlreadyReported(Conflict):
    code = "ALREADY_REPORTED"
    message = "You have reported this review already."


# --- Moving a booking ---------------------------------------------------------------------------------------------


class NotYourPart(Forbidden):
    code = "NOT_YOUR_PART"
    message = "That is not yours to do"


class BookingStarted(Conflict):
    code = "BOOKING_STARTED"
    message = "The lesson has begun: it can be neither cancelled nor moved any more"


class QuoteExpired(Conflict):
    code = "QUOTE_EXPIRED"
    message = "This quote is not valid any more. Ask for a new one"


class SameTime(Invalid):
    code = "SAME_TIME"
    message = "The lesson is at that time already"

    def __init__(self) -> None:
        super().__init__(errors={"new_start_time": [self.message]})


class ProposalOpen(Conflict):
    code = "PROPOSAL_OPEN"
    message = "Another time is proposed already: it has to be answered or withdrawn first"


class NoOpenProposal(Conflict):
    code = "NO_OPEN_PROPOSAL"
    message = "No other time is proposed"


class NotProposed(Invalid):
    """`options` names the times that are proposed."""

    code = "NOT_PROPOSED"
    message = "Choose one of the times that are proposed"


class TooLateToMove(Conflict):
    code = "TOO_LATE_TO_MOVE"
    message = "There is no time left to agree on another time"


class MoveLimitReached(Conflict):
    code = "MOVE_LIMIT_REACHED"
    message = "This booking was moved as often as it may be"


class NothingToWaive(Conflict):
    code = "NOTHING_TO_WAIVE"
    message = "This was not cancelled late by the student"


class WaiverUsed(Conflict):
    """`allowed_at` says from when the next one may be granted."""

    code = "WAIVER_USED"
    message = "A late cancellation of this student was waived in the last 180 days"


class GracePeriod(Conflict):
    """`allowed_at` says from when it may be reported."""

    code = "GRACE_PERIOD"
    message = "It is too early to say that somebody did not come"


class NoShowWindowClosed(Conflict):
    code = "NO_SHOW_WINDOW_CLOSED"
    message = "It is too late to say so"


class StatementRequired(Conflict):
    code = "STATEMENT_REQUIRED"
    message = "There is no record that you were there: send a statement that you were (notes, or was_present)"


class NoShowReported(Conflict):
    code = "NO_SHOW_REPORTED"
    message = "This is reported already"


class StudentWasPresent(Conflict):
    code = "STUDENT_WAS_PRESENT"
    message = "The student was there: the disagreement was handed to the moderators"


class NotInLesson(Conflict):
    code = "NOT_IN_LESSON"
    message = "You are not in this lesson"


class DisputeOpen(Conflict):
    code = "DISPUTE_OPEN"
    message = "The parties disagree: the moderators decide first"


class NothingToContest(Conflict):
    code = "NOTHING_TO_CONTEST"
    message = "Nobody says that you did not come"


class PaidByCredit(Conflict):
    code = "PAID_BY_CREDIT"
    message = "A credit of this tutor's package pays for the lesson: nobody else can give it"


class SubjectNotTaught(Conflict):
    code = "SUBJECT_NOT_TAUGHT"
    message = "The tutor does not teach the subject of this lesson"


class SameTutor(Conflict):
    code = "SAME_TUTOR"
    message = "The lesson is this tutor's already"


class NoDispute(Conflict):
    code = "NO_DISPUTE"
    message = "There is no open dispute about this booking"
