"""Goal S3: nobody is shown more than their role may see, and nobody writes what is not theirs to write."""

import json
from typing import Any

import pytest
from django.db import models

from accounts.models import FavouriteTutor, Guardian, Role, StudentProfile, TutorProfile, User
from accounts.services.tokens import open_family
from api.core.dialect import snake_to_camel
from api.edustream import examples as edustream
from api.mentor import examples as mentor
from bookings.models import (
    Booking,
    CreditEntry,
    DateOverride,
    Package,
    PackagePurchase,
    Review,
    ReviewEdit,
    ReviewReport,
    SlotHold,
    TimeOff,
    WeeklyHours,
)
from catalog.models import Language, Subject
from courses.models import Assessment, Course, CourseSession, Enrolment, Module, Submission
from matching.models import TutorFeedback
from messaging.models import Attachment, Block, Conversation, Message, MessageEdit, Report
from notifications.kinds import KINDS
from notifications.models import Notification, PushSubscription
from payments.models import Dispute, Earning, LedgerLine, Payment, Payout, PayoutAccount, Posting, Refund
from sessions_app.models import (
    ConflictReport,
    GuardianMail,
    JoinRequest,
    Material,
    Participant,
    QualityReview,
    Recording,
    RecordingConsent,
    SessionNote,
    SessionRating,
    TutoringSession,
    WaitlistEntry,
)
from support.models import Feedback, Ticket, TicketClock, TicketEvent, TicketMessage
from tests.authorization.rules import RULES
from tests.authorization.world import make_world
from tests.factories import PASSWORD
from tests.support.bodies import accepted_by
from tests.support.routes import Route, api_routes
from tests.support.snapshot import rows_of
from tests.support.things import address_of

pytestmark = pytest.mark.django_db

