"""Sessions over HTTP: parse, call, answer. Bound to paths and dialects in `api`."""

from sessions_app.views.agenda import AgendaViewSet
from sessions_app.views.conflicts import ConflictViewSet
from sessions_app.views.learner_seats import LearnerSeatViewSet, TutorRequestViewSet, TutorStudentViewSet
from sessions_app.views.learners import LearnerSessionViewSet
from sessions_app.views.moderation import AdminConflictViewSet, AdminSessionViewSet, QualityReviewView
from sessions_app.views.notes import NoteViewSet
from sessions_app.views.recordings import (
    RecordingConsentView,
    RecordingFileView,
    RecordingListViewSet,
    RecordingView,
)
from sessions_app.views.seats import SessionSeatViewSet
from sessions_app.views.sessions import SessionViewSet
from sessions_app.views.talk import SessionTalkViewSet

__all__ = [
    "AdminConflictViewSet",
    "AdminSessionViewSet",
    "AgendaViewSet",
    "ConflictViewSet",
    "LearnerSeatViewSet",
    "LearnerSessionViewSet",
    "NoteViewSet",
    "QualityReviewView",
    "RecordingConsentView",
    "RecordingFileView",
    "RecordingListViewSet",
    "RecordingView",
    "SessionSeatViewSet",
    "SessionTalkViewSet",
    "SessionViewSet",
    "TutorRequestViewSet",
    "TutorStudentViewSet",
]
