"""Sessions, and what is kept of them."""

from api.mentor.views.base import MentorMixin
from bookings.views.sessions import RescheduleView as MoveView
from sessions_app import views as sessions


class AgendaViewSet(MentorMixin, sessions.AgendaViewSet):
    pass


class NoteViewSet(MentorMixin, sessions.NoteViewSet):
    pass


class RescheduleView(MentorMixin, MoveView):
    pass


class ConflictViewSet(MentorMixin, sessions.ConflictViewSet):
    pass


class RecordingView(MentorMixin, sessions.RecordingView):
    pass


class RecordingConsentView(MentorMixin, sessions.RecordingConsentView):
    pass


class RecordingListViewSet(MentorMixin, sessions.RecordingListViewSet):
    pass


class RecordingFileView(MentorMixin, sessions.RecordingFileView):
    pass
