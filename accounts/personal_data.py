"""What accounts keep about people (see `common.personal_data`)."""

from datetime import datetime
from typing import Any

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat, Now

from accounts.models import OutgoingMail, User
from common.personal_data import Counts, Delete, Overwrite, Section

# Of a tutor profile: the row stays, since lessons and payments refer to it.
_NO_TUTOR: dict[str, Any] = dict.fromkeys(
    (
        *("title", "headline", "bio", "description", "teaching_philosophy", "video_url", "photo"),
        *("rejection_reason", "search_text"),
    ),
    "",
) | {"requested_changes": [], "is_listed": False, "accepts_bookings": False}
_NO_STUDENT: dict[str, Any] = dict.fromkeys(
    (
        *("bio", "grade_level", "school_name", "university", "major", "year", "preferred_language"),
        *("academic_level", "degree_type"),
    ),
    "",
) | {
    **dict.fromkeys(("learning_goals", "interests", "skills", "academic_subjects", "language_preferences"), []),
    **dict.fromkeys(("semester", "cgpa"), None),
}
_NO_USER: dict[str, Any] = dict.fromkeys(("first_name", "last_name", "phone", "avatar", "closing_reason"), "") | {
    "email": Concat(Value("deleted-"), Cast("pk", CharField()), Value("@invalid")),
    "password": "!erased",  # as Django marks a password that nothing fits
    "timezone": "UTC",
    "is_active": False,
    "is_staff": False,
    "is_superuser": False,
    **dict.fromkeys(("avatar_changed_at", "online_until", "last_login", "birth_date"), None),
    "erased_at": Now(),
}

SECTIONS = (
    Section(
        *("accounts.VerificationDocument", "tutor__user", "documents", Delete()),
        shows=("id", "kind", "name", "file", "size", "created_at"),
    ),
    Section(
        *("accounts.TutorCertification", "tutor__user", "documents", Delete()),
        shows=("id", "title", "issuer", "year", "file"),
    ),
    Section(
        *("accounts.TutorEducation", "tutor__user", "documents", Delete()),
        shows=("id", "degree", "institution", "year", "file"),
    ),
    Section(
        *("accounts.MentorApplication", "tutor__user", "documents", Delete()),
        shows=("id", "answers", "agreed_at", "created_at"),
    ),
    Section(
        *("accounts.TutorRevision", "tutor__user", "profile", Delete()),
        shows=("id", "state", "words", "lists", "submitted_at", "decided_at", "reason", "created_at"),
    ),
    Section(
        *("accounts.TutorEvent", "tutor__user", "profile", Overwrite({"reason": ""})),
        shows=("event", "status", "reason", "created_at"),
    ),
    Section(
        *("accounts.TutorSubject", "tutor__user", "profile", Delete()),
        shows=("subject__name", "proficiency_level", "years_experience"),
    ),
    Section(*("accounts.TutorLanguage", "tutor__user", "profile", Delete()), shows=("code", "level")),
    Section(
        *("accounts.TutorProfile", "user", "profile", Overwrite(_NO_TUTOR)),
        shows=(
            *("id", "status", "title", "headline", "bio", "description", "teaching_philosophy", "experience_years"),
            *("hourly_rate", "currency", "video_url", "photo", "submitted_at", "submissions", "decided_at"),
            *("rejection_reason", "requested_changes", "suspended_until", "accepts_bookings", "total_sessions"),
            *("average_rating", "total_reviews", "ranking_score", "created_at", "updated_at"),
        ),
    ),
    Section(
        *("accounts.StudentProfile", "user", "profile", Overwrite(_NO_STUDENT)),
        shows=(
            *("bio", "grade_level", "school_name", "university", "major", "year", "learning_goals", "interests"),
            *("skills", "preferred_language", "language_preferences", "kind", "academic_level"),
            *("academic_subjects", "degree_type", "semester", "cgpa", "total_sessions", "created_at", "updated_at"),
        ),
    ),
    Section(
        *("accounts.LearnerSettings", "user", "preferences", Delete()),
        shows=(
            *("language", "theme", "show_to_peers", "share_interests", "show_on_leaderboards", "match_with_peers"),
            *("preferences", "created_at", "updated_at"),
        ),
    ),
    # That there is one is about the person; name and address are another person's.
    Section(*("accounts.Guardian", "user", "profile", Delete(locks=True)), shows=("created_at", "updated_at")),
    Section(*("accounts.FavouriteTutor", "student", "favourites", Delete()), shows=("tutor_id", "created_at")),
    Section(
        *("accounts.FavouriteTutor", "tutor__user", "favourites", Delete()),
        hides="Whom others like to find again is theirs to say.",
    ),
    Section(
        *("accounts.EmailSecret", "user", "sign_ins", Delete()),
        shows=("purpose", "created_at", "expires_at", "used_at"),
    ),
    Section(
        *("accounts.SpentRefreshToken", "family__user", "sign_ins", Delete()),
        hides="Random numbers that keep tokens from being used twice.",
    ),
    Section(
        *("accounts.TokenFamily", "user", "sign_ins", Delete()),
        shows=("created_at", "expires_at", "revoked_at", "ip", "user_agent"),
    ),
    Section(
        *("accounts.User", "pk", "account", Overwrite(_NO_USER)),
        shows=(
            *("id", "email", "first_name", "last_name", "role", "phone", "birth_date", "timezone", "currency"),
            *("avatar", "is_verified", "last_login", "onboarded_at", "created_at", "updated_at"),
        ),
    ),
)

LINKS = {
    "accounts.TutorEvent.actor": "Who decided: of an admin nothing but the number.",
    "accounts.TutorRevision.decided_by": "Likewise.",
}


def _forget_mails(user: User, now: datetime) -> Counts:
    """Mails are asked for by address, not by account."""
    return {"accounts.outgoingmail deleted": OutgoingMail.objects.filter(email=user.email).delete()[0]}


def open_matters(user: Any) -> list[str]:
    """Who runs the site is not erased: another admin takes the role away first."""
    return ["The account is an admin's. Give it another role first."] if user.is_admin else []


STEPS = {"mails": _forget_mails}
