"""The refusals of sessions. The sentences are those of the sessions document's own application."""

from common.errors import Busy, Conflict, Forbidden, Gone, Invalid, NotOffered, TooManyRequests


class SessionFull(Conflict):
    """`waitlist_available` says whether one can wait, `waitlist_length` how many do; `reason` is `waitlist_first` where
    somebody has waited longer for whatever seat is free (R-SEAT-6).
    """

    code = "SESSION_FULL"
    message = "Session is full"


class AlreadyJoined(Conflict):
    code = "ALREADY_JOINED"
    message = "Already joined this session"


class NotJoined(Conflict):
    code = "NOT_JOINED"
    message = "Not joined to this session"


class CannotJoin(Conflict):
    code = "CANNOT_JOIN"
    message = "Cannot join this session"


class OwnSession(Conflict):
    code = "OWN_SESSION"
    message = "The creator of a session takes no seat in it"


class RemovedFromSession(Conflict):
    code = "REMOVED_FROM_SESSION"
    message = "The host has taken you out of this session"


class AlreadyWaiting(Conflict):
    """`position` is the caller's own."""

    code = "ALREADY_WAITING"
    message = "Already waiting for a seat in this session"


class NotWaiting(Conflict):
    code = "NOT_WAITING"
    message = "Not waiting for a seat in this session"


class WaitlistFull(Conflict):
    code = "WAITLIST_FULL"
    message = "Too many people wait for a seat already"


class NoOffer(Conflict):
    """There is none, or it has ended: then it has ended for good."""

    code = "NO_OFFER"
    message = "No seat is offered to you at the moment"


class AlreadyRequested(Conflict):
    """`request_id` is that of the caller's request."""

    code = "ALREADY_REQUESTED"
    message = "The host has not answered your request yet"


class RequestRejected(Conflict):
    code = "JOIN_REQUEST_REJECTED"
    message = "The host has declined your request"


class TimeConflict(Conflict):
    """`conflicts` names the host's sessions that are in the way."""

    code = "TIME_CONFLICT"
    message = "You already host a session at that time"


class CapacityBelowParticipants(Conflict):
    code = "CAPACITY_BELOW_PARTICIPANTS"
    message = "More people have joined, or been offered a seat, than that"


class AlreadyStarted(Conflict):
    code = "SESSION_STARTED"
    message = "The time of a session that has started cannot change"


class TooEarly(Conflict):
    code = "TOO_EARLY"
    message = "The session cannot be started yet"


class PrivateSession(Conflict):
    code = "PRIVATE_SESSION"
    message = "This session belongs to a booking. Change the booking instead"


class PastDate(Invalid):
    code = "PAST_DATE"
    message = "Session date must be in the future"

    def __init__(self) -> None:
        super().__init__(errors={"date": [self.message]})


class MinimumAboveCapacity(Invalid):
    code = "MINIMUM_ABOVE_CAPACITY"
    message = "There are fewer seats than that"

    def __init__(self) -> None:
        super().__init__(errors={"min_participants": [self.message]})


class NotSeated(Invalid):
    """`user_ids` names those who have no seat in the session."""

    code = "NOT_SEATED"
    message = "Not everybody of these has a seat in the session"


class NotTheCreator(Forbidden):
    code = "NOT_THE_CREATOR"
    message = "Only the creator can do that"


class InstructorsOnly(Forbidden):
    code = "INSTRUCTORS_ONLY"
    message = "Only instructors can create sessions"


class TutorSuspended(Forbidden):
    code = "TUTOR_SUSPENDED"
    message = "Your tutor account is suspended or not approved"


class NotInSession(Forbidden):
    code = "NOT_IN_SESSION"
    message = "Only its host and its participants can talk in a session."


class NotRateable(Conflict):
    code = "NOT_RATEABLE"
    message = "Only a session that took place can be rated."


class NotYetReviewable(Conflict):
    code = "NOT_YET_REVIEWABLE"
    message = "Only a session that took place can be reviewed."


class RatingClosed(Conflict):
    code = "RATING_CLOSED"
    message = "A session can be rated for 14 days."


class TooManyMaterials(Conflict):
    code = "TOO_MANY_MATERIALS"
    message = "At most 200 materials are kept. Delete some first."


class ScannerUnavailable(Busy):
    code = "SCANNER_UNAVAILABLE"
    message = "Files cannot be checked at the moment. Try again in a moment."


class GoogleMeetNotConfigured(NotOffered):
    code = "GOOGLE_MEET_NOT_CONFIGURED"
    message = "Google Meet is not set up here. Put the link of a meeting into the session yourself."


class NotYourStudent(Forbidden):
    code = "NOT_YOUR_STUDENT"
    message = "Somebody new to you has to join or to ask for a seat first"


class TooManyNotes(Conflict):
    code = "TOO_MANY_NOTES"
    message = "At most 100 notes of one person are kept for a session. Delete some first."


class NotRecordable(Conflict):
    code = "NOT_RECORDABLE"
    message = "Only a session that has begun and was not cancelled has a recording."


class RecordingExists(Conflict):
    code = "RECORDING_EXISTS"
    message = "This session has a recording already. Delete it first."


class ConsentMissing(Forbidden):
    """To the host `user_ids` names those who have not agreed, or not to what is asked now."""

    code = "RECORDING_CONSENT_MISSING"
    message = "Not everybody in this session agrees to its recording."


class ConsentTextChanged(Conflict):
    """`text_version` is that of what is asked now."""

    code = "CONSENT_TEXT_CHANGED"
    message = "What you are asked has changed. Read it again."


class GuardianMissing(Conflict):
    code = "GUARDIAN_MISSING"
    message = "You are under 18: name a parent or guardian in your profile first. They are asked as well."


class GuardianAskedTooOften(TooManyRequests):
    code = "GUARDIAN_ASKED_TOO_OFTEN"
    message = "Your guardian has been sent many mails. Try again later."


class GuardianInSession(Conflict):
    code = "GUARDIAN_IN_SESSION"
    message = "Your guardian's e-mail address is that of somebody in this session: nobody there agrees for you."


class GuardianAnsweredTooOften(TooManyRequests):
    """Only the page for guardians has it, which says so in words."""

    code = "GUARDIAN_ANSWERED_TOO_OFTEN"
    message = "You have agreed many times today. Try again tomorrow; you can say no at any time."


class RecordingTooLarge(Invalid):
    code = "RECORDING_TOO_LARGE"
    message = "A recording has 200 MB at most."


class RecordingTypeNotAllowed(Invalid):
    code = "RECORDING_TYPE_NOT_ALLOWED"
    message = "A recording is an MP4, M4A, WebM or Ogg file."


class LinkExpired(Gone):
    code = "LINK_EXPIRED"
    message = "This link has expired. Ask for another one."


class ConflictReportedAlready(Conflict):
    """`report_id` is that of the report that is still open."""

    code = "CONFLICT_REPORTED_ALREADY"
    message = "Your earlier report of this session has not been decided yet."


class NotInConflict(Invalid):
    code = "NOT_IN_CONFLICT"
    message = "A report is about somebody else of the same session."

    def __init__(self) -> None:
        super().__init__(errors={"user_id": [self.message]})
