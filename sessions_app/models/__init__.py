from sessions_app.models.conflicts import (
    CONFLICT_MOVES,
    UNDECIDED,
    ConflictOutcome,
    ConflictReport,
    ConflictState,
    ConflictType,
)
from sessions_app.models.guardian_mail import GuardianMail
from sessions_app.models.materials import MATERIALS_FOLDER, Material
from sessions_app.models.notes import NoteVisibility, SessionNote
from sessions_app.models.quality import TOLD_TO_HOST, QualityOutcome, QualityReview
from sessions_app.models.ratings import SessionRating
from sessions_app.models.recordings import RECORDINGS_FOLDER, Recording, RecordingConsent
from sessions_app.models.seats import (
    SEATED,
    JoinRequest,
    Participant,
    PlaceState,
    RequestState,
    SeatState,
    WaitlistEntry,
)
from sessions_app.models.session import LIVE, TRANSITIONS, SessionKind, SessionLevel, SessionStatus, TutoringSession
from sessions_app.models.talk import SessionMessage

__all__ = [
    "CONFLICT_MOVES",
    "ConflictOutcome",
    "ConflictReport",
    "ConflictState",
    "ConflictType",
    "GuardianMail",
    "JoinRequest",
    "LIVE",
    "MATERIALS_FOLDER",
    "Material",
    "NoteVisibility",
    "Participant",
    "PlaceState",
    "QualityOutcome",
    "QualityReview",
    "RECORDINGS_FOLDER",
    "Recording",
    "RecordingConsent",
    "RequestState",
    "SEATED",
    "SeatState",
    "SessionKind",
    "SessionLevel",
    "SessionMessage",
    "SessionNote",
    "SessionRating",
    "SessionStatus",
    "TOLD_TO_HOST",
    "TRANSITIONS",
    "TutoringSession",
    "UNDECIDED",
    "WaitlistEntry",
]