# What each kind of object may say of itself; a key that is not here needs a decision, not a larger test.
OWN_ACCOUNT = {
    "id", "email", "role", "name", "first_name", "last_name", "phone", "avatar_url", "currency", "timezone",
    "is_active", "is_verified", "created_at", "updated_at",
}  # fmt: skip
NOTE = {"id", "session_id", "author", "name", "content", "visibility", "created_at", "updated_at"}
RECORDING = {
    "id", "session_id", "session_title", "title", "source", "file_name", "media_type", "size", "url", "expires_at",
    "created_at",
}  # fmt: skip
CONSENT = {
    "session_id", "text_version", "text", "consent", "agreed_version", "given_at", "withdrawn_at", "everybody_agrees",
    "people", "user_id", "name", "guardian", "needs_guardian", "guardian_agreed_at", "guardian_refused_at",
    "waits_for_guardian",
}  # fmt: skip
CONFLICT = {
    "id", "session_id", "session_title", "type", "description", "user_id", "status", "outcome", "resolution_note",
    "decided_at", "created_at",
}  # fmt: skip
TOKENS = {"token", "access_token", "refresh_token", "token_type", "expires_in", "user"}
SESSION = {
    "id", "kind", "title", "description", "date", "duration_minutes", "max_participants", "subject", "level", "creator",
    "status", "version", "created_at", "updated_at", "participant_count", "is_full", "available_spots", "can_join",
    "my_role", "join_refusal", "participants", "needs_approval", "min_participants", "runs_anyway", "waitlist_count",
    "my_waitlist",
}  # fmt: skip
PERSON = {"id", "first_name", "last_name", "email", "role"}
SEAT = {"id", "user", "joined_at", "role"}
REQUEST = {"request_id", "session_title", "learner_id", "learner_name", "decided_at"}
PLACE = REQUEST | {
    "id",
    "user",
    "state",
    "position",
    "ask_first",
    "joined_at",
    "offer_expires_at",
    "priority",
    "entries",
}
NOTIFICATION = {"id", "type", "title", "message", "link", "data", "is_read", "created_at"}
NOTIFIED = {"session_id", "status", "date", "seats_taken", "max_participants", "actor_id", "changes"}
SLOT = {"start_time", "end_time", "is_available", "duration_minutes"}
WINDOW = {"id", "day_of_week", "day_name", "day_number", "start_time", "end_time", "is_recurring", "date"}
OVERRIDE = {"id", "date", "slots", "start_time", "end_time", "is_day_off"}
TIME_OFF = {"id", "starts_at", "ends_at", "reason"}
TERMS = {
    "slot_step_minutes", "durations", "min_notice_hours", "max_advance_days", "buffer_before_minutes",
    "buffer_after_minutes", "bookings_per_day", "bookings_per_week", "minutes_per_day", "minutes_per_week",
    "cancellation_policy", "instant_booking", "auto_accept_reschedule", "timezone",
}  # fmt: skip
PACKAGE = {
    "id", "kind", "tutor_profile_id", "tutor_name", "name", "description", "session_count", "price",
    "price_per_session", "currency", "duration_minutes", "validity_days", "subject", "subject_id", "is_active",
    "status", "created_at", "updated_at",
}  # fmt: skip
PURCHASE = {
    "package_id", "pricing_option_id", "student_id", "student_name", "sessions_purchased", "sessions_remaining",
    "sessions_used", "sessions_reserved", "purchase_price", "purchased_at", "expires_at", "refunded_amount",
    "extension", "asked_by", "days", "lapses_at",
}  # fmt: skip
CREDIT = {"id", "kind", "change", "balance", "booking_id", "actor_id", "reason", "created_at"}
REVIEW = {
    "id", "booking_id", "tutor_id", "student_id", "student_name", "kind", "rating", "clarity", "progress",
    "preparation", "reassurance", "comment", "created_at", "edited", "edited_at", "tutor_response", "responded_at",
    "response_edited_at",
}  # fmt: skip
BOOKING = {
    "id", "session_id", "student_id", "tutor_profile_id", "tutor_name", "student_name", "start_time", "end_time",
    "start_at", "end_at", "duration_minutes", "status", "session_status", "cancelled_by", "cancel_reason",
    "dispute_state", "lesson_type", "topic", "subject", "subject_name", "notes_student", "notes_tutor", "student_tz",
    "tutor_tz", "tutor", "student", "purchase_id", "reschedule_count", "expires_at", "ended_at", "uid", "sequence",
    "version", "join_url", "created_at", "updated_at", "price", "price_student", "hourly_rate", "currency",
    "rate_cents", "platform_fee_pct", "platform_fee_cents", "tutor_earnings_cents", "refund_percent", "refund_amount",
    "student_start_local", "tutor_start_local",
}  # fmt: skip
BOOKING_PARTY = {"id", "user_id", "name", "avatar_url", "rating_avg", "title", "level"}
RESCHEDULE_REQUEST = {"reschedule_request", "proposed_by", "reason", "lapses_at", "options", "option"}
CANCELLATION = {
    "cancellation", "policy", "text", "non_refundable", "free_until", "tiers", "until", "student_local", "tutor_local",
    "quote_id", "booking_id", "tier", "credit", "valid_until",
}  # fmt: skip
NO_SHOW = {"no_show_claims", "absent", "state", "decided_at", "contest_until"}
PAGE_OF_BOOKINGS = {"bookings", "total", "page", "page_size", "total_pages", "pages", "has_next", "has_prev"}
HISTORY = {"id", "kind", "party", "actor_id", "from_status", "to_status", "data", "created_at"}
BOOKINGS = BOOKING | BOOKING_PARTY | RESCHEDULE_REQUEST | CANCELLATION | NO_SHOW | HISTORY | PAGE_OF_BOOKINGS
MESSAGE = {
    "id", "conversation_id", "sender_id", "recipient_id", "sender", "booking_id", "client_msg_id", "message", "is_read",
    "read_at", "delivered_at", "is_edited", "edited_at", "is_deleted", "deleted_at", "contact_hidden", "has_attachment",
    "attachment_count", "attachments", "reactions", "emoji", "user_ids", "created_at", "avatar", "blocked_at",
}  # fmt: skip
ATTACHMENT = {"id", "name", "media_type", "size", "scan_state", "download_url"}
THREAD = {
    "conversation_id", "other_user_id", "other_user_name", "other_user_first_name", "other_user_last_name",
    "other_user_email", "other_user_role", "other_user_avatar", "last_message", "last_message_at", "last_message_time",
    "last_message_has_attachment", "last_sender_id", "unread_count", "messages", "has_more", "next_before", "by_sender",
    "read_receipts",
}  # fmt: skip
ENVELOPE = {"count", "next", "previous", "results", "message", "session", "success", "conflicts", "updated", "userId"}
NEXT_AUTH = {"csrfToken", "credentials", "type", "signinUrl", "callbackUrl"}
HEALTH = {"status", "timestamp", "database", "services", "redis", "mail", "push", "payments", "storage", "work"}
AVATAR = {"avatar_url", "uploaded_at", "expires_at"}
STUDENT_PROFILE = {
    "id", "user_id", "phone", "bio", "grade_level", "school_name", "learning_goals", "interests", "preferred_language",
    "timezone", "total_sessions", "created_at", "updated_at",
}  # fmt: skip
FAVOURITE = {"id", "student_id", "tutor_profile_id", "created_at"}
TUTOR_CARD = {
    "id", "user_id", "name", "first_name", "last_name", "title", "headline", "bio", "hourly_rate", "currency",
    "experience_years", "avatar_url", "profile_photo_url", "average_rating", "is_new", "total_reviews",
    "total_sessions", "is_approved", "profile_status", "accepts_bookings", "is_online", "is_favorite", "education",
    "languages", "language_codes", "subjects", "subject_names", "recent_review", "next_available_slots",
}  # fmt: skip
TAUGHT = {"id", "subject_id", "name", "subject_name", "category", "proficiency_level", "years_experience"}
TUTOR_PROFILE = TUTOR_CARD | TAUGHT | {
    "teaching_philosophy", "description", "video_url", "version", "created_at", "updated_at", "language_names",
    "certifications", "educations", "pricing_options", "availabilities", "timezone",
    # The parts of its lists
    "issuer", "degree", "institution", "year", "duration_minutes", "price", "day_of_week", "start_time", "end_time",
    "is_recurring", "date",
}  # fmt: skip
# The owner's and the admins' only.
APPROVAL = {"submitted_at", "submissions", "decided_at", "rejection_reason", "suspended_until", "file_url"}
APPROVAL |= {"requested_changes", "revision"}
APPROVAL |= {snake_to_camel(name) for name in APPROVAL}
PAGE = {"items", "total", "page", "page_size", "total_pages", "pages", "has_next", "has_prev"}
REFERENCE = {"id", "code", "name", "symbol", "country", "category", "description"}
FRONT_DOOR = {"documentation", "reference", "schema", "sessions", "back_office", "health"}
ALLOWED = OWN_ACCOUNT | TOKENS | SESSION | PERSON | SEAT | NOTIFICATION | NOTIFIED | ENVELOPE | HEALTH | FRONT_DOOR
ALLOWED |= AVATAR | STUDENT_PROFILE | FAVOURITE | TUTOR_CARD | REFERENCE
ALLOWED |= PLACE | REQUEST | SLOT | WINDOW | OVERRIDE | TIME_OFF | TERMS
ALLOWED |= PACKAGE | PURCHASE | CREDIT | REVIEW
ALLOWED |= AVATAR | STUDENT_PROFILE | FAVOURITE | TUTOR_PROFILE | PAGE | REFERENCE

