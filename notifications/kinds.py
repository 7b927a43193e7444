"""Every type of notification there is: what it tells, to which category it belongs, how it reaches people by default.

A `Notice` of a type that is not here is refused. The sentence of a single notification is written by the app that knows
what happened; `label` says what all of a type have in common, for pages of preferences and for unsubscribing.
"""

from dataclasses import dataclass
from datetime import timedelta

IN_APP, WS, EMAIL, PUSH, SMS = CHANNELS = ("in_app", "ws", "email", "push", "sms")
# Through these something leaves the house, which is a delivery of its own.
OUTGOING = (EMAIL, PUSH)

# In the data of a notification: when something was to begin that has been moved.
MOVED_FROM = "moved_from"

CATEGORIES = {
    "bookings": "Lessons that you book or give",
    "reminders": "Reminders of what begins soon",
    "sessions": "Group sessions",
    "courses": "Courses that you take or give",
    "packages": "Packages and their credits",
    "money": "Payments and payouts",
    "reviews": "Reviews",
    "approval": "Your tutor profile",
    "messages": "Messages",
    "support": "What you asked support for",
    "support_desk": "What others ask support for",
    "announcements": "News from PeerLearn",
}


@dataclass(frozen=True)
class Kind:
    """One type. `email` and `push` are what holds for people who have chosen nothing."""

    name: str
    category: str
    label: str
    email: bool = True
    push: bool = True
    mandatory: bool = False
    """Cannot be switched off, and does not wait for the end of quiet hours (R-NOTIF-2)."""
    any_hour: bool = False
    """Does not wait for the end of quiet hours, nor for a digest, but may be switched off."""
    email_after: timedelta = timedelta()
    """How long it may be read elsewhere before a mail goes out; who has read it gets none (R-NOTIF-6)."""
    email_pause: timedelta = timedelta()
    """At most one mail about the same thing in this time (R-NOTIF-6)."""

    def default(self, channel: str) -> bool:
        return {EMAIL: self.email, PUSH: self.push, SMS: False}.get(channel, True)


