from accounts.models.guardian import Guardian
from accounts.models.mail import OutgoingMail
from accounts.models.revision import RevisionState, TutorRevision
from accounts.models.secrets import EmailSecret
from accounts.models.settings import LearnerSettings, Theme
from accounts.models.student import AcademicLevel, FavouriteTutor, LearnerKind, StudentProfile
from accounts.models.tokens import SpentRefreshToken, TokenFamily
from accounts.models.tutor import (
    Proficiency,
    TutorCertification,
    TutorEducation,
    TutorEvent,
    TutorLanguage,
    TutorProfile,
    TutorStatus,
    TutorSubject,
)
from accounts.models.user import Role, User
from accounts.models.verification import DocumentKind, MentorApplication, VerificationDocument

__all__ = [
    "AcademicLevel",
    "DocumentKind",
    "EmailSecret",
    "FavouriteTutor",
    "Guardian",
    "LearnerKind",
    "LearnerSettings",
    "MentorApplication",
    "OutgoingMail",
    "Proficiency",
    "RevisionState",
    "Role",
    "SpentRefreshToken",
    "StudentProfile",
    "Theme",
    "TokenFamily",
    "TutorCertification",
    "TutorEducation",
    "TutorEvent",
    "TutorLanguage",
    "TutorProfile",
    "TutorRevision",
    "TutorStatus",
    "TutorSubject",
    "User",
    "VerificationDocument",
]