ALLOWED |= BOOKINGS | MESSAGE | ATTACHMENT | THREAD
# How somebody is reached, in the mentor contract's names, and notifications in learner_v1's.
REACH = {
    "email", "push", "sms", "types", "categories", "quietHours", "digests", "digestHour", "effective", "category",
    "label", "mandatory", "channels", "inApp", "ws", "publicKey", "queued", "total", "pageSize", "totalPages",
    "id", "endpoint", "userAgent", "createdAt", "lastUsedAt", *map(snake_to_camel, KINDS),
}  # fmt: skip
LEARNERS_NOTIFICATION = {
    "status", "data", "metadata", "pagination", "limit", "_id", "isRead", "read", "count", "unreadCount", "deleted",
}  # fmt: skip
ALLOWED |= {"is_open", "last_used_at", "url"}
ALLOWED |= NEXT_AUTH | REACH | LEARNERS_NOTIFICATION

# The learner contract's names, of a learner and of what is theirs.
LEARNER = {
    "id", "role", "email", "name", "firstName", "lastName", "phone", "avatarUrl", "timezone", "isVerified", "bio",
    "gradeLevel", "schoolName", "interests", "learningGoals", "preferredLanguage", "totalSessions", "enrolledCourses",
    "completedCourses", "points", "total", "level", "nextLevelAt", "studyMinutes", "studyHours", "createdAt",
    "updatedAt",
}  # fmt: skip
LEARNERS_SETTINGS = {
    "language", "theme", "timezone", "emailNotifications", "pushNotifications", "showToPeers", "shareInterests",
    "showOnLeaderboards", "matchWithPeers", "studentId", "sharedCourses", "avatar",
}  # fmt: skip
DASHBOARD = {
    "sessions", "upcomingCount", "hostedCount", "completedCount", "upcoming", "progress", "activeCount", "courses",
    "notifications", "latest", "nextSteps", "kind", "title", "link", "objectId", "dueAt", "isOverdue", "courseId",
    "completionPercentage", "modulesDone", "modulesRequired", "nextModule", "nextAssessment", "assessmentDeadline",
    "lastAccessedAt", "enrolledAt",
}  # fmt: skip
ALLOWED |= LEARNER | LEARNERS_SETTINGS | DASHBOARD | {snake_to_camel(name) for name in SESSION | SEAT | NOTIFICATION}