_ALL = (
    # Bookings
    Kind("booking_requested", "bookings", "A student asks for a lesson"),
    Kind("booking_confirmed", "bookings", "A lesson is booked or confirmed"),
    Kind("booking_declined", "bookings", "A request for a lesson is declined"),
    Kind("booking_expired", "bookings", "A request for a lesson was not answered in time"),
    Kind("booking_cancelled", "bookings", "A lesson is cancelled"),
    Kind("booking_revived", "bookings", "A request that had lapsed unpaid is open again"),
    Kind("booking_rescheduled", "bookings", "A lesson is moved"),
    Kind("booking_reassigned", "bookings", "A lesson is given by another tutor"),
    Kind("booking_completed", "bookings", "A lesson is completed", email=False),
    Kind("booking_reminder", "bookings", "A request is still waiting for your answer"),
    Kind("reschedule_proposed", "bookings", "Another time is proposed for a lesson"),
    Kind("reschedule_declined", "bookings", "A proposed time is declined"),
    Kind("reschedule_withdrawn", "bookings", "A proposed time is withdrawn"),
    Kind("reschedule_lapsed", "bookings", "A proposed time was not answered in time"),
    Kind("booking_no_show_reported", "bookings", "Somebody says that you missed a lesson"),
    Kind("booking_no_show_student", "bookings", "The student missed a lesson"),
    Kind("booking_no_show_tutor", "bookings", "The tutor missed a lesson"),
    Kind("booking_dispute_opened", "bookings", "The moderators are asked about a lesson"),
    Kind("booking_dispute_resolved", "bookings", "The moderators have decided", mandatory=True),
    Kind("booking_late_cancel_waived", "bookings", "A late cancellation is forgiven", mandatory=True),
    Kind("calendar_entry", "bookings", "Entries for your calendar after what you did yourself", push=False),
    # Reminders
    Kind("lesson_reminder_day", "reminders", "A lesson is tomorrow", any_hour=True),
    Kind("lesson_reminder_hour", "reminders", "A lesson begins within the hour", any_hour=True),
    Kind("session_reminder_day", "reminders", "A group session is tomorrow", any_hour=True),
    Kind("session_reminder_hour", "reminders", "A group session begins within the hour", any_hour=True),
    Kind("review_reminder", "reminders", "A lesson can be reviewed", push=False),
    # Group sessions
    Kind("session_started", "sessions", "A session has started", email=False),
    Kind("session_completed", "sessions", "A session is completed", email=False, push=False),
    Kind("session_cancelled", "sessions", "A session is cancelled"),
    Kind("session_updated", "sessions", "A session has changed"),
    Kind("session_joined", "sessions", "Somebody joins your session", email=False),
    Kind("session_left", "sessions", "Somebody leaves a session", email=False),
    Kind("session_rated", "sessions", "Your session is rated", email=False),
    Kind("session_added", "sessions", "A host gives you a seat"),
    Kind("session_removed", "sessions", "You are taken out of a session"),
    Kind("session_waitlisted", "sessions", "You wait for a seat", email=False, push=False),
    Kind("session_promoted", "sessions", "You get a seat that you waited for"),
    Kind("session_seat_offered", "sessions", "A seat that you wait for is offered to you", any_hour=True),
    Kind("session_offer_reminder", "sessions", "A seat is still waiting for your answer", any_hour=True),
    Kind("session_offer_lapsed", "sessions", "A seat that was offered to you was not taken in time"),
    Kind("session_waitlist_closed", "sessions", "You no longer wait for a seat"),
    Kind("session_join_requested", "sessions", "Somebody asks to join your session"),
    Kind("session_request_withdrawn", "sessions", "Somebody takes a request to join back", email=False, push=False),
    Kind("session_request_approved", "sessions", "Your request to join is approved"),
    Kind("session_request_rejected", "sessions", "Your request to join is declined"),
    Kind("session_request_closed", "sessions", "Your request to join was not answered"),
    Kind("session_minimum_at_risk", "sessions", "Too few have joined your session so far"),
    Kind("session_quality_reviewed", "sessions", "The moderators have looked at how good a session of yours was"),
    Kind("session_conflict_decided", "sessions", "Your report of a session is decided", mandatory=True),
    Kind("session_conflict_outcome", "sessions", "The moderators have looked into a session of yours", mandatory=True),
    Kind("recording_consent_asked", "sessions", "A host asks whether a session may be recorded"),
    Kind("recording_consent_withdrawn", "sessions", "Somebody no longer agrees to a recording", push=False),
    Kind("recording_guardian_answered", "sessions", "Your guardian answers whether you may be recorded"),
    Kind("recording_added", "sessions", "The recording of a session is there", push=False),
    # Courses
    Kind("course_enrolled", "courses", "Somebody enrols in your course", email=False),
    Kind("course_left", "courses", "Somebody leaves your course", email=False),
    Kind("course_seat", "courses", "You get a seat in a course that you waited for"),
    Kind("course_changed", "courses", "A course that you take has changed", email=False),
    Kind("course_archived", "courses", "A course that you take or wait for is archived"),
    Kind("course_reset", "courses", "You begin a course anew"),
    Kind("course_completed", "courses", "A course is completed"),
    Kind("assessment_submitted", "courses", "A learner hands in work", email=False),
    Kind("assessment_graded", "courses", "Your work is graded"),
    # Packages
    Kind("package_purchased", "packages", "A package is sold", mandatory=True),
    Kind("package_refunded", "packages", "A package is refunded", mandatory=True),
    Kind("package_credit_used", "packages", "A credit is used", email=False),
    Kind("package_expiring", "packages", "Credits will expire soon"),
    Kind("package_expired", "packages", "Credits have expired"),
    Kind("package_extension_asked", "packages", "More time is asked for a package"),
    Kind("package_extension_answered", "packages", "A wish for more time is answered"),
    # Money
    Kind("payment_reminder", "money", "A payment that you began is not finished", any_hour=True),
    Kind("payment_authorized", "money", "A payment is set aside", mandatory=True),
    Kind("payment_succeeded", "money", "You have paid", mandatory=True),
    Kind("payment_received", "money", "A student has paid", mandatory=True, push=False),
    Kind("payment_failed", "money", "A payment failed", mandatory=True),
    Kind("payment_too_late", "money", "A payment came too late and goes back", mandatory=True),
    Kind("payment_refunded", "money", "You get money back", mandatory=True),
    Kind("payment_refund_failed", "money", "A refund failed", mandatory=True),
    Kind("payment_disputed", "money", "A payment is disputed", mandatory=True),
    Kind("payment_dispute_closed", "money", "A dispute is decided", mandatory=True),
    Kind("payout_paid", "money", "You are paid", mandatory=True),
    Kind("payout_reversed", "money", "A part of a payout is taken back", mandatory=True),
    Kind("payout_failed", "money", "A payout failed", mandatory=True),
    # Reviews
    Kind("review_received", "reviews", "You are reviewed"),
    Kind("review_answered", "reviews", "Your review is answered"),
    Kind("review_hidden", "reviews", "Your review is hidden"),
    Kind("review_shown", "reviews", "Your review can be seen again"),
    # Approval
    Kind("tutor_submitted", "approval", "A tutor is to be approved", push=False),
    Kind("tutor_approved", "approval", "You are approved as a tutor"),
    Kind("tutor_rejected", "approval", "Your profile is not approved"),
    Kind("tutor_changes_requested", "approval", "Changes of your profile are asked for"),
    Kind("tutor_revision_submitted", "approval", "A changed profile is to be approved", push=False),
    Kind("tutor_revision_approved", "approval", "Your changes are approved"),
    Kind("tutor_revision_rejected", "approval", "Your changes are not approved"),
    Kind("tutor_suspended", "approval", "Your tutor account is suspended", mandatory=True),
    Kind("tutor_reinstated", "approval", "Your tutor account is open again"),
    # Messages
    Kind(
        "new_message",
        "messages",
        "Somebody writes to you",
        email_after=timedelta(minutes=10),
        email_pause=timedelta(hours=1),
    ),
    # Support
    Kind("ticket_reply", "support", "Support answers you"),
    Kind("ticket_resolved", "support", "A ticket of yours is resolved"),
    Kind("ticket_closed", "support", "A ticket of yours is closed", email=False, push=False),
    Kind("ticket_waiting_reminder", "support", "A ticket of yours waits for your answer", push=False),
    # Support, for its staff
    Kind("support_on_call", "support_desk", "Somebody calls for help", mandatory=True),
    Kind("ticket_opened", "support_desk", "There is a new ticket", email=False, push=False),
    Kind("ticket_assigned", "support_desk", "A ticket is assigned to you", push=False),
    Kind("ticket_user_reply", "support_desk", "Somebody answers in a ticket of yours", push=False),
    Kind("ticket_escalated", "support_desk", "A ticket is escalated"),
    Kind("ticket_sla_warning", "support_desk", "A ticket will be late soon", push=False),
    Kind("ticket_sla_breached", "support_desk", "A ticket is late"),
    # Announcements
    Kind("announcement", "announcements", "PeerLearn tells you something", email=False),
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}