# A ticket; then what only the staff is shown of it.
TICKET = {
    "id", "subject", "category", "priority", "status", "isEmergency", "requester", "assignee", "bookingId", "sessionId",
    "previousTicketId", "mergedIntoTicketId", "canEscalate", "reopenedCount", "resolution", "closeReason",
    "lastMessageAt", "resolvedAt", "closedAt", "createdAt", "updatedAt", "version", "description", "messages",
    "messageCount", "satisfaction", "author", "isStaff", "isInternal", "text", "name",
}  # fmt: skip
ALLOWED |= TICKET
DESK = {"tier", "phone", "requesterEmail", "requesterRole", "sla", "metric", "state", "dueAt", "stoppedAt"}
DESK |= {"holdReason", "breachedAt", "booking", "history", "kind", "party", "actorId", "fromStatus", "toStatus", "data"}
# How well a tutor suits a student.
MATCH = {
    "mentorId", "studentId", "score", "factors", "name", "weight", "value", "contribution", "reason", "isNewTutor",
    "label", "algorithmVersion", "computedAt", "saved", "mentor", "isEligible", "excludedBecause", "code",
    "commonLanguages", "studentLevel", "mentorLevel", "level", "languages", "levels", "priceRanges", "min", "max",
    "days", "neverUsed", "action", "until", "updatedAt", "jobId", "statusUrl", "scope", "status", "done", "total",
    "percent", "requestedAt", "startedAt", "finishedAt",
}  # fmt: skip
ALLOWED |= MATCH
# What was paid, and what of it a mentor is paid.
PAYMENT = {
    "id", "kind", "bookingId", "purchaseId", "description", "amount", "currency", "status", "provider",
    "capturedAmount", "refundedAmount", "pendingRefundAmount", "isDisputed", "failureCode", "failureMessage",
    "hasReceipt", "payer", "mentor", "userId", "name", "capturedAt", "createdAt", "updatedAt",
}  # fmt: skip
PAYOUT = {
    "id", "amount", "currency", "status", "lessons", "periodEnd", "paidAt", "failureReason", "createdAt", "balance",
    "pending", "available", "inPayout", "frozen", "gross", "commission", "net", "takenBack", "lines", "kind",
    "description",
    "bookingId", "purchaseId", "paymentId", "earnedAt",
}  # fmt: skip
ALLOWED |= PAYMENT | PAYOUT

VIEWERS = ("host", "student", "stranger", "admin")

MODELS: list[type[models.Model]] = [User, TutorProfile, StudentProfile, FavouriteTutor, Subject, Language]
MODELS += [TutoringSession, Participant, WaitlistEntry, JoinRequest, SessionRating, Material]
MODELS += [Guardian, GuardianMail, SessionNote, Recording, RecordingConsent, ConflictReport, QualityReview]
MODELS += [Notification, PushSubscription]
MODELS += [WeeklyHours, DateOverride, TimeOff, SlotHold]
MODELS += [Conversation, Message, MessageEdit, Attachment, Block, Report]
MODELS += [Course, Module, CourseSession, Enrolment, Assessment, Submission]
MODELS += [Ticket, TicketMessage, TicketClock, TicketEvent, Feedback]
MODELS += [TutorFeedback]
MODELS += [Payment, Refund, Dispute, Posting, LedgerLine, Earning, Payout, PayoutAccount]
MODELS += [Booking, Package, PackagePurchase, CreditEntry, Review, ReviewEdit, ReviewReport]

# As the mentor contract spells them.
ALLOWED |= {
    "spokenLanguages", "mentorId", "weeklySchedule", "overrides", "slots", "periodStart", "periodEnd", "requests",
    "accepted", "declined", "unanswered", "responseMinutes", "acceptanceRate", "completed", "cancelledByMentor",
    "cancelledByStudent", "missedByMentor", "missedByStudent", "completionRate", "cancellationRate", "noShowRate",
    "minutesTaught", "students", "repeatStudents", "repeatRate", "averageRating", "reviews", "profileStatus",
    "submittedAt", "decidedAt", "reason", "requestedChanges", "suspendedUntil", "missing", "documents", "documentType",
    "fileName", "size", "uploadedAt", "url", "application", "history", "event", "status", "version",
    "user", "profileImage", "onboardingCompleted", "preferences", "student", "userType", "goals", "primaryLanguage",
    "academicDetails", "academicLevel", "classGrade", "subjects", "universityName", "degreeType", "major", "semester",
    "cgpa", "languagePreferences", "languagesSpoken", "code", "level", "dateOfBirth", "guardian",
}  # fmt: skip
ALLOWED |= {snake_to_camel(name) for name in NOTE | RECORDING | CONSENT | CONFLICT}
ALLOWED |= {snake_to_camel(name) for name in TUTOR_PROFILE | OWN_ACCOUNT | PAGE | WINDOW}
# Where admins read anybody's account, number and all.
ACCOUNTS = {"/api/users/<id:pk>", "/api/admin/users"}


# The log, whose entries say of anything what changed about it, and accounts that are deleted: admins only.
AUDIT = {
    "id", "user_id", "action", "details", "ip_address", "created_at", "actor_role", "object_type", "object_id",
    "reason", "user_agent", "request_id", "seq", "ok", "checked", "first_seq", "next_seq", "first_break", "checkpoint",
    "hash", "deleted_at", "deleted_by", "restorable_until"
}  # fmt: skip
# One's own request to be erased, and copy of one's data.
PRIVACY = {
    "id", "state", "requested_at", "begins_at", "due_at", "finished_at", "blockers", "ready_at", "expires_at", "size",
    "sha256", "download_url",
}  # fmt: skip
ALLOWED |= PRIVACY
# What admins see of people, mentors, sessions, reports and languages when they decide about them.
MODERATION = {
    "tutor_profile_id", "last_login", "deleted_at", "date_of_birth", "isListed", "isActive", "dueAt", "isOverdue",
    "endReason", "undecidedConflicts", "qualityReviews", "reviewer", "score", "outcome", "notes", "sessionKind",
    "sessionDate", "host", "reporter", "reported", "defaultName", "isChanged",
}  # fmt: skip
# And of what is stored.
INTEGRITY = {
    "report",
    "health_status",
    "role_counts",
    "issues",
    "check",
    "can_repair",
    "repaired",
    "remaining",
    "examples",
}
INTEGRITY |= {"object", "admin", "student", "tutor", "total_users"}
BESIDES = {"host": APPROVAL, "admin": APPROVAL | DESK | MODERATION | INTEGRITY | AUDIT}


def keys_in(data: Any) -> set[str]:
    if isinstance(data, dict):
        # What changed about anything whatever is told in the audit log's `details`, masked when it was written.
        inner = (keys_in(value) for key, value in data.items() if key != "details")
        return {key for key in data if not key.isdecimal()}.union(*inner)
    return set().union(*(keys_in(value) for value in data)) if isinstance(data, list) else set()


# Figures about many people at once, for admins: what was decided on is what the examples have.
FIGURES = {
    label: keys_in(example[200])
    for label, example in (mentor.EXAMPLES | edustream.EXAMPLES).items()
    if label.startswith(
        ("GET /api/admin/analytics/", "GET /api/admin/dashboard/", "GET /api/admin/mentors/performance")
    )
}


@pytest.fixture
def world():
    """The people of the authorisation matrix, with addresses and numbers that are easily found in an answer."""
    made = make_world()
    for name, number in (("host", "+14155550100"), ("student", "+14155550101")):
        made[name].email, made[name].phone = f"{name}@example.com", number
        made[name].save()
    return made


def path_of(route: Route, world: dict[str, Any]) -> str:
    return address_of(route.path, world)


def expected(route: Route, who: str) -> int:
    return RULES[str(route)].answers[who]


class TestWhatIsShown:
    @pytest.mark.parametrize("who", VIEWERS)
    def test_no_answer_has_a_key_that_nobody_decided_on(self, api, world, who):
        shown = {}
        for route in api_routes():
            if route.method == "GET" and not route.path.startswith("/api/v1"):
                response = api.as_(world[who]).get(path_of(route, world), RULES[str(route)].send(world))
                assert response.status_code == expected(route, who), route
                is_json = response.get("Content-Type") == "application/json" and response.status_code < 400
                keys = keys_in(response.json()) if is_json else set()
                shown[str(route)] = keys - ALLOWED - BESIDES.get(who, set()) - FIGURES.get(str(route), set())

        assert {route: keys for route, keys in shown.items() if keys} == {}

    @pytest.mark.parametrize("path", ["/auth/register", "/api/auth/register"])
    def test_a_registration_shows_the_new_account_only(self, api, path):
        response = api.post(path, {"email": "new@example.com", "password": PASSWORD})

        assert set(response.json()) <= OWN_ACCOUNT | {"message", "userId"}

    def test_a_login_shows_the_tokens_and_the_account(self, api, world):
        response = api.post("/auth/login", {"email": "host@example.com", "password": PASSWORD})

        assert set(response.json()) == TOKENS
        assert set(response.json()["user"]) == OWN_ACCOUNT

    def test_another_persons_number_or_age_is_in_no_answer_and_their_address_in_few(self, api, world):
        User.objects.filter(pk=world["student"].pk).update(birth_date="1987-06-05")
        Guardian.objects.create(user=world["student"], name="Quimby Zabriskie", email="quimby@zabriskie.example")

        answers = {
            who: "".join(
                b"".join(api.as_(world[who]).get(path_of(route, world))).decode(errors="replace")  # of files, too
                for route in api_routes()
                if route.method == "GET"
                and "/me" not in route.path
                and route.path != "/api/users/profile"
                and not (who == "admin" and route.path in ACCOUNTS)
                and "/api/learners/" not in route.path
            )
            for who in VIEWERS
        }

        assert not any("+1415555" in answer for answer in answers.values())
        assert not any("1987-06-05" in answer or "abriskie" in answer for answer in answers.values())
        sees_the_participants_address = {who for who, answer in answers.items() if "student@example" in answer}
        assert sees_the_participants_address == {"host", "student", "admin"}


def every_field() -> dict[str, Any]:
    """A value for each field of each model, and for the words that attackers try."""
    tried: dict[str, Any] = dict.fromkeys(["is_staff", "is_superuser", "is_admin", "admin"], True)
    tried |= {"is_verified": False, "is_active": False, "role": "admin", "status": "completed", "permissions": ["*"]}
    tried |= {"price": 0, "balance": 1_000_000, "token_version": 99, "owner": 1, "groups": [1], "user_permissions": [1]}
    for model in MODELS:
        for field in model._meta.get_fields():
            for name in {field.name, getattr(field, "attname", field.name)}:
                tried.setdefault(name, _value_for(field))
    return tried


def _value_for(field: Any) -> Any:
    if field.is_relation:
        return 1
    if isinstance(field, models.BooleanField):
        return True
    if isinstance(field, models.IntegerField):
        return 1
    return "2020-01-01T00:00:00Z" if isinstance(field, models.DateTimeField) else "changed"


def rows(*but: str) -> dict[tuple[str, int], dict[str, Any]]:
    """All rows of all models, without the columns that the operation is there to change."""
    return {
        (model.__name__, row["id"]): {name: value for name, value in row.items() if name not in but}
        for model in MODELS
        for row in rows_of(model)
    }


# What an operation may change, by the end of its path. Everything else is protected.
PROFILE = {"first_name", "last_name", "phone", "timezone", "currency", "search_text"}
STUDENT_SIDE = {"bio", "grade_level", "school_name", "learning_goals", "interests", "preferred_language"}
TUTOR_PART = {"version", "search_text"}
DESCRIBED = {"title", "description", "starts_at", "ends_at", "subject_id", "level", "max_participants", "version"}
DESCRIBED |= {"needs_approval", "min_participants", "runs_anyway", "minimum_warned_at", "minimum_checked_at"}
# A person's standing with a session, and the session's counters.
SEATED = {"state", "left_at", "seats_taken", "seats_offered", "waiting_count", "version", "ended_at"}
SEATED |= {"decided_at", "decided_by_id"}
MEETING = DESCRIBED | {"modules", "meeting_link", "meeting_provider", "meeting_id", "status"}
OFFERED = {
    "name", "description", "session_count", "price", "duration_minutes", "validity_days", "subject_id",
}  # fmt: skip
COURSE = {"title", "description", "subject_id", "level", "capacity", "timezone", "version", "search_text"}
TASK = {"title", "description", "deadline", "max_attempts", "pass_grade", "is_required", "is_published"}
MOVED = {"status", "version", "ended_at", "expires_at", "nudge_at", "end_reason", "state", "answered_at", "decided_at"}
MOVED |= {"dispute_state", "refund_percent", "refund_amount", "sequence"}
CONVERSED = {"active_at", "last_message_id", "low_unread", "high_unread", "low_wrote", "high_wrote"}
MAY_CHANGE = {
    "bookings/<id:pk>/cancel": MOVED | {"cancelled_by", "cancel_reason"},
    "bookings/<id:pk>/reschedule": MOVED,
    "reschedule/accept": MOVED | {"starts_at", "ends_at", "moves_by_student", "non_refundable", "free_cancel_until"},
    "reschedule/decline": MOVED,
    "reschedule/withdraw": MOVED,
    "bookings/<id:pk>/join": MOVED,
    "bookings/<id:pk>/leave": {"left_at"},
    "contest-no-show": MOVED,
    "bookings/<id:pk>/confirm": MOVED | {"notes_tutor"},
    "bookings/<id:pk>/decline": MOVED | {"cancel_reason"},
    "bookings/<id:pk>/complete": MOVED | {"total_sessions", "left_at", "attended_minutes"},
    "mark-no-show-student": MOVED | {"left_at"},
    "mark-no-show-tutor": MOVED,
    "waive-late-cancel": MOVED,
    "messages/<id:pk>/read": {"read_at", "delivered_at", "is_read", "high_unread", "low_unread"},
    "read-all": {"read_at", "is_read", "high_unread", "low_unread"},
    "conversations/<id:pk>/read": {"read_at", "is_read", "high_unread", "low_unread"},
    "conversations/<id:pk>/messages": CONVERSED,
    "/react": {"reactions"},
    "learners/<id:learner_id>": PROFILE | STUDENT_SIDE,
    "<id:learner_id>/profile": PROFILE | STUDENT_SIDE,
    "<id:learner_id>/settings": {"timezone"},
    "<id:learner_id>/notifications/<id:pk>": {"is_read", "read_at"},
    "auth/me": PROFILE,
    "users/preferences": PROFILE,
    "users/profile": PROFILE | {"onboarded_at", "birth_date"},
    "users/deactivate": {"is_active", "deleted_at", "token_version", "is_listed", "closing_reason", "search_text"},
    "users/complete-onboarding": {"onboarded_at"},
    "users/currency": {"currency"},
    "change-password": {"password", "token_version"},
    "logout-all": {"token_version"},
    "me/about": TUTOR_PART | {"title", "headline", "bio", "teaching_philosophy", "experience_years"},
    "me/subjects": TUTOR_PART,
    "me/pricing": TUTOR_PART | {"hourly_rate", "currency"},
    "me/certifications": TUTOR_PART,
    "me/education": TUTOR_PART,
    "me/description": TUTOR_PART | {"description"},
    "me/video": TUTOR_PART | {"video_url"},
    "tutor/me": TUTOR_PART | PROFILE | {"title", "headline", "bio", "teaching_philosophy", "experience_years"},
    "me/pause": TUTOR_PART | {"accepts_bookings"},
    "cancel": {"status", "end_reason", "version"},
    "start": {"status", "version"},
    "complete": {"status", "version", "ended_at"},
    "tutor/sessions/<id:pk>": MEETING,
    "sessions/<id:pk>": DESCRIBED,
    "participants/<id:user_id>": SEATED,
    "sessions/<id:pk>/reschedule": DESCRIBED,
    "notes/<id:note_id>": {"content", "visibility"},
    "recording/consent": {"given_at", "withdrawn_at", "text_version"},
    "students/<id:student_id>": SEATED,
    "waitlist": SEATED,
    "waitlist/accept": SEATED,
    "waitlist/decline": SEATED,
    "attendance": SEATED,
    "/approve": SEATED,
    "/reject": SEATED,
    "read": {"is_read", "read_at"},
    "mark-all-read": {"is_read", "read_at"},
    "auth/login": {"last_login"},
    "packages/<id:pk>": OFFERED | {"is_active"},
    "use-credit": {"available"},
    "tutor/submissions/<id:pk>": {"state", "grade", "feedback", "graded_at", "graded_by_id"},
    "/enroll": {"seats_taken"},
    "tutor/courses/<id:pk>": COURSE,
    "courses/<id:pk>/archive": {"status", "version"},
    "modules/<id:pk>": {"version", "title", "content", "is_required", "position"},
    "<id:course_id>/assessments/<id:pk>": TASK | {"version"},
    "support/tickets/<id:pk>": {"version", "last_message_at", "next_check_at"},
    "learners/<id:pk>/reset": {"attempt", "completion_percentage"},
}
# What anybody may ask of support, and what is written down with it.
SUPPORT = {"Ticket", "TicketMessage", "TicketClock", "TicketEvent", "Feedback"}
CREATES_OR_DELETES = {
    ("POST", "/api/sessions/<id:pk>/notes"), ("DELETE", "/api/sessions/<id:pk>/notes/<id:note_id>"),
    ("POST", "/api/sessions/<id:pk>/recording"), ("DELETE", "/api/sessions/<id:pk>/recording"),
    ("POST", "/api/sessions/conflicts"),
    ("POST", "/api/sessions"), ("POST", "/api/sessions/<id:pk>/join"), ("POST", "/api/sessions/<id:pk>/leave"),
    ("DELETE", "/api/sessions/<id:pk>"), ("DELETE", "/api/notifications/<id:pk>"),
    ("POST", "/api/learners/<id:learner_id>/sessions"), ("DELETE", "/api/learners/<id:learner_id>/sessions/<id:pk>"),
    ("POST", "/api/learners/<id:learner_id>/sessions/<id:pk>/book"),
    ("DELETE", "/api/learners/<id:learner_id>/sessions/<id:pk>/book"),
    ("POST", "/api/v1/tutor/sessions/<id:pk>/students/add"),
    *(
        ("POST", f"/api/v1/tutor/{prefix}/<id:pk>/approve")
        for prefix in ("sessions/requests", "requests", "enrollments/requests")
    ),
    ("POST", "/api/sessions/<id:pk>/requests/<id:join_request_id>/approve"),
    ("POST", "/api/v1/tutor/sessions"), ("DELETE", "/api/v1/tutor/sessions/<id:pk>"),
    ("DELETE", "/api/v1/tutor/materials/<id:pk>"), ("POST", "/api/v1/tutor/reviews/<id:pk>/response"),
    ("POST", "/api/v1/tutor/reviews/<id:pk>/respond"),
    ("POST", "/api/tutors/availability"), ("POST", "/api/tutors/availability/bulk"),
    ("PUT", "/api/mentors/availability"),
    ("PUT", "/api/tutors/me/availability"), ("DELETE", "/api/tutors/availability/<id:pk>"),
    ("POST", "/api/tutors/availability/overrides"), ("DELETE", "/api/tutors/availability/overrides/<id:pk>"),
    ("POST", "/api/tutors/availability/time-off"), ("DELETE", "/api/tutors/availability/time-off/<id:pk>"),
    ("POST", "/api/packages"), ("POST", "/api/packages/<id:pk>/extension"), ("DELETE", "/api/packages/<id:pk>"),
    ("POST", "/api/reviews/<id:pk>/response"),
    ("POST", "/api/reviews/<id:pk>/report"),
    ("POST", "/api/v1/tutor/courses"),
    *(("POST", f"/api/v1/tutor/courses/<id:pk>/{parts}") for parts in ("modules", "assessments", "sessions")),
    *(
        ("DELETE", f"/api/v1/tutor/courses/<id:course_id>/{parts}/<id:pk>")
        for parts in ("modules", "assessments", "sessions")
    ),
}  # fmt: skip
WRITES = [
    route
    for route in api_routes()
    if route.method != "GET"
    and (route.method, route.path) not in CREATES_OR_DELETES
    and not route.path.endswith(("/register", "/mentor-register"))
]


MENTORS_DOOR = Route("POST", "/api/auth/mentor-register")


class TestWhatIsWritten:
    @pytest.mark.slow
    @pytest.mark.parametrize("route", WRITES, ids=str)
    def test_every_field_of_every_model_sent_to_a_write_changes_only_what_it_is_for(self, api, world, route):
        caller = world["student" if route.path.startswith("/api/learners/") else "host"]
        may_change = next((names for end, names in MAY_CHANGE.items() if route.path.endswith(end)), set())
        accepted = accepted_by(route) | {"email": "host@example.com"} if "login" in route.path else accepted_by(route)
        path, before = path_of(route, world), rows("updated_at", *may_change)

        response = api.as_(caller).generic(
            route.method, path, json.dumps(every_field() | accepted), content_type="application/json"
        )

        after = rows("updated_at", *may_change)
        assert response.status_code < 500 or response.status_code == 501
        assert {key: after.get(key) for key in before} == before
        assert {model for model, _ in after.keys() - before.keys()} <= {
            "Notification",
            "CreditEntry",
            "Message",
            *(["Guardian"] if route.path == "/api/users/profile" else []),
        } | SUPPORT

    @pytest.mark.parametrize("path", ["/auth/register", "/api/auth/register", "/api/v1/learner/auth/register"])
    def test_a_registration_makes_a_plain_account(self, api, path):
        body = every_field() | {"email": "new@example.com", "password": "Password!1", "role": "student"}
        body |= {"first_name": "Ada", "last_name": "L", "timezone": "UTC", "currency": "USD", "interests": []}

        response = api.post(path, body)

        assert response.status_code == 201
        user = User.objects.get()
        assert (user.role, user.is_staff, user.is_superuser) == (Role.STUDENT, False, False)
        assert (user.is_active, user.is_verified, user.token_version, user.deleted_at) == (True, False, 0, None)
        assert user.created_at.year > 2020
        assert not user.groups.exists()

    def test_a_mentors_registration_makes_a_plain_mentor(self, api):
        response = api.post("/api/auth/mentor-register", every_field() | accepted_by(MENTORS_DOOR))

        assert response.status_code == 201
        user, profile = User.objects.get(), TutorProfile.objects.get()
        assert (user.role, user.is_staff, user.is_superuser, user.is_active) == (Role.TUTOR, False, False, True)
        assert (user.is_verified, user.token_version, user.onboarded_at) == (False, 0, None)
        assert (profile.status, profile.is_listed, profile.bio, profile.total_reviews) == ("draft", False, "", 0)

    @pytest.mark.parametrize(
        "role", ["admin", "ADMIN", "Admin ", "superuser", "staff", ["admin"], {"a": "admin"}, 1, True]
    )
    @pytest.mark.parametrize("path", ["/auth/register", "/api/auth/register"])
    def test_nobody_registers_as_an_admin(self, api, path, role):
        response = api.post(path, {"email": "new@example.com", "password": "Password!1", "role": role})

        assert (response.status_code, list(response.json()["errors"])) == (400, ["role"])
        assert not User.objects.exists()

    def test_a_new_session_is_the_callers_empty_and_upcoming(self, api, world):
        plain = {
            "title": "Geometry",
            "date": "2099-01-01T12:00:00Z",
            "max_participants": 8,
            "duration_minutes": 60,
            "description": "",
            "level": "",
        }

        response = api.as_(world["host"]).post("/api/sessions", every_field() | plain | {"subject_id": None})

        assert response.status_code == 201
        session = TutoringSession.objects.get(pk=response.json()["id"])
        assert (session.creator, session.kind, session.status) == (world["host"], "group", "upcoming")
        assert (session.seats_taken, session.version, session.deleted_at, session.end_reason) == (0, 1, None, "")

    def test_a_seat_is_the_callers_own(self, api, world):
        session = world["session"]

        response = api.as_(world["stranger"]).post(f"/api/sessions/{session.pk}/join", every_field())

        assert response.status_code == 201
        seat = Participant.objects.get(user=world["stranger"])
        assert (seat.session, seat.role, seat.state) == (session, "student", "joined")
        assert session.participants.count() == 2

    def test_leaving_gives_up_ones_own_seat_only(self, api, world):
        session = world["session"]
        body = every_field() | {"user": world["student"].pk, "user_id": world["student"].pk}

        response = api.as_(world["stranger"]).post(f"/api/sessions/{session.pk}/leave", body)

        assert response.status_code == 400
        assert session.participants.get().state == "joined"

    def test_a_token_cannot_be_sent_to_be_somebody_else(self, api, world):
        other = open_family(world["admin"]).access

        response = api.as_(world["stranger"]).put(
            "/auth/me", {"token": other, "access_token": other, "first_name": "X"}
        )

        assert response.json()["id"] == world["stranger"].pk
